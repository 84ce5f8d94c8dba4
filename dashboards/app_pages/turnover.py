"""Who leaves, and why? Rates with intervals, sites against the common mean, reasons, new hires."""

import pandas as pd
import streamlit as st

from dashboards import cell as cells
from dashboards import charts, components, wording
from dashboards.components import Figure
from dashboards.frame import Frame, Row
from dashboards.headlines import FEW, STEADY
from dashboards.questions import turnover

NO_REASON = "other"  # also what was written and is no reason of the list
RATE_COLUMNS = {"value": ("Share", "share"), "low": ("Likely from", "share"), "high": ("to", "share")}


def page() -> None:
    """The page."""
    cell = components.opening("Who leaves, and why?", with_tier=True)
    months, year = turnover.by_month(cell), turnover.year(cell)
    if year.empty or year.iloc[-1]["person_years"] == 0 or pd.isna(year.iloc[-1]["value"]):
        components.answer("Nobody has worked here in the last twelve months.")
        components.empty("No person-time.", "Turnover needs people on the ladder; choose another place or tier.")
        return
    now = year.iloc[-1]
    before = year.iloc[-13] if len(year) > 12 and year.iloc[-13]["is_full"] else None
    sites = turnover.sites()
    _answer(cell, now, before, months, sites)
    new_hires = turnover.new_hires(cell)
    _figures(now, before, year, new_hires)
    components.over_time(
        months, year.rename(columns={"person_years": "base"}), "Voluntary turnover", "voluntary separations per person-year",
        "turnover-months", ("Left by own decision", "Person-years", "Rate a year"), of="marts.turnover_by_month",
    )  # fmt: skip
    if cell.kind != "site" and cell.tier == "all" and len(sites) > 2:
        _funnel(sites)
    reasons = turnover.reasons(cell)
    left, right = st.columns(2, gap="large")
    with left:
        _reasons(reasons, cell)
    with right:
        _new_hires(new_hires, cell)
    components.steps(_steps(sites, reasons, new_hires, cell))
    components.method(
        "Voluntary separations per person-year of full-time, part-time and unstated employment; limits widen where few people "
        "work, and a site is named only where its own 99.8 % interval leaves the common mean out.",
        "marts.turnover_by_month", "marts.turnover_by_reason", "marts.new_hire_attrition",
    )  # fmt: skip


def _answer(cell: cells.Cell, now: Row, before: Row | None, months: Frame, sites: Frame) -> None:
    limits = wording.likely(now["low"], now["high"])
    if now["events"] < FEW:
        sentence = (
            f"{wording.plural(now['events'], 'technician').capitalize()} left by their own decision in twelve months: too few to "
            f"tell a rate by ({limits} a year)."
        )
    else:
        sentence = f"Voluntary turnover is {wording.percent(now['value'])} a year ({limits}), {wording.change(months)}."
    parts = [
        f"{wording.plural(now['events'], 'technician').capitalize()} left by their own decision in "
        f"{wording.count(now['person_years'])} person-years {cells.in_place(cell.where)}."
    ]
    if before is not None:
        moved = wording.against_year_before(now["low"], now["high"], before["low"], before["high"])
        parts.append(f"Twelve months: {moved} ({wording.percent(before['value'])}).")
    if cell == cells.Cell() and len(sites) > 2:
        outside = sites[sites["is_outside"]]
        parts.append(
            f"None of {len(sites)} sites stands out." if outside.empty
            else f"{wording.plural(len(outside), 'site')} of {len(sites)} outside the limits: {wording.listed(list(outside['name']))}."
        )  # fmt: skip
    components.answer(sentence, " ".join(parts))


def _figures(now: Row, before: Row | None, year: Frame, new_hires: Frame) -> None:
    full = year[year["is_full"]].tail(24)

    def notes(low: float, high: float, earlier: float | None, events: float) -> list[str]:
        found = [wording.likely(low, high)]
        if earlier is not None:
            found.append(f"a year before {wording.percent(earlier)}")
        if events < STEADY:
            found.append(f"unsteady: only {wording.plural(events, 'event')}")
        return found

    shown = [
        Figure("Left by own decision, a year", wording.percent(now["value"]),
               notes(now["low"], now["high"], None if before is None else before["value"], now["events"]),
               full["value"].tolist()),
        Figure("Left for any reason, a year", wording.percent(now["total_rate"]),
               notes(now["total_low"], now["total_high"], None if before is None else before["total_rate"], now["all_events"]),
               full["total_rate"].tolist()),
    ]  # fmt: skip
    for line in new_hires[new_hires["days"].isin([90, 365])].itertuples(index=False):
        shown.append(
            Figure(f"New hires gone by day {line.days}", wording.percent(line.value),
                   [*notes(line.low, line.high, None, line.gone), f"of {wording.plural(line.hires, 'hire')}"])
        )  # fmt: skip
    components.figures(shown)


