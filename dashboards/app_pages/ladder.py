"""Who moves up, how fast, and what stands in the way?"""

import streamlit as st

from dashboards import cell as cells
from dashboards import charts, components, flow_charts, palette, sources, wording
from dashboards.components import Figure
from dashboards.frame import Frame
from dashboards.questions import ladder

TENURE_COLUMNS = {
    "spells": ("Entries", "count"), "promotions": ("Promotions", "count"), "separations": ("Separations", "count"),
    "value": ("Promoted within a year", "share"), "low": ("Likely from", "share"), "high": ("to", "share"),
    "separated_within_365": ("Left within a year", "share"), "promoted_within_730": ("Promoted within two years", "share"),
    "median_days_to_promotion": ("Days until half are promoted", "count"), "is_unstable": ("Fewer than 20 events", "yes"),
}  # fmt: skip


def page() -> None:
    """The page."""
    cell = components.opening("Who moves up, and how fast?", with_tier=True)
    tenure = ladder.tenure()
    if tenure.empty:
        components.answer("Nobody has entered a tier yet.")
        components.empty("No tier spells.", "They follow from job_history and job_tiers.")
        return
    watched = tenure.dropna(subset=["value"])
    line = _tier_of(cell, watched if not watched.empty else tenure)
    months, delays = ladder.promotions(cell), ladder.delays(cell)
    _answer(line, delays, cell)
    _figures(line, months)
    _curves()
    _breakdown(line)
    _flows()
    _promotions(months)
    _delays(delays, cell)
    components.steps(_steps(delays))
    components.method(
        "Aalen-Johansen cumulative incidence from entering a tier, promotion and leaving competing; entries whose start is "
        "unknown are left out. Curves are the whole organisation's.",
        "marts.tier_tenure", "marts.tier_tenure_curve", "marts.promotions_by_month", "marts.promotion_delays",
    )  # fmt: skip


def _tier_of(cell: cells.Cell, tenure: Frame) -> Frame:
    chosen = tenure[tenure["tier"] == cell.tier]
    if chosen.empty:
        chosen = tenure[tenure["is_entry"]]
    return (tenure if chosen.empty else chosen).iloc[0]


def _answer(line: Frame, delays: Frame, cell: cells.Cell) -> None:
    if wording.is_missing(line["value"]):
        components.answer(
            f"Nobody has been watched for a year in {line['title']}: it is too early to say who moves up."
        )
        return
    sentence = (
        f"Of 100 technicians who enter {line['title']}, {line['value'] * 100:.0f} are promoted within a year "
        f"({wording.likely(line['low'], line['high']) or 'too few to say how sure'}) and "
        f"{line['separated_within_365'] * 100:.0f} leave."
    )
    if delays.empty:
        components.answer(sentence, "")
        return
    top = delays.iloc[0]
    components.answer(
        sentence,
        f"Because, at {cells.place_name(cell.where)}, what most often stands in the way is: "
        f"{wording.words(top['cause']).lower()} ({wording.plural(top['value'], 'person', 'people')}).",
    )


def _figures(line: Frame, months: Frame) -> None:
    recent = months[months["is_complete"]].tail(12)
    events, base = recent["events"].sum(), recent["base"].sum()
    median = line["median_days_to_promotion"]
    unsteady = "unsteady: fewer than 20 events" if line["is_unstable"] else ""
    components.figures(
        [
            Figure("Promoted within a year", wording.percent(line["value"]),
                   [f"of those who enter {line['title']}", wording.likely(line["low"], line["high"]), unsteady]),
            Figure("Left within a year", wording.percent(line["separated_within_365"]),
                   [wording.likely(line["separated_within_365_low"], line["separated_within_365_high"])]),
            Figure("Until half are promoted", "not reached" if wording.is_missing(median) else f"{median / 30.4375:.0f} months",
                   ["so far fewer than half ever are" if wording.is_missing(median) else "from entering the tier"]),
            Figure("Promotions in 12 months", wording.count(events), [f"in {wording.count(base)} person-years"]),
        ]
    )  # fmt: skip


def _curves() -> None:
    with st.columns([2, 3])[0]:
        outcome = components.choice("Show who", "outcome", {"promoted": "is promoted", "separated": "leaves"})
    curve = ladder.curve(outcome)
    if curve.empty:
        components.empty("No curve.", "Fewer than five people have entered any tier.")
        return
    ends = curve[curve["days"] <= 730].groupby("tier")["incidence"].max().sort_values()
    verb = "promoted" if outcome == "promoted" else "gone"
    components.chart(
        f"After two years {wording.percent(ends.iloc[-1])} of those who entered {ends.index[-1]} are {verb}, "
        f"the most of any tier",
        f"Share {'promoted' if outcome == 'promoted' else 'who left'} by months since entering the tier; drawn while at "
        "least five people are under watch.",
        charts.curves(curve, palette.tier_scale(list(cells.tier_titles().values()))), f"ladder-{outcome}",
        f"Curves by tier of the share {verb} by months since entering.",
        curve, {"tier": ("Tier", "text"), "days": ("Days since entering", "count"), "incidence": ("Share", "share"),
                "low": ("Likely from", "share"), "high": ("to", "share"), "at_risk": ("Under watch", "count")},
    )  # fmt: skip


