"""What did those who left say?"""

from dashboards import components, sources, wording

COLUMNS = {
    "person": ("Person", "text"), "interviewed_on": ("Interviewed on", "date"), "reason": ("Main reason", "text"),
    "growth_visibility": ("Saw a way up (1 to 5)", "plain"), "would_return": ("Would return", "yes"),
    "comments": ("In their words", "text"),
}  # fmt: skip


def page() -> None:
    """The page."""
    components.opening("What did those who left say?", with_place=False)
    found = sources.exit_interviews()
    if found.empty:
        components.answer("No exit interview is on record.")
        components.empty("No interviews.", "They come with the feed exit_interviews.")
        return
    back = found["would_return"].dropna()
    components.answer(
        f"{wording.plural(len(found), 'exit interview is', 'exit interviews are')} on record; of {len(back)} who were asked, "
        f"{wording.count(back.sum())} would return.",
        "Confidential: for HR only. Each view and download of this page is noted.",
    )
    components.listing(
        "Every interview", "Latest first", found.assign(reason=found["primary_reason"].map(wording.words, na_action="ignore")),
        COLUMNS, "exit-interviews", of="marts.exit_reasons_by_quarter",
    )  # fmt: skip
    components.method(
        "As written down by the interviewer; counts by reason: Mentoring and leadership.",
        "marts.exit_reasons_by_quarter",
    )
