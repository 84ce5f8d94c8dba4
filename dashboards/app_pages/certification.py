"""Who is certified in time, whose deadline comes next, and whose credentials run out?"""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import cell as cells
from dashboards import charts, components, sources, wording
from dashboards.components import Figure
from dashboards.frame import Frame
from dashboards.headlines import STEADY
from dashboards.questions import certification
from dashboards.tables import MOST_ROWS_SHOWN, rest_of

States = dict[str, dict[str, Any]]  # state -> its line of `certification.states`
STATES = ["overdue", "retake_wait", "ready_to_sit", "practicing", "not_started", "passed_not_on_file_yet"]


def page() -> None:
    """The page."""
    cell = components.opening("Who is certified in time, and whose deadline is next?")
    rules = certification.rules()
    renewals = certification.renewal_sums(cell)
    if rules.empty:
        components.answer("No certification rule is on record.")
        components.empty(
            "No rule.", "Land certification_rules to follow deadlines; renewals need credentials with an expiry."
        )
        _renewals(cell)
        return
    labels = dict(zip(rules["rule_id"], rules["label"], strict=True))
    with st.columns([3, 2])[0]:
        rule = components.choice("Rule", "rule", labels)
    states = {line["state"]: line for line in certification.states(cell, rule).to_dict("records")}
    recent = certification.recent(cell, rule)
    _answer(recent, states, labels[rule])
    _figures(recent, states, renewals)
    _cohorts(certification.cohorts(cell, rule))
    _pipeline(cell, rule, states)
    _renewals(cell)
    _education(certification.continuing_education(cell))
    components.steps(_steps(states, renewals))
    components.method(
        "In time: certified after the clock started and by the deadline, while employed. Shown of everyone whose time is up, "
        "and of those only who were still there on the day of the deadline; the first is the fair one.",
        "marts.certification_by_cohort", "marts.certification_pipeline", "marts.credential_renewals",
    )  # fmt: skip


def _overdue(states: States) -> int:
    return int(states["overdue"]["people"]) if "overdue" in states else 0


def _soon(states: States) -> int:
    return int(sum(line["soon"] for line in states.values()))


def _answer(recent: dict[str, float | None], states: States, rule: str) -> None:
    overdue, soon = _overdue(states), _soon(states)
    because = (
        f"{wording.plural(overdue, 'person is', 'people are').capitalize()} past the deadline and "
        f"{wording.plural(soon, 'more has', 'more have')} one within 90 days. Rule: {rule}."
    )
    if recent.get("value") is None:
        components.answer("Nobody's time is up under this rule yet.", because)
        return
    if (recent["matured"] or 0) < STEADY:
        components.answer(
            f"{wording.count(recent['certified'])} of {wording.plural(recent['matured'] or 0, 'person', 'people')} whose time was up in "
            "twelve months were certified in time: too few to tell a rate by.",
            because,
        )
        return
    components.answer(
        f"{wording.percent(recent['value'])} of those whose time was up in the last twelve months were certified in time "
        f"({wording.likely(recent['low'], recent['high'])}).",
        because,
    )


def _figures(recent: dict[str, float | None], states: States, renewals: dict[str, Any]) -> None:
    matured, certified = recent.get("matured"), recent.get("certified")
    components.figures(
        [
            Figure("Certified in time", wording.percent(recent.get("value")),
                   [wording.likely(recent.get("low"), recent.get("high")),
                    f"{wording.count(certified)} of {wording.count(matured)} in twelve months" if matured else ""]),
            Figure("Of those who stayed", wording.percent(recent.get("of_stayed")),
                   [wording.likely(recent.get("of_stayed_low"), recent.get("of_stayed_high")), "still there on the day of the deadline"]),
            Figure("Past the deadline", wording.count(_overdue(states)), [f"{wording.count(_soon(states)) if _soon(states) else 'none'} more within 90 days"]),
            Figure("Credentials to renew", wording.count(renewals["credentials"]),
                   [f"{wording.count(renewals['lapsed'])} of them have lapsed"]),
        ]
    )  # fmt: skip


def _cohorts(cohorts: Frame) -> None:
    if cohorts.empty:
        st.markdown("### Cohorts")
        components.empty("No cohort's time is up.", "The first figures come when a cohort's deadline has passed.")
        return
    last = cohorts.iloc[-1]
    components.chart(
        f"Of those who started in {last['label']} and whose time is up, {wording.percent(last['value'])} were certified in time",
        "Share certified in time by year of start, of all whose time is up, with 95 % interval",
        charts.bars(cohorts), "certification-cohorts", "Bars of the share certified in time by year of start.",
        cohorts, {"label": ("Started in", "text"), "entrants": ("Entrants", "count"), "matured": ("Time is up", "count"),
                  "certified": ("Certified in time", "count"), "value": ("Of all", "share"), "low": ("Likely from", "share"),
                  "high": ("to", "share"), "stayed": ("There at the deadline", "count"), "of_stayed": ("Of those who stayed", "share"),
                  "left_uncertified": ("Left uncertified", "count")}, of="marts.certification_by_cohort",
    )  # fmt: skip