def _breakdown(line: Frame) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        components.listing(
            f"{line['title']}, by year of entry", "Share promoted within a year, with 95 % interval",
            ladder.tenure_by_year(line["tier"]), {"label": ("Year", "text"), **TENURE_COLUMNS}, "ladder-years",
        )  # fmt: skip
    with right:
        components.listing(
            f"{line['title']}, by site", "Few people a site: read the intervals first, the order is by name",
            ladder.tenure_by_site(line["tier"]), {"label": ("Site", "text"), **TENURE_COLUMNS}, "ladder-sites",
        )  # fmt: skip


def _flows() -> None:
    flows = ladder.flows()
    if flows.empty:
        st.markdown("### Moves between tiers")
        components.empty("No moves.", "Nobody has left a tier in the last 24 months.")
        return
    left = flows[flows["to_label"].str.startswith("Left")]["people"].sum()
    components.chart(
        f"Of {wording.plural(flows['people'].sum(), 'move')} out of a tier in 24 months, {wording.count(left)} were out of the ladder",
        "People; from the tier on the left to the tier, or out, on the right. Whole organisation.",
        flow_charts.sankey(flows, palette.tier_scale(list(cells.tier_titles().values()))), "ladder-flows",
        "Sankey diagram of moves from tier to tier and out.",
        flows, {"from_label": ("From", "text"), "to_label": ("To", "text"), "people": ("People", "count")},
    )  # fmt: skip


def _promotions(months: Frame) -> None:
    if months["value"].isna().all():
        components.empty("No promotions chart.", "Nobody has worked here.")
        return
    recent = months[months["is_complete"]].tail(12)
    signals = recent[recent["signal"] != "none"]
    finding = (
        "Promotions: no sign of change in the last twelve months" if signals.empty
        else f"Promotions: {signals.iloc[-1]['signal']} in {wording.month(signals.iloc[-1]['month'])}"
    )  # fmt: skip
    components.chart(
        finding, "Promotions per person-year by month; dashed: the mean; shaded: what chance alone would give. Hollow: not complete.",
        charts.process_chart(months), "ladder-promotions", "Process-behaviour chart of promotions by month.",
        months, {"month": ("Month", "month"), "events": ("Promotions", "count"), "base": ("Person-years", "number"),
                 "value": ("Rate a year", "share"), "centre": ("Mean", "share"), "limit_low": ("Lower limit", "share"),
                 "limit_high": ("Upper limit", "share"), "signal": ("Signal", "text")},
    )  # fmt: skip


def _delays(delays: Frame, cell: cells.Cell) -> None:
    if delays.empty:
        st.markdown("### What stands in the way")
        components.empty("Nothing stands in the way.", "Nobody here has a next tier with requirements in force.")
        return
    named = delays.assign(label=delays["cause"].map(wording.words))
    components.chart(
        f"{named.iloc[0]['label']} holds back the most people",
        "People by cause, today; a person can count under several causes.",
        charts.bars(named, ",.0f"), "ladder-delays", "Bars of people by cause of delay.",
        named, {"label": ("Cause", "text"), "value": ("People", "count")},
    )  # fmt: skip
    people = ladder.delayed_people(cell)
    if people.empty:
        return
    shown = sources.with_names(people)
    shown = shown.assign(cause=shown["cause"].map(wording.words), kind=shown["kind"].map(wording.words))
    components.listing(
        "The people behind it", "One row a person and unmet requirement",
        shown, {"person": ("Person", "text"), "site": ("Site", "text"), "from_title": ("From", "text"), "to_title": ("To", "text"),
                "cause": ("What stands in the way", "text"), "kind": ("Requirement", "text"), "target": ("Of", "text"),
                "value": ("Has", "number"), "threshold": ("Needs", "number")}, "ladder-people",
    )  # fmt: skip


def _steps(delays: Frame) -> list[str]:
    advice = {
        "training_not_assigned": "**Assign the missing courses** to {}: nobody has offered them.",
        "credential_missing": "**Plan certification** with {} who lack a credential.",
        "credential_lapsed": "**Renew lapsed credentials** of {} first: they had met the requirement before.",
        "not_evaluated": "**Evaluate** {} who have not been evaluated.",
        "ready_despite_opening": "**Explain or promote**: {} ready while there was an opening.",
        "ready_no_opening": "**Plan openings** for {} ready today.",
        "skill_suspended": "**Retrain** {} whose skill is suspended.",
        "training_in_progress": "**Finish training** under way with {}.",
    }
    return [
        advice[line.cause].format(wording.plural(line.value, "person", "people"))
        for line in delays.itertuples(index=False)
        if line.cause in advice
    ]
