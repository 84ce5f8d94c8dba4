"""Who is ready and waiting, and what do the others lack?"""

import streamlit as st

from dashboards import cell as cells
from dashboards import charts, components, sources, wording
from dashboards.components import Figure
from dashboards.frame import Frame
from dashboards.questions import readiness

PERSON = {
    "person": ("Person", "text"),
    "site": ("Site", "text"),
    "from_title": ("From", "text"),
    "to_title": ("To", "text"),
}


def page() -> None:
    """The page."""
    cell = components.opening("Who is ready, and what do the others lack?", with_tier=True)
    people = readiness.people(cell)
    if people.empty or people["is_ready"].isna().all():
        components.answer("Nobody here has a next tier with requirements.")
        components.empty(
            "No readiness.", "It needs tier_paths and tier_requirements, and people in a tier that leads on."
        )
        return
    people = sources.with_names(people)
    ready = people[people["is_ready"].fillna(False).astype(bool)]
    near = people[(people["missing"] == 1) & ~people["is_ready"].fillna(False).astype(bool)]
    months = readiness.by_month(cell)
    _answer(people, ready, near, cell)
    _figures(people, ready, near, months)
    _months(months)
    _ready(ready)
    _near(near)
    components.steps(_steps(ready, near))
    components.method(
        "Ready: every requirement of the next tier in force today is met; the wait counts from the first day of the unbroken "
        "run of such days. A person with two ways up counts once a way in the tables, once in the figures.",
        "marts.promotion_readiness", "marts.promotion_requirements", "marts.readiness_by_month",
    )  # fmt: skip


def _count(people: Frame) -> int:
    return int(people["employee_key"].nunique())


def _answer(people: Frame, ready: Frame, near: Frame, cell: cells.Cell) -> None:
    long = _count(ready[ready["days_waiting"] > 90])
    sentence = (
        f"{wording.plural(_count(ready), 'person is', 'people are')} ready for the next tier".capitalize()
        + f", {long} of them for over 90 days."
    )
    components.answer(
        sentence,
        f"Because they meet every requirement; at {cells.place_name(cell.where)} "
        f"{wording.plural(_count(near), 'more person lacks', 'more people lack')} one requirement only, "
        f"of {wording.plural(_count(people), 'person', 'people')} with a way up.",
    )


def _figures(people: Frame, ready: Frame, near: Frame, months: Frame) -> None:
    now = ready["days_waiting"].median() if not ready.empty else None
    ever = months.tail(12)["left_while_ready"].sum() if not months.empty else None
    components.figures(
        [
            Figure("Ready now", wording.count(_count(ready)), [f"of {wording.plural(_count(people), 'person', 'people')}"],
                   months["value"].tolist()),
            Figure("Ready for over 90 days", wording.count(_count(ready[ready["days_waiting"] > 90])),
                   ["half have waited longer than " + wording.plural(now, "day") if now is not None else ""],
                   months["waiting"].tolist()),
            Figure("One requirement short", wording.count(_count(near)),
                   [f"{_count(near[near['lacks_time_only'].fillna(False).astype(bool)])} of them only wait for time in the tier"]),
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
                 "waiting": ("Over 90 days", "count"), "left_while_ready": ("Left while ready", "count")},
    )  # fmt: skip


def _ready(ready: Frame) -> None:
    if ready.empty:
        st.markdown("### Ready and waiting")
        components.empty("Nobody is ready.", "The next table says who is nearest.")
        return
    first = ready.iloc[0]
    components.listing(
        f"{first['person']} has waited longest: {wording.plural(first['days_waiting'], 'day')}", "Ready people, the longest wait first",
        ready, {**PERSON, "ready_on": ("Ready since", "date"), "days_waiting": ("Days waiting", "count")}, "readiness-ready",
    )  # fmt: skip


def _near(near: Frame) -> None:
    if near.empty:
        st.markdown("### One requirement short")
        components.empty("Nobody is one requirement short.", "Ladder lists everything that is unmet.")
        return
    components.listing(
        "One requirement short, and which", "Schedule these first: one step makes them ready",
        near, {**PERSON, "lacks": ("Lacks", "text"), "requirements_met": ("Met", "count"),
               "requirements_total": ("Of", "count")}, "readiness-near",
    )  # fmt: skip


def _steps(ready: Frame, near: Frame) -> list[str]:
    steps: list[str] = []
    if not ready.empty:
        first = ready.iloc[0]
        steps.append(
            f"**Decide about {first['person']}** at {first['site']}: ready for {first['to_title']} since {wording.day(first['ready_on'])}."
        )
    workable = near[~near["lacks_time_only"].fillna(False).astype(bool)]
    if not workable.empty:
        most = workable.groupby("lacks")["employee_key"].nunique().sort_values(ascending=False)
        steps.append(
            f"**Work on {most.index[0]}** with {wording.plural(most.iloc[0], 'person', 'people')}: it is all they lack."
        )
    site = ready[ready["days_waiting"] > 90].groupby("site")["employee_key"].nunique().sort_values(ascending=False)
    if len(site) > 1:
        steps.append(
            f"**Talk to the manager of {site.index[0]}**: {wording.plural(site.iloc[0], 'person waits', 'people wait')} there."
        )
    return steps
