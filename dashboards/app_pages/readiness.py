"""Who is ready and waiting, and what do the others lack?"""

from typing import Any

import streamlit as st

from dashboards import cell as cells
from dashboards import charts, components, sources, wording
from dashboards.components import Figure
from dashboards.frame import Frame
from dashboards.headlines import FEW
from dashboards.questions import readiness
from dashboards.tables import MOST_ROWS_SHOWN, rest_of

PERSON = {
    "person": ("Person", "text"),
    "site": ("Site", "text"),
    "from_title": ("From", "text"),
    "to_title": ("To", "text"),
}


def page() -> None:
    """The page."""
    cell = components.opening("Who is ready, and what do the others lack?", with_tier=True)
    sums = readiness.sums(cell)
    if not sums["ways"]:
        components.answer("Nobody here has a next tier with requirements.")
        components.empty(
            "No readiness.", "It needs tier_paths and tier_requirements, and people in a tier that leads on."
        )
        return
    ready = sources.with_names(readiness.ready(cell, MOST_ROWS_SHOWN))
    lacking, months = readiness.lacking(cell), readiness.by_month(cell)
    _answer(sums, cell)
    _figures(sums, lacking, months)
    _months(months)
    _ready(ready, cell)
    _near(cell)
    components.steps(_steps(ready, lacking, readiness.waiting_sites(cell)))
    components.method(
        "Ready: every requirement of the next tier in force today is met; the wait counts from the first day of the unbroken "
        "run of such days. A person with two ways up counts once a way in the tables, once in the figures.",
        "marts.promotion_readiness", "marts.promotion_requirements", "marts.readiness_by_month",
    )  # fmt: skip


def _answer(sums: dict[str, Any], cell: cells.Cell) -> None:
    components.answer(
        f"{wording.plural(sums['ready'], 'person is', 'people are')} ready for the next tier".capitalize()
        + f", {wording.count(sums['ready_over_90'])} of them for over 90 days.",
        f"Because they meet every requirement; {cells.in_place(cell.where)} "
        f"{wording.plural(sums['near'], 'more person lacks', 'more people lack')} one requirement only, "
        f"of {wording.plural(sums['people'], 'person', 'people')} with a way up.",
    )


def _figures(sums: dict[str, Any], lacking: Frame, months: Frame) -> None:
    ever = months.tail(12)["left_while_ready"].sum() if not months.empty else None
    time_only = lacking.loc[lacking["is_time"], "people"].sum()
    half = sums["days_waiting"]
    components.figures(
        [
            Figure("Ready now", wording.count(sums["ready"]), [f"of {wording.plural(sums['people'], 'person', 'people')}",
                    f"half of them for longer than {wording.plural(half, 'day')}" if half is not None and sums["ready"] >= FEW else ""],
                   months["value"].tolist()),
            Figure("Ready for over 90 days", wording.count(sums["ready_over_90"]),
                   series=months["waiting"].tolist()),
            Figure("One requirement short", wording.count(sums["near"]),
                   [f"{wording.count(time_only) if time_only else 'none'} of them only for want of time in the tier"]),
            Figure("Left while ready", wording.count(ever), ["in twelve months: lost, and could have been promoted"]),
        ]
    )  # fmt: skip


def _months(months: Frame) -> None:
    if months.empty:
        components.empty("No history.", "Readiness is looked back on for 24 month ends.")
        return
    last = months.iloc[-1]
    components.chart(
        f"{wording.plural(last['value'], 'way', 'ways')} up stand open today, {wording.count(last['waiting'])} for over 90 days",
        "Ready people by next tier, at month ends; who is ready for two tiers counts twice.",
        charts.trend(months, None, ",.0f"), "readiness-months", "Line of people ready at month ends.",
        months, {"month": ("Month", "month"), "employees": ("People with a way up", "count"), "value": ("Ready", "count"),
                 "waiting": ("Over 90 days", "count"), "left_while_ready": ("Left while ready", "count")}, of="marts.readiness_by_month",
    )  # fmt: skip


def _ready(ready: Frame, cell: cells.Cell) -> None:
    if ready.empty:
        st.markdown("### Ready and waiting")
        components.empty("Nobody is ready.", "The next table says who is nearest.")
        return
    first = ready.iloc[0]
    components.listing(
        f"{first['person']} has waited longest: {wording.plural(first['days_waiting'], 'day')}", "Ready people, the longest wait first",
        ready, {**PERSON, "ready_on": ("Ready since", "date"), "days_waiting": ("Days waiting", "count")}, "readiness-ready",
        of="marts.promotion_readiness", rest=rest_of(ready, lambda: sources.with_names(readiness.ready(cell))),
    )  # fmt: skip


def _near(cell: cells.Cell) -> None:
    near = sources.with_names(readiness.near(cell, MOST_ROWS_SHOWN))
    if near.empty:
        st.markdown("### One requirement short")
        components.empty("Nobody is one requirement short.", "Ladder lists everything that is unmet.")
        return
    components.listing(
        "One requirement short, and which", "Schedule these first: one step makes them ready",
        near, {"person": PERSON["person"], "lacks": ("Lacks", "text"), **PERSON, "requirements_met": ("Met", "count"),
               "requirements_total": ("Of", "count")}, "readiness-near",
        of="marts.promotion_requirements", rest=rest_of(near, lambda: sources.with_names(readiness.near(cell))),
    )  # fmt: skip


def _steps(ready: Frame, lacking: Frame, sites: Frame) -> list[str]:
    steps: list[str] = []
    if not ready.empty:
        first = ready.iloc[0]
        steps.append(
            f"**Decide about {first['person']}** at {first['site']}: ready for {first['to_title']} since {wording.day(first['ready_on'])}."
        )
    workable = lacking[~lacking["is_time"]]
    if not workable.empty:
        most = workable.iloc[0]
        steps.append(
            f"**Work on {most['lacks']}** with {wording.plural(most['people'], 'person', 'people')}: it is all they lack."
        )
    if len(sites) > 1:
        steps.append(
            f"**Talk to the manager of {sites.iloc[0]['site']}**: "
            f"{wording.plural(sites.iloc[0]['people'], 'person waits', 'people wait')} there."
        )
    return steps