def _funnel(sites: Frame) -> None:
    if not sites["events"].any():
        components.empty("No differences between sites.", "Nobody left by their own decision in twelve months.")
        return
    outside = sites[sites["is_outside"]]
    finding = (
        f"No site of {len(sites)} differs by more than chance" if outside.empty
        else f"{wording.listed(list(outside['name']))} {'differs' if len(outside) == 1 else 'differ'} by more than chance"
    )  # fmt: skip
    limits = turnover.funnel_limits(float(sites["centre"].iloc[0]), float(sites["size"].max()))
    components.chart(
        finding,
        "Each dot is a site: voluntary turnover over twelve months, against its person-years. Of 100 sites that differ by chance "
        "alone, 5 are outside the dotted lines; of 1,000, 2 outside the dashed ones. Only the latter are named.",
        charts.funnel(sites, limits, "Person-years in twelve months"), "turnover-sites",
        "Funnel plot of sites: turnover against size with limits around the common mean.",
        sites, {"name": ("Site", "text"), "events": ("Left by own decision", "count"), "size": ("Person-years", "number"),
                "value": ("Rate a year", "share"), "low": ("Likely from", "share"), "high": ("to", "share"),
                "is_outside": ("Outside the limits", "yes")}, of="marts.turnover_by_month",
    )  # fmt: skip


def _reasons(reasons: Frame, cell: cells.Cell) -> None:
    if reasons.empty:
        st.markdown("### Reasons")
        components.empty("No reasons.", "Nobody left in the last four quarters, or no reason was recorded.")
        return
    named = reasons.assign(label=reasons["separation_reason"].map(wording.words))
    top = named.iloc[0]
    components.chart(
        _most_given(named),
        f"Share of {wording.plural(top['all_separations'], 'separation')} of the last four quarters, as HR recorded them"
        + ("; all tiers." if cell.tier != "all" else "."),
        charts.bars(named), "turnover-reasons", "Bars of separations by reason.",
        named, {"label": ("Reason", "text"), "separations": ("Separations", "count"),
                "voluntary": ("of them voluntary", "count"), **RATE_COLUMNS}, of="marts.turnover_by_reason",
    )  # fmt: skip


def _most_given(named: Frame) -> str:
    """The first two reasons: which of them leads is often chance."""
    given = named[named["separation_reason"] != NO_REASON]
    if given.empty:
        return f"None of {wording.plural(named['separations'].sum(), 'separation')} has a reason of the list"
    if given.iloc[0]["separations"] < FEW:
        return f"{wording.plural(named['separations'].sum(), 'separation').capitalize()}: too few a reason to say which leads"
    first, *others = given.head(2).itertuples(index=False)
    said = f"{first.label} is given most often ({wording.count(first.separations)} of {wording.count(first.all_separations)})"
    return said + "".join(f", then {other.label.lower()} ({wording.count(other.separations)})" for other in others)


def _new_hires(new_hires: Frame, cell: cells.Cell) -> None:
    if new_hires.empty:
        st.markdown("### New hires")
        components.empty("No new hires.", "Nobody was hired here long enough ago to say who stays.")
        return
    named = new_hires.assign(label="within " + new_hires["days"].astype(str) + " days")
    last = named.iloc[-1]
    finding = (
        f"Of 100 hires, {last['value'] * 100:.0f} are gone within {last['days']} days" if last["hires"] >= STEADY
        else f"Of {wording.plural(last['hires'], 'hire')}, {wording.count(last['gone'])} {'was' if last['gone'] == 1 else 'were'} gone "
        f"within {last['days']} days: too few to tell a rate by"
    )  # fmt: skip
    components.chart(
        finding,
        "Share of the hires of the last twelve monthly cohorts that had the time" + ("; all tiers." if cell.tier != "all" else "."),
        charts.bars(named), "turnover-new-hires", "Bars of new hires who left within 90, 180 and 365 days.",
        named, {"label": ("Left", "text"), "hires": ("Hires", "count"), "gone": ("Gone", "count"),
                "left_voluntarily": ("of them voluntarily", "count"), **RATE_COLUMNS}, of="marts.new_hire_attrition",
    )  # fmt: skip


def _steps(sites: Frame, reasons: Frame, new_hires: Frame, cell: cells.Cell) -> list[str]:
    steps: list[str] = []
    above = sites[sites["is_outside"] & sites["is_above"]]
    if cell.kind != "site" and cell.tier == "all" and not above.empty:
        steps.append(
            f"**Visit {wording.listed(list(above['name']))}**: more leave there than chance explains; ask why before acting."
        )
    given = reasons[reasons["separation_reason"] != NO_REASON] if len(reasons) else reasons
    if given.empty and len(reasons):
        steps.append(
            "**Ask leavers for a reason of the list** (separation_reasons): without one there is nothing to act on."
        )
    elif len(given) and given.iloc[0]["separations"] >= FEW:
        top = given.iloc[0]
        steps.append(
            f"**Talk about {wording.words(top['separation_reason']).lower()}** in the next team meetings: it stands behind "
            f"{wording.plural(top['separations'], 'separation')} of the last four quarters."
        )
    early = new_hires[new_hires["days"] == 90]
    if not early.empty and early.iloc[0]["gone"] >= FEW:
        line = early.iloc[0]
        steps.append(
            f"**Give every new hire a mentor in the first weeks**: {wording.count(line['gone'])} of "
            f"{wording.plural(line['hires'], 'hire')} were gone within 90 days."
        )
    return steps
