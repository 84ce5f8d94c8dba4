"""What every page is built of, in the order of a page:

    cell = components.opening("Who leaves, and why?")     title, state of the data, filters from and to the address
    components.answer(sentence, because)                  the page's question answered
    components.figures([Figure(...), ...])                at most four
    components.chart(finding, measure, chart, ..., of)    its definition, then the table behind it, with downloads
    components.steps([...])                               what to do next
    components.method(sentence, "marts.turnover_by_month")  how it is counted, the definition one click away

`components.empty(what, feeds)` stands wherever there is nothing to show, and says why.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import plotly.graph_objects as go
import streamlit as st

from dashboards import cell as cells
from dashboards import charts, signin, sources, wording
from dashboards.frame import Frame
from dashboards.published import Meaning
from dashboards.tables import Rest, table

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


def slider(label: str, parameter: str, low: float, high: float, start: float, step: float, hint: str) -> float:
    """A slider whose value stands in the page's address, unless it is the one it starts at.

    Another start (another scenario, another place) is another slider.
    """
    key = f"slider:{parameter}:{start}"
    if key not in st.session_state:
        try:
            wanted = float(st.query_params.get(parameter, start))
        except ValueError:
            wanted = start
        st.session_state[key] = min(max(wanted, low), high) if math.isfinite(wanted) else start
    chosen = st.slider(
        label, low, high, step=step, format="%.2f" if step < 0.1 else "%.1f" if step < 1 else "%.0f", key=key, help=hint
    )
    if chosen == start:
        st.query_params.pop(parameter, None)
    else:
        st.query_params[parameter] = f"{chosen:g}"
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
                st.vega_lite_chart(
                    spec=charts.sparkline(series),
                    width="stretch",
                    key=f"spark:{figure.label}",
                    alt=f"{figure.label}, by month",
                )
            notes = [note for note in figure.notes if note]
            if notes:
                st.caption(wording.plain("  \n".join(notes)))


def chart(
    finding: str, measure: str, drawing: charts.Chart | go.Figure, name: str, alt_text: str,
    behind: Frame, columns: Mapping[str, tuple[str, str]], of: str,
) -> None:  # fmt: skip
    """A chart under its finding, measure and unit, followed by the table behind it; `of`: the published table it shows."""
    with st.container(gap="small"):
        st.markdown(f"### {wording.plain(finding)}")
        _measure(measure, of)
        if isinstance(drawing, go.Figure):
            st.plotly_chart(
                drawing, width="stretch", key=f"chart:{name}", config={"displayModeBar": False}, alt=alt_text
            )
        else:
            st.vega_lite_chart(spec=drawing, width="stretch", key=f"chart:{name}", alt=alt_text)
        with st.expander("Table behind this chart"):
            table(behind, columns, name, f"Table: {finding}")


def over_time(
    months: Frame, year: Frame, subject: str, measure: str, name: str, labels: tuple[str, str, str], of: str, *, is_share: bool = False
) -> None:  # fmt: skip
    """A series by month against what chance alone would give; where single months tell nothing, by twelve months.

    months, year: from `process_sql` and `trailing_sql`; labels: of events, base and value in the table; is_share: events are
    a part of base, which is in person-years otherwise.
    """
    events, base, value = labels
    shared = {
        "month": ("Month", "month"),
        "events": (events, "count"),
        "base": (base, "number"),
        "value": (value, "share"),
    }
    if wording.is_telling(months):
        chart(
            f"{subject}: {wording.change(months)}",
            f"{measure.capitalize()} by month; dashed: the mean; shaded: what chance alone would give. Hollow: not complete or preliminary.",
            charts.process_chart(months.dropna(subset=["value"])), name,
            f"Process-behaviour chart of {measure} by month with mean and limits.",
            months, {**shared, "centre": ("Mean", "share"), "limit_low": ("Lower limit", "share"),
                     "limit_high": ("Upper limit", "share"), "signal": ("Signal", "text")}, of,
        )  # fmt: skip
        return
    known = year.dropna(subset=["value"])
    last = known.iloc[-1]
    size = f"of {wording.count(last['base'])}" if is_share else f"in {wording.count(last['base'])} person-years"
    chart(
        f"{subject}: {wording.count(last['events'])} {size} ({wording.likely(last['low'], last['high'])})",
        f"{measure.capitalize()} over the twelve months to each month, with 95 % interval: too few a month to show single ones. "
        "Hollow: not complete, preliminary, or fewer than twelve months behind it.",
        charts.trend(known, None), name, f"Line of {measure} over twelve months, by month, with its interval.",
        known, {**shared, "low": ("Likely from", "share"), "high": ("to", "share")}, of,
    )  # fmt: skip


def listing(
    finding: str, measure: str, frame: Frame, columns: Mapping[str, tuple[str, str]], name: str, of: str, rest: Rest | None = None
) -> None:  # fmt: skip
    """A table of its own under what it shows; `of`: the published table it is from; `rest`: where `frame` is its first rows."""
    with st.container(gap="small"):
        st.markdown(f"### {wording.plain(finding)}")
        _measure(measure, of)
        table(frame, columns, name, f"Table: {finding}", rest)


def _definition(table: str) -> str:
    """What a table and each of its columns means, as markdown."""
    return _in_markdown(table, sources.definition(table))


@lru_cache(maxsize=400)
def _in_markdown(table: str, meaning: Meaning) -> str:
    comment, columns = meaning
    lines = [f"- `{column}` {wording.literal(said)}" for column, said in columns]
    return f"**{wording.literal(table)}** {wording.literal(comment)}\n\n" + "\n".join(lines)


def _measure(measure: str, of: str) -> None:
    """What is measured, with the definition one click away."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(wording.plain(measure), width=READING_WIDTH - 200)
        with st.popover("Definition", type="tertiary", icon=":material/menu_book:"):
            st.markdown(_definition(of))


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
            st.markdown("\n\n".join(_definition(name) for name in tables))
