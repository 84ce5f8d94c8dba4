"""Who moves up, how fast, and what stands in the way?"""

import streamlit as st

from dashboards import cell as cells
from dashboards import charts, components, flow_charts, palette, sources, wording
from dashboards.components import Figure
from dashboards.frame import Frame, Row
from dashboards.questions import ladder
from dashboards.tables import MOST_ROWS_SHOWN, rest_of

TENURE_COLUMNS = {
    "spells": ("Entries", "count"), "promotions": ("Promotions", "count"), "separations": ("Separations", "count"),
    "value": ("Promoted within a year", "share"), "low": ("Likely from", "share"), "high": ("to", "share"),
    "separated_within_365": ("Left within a year", "share"), "promoted_within_730": ("Promoted within two years", "share"),
    "median_days_to_promotion": ("Days until half are promoted", "count"), "is_unstable": ("Fewer than 20 events", "yes"),
}  # fmt: skip


def page() -> None:
    """The page."""
    cell = components.opening("Who moves up, and how fast?", with_tier=True)
    tenure = ladder.tenure(cell)
    if tenure.empty:
        components.answer("Nobody has entered a tier yet.")
        components.empty("No tier spells.", "They follow from job_history and job_tiers.")
        return
    watched = tenure.dropna(subset=["value"])
    line = _tier_of(cell, watched if not watched.empty else tenure)
    months, delays = ladder.promotions(cell), ladder.delays(cell)
    _answer(line, delays, cell)
    _figures(line, months, cell)
    _curves(line, cell)
    _breakdown(line)
    _flows()
    _promotions(months, cell)
    _delays(delays, cell)
    components.steps(_steps(delays))
    components.method(
        "Aalen-Johansen cumulative incidence from entering a tier, promotion and leaving competing; entries whose start is "
        "unknown are left out. A site's entries are those that began there.",
        "marts.tier_tenure", "marts.promotions_by_month", "marts.promotion_delays",
    )  # fmt: skip


def _where(line: Row, cell: cells.Cell) -> str:
    """Of whom the sentence speaks: a place that is too small for a rate borrows that of everybody, and says so."""
    if cell.where == "all":
        return "Of 100 technicians"
    return "Of 100 technicians here" if line["is_of_site"] else "In the whole organisation, of 100 technicians"


def _of_whom(line: Row, cell: cells.Cell) -> str:
    return "" if cell.where == "all" else " here" if line["is_of_site"] else ", whole organisation"


def _of_100(low: float, high: float) -> str:
    return (
        "" if wording.is_missing(low) or wording.is_missing(high) else f" (likely {low * 100:.0f} to {high * 100:.0f})"
    )


def _tier_of(cell: cells.Cell, tenure: Frame) -> Row:
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
    if line["spells"] < ladder.FEWEST_ENTRIES:
        sentence = (
            f"{wording.plural(line['spells'], 'technician has', 'technicians have').capitalize()} entered {line['title']}: "
            "too few to say how fast they move up."
        )
    else:
        sentence = (
            f"{_where(line, cell)} who enter {line['title']}, {line['value'] * 100:.0f} are promoted within a year"
            f"{_of_100(line['low'], line['high'])} and {line['separated_within_365'] * 100:.0f} leave"
            f"{_of_100(line['separated_within_365_low'], line['separated_within_365_high'])}."
        )
    if delays.empty:
        components.answer(sentence, "")
        return
    top = delays.iloc[0]
    components.answer(
        sentence,
        f"Because what most often stands in the way {cells.in_place(cell.where)} is: "
        f"{wording.words(top['cause']).lower()} ({wording.plural(top['value'], 'person', 'people')}).",
    )


def _figures(line: Row, months: Frame, cell: cells.Cell) -> None:
    recent = months[months["is_complete"]].tail(12)
    events, base = recent["events"].sum(), recent["base"].sum()
    median = line["median_days_to_promotion"]
    unsteady = "unsteady: fewer than 20 events" if line["is_unstable"] else ""
    components.figures(
        [
            Figure("Promoted within a year", wording.percent(line["value"]),
                   [f"of those who enter {line['title']}{_of_whom(line, cell)}", wording.likely(line["low"], line["high"]), unsteady]),
            Figure("Left within a year", wording.percent(line["separated_within_365"]),
                   [wording.likely(line["separated_within_365_low"], line["separated_within_365_high"])]),
            Figure("Until half are promoted", "not yet" if wording.is_missing(median) else f"{median / 30.4375:.0f} months",
                   ["so far fewer than half of those who enter are" if wording.is_missing(median) else "from entering the tier"]),
            Figure("Promotions in 12 months", wording.count(events), [f"in {wording.count(base)} person-years"]),
        ]
    )  # fmt: skip


