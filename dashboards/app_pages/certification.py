"""Who is certified in time, whose deadline comes next, and whose credentials run out?"""

import streamlit as st

from dashboards import charts, components, sources, wording
from dashboards.components import Figure
from dashboards.frame import Frame
from dashboards.questions import certification

STATES = ["overdue", "retake_wait", "ready_to_sit", "practicing", "not_started"]


def page() -> None:
    """The page."""
    cell = components.opening("Who is certified in time, and whose deadline is next?")
    rules = certification.rules()
    renewals = certification.renewals(cell)
    if rules.empty:
        components.answer("No certification rule is on record.")
        components.empty(
            "No rule.", "Land certification_rules to follow deadlines; renewals need credentials with an expiry."
        )
        _renewals(renewals)
        return
    labels = dict(zip(rules["rule_id"], rules["label"], strict=True))
    with st.columns([3, 2])[0]:
        rule = components.choice("Rule", "rule", labels)
    pipeline, cohorts = certification.pipeline(cell, rule), certification.cohorts(cell, rule)
    recent = certification.recent(cell, rule)
    _answer(recent, pipeline, labels[rule])
    _figures(recent, pipeline, renewals)
    _cohorts(cohorts)
    _pipeline(pipeline)
    _renewals(renewals)
    _education(certification.continuing_education(cell))
    components.steps(_steps(pipeline, renewals))
    components.method(
        "In time: certified after the clock started and by the deadline, while employed. Shown of everyone whose time is up, "
        "and of those only who had not left before; the first is the fair one.",
        "marts.certification_by_cohort", "marts.certification_pipeline", "marts.credential_renewals",
    )  # fmt: skip


def _soon(pipeline: Frame) -> Frame:
    return pipeline[(pipeline["days_left"] >= 0) & (pipeline["days_left"] <= 90)]


def _answer(recent: dict[str, float | None], pipeline: Frame, rule: str) -> None:
    overdue = int((pipeline["state"] == "overdue").sum())
    because = (
        f"{wording.plural(overdue, 'person is', 'people are').capitalize()} past the deadline and "
        f"{wording.plural(len(_soon(pipeline)), 'more has', 'more have')} one within 90 days. Rule: {rule}."
    )
    if recent.get("value") is None:
        components.answer("Nobody's time is up under this rule yet.", because)
        return
    components.answer(
        f"{wording.percent(recent['value'])} of those whose time was up were certified in time "
        f"({wording.likely(recent['low'], recent['high'])}).",
        because,
    )


def _figures(recent: dict[str, float | None], pipeline: Frame, renewals: Frame) -> None:
    matured, certified = recent.get("matured"), recent.get("certified")
    components.figures(
        [
            Figure("Certified in time", wording.percent(recent.get("value")),
                   [wording.likely(recent.get("low"), recent.get("high")),
                    f"{wording.count(certified)} of {wording.count(matured)} in the last twelve cohorts" if matured else ""]),
            Figure("Of those who stayed", wording.percent(recent.get("of_stayed")),
                   [wording.likely(recent.get("of_stayed_low"), recent.get("of_stayed_high")), "leavers left out"]),
            Figure("Past the deadline", wording.count((pipeline["state"] == "overdue").sum()),
                   [f"{len(_soon(pipeline))} more within 90 days"]),
            Figure("Credentials to renew", wording.count(len(renewals)),
                   [f"{int((renewals['status'] == 'lapsed').sum())} of them have lapsed"]),
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
                  "high": ("to", "share"), "stayed": ("Had not left", "count"), "of_stayed": ("Of those who stayed", "share"),
                  "left_uncertified": ("Left uncertified", "count")},
    )  # fmt: skip


def _pipeline(pipeline: Frame) -> None:
    if pipeline.empty:
        st.markdown("### On the way")
        components.empty("Nobody is on the way.", "Everyone under this rule here is certified.")
        return
    states = pipeline["state"].value_counts().reindex(STATES).dropna().reset_index()
    states.columns = ["label", "value"]
    states = states.assign(label=states["label"].map(wording.words))
    components.chart(
        f"{wording.plural(len(pipeline), 'person is', 'people are')} under the rule and not yet certified",
        "People by where they stand, today", charts.bars(states, ",.0f"), "certification-states", "Bars of people by state.",
        states, {"label": ("State", "text"), "value": ("People", "count")},
    )  # fmt: skip
    shown = sources.with_names(pipeline)
    shown = shown.assign(
        state=shown["state"].map(wording.words),
        weakest_area=shown["weakest_area"].map(wording.words, na_action="ignore").fillna(""),
    )
    components.listing(
        "Whose deadline is next", "Nearest deadline first; weakest area by the latest practice exam",
        shown, {"person": ("Person", "text"), "site": ("Site", "text"), "deadline_on": ("Deadline", "date"),
                "days_left": ("Days left", "count"), "state": ("State", "text"), "attempts": ("Attempts", "count"),
                "may_retake_on": ("May retake on", "date"), "weakest_area": ("Weakest area", "text")}, "certification-people",
    )  # fmt: skip


def _renewals(renewals: Frame) -> None:
    if renewals.empty:
        st.markdown("### Renewals")
        components.empty("Nothing to renew", "within 90 days, or no credential with an expiry is on record.")
        return
    shown = sources.with_names(renewals)
    shown = shown.assign(status=shown["status"].map(wording.words))
    components.listing(
        f"{wording.plural(len(shown), 'credential has', 'credentials have')} lapsed or expire within 90 days",
        "Soonest first, with the hours of continuing education that the renewal still needs",
        shown, {"person": ("Person", "text"), "site": ("Site", "text"), "credential_code": ("Credential", "text"),
                "expires_on": ("Expires on", "date"), "status": ("Status", "text"), "ce_hours_earned": ("Hours earned", "number"),
                "ce_hours_short": ("Hours short", "number"), "ce_topics_short": ("Topics short", "text")}, "certification-renewals",
    )  # fmt: skip


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
        + ("quarter that is under way" if complete.empty else "last full quarter"), "Share of active people with credits, by quarter",
        charts.trend(shown, None), "certification-education", "Line of the share with continuing education by quarter.",
        shown, {"month": ("Quarter from", "month"), "active": ("Active", "count"), "with_credits": ("With credits", "count"),
                "value": ("Share", "share"), "low": ("Likely from", "share"), "high": ("to", "share"), "hours": ("Hours", "number")},
    )  # fmt: skip


def _steps(pipeline: Frame, renewals: Frame) -> list[str]:
    steps: list[str] = []
    overdue = pipeline[pipeline["state"] == "overdue"]
    if not overdue.empty:
        steps.append(
            f"**Set an exam date with {wording.plural(len(overdue), 'person', 'people')}** past the deadline, the longest overdue first."
        )
    ready = pipeline[pipeline["state"] == "ready_to_sit"]
    if not ready.empty:
        steps.append(
            f"**Let {wording.plural(len(ready), 'person', 'people')} sit the exam now**: their practice says they pass."
        )
    waiting = _soon(pipeline)
    waiting = waiting[waiting["state"] == "not_started"]
    if not waiting.empty:
        steps.append(
            f"**Start preparation** with {wording.plural(len(waiting), 'person', 'people')} who have under 90 days and not begun."
        )
    short = renewals[(renewals["status"] == "due") & (renewals["ce_hours_short"] > 0)]
    if not short.empty:
        steps.append(
            f"**Book continuing education** for {wording.plural(short['employee_key'].nunique(), 'person', 'people')} before "
            f"{wording.day(short.iloc[0]['expires_on'])}: {wording.count(short['ce_hours_short'].sum())} hours are short in all."
        )
    return steps
