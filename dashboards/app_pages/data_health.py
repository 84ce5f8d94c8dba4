"""Can these figures be relied on? Feeds and their age, checks, what was kept out, what stays wrong, what moved."""

from dashboards import components, wording
from dashboards.components import Figure
from dashboards.frame import Frame, Row
from dashboards.questions import health

FEEDS = {
    "source": ("Source", "text"), "feed_name": ("Feed", "text"), "landed_on": ("Last delivered", "date"),
    "age_days": ("Days ago", "count"), "expected_every_days": ("Expected every (days)", "count"),
    "is_stale": ("Late", "yes"), "newest_record_on": ("Newest record", "date"), "records": ("Records", "count"),
    "quarantined": ("Rows kept out", "count"), "repaired": ("Values repaired", "count"),
}  # fmt: skip
PROBLEMS = {
    "problem": ("What is wrong", "text"), "cure": ("What mends it", "text"),
    "affected_count": ("Affected", "count"), "since": ("Since", "date"),
}  # fmt: skip
KEPT_OUT = {
    "what": ("What happened", "text"), "feed_name": ("Feed", "text"), "column_name": ("Column", "text"),
    "reason": ("Why", "text"), "problem_count": ("How often", "count"), "landed_on": ("Last on", "date"),
}  # fmt: skip
RESTATED = {
    "month": ("Month", "month"), "site": ("Site", "text"), "figure_name": ("Figure", "text"),
    "previous_value": ("Said before", "number"), "value": ("Says now", "number"), "difference": ("Change", "number"),
}  # fmt: skip
BROKEN = {"table_name": ("Table", "text"), "check_name": ("Check", "text"), "failures": ("Rows concerned", "count")}


def page() -> None:
    """The page."""
    components.opening("Can these figures be relied on?", with_place=False)
    release, feeds, checks = health.release(), _named(health.feeds()), health.checks()
    problems, kept_out, restated = health.standing_problems(), _named(health.kept_out()), health.restatements()
    late = feeds[feeds["is_stale"]]
    _answer(feeds, late, checks, problems)
    _figures(feeds, late, checks, problems, kept_out)
    _problems(problems)
    components.listing(
        _feeds_finding(feeds, late),
        "Every feed that has been delivered; a feed that is absent has no line",
        feeds,
        FEEDS,
        "feeds",
        of="quality.freshness",
    )
    if checks["broken"]:
        components.listing(
            "Checks that warn",
            "They do not stop a release",
            health.broken_checks(),
            BROKEN,
            "checks",
            of="quality.checks",
        )
    _kept_out(kept_out)
    _restated(restated, release)
    components.steps(_steps(late, problems, kept_out))
    components.method(
        f"Release {release['release_id']}, made {wording.day(release['published_at'])} from batches up to number "
        f"{release['last_batch_seq']}; every check that guards it has passed or warns.",
        "quality.freshness", "quality.standing_problems", "quality.quarantined_rows", "quality.restatements",
    )  # fmt: skip


def _named(frame: Frame) -> Frame:
    return frame.assign(feed_name=frame["feed"].map(wording.words))


def _answer(feeds: Frame, late: Frame, checks: Row, problems: Frame) -> None:
    if late.empty and problems.empty and not checks["broken"]:
        sentence = f"Yes: every check passed and nothing waits to be mended; {_lateness(feeds)}."
    else:
        parts = [
            f"{wording.plural(len(late), 'feed')} late" if len(late) else "",
            f"{wording.plural(checks['broken'], 'check')} with a warning" if checks["broken"] else "",
            f"{wording.plural(len(problems), 'problem')} to mend" if len(problems) else "",
        ]
        sentence = f"Mostly: {wording.listed([part for part in parts if part])}."
    components.answer(
        sentence,
        f"{wording.count(checks['checks'])} checks on {wording.count(checks['tables'])} tables and feeds stand behind this "
        f"release; {wording.plural(len(feeds), 'feed')} {'has' if len(feeds) == 1 else 'have'} been delivered.",
    )


def _figures(feeds: Frame, late: Frame, checks: Row, problems: Frame, kept_out: Frame) -> None:
    watched = int(feeds["expected_every_days"].notna().sum())
    rows = feeds["quarantined"].sum()
    of_all = rows / max(rows + feeds["records"].sum(), 1)
    components.figures(
        [
            Figure(
                "Feeds that are late", wording.count(len(late)) if watched else "not set",
                [f"of {watched} with an expected rhythm" if watched else "no rhythm is set: expected_every_days"],
            ),
            Figure(
                "Checks passed", wording.count(checks["checks"] - checks["broken"]),
                [f"of {wording.count(checks['checks'])}"],
            ),
            Figure("Rows kept out", wording.count(rows), [f"{wording.percent(of_all)} of all that was delivered"]),
            Figure("Problems to mend", wording.count(len(problems)), ["until the source is corrected"]),
        ]
    )  # fmt: skip


def _lateness(feeds: Frame) -> str:
    """Without an expected rhythm nothing can be late, which is not the same as being on time."""
    watched = int(feeds["expected_every_days"].notna().sum())
    if not watched:
        return "no feed has an expected rhythm, so none can be called late"
    return (
        "no feed is late" if watched == len(feeds) else f"none of the {watched} feeds with an expected rhythm is late"
    )


def _feeds_finding(feeds: Frame, late: Frame) -> str:
    if late.empty:
        return _lateness(feeds).capitalize()
    return f"Late: {wording.listed(list(late['feed_name']))}"


def _problems(problems: Frame) -> None:
    if problems.empty:
        components.empty("Nothing waits to be mended.", "No orphans, refused files or contradictions stand.")
        return
    components.listing(
        "What stays wrong until it is mended at the source",
        "Each is worked around, so that the rest can be shown; the figures it touches may be off",
        problems, PROBLEMS, "problems", of="quality.standing_problems",
    )  # fmt: skip


def _kept_out(kept_out: Frame) -> None:
    if kept_out.empty:
        components.empty("No row was kept out and no value repaired.", "Everything delivered could be read.")
        return
    components.listing(
        "What could not be taken in as delivered", "All deliveries so far; the originals are kept", kept_out, KEPT_OUT,
        "kept_out", of="quality.quarantined_rows",
    )  # fmt: skip


def _restated(restated: Frame, release: Row) -> None:
    if wording.is_missing(release["previous_release_id"]):
        components.empty("This is the first release.", "From the next one on, changes of past months are listed here.")
    elif restated.empty:
        components.empty("No past month has changed.", "This release says the same of them as the one before.")
    else:
        components.listing(
            "Past months that this release gives otherwise", "Late records change what was said of a month",
            restated.assign(figure_name=restated["figure"].map(wording.words)), RESTATED, "restatements",
            of="quality.restatements",
        )  # fmt: skip


def _steps(late: Frame, problems: Frame, kept_out: Frame) -> list[str]:
    steps: list[str] = []
    if not late.empty:
        steps.append(
            f"**Ask for {wording.listed(list(late['feed_name']))}**: nothing has come for longer than expected."
        )
    steps += [
        f"**{problem}**: {cure}." for problem, cure in problems[["problem", "cure"]].head(2).itertuples(index=False)
    ]
    if not kept_out.empty:
        worst = kept_out.iloc[0]
        steps.append(
            f"**Have {worst['column_name']} of {worst['feed_name'].lower()} corrected**: {worst['reason']}, "
            f"{wording.plural(worst['problem_count'], 'time')}."
        )
    return steps