def _curves(line: Frame, cell: cells.Cell) -> None:
    compared = {"tier": "Tiers", "year": f"Years of entry into {line['title']}"}
    if cell.kind == "site":
        compared["site"] = f"This site, {line['title']}"
    left, middle, _ = st.columns([2, 2, 1], gap="medium")
    with left:
        outcome = components.choice("Show who", "outcome", {"promoted": "is promoted", "separated": "leaves"})
    with middle:
        by = components.choice("Compare", "by", compared)
    colours = palette.tier_scale(list(cells.tier_titles().values()))
    if by == "year":
        curve, of = ladder.curves_by_year(outcome, line["tier"]), "marts.tier_tenure_curve_by_entry_year"
        colours = palette.shades(list(curve["line"].drop_duplicates()))
    elif by == "site":
        curve, of = ladder.curves_of_site(outcome, line["tier"], cell.key), "marts.tier_tenure_curve_by_site"
        colours = dict.fromkeys(curve["line"], palette.POINT) | {ladder.EVERYWHERE: palette.CONTEXT}
    else:
        curve, of = ladder.curves_by_tier(outcome), "marts.tier_tenure_curve"
    few = curve["line"].nunique() < 2 if by == "site" else curve.empty
    if few:
        components.empty("No curve.", "Fewer than ten people have entered here: too few to draw one.")
        return
    verb = "promoted" if outcome == "promoted" else "gone"
    components.chart(
        _finding(curve, by, verb, line["title"]),
        f"Share {'promoted' if outcome == 'promoted' else 'who left'} by months since entering the tier; drawn while at "
        "least ten people are under watch. The later, the fewer: the table has the interval of each step.",
        charts.curves(curve, {name: colours[name] for name in curve["line"].drop_duplicates()}),
        f"ladder-{outcome}-{by}", f"Curves of the share {verb} by months since entering.",
        curve, {"line": ("Who", "text"), "days": ("Days since entering", "count"), "incidence": ("Share", "share"),
                "low": ("Likely from", "share"), "high": ("to", "share"), "at_risk": ("Under watch", "count")}, of=of,
    )  # fmt: skip


def _finding(curve: Frame, by: str, verb: str, tier: str) -> str:
    """What the curves say after two years (tiers) or one, of those that have been watched for so long."""
    days, span = (730, "two years") if by == "tier" else (365, "a year")
    is_watched = curve.groupby("line", sort=False)["days"].max() >= days
    ends = curve[curve["days"] <= days].groupby("line", sort=False)["incidence"].max()[is_watched]
    if ends.empty:
        return f"Nobody has been watched for {span} yet"
    if by == "tier":
        top = ends.idxmax()
        last = curve[(curve["line"] == top) & (curve["days"] <= days)].iloc[-1]
        return (
            f"After two years {wording.percent(ends[top])} of those who entered {top} are {verb} "
            f"({wording.likely(last['low'], last['high'])}); no other curve is higher"
        )
    parts = [f"{name} {wording.percent(value)}" for name, value in ends.items()]
    parts += [f"{name} not watched for so long" for name in is_watched[~is_watched].index if by == "site"]
    return f"{tier}, {verb} within {span}: {wording.listed(parts, 6)}"


def _breakdown(line: Frame) -> None:
    components.listing(
        f"{line['title']}, by year of entry", "Share promoted within a year, with 95 % interval",
        ladder.tenure_by_year(line["tier"]), {"label": ("Year", "text"), **TENURE_COLUMNS}, "ladder-years",
        of="marts.tier_tenure_by_entry_year",
    )  # fmt: skip
    components.listing(
        f"{line['title']}, by site", "Few people a site: read the intervals first, the order is by name",
        ladder.tenure_by_site(line["tier"]), {"label": ("Site", "text"), **TENURE_COLUMNS}, "ladder-sites",
        of="marts.tier_tenure_by_site",
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
        of="core.fct_tier_spells",
    )  # fmt: skip


def _promotions(months: Frame, cell: cells.Cell) -> None:
    if months["value"].isna().all():
        components.empty("No promotions chart.", "Nobody has worked here.")
        return
    components.over_time(
        months, ladder.promotions_of_year(cell), "Promotions", "promotions per person-year", "ladder-promotions",
        ("Promotions", "Person-years", "Rate a year"), of="marts.promotions_by_month",
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
        named, {"label": ("Cause", "text"), "value": ("People", "count")}, of="marts.promotion_delays",
    )  # fmt: skip
    people = _named(ladder.delayed_people(cell, MOST_ROWS_SHOWN))
    if people.empty:
        return
    components.listing(
        "The people behind it", "One row a person and unmet requirement",
        people, {"person": ("Person", "text"), "site": ("Site", "text"), "from_title": ("From", "text"), "to_title": ("To", "text"),
                 "cause": ("What stands in the way", "text"), "kind": ("Requirement", "text"), "target": ("Of", "text"),
                 "value": ("Has", "number"), "threshold": ("Needs", "number")}, "ladder-people",
        of="marts.promotion_requirements", rest=rest_of(people, lambda: _named(ladder.delayed_people(cell))),
    )  # fmt: skip


def _named(people: Frame) -> Frame:
    shown = sources.with_names(people)
    return shown.assign(cause=shown["cause"].map(wording.words), kind=shown["kind"].map(wording.words))


def _steps(delays: Frame) -> list[str]:
    advice = {
        "training_not_assigned": "**Assign the missing courses** to {}: nobody has offered them.",
        "credential_missing": "**Plan certification** with {}: a credential is missing.",
        "credential_lapsed": "**Renew lapsed credentials** of {} first: they had met the requirement before.",
        "not_evaluated": "**Evaluate** {}: no evaluation of what the next tier asks is on record.",
        "ready_despite_opening": "**Explain or promote** {}: ready while there was an opening.",
        "ready_no_opening": "**Plan openings** for {} ready today.",
        "skill_suspended": "**Retrain** {}: a skill is suspended after a failed attempt.",
        "training_in_progress": "**Finish training** under way with {}.",
    }
    return [
        advice[line.cause].format(wording.plural(line.value, "person", "people"))
        for line in delays.itertuples(index=False)
        if line.cause in advice
    ]
