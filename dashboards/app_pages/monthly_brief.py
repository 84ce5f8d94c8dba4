"""What does a site need to know this month, on one page to print?"""

import dataclasses
import datetime as dt

import streamlit as st

from dashboards import brief, charts, components, headlines, palette, sources, wording
from dashboards import cell as cells
from dashboards.brief import Brief, Listing
from dashboards.frame import Frame
from dashboards.questions import certification, headline, people, readiness, training, turnover

UNKNOWN = "No data: what it is told from has not been delivered."
MOST_ROWS = 6  # a list; what is left out is counted
NO_PANGO = "The PDF needs Pango on the server: `apt-get install libpango-1.0-0 libpangoft2-1.0-0` on Debian. The HTML prints too."


def page() -> None:
    """The page."""
    st.title("The month on one page", anchor=False)
    components.state_of_data()
    places = cells.headline_places()
    with st.columns([2, 3])[0]:
        cell = cells.Cell(components.choice("Where", "where", places))
    months = headline.months(cell)
    if months.empty:
        components.answer("There is nothing to print yet.")
        components.empty("No months.", "No employment on the ladder has been recorded here.")
        return
    with palette.for_print():
        found = _brief(cell, places[cell.where], months)
    written = brief.html(found)
    name = f"brief-{cell.key or 'all'}-{sources.release().as_of_on}"
    named = sum(len(listing.rows) for listing in found.listings if "Person" in listing.labels)
    with st.container(horizontal=True):
        _pdf(written, name, named)
        st.download_button(
            "HTML", sources.download(f"{name}.html", named, named, lambda: written), f"{name}.html", "text/html", key="html:brief", icon=":material/download:", on_click="ignore",
            help="Download this page for a browser or a mail",
        )  # fmt: skip
    with st.container(border=True):
        st.html(brief.body(found))
    components.method(
        "The figures are those of the overview; the lists name at most six, the most pressing first.",
        "marts.headline_by_month", "marts.promotion_readiness", "marts.certification_pipeline", "marts.credential_renewals",
    )  # fmt: skip


def _pdf(written: str, name: str, named: int) -> None:
    if not _can_print():
        st.info(NO_PANGO, icon=":material/info:")
        return
    st.download_button(
        "PDF", sources.download(f"{name}.pdf", named, named, lambda: brief.pdf(written)), f"{name}.pdf", "application/pdf", key="pdf:brief", icon=":material/print:", on_click="ignore",
        help="Download this page as PDF, A4",
    )  # fmt: skip


@st.cache_resource(show_spinner=False)
def _can_print() -> bool:
    return brief.can_print()


def _brief(cell: cells.Cell, place: str, months: Frame) -> Brief:
    now, before = headlines.latest(months)
    release = sources.release()
    answer, because = headlines.answer(now, before)
    state = [f"Monthly brief, data as of {wording.day(release.as_of_on)}"]
    if release.stale_feeds:
        late = wording.listed([wording.words(feed).lower() for feed in release.stale_feeds], 6)
        state.append(f"older than expected: {late}")
    known = people.known()
    process = turnover.by_month(cell).tail(36)
    return Brief(
        place=place,
        state="; ".join(state),
        answer=answer,
        because=because,
        figures=[headlines.figure(name, now, before, months) for name in list(headline.FIGURES)[:4]],
        chart_finding="Voluntary separations a person-year by month; shaded: what chance alone would give",
        chart="" if process.dropna(subset=["value"]).empty else brief.drawn(charts.process_chart(process)),
        listings=[
            listing if known[kind] else dataclasses.replace(listing, nothing=UNKNOWN)
            for kind, listing in (
                ("ready", _ready(cell)),
                ("certification", _deadlines(cell)),
                ("renewal", _renewals(cell)),
                ("training", _skills(cell)),
            )
        ],
        steps=headlines.steps(cell)[:3],
        method="A year's rates are per person-year over the last twelve months; 'likely between' is the 95 % interval. "
        "Hollow marks: months that are not complete. For those entitled to the names on it only.",
    )


def _listing(finding: str, shown: Frame, columns: dict[str, str], nothing: str, *, size: int | None = None) -> Listing:
    """The first rows as text, and how many there are: `size`, or of_all of rows of people, whose names are looked up."""
    if size is None:
        size = 0 if shown.empty else int(shown["of_all"].iloc[0])
        shown = sources.with_names(shown)
    rows = [[_text(line[column]) for column in columns] for line in shown.to_dict("records")]
    return Listing(finding, list(columns.values()), rows, nothing, left_out=size - len(rows))


def _text(value: object) -> str:
    if wording.is_missing(value):
        return ""
    if isinstance(value, dt.date):
        return wording.day(value).replace(" ", "\N{NO-BREAK SPACE}")
    return wording.count(value) if isinstance(value, int | float) else str(value)


def _ready(cell: cells.Cell) -> Listing:
    return _listing(
        "Ready for the next tier, the longest wait first", readiness.ready(cell, MOST_ROWS),
        {"person": "Person", "to_title": "For", "days_waiting": "Days waiting"}, "Nobody here is ready and waiting.",
    )  # fmt: skip


def _deadlines(cell: cells.Cell) -> Listing:
    return _listing(
        "Certification due within 90 days, or overdue", certification.deadlines(cell, within_days=90, most=MOST_ROWS),
        {"person": "Person", "credential_code": "Credential", "deadline_on": "Deadline"}, "No deadline within 90 days.",
    )  # fmt: skip


def _renewals(cell: cells.Cell) -> Listing:
    return _listing(
        "Credentials that expire within 90 days", certification.renewals(cell, MOST_ROWS, "due"),
        {"person": "Person", "credential_code": "Credential", "expires_on": "Expires", "ce_hours_short": "Hours short"},
        "None expires within 90 days.",
    )  # fmt: skip


def _skills(cell: cells.Cell) -> Listing:
    coverage = training.coverage(cell)
    columns = {"skill": "Skill", "qualified": "Qualified", "needed": "Needed"}
    if cell.kind != "site":
        columns = {"site": "Site", **columns}
    single = coverage[coverage["is_single_point_of_failure"].fillna(False).astype(bool)]
    return _listing(
        "Skills that hang on one person", single.head(MOST_ROWS), columns, "No skill hangs on one person.", size=len(single),
    )  # fmt: skip