def _pipeline(cell: cells.Cell, rule: str, states: States) -> None:
    if not states:
        st.markdown("### On the way")
        components.empty("Nobody is on the way.", "Everyone under this rule here is certified.")
        return
    known = [{"label": wording.words(state), "value": states[state]["people"]} for state in STATES if state in states]
    people = sum(int(line["people"]) for line in states.values())
    components.chart(
        f"{wording.plural(people, 'person is', 'people are')} under the rule and not yet certified",
        "People by where they stand, today", charts.bars(pd.DataFrame(known), ",.0f"), "certification-states", "Bars of people by state.",
        pd.DataFrame(known), {"label": ("State", "text"), "value": ("People", "count")}, of="marts.certification_pipeline",
    )  # fmt: skip
    shown = _pipeline_in_words(certification.pipeline(cell, rule, MOST_ROWS_SHOWN))
    components.listing(
        "Whose deadline is next", "Nearest deadline first, below zero days those past it; weakest area by the latest practice exam",
        shown, {"person": ("Person", "text"), "site": ("Site", "text"), "deadline_on": ("Deadline", "date"),
                "days_left": ("Days left", "count"), "state": ("State", "text"), "attempts": ("Attempts", "count"),
                "may_retake_on": ("May retake on", "date"), "weakest_area": ("Weakest area", "text")}, "certification-people",
        of="marts.certification_pipeline", rest=rest_of(shown, lambda: _pipeline_in_words(certification.pipeline(cell, rule))),
    )  # fmt: skip


def _pipeline_in_words(pipeline: Frame) -> Frame:
    shown = sources.with_names(pipeline)
    return shown.assign(
        state=shown["state"].map(wording.words, na_action="ignore"),
        weakest_area=shown["weakest_area"].map(wording.words, na_action="ignore").fillna(""),
    )


def _renewals(cell: cells.Cell) -> None:
    shown = _renewals_in_words(certification.renewals(cell, MOST_ROWS_SHOWN))
    if shown.empty:
        st.markdown("### Renewals")
        components.empty("Nothing to renew", "within 90 days, or no credential with an expiry is on record.")
        return
    rest = rest_of(shown, lambda: _renewals_in_words(certification.renewals(cell)))
    components.listing(
        f"{wording.plural(shown['of_all'].iloc[0], 'credential has', 'credentials have')} lapsed or expire within 90 days",
        "Soonest first, with the hours of continuing education that the renewal still needs",
        shown, {"person": ("Person", "text"), "site": ("Site", "text"), "credential_code": ("Credential", "text"),
                "expires_on": ("Expires on", "date"), "status": ("Status", "text"), "ce_hours_earned": ("Hours earned", "number"),
                "ce_hours_short": ("Hours short", "number"), "ce_topics_short": ("Topics short", "text")}, "certification-renewals",
        of="marts.credential_renewals", rest=rest,
    )  # fmt: skip


def _renewals_in_words(renewals: Frame) -> Frame:
    shown = sources.with_names(renewals)
    return shown.assign(status=shown["status"].map(wording.words))


def _education(quarters: Frame) -> None:
    shown = quarters.dropna(subset=["value"])
    if shown.empty:
        st.markdown("### Continuing education")
        components.empty("No continuing education.", "It comes from the feed ce_credits.")
        return
    complete = shown[shown["is_complete"]]
    last = shown.iloc[-1] if complete.empty else complete.iloc[-1]
    components.chart(
        f"{wording.percent(last['value'])} earned credits in the "
        + ("quarter that is under way" if complete.empty else "last full quarter") + f" ({wording.likely(last['low'], last['high'])})",
        "Share of active people with credits, by quarter, with 95 % interval; hollow: the quarter is not over",
        charts.trend(shown, None), "certification-education", "Line of the share with continuing education by quarter.",
        shown, {"month": ("Quarter from", "month"), "active": ("Active", "count"), "with_credits": ("With credits", "count"),
                "value": ("Share", "share"), "low": ("Likely from", "share"), "high": ("to", "share"), "hours": ("Hours", "number")},
        of="marts.ce_participation_by_quarter",
    )  # fmt: skip


def _steps(states: States, renewals: dict[str, Any]) -> list[str]:
    steps: list[str] = []
    people = ("person", "people")
    if "overdue" in states:
        line = states["overdue"]
        steps.append(
            f"**Set an exam date with {wording.plural(line['people'], *people)}** past the deadline, the first since "
            f"{wording.day(line['first_on'])} at {line['first_site']}."
        )
    if "ready_to_sit" in states:
        line = states["ready_to_sit"]
        steps.append(
            f"**Let {wording.plural(line['people'], *people)} sit the exam now**: their practice says they pass; the nearest deadline "
            f"is {wording.day(line['first_on'])}."
        )
    if "not_started" in states and states["not_started"]["soon"]:
        line = states["not_started"]
        steps.append(
            f"**Start preparation** with {wording.plural(line['soon'], *people)} who have under 90 days and not begun, the first until "
            f"{wording.day(line['soon_on'])}."
        )
    if renewals["people_short"]:
        steps.append(
            f"**Book continuing education** for {wording.plural(renewals['people_short'], *people)}, the first by "
            f"{wording.day(renewals['first_on'])}: {wording.count(renewals['hours_short'])} hours are short in all."
        )
    return steps
