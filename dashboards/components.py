"""What every page is built of, in the order of a page:

    cell = components.opening("Who leaves, and why?")     title, state of the data, filters from and to the address
    components.answer(sentence, because)                  the page's question answered
    components.figures([Figure(...), ...])                at most four
    components.chart(finding, measure, chart, ...)        then the table behind it, with downloads
    components.steps([...])                               what to do next
    components.method(sentence, "marts.turnover_by_month")  how it is counted, the definition one click away

`components.empty(what, feeds)` stands wherever there is nothing to show, and says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import plotly.graph_objects as go
import streamlit as st

from dashboards import cell as cells
from dashboards import charts, signin, sources, wording
from dashboards.frame import Frame
from dashboards.tables import table

READING_WIDTH = 860


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its value as text and what stands under it; the sparkline is a series of numbers, oldest first."""

    label: str
    value: str
    notes: Sequence[str] = ()
    series: Sequence[float] = field(default_factory=list)
    help: str | None = None


def choice(
    label: str, parameter: str, options: Mapping[str, str], disabled: bool = False, hint: str | None = None
) -> str:
    """A select box whose value stands in the page's address and is kept from page to page; the first option is the default."""
    keys = list(options)
    wanted = st.query_params.get(parameter) or st.session_state.get(f"kept:{parameter}")
    if f"choice:{parameter}" not in st.session_state:
        st.session_state[f"choice:{parameter}"] = wanted if wanted in options else keys[0]
    if st.session_state[f"choice:{parameter}"] not in options:
        st.session_state[f"choice:{parameter}"] = keys[0]
    chosen = st.selectbox(
        label, keys, key=f"choice:{parameter}", format_func=lambda key: options[key], disabled=disabled, help=hint
    )
    st.session_state[f"kept:{parameter}"] = chosen
    if chosen == keys[0]:
        st.query_params.pop(parameter, None)
    else:
        st.query_params[parameter] = chosen
    return chosen


def opening(question: str, with_tier: bool = False, with_place: bool = True) -> cells.Cell:
    """Title, the state of the data, and the filters in one row; gives the cell that is asked about."""
    st.title(question, anchor=False)
    state_of_data()
    if not with_place:
        return cells.Cell()
    left, middle, _ = st.columns([2, 2, 1], gap="medium")
    with left:
        where = choice("Where", "where", cells.places())
    if not with_tier:
        return cells.Cell(where)
    at_site = where.startswith("site:")
    with middle:
        tiers = {"all": "All tiers"} if at_site else {"all": "All tiers", **cells.tier_titles()}
        hint = (
            "At one site all tiers are shown together: a tier of a site is too few people for a rate."
            if at_site
            else None
        )
        tier = choice("Tier", "tier", tiers, disabled=at_site, hint=hint)
    return cells.Cell(where, tier)


def state_of_data() -> None:
    """As of when, what is stale or preliminary, and who is looking."""
    release = sources.release()
    parts = [f"Data as of **{wording.day(release.as_of_on)}**"]
    if release.preliminary_from is not None:
        parts.append(f"preliminary from {wording.month(release.preliminary_from)} on (hollow marks)")
    else:
        parts.append("months not yet complete are drawn hollow")
    parts.append(signin.viewer().state)
    st.caption(" · ".join(parts))
    if release.stale_feeds:
        late = wording.listed([wording.words(feed).lower() for feed in release.stale_feeds], 6)
        st.warning(f"Older than expected: {late}. What depends on it may have moved since.", icon=":material/schedule:")


def answer(sentence: str, because: str = "") -> None:
    """The page's question answered in one sentence, and why."""
    with st.container(width=READING_WIDTH):
        st.header(wording.plain(sentence), anchor=False)
        if because:
            st.markdown(wording.plain(because))


def figures(found: Sequence[Figure]) -> None:
    """At most four figures side by side; on a phone one under the other."""
    for column, figure in zip(st.columns(len(found), gap="small"), found, strict=True):
        with column, st.container(border=True, height="stretch"):
            series = [value for value in figure.series if not wording.is_missing(value)]
            st.metric(figure.label, figure.value, help=figure.help)
            if len(series) > 1:
                st.altair_chart(charts.sparkline(series), key=f"spark:{figure.label}", alt=f"{figure.label}, by month")
            notes = [note for note in figure.notes if note]
            if notes:
                st.caption(wording.plain("  \n".join(notes)))


def chart(
    finding: str, measure: str, drawing: charts.Chart | go.Figure, name: str, alt_text: str,
    behind: Frame, columns: Mapping[str, tuple[str, str]],
) -> None:  # fmt: skip
    """A chart under its finding, measure and unit, followed by the table behind it."""
    with st.container(gap="small"):
        st.markdown(f"### {wording.plain(finding)}")
        st.caption(measure)
        if isinstance(drawing, go.Figure):
            st.plotly_chart(
                drawing, width="stretch", key=f"chart:{name}", config={"displayModeBar": False}, alt=alt_text
            )
        else:
            st.altair_chart(drawing, width="stretch", key=f"chart:{name}", alt=alt_text)
        with st.expander("Table behind this chart"):
            table(behind, columns, name, f"Table: {finding}")


def listing(finding: str, measure: str, frame: Frame, columns: Mapping[str, tuple[str, str]], name: str) -> None:
    """A table of its own under what it shows."""
    with st.container(gap="small"):
        st.markdown(f"### {wording.plain(finding)}")
        if measure:
            st.caption(measure)
        table(frame, columns, name, f"Table: {finding}")


def empty(what: str, why: str) -> None:
    """Stands where there is nothing to show: what is missing, and what would bring it."""
    st.info(f"**{what}** {why}", icon=":material/info:")


def steps(found: Sequence[str]) -> None:
    """The most useful next steps, at most three, as sentences."""
    st.markdown("## What to do")
    with st.container(width=READING_WIDTH):
        if found:
            st.markdown("\n".join(f"{place}. {wording.plain(step)}" for place, step in enumerate(found[:3], start=1)))
        else:
            st.markdown("Nothing on this page asks for a step now.")


def method(sentence: str, *tables: str) -> None:
    """How the page counts, in one line, with the definitions of its tables one click away."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(sentence, width=READING_WIDTH - 160)
        with st.popover("Definitions", icon=":material/menu_book:"):
            for name in tables:
                meaning, columns = sources.definition(name)
                st.markdown(f"**{name}** {meaning}")
                st.dataframe(
                    columns, hide_index=True, column_config={"column": "Column", "meaning": "Meaning"}, alt=name
                )
