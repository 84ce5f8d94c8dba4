"""Is the ladder working? Aggregates that may circulate, in which nobody can be recognised."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboards import cell as cells
from dashboards import charts, components, sources, wording
from dashboards.components import Figure
from dashboards.frame import Frame
from dashboards.published import NoSummaryError
from dashboards.questions import whole

HIDDEN = "hidden"
TOO_FEW = "fewer than 5 people, or they would follow from it"
COUNTS_ONLY = "5 to 9 people: too few for a rate"
YEARS = {
    "label": ("Year", "text"), "person_years": ("Person-years", "number"), "separations_voluntary": ("Left by own decision", "count"),
    "voluntary_turnover_rate": ("Turnover a year", "share"), "voluntary_turnover_rate_low": ("Likely from", "share"),
    "voluntary_turnover_rate_high": ("to", "share"), "promotions": ("Promotions", "count"),
    "promotion_rate": ("Promoted a year", "share"), "completed_on_time_rate": ("Training on time", "share"),
    "turnover_hidden": ("Hidden because", "text"),
}  # fmt: skip
SITES = {
    "site": ("Site", "text"), "year": ("Year", "text"), "person_years": ("Person-years", "number"),
    "separations_voluntary": ("Left by own decision", "count"), "voluntary_turnover_rate": ("Turnover a year", "share"),
    "voluntary_turnover_rate_low": ("Likely from", "share"), "voluntary_turnover_rate_high": ("to", "share"),
    "hidden": ("Hidden because", "text"),
}  # fmt: skip


def page() -> None:
    """The page."""
    st.title("Is the ladder working in the whole organisation?", anchor=False)
    try:
        _page()
    except NoSummaryError:
        components.empty(
            "No summary has been published.",
            "This page shows only aggregates in which nobody can be recognised (summary.duckdb), and this release has none. "
            "Nothing else is shown in its place.",
        )


def _page() -> None:
    components.state_of_data()
    cell = _cell()
    years, months, now = whole.years(cell), whole.months(cell), sources.first_row(whole.now(cell))
    full = years[~years["label"].str.endswith("so far")]
    last = sources.first_row(full.tail(1))
    if not last and not now:
        components.answer("There is nothing to say yet.")
        components.empty("No figures.", "No employment on the ladder has been recorded here.")
        return
    recent = sources.first_row(months.dropna(subset=["value"]).tail(1))
    _answer(recent, last, now)
    _figures(recent, last, now, has_tier=cell.tier != "all")
    _turnover(months, years)
    components.listing(
        "Year by year",
        "Calendar years; a rate is per person-year",
        years,
        YEARS,
        "whole-years",
        of="main.turnover_by_period",
    )
    sites = whole.sites()
    if cell == cells.Cell() and not sites.empty:
        components.listing(
            f"By site; {wording.count((sites['hidden'] != '').sum())} of {wording.plural(len(sites), 'site')} cannot be shown",
            "Voluntary turnover of the last full year; few people a site: read the intervals first, the order is by name",
            sites, SITES, "whole-sites", of="main.turnover_by_period",
        )  # fmt: skip
    components.method(
        "Fewer than five people behind a figure: hidden, and so is what it would follow from. Five to nine: counts without a rate.",
        "main.turnover_by_period", "main.promotions_by_period", "main.readiness_at_month_end", "main.training_completion_by_period",
    )  # fmt: skip


def _cell() -> cells.Cell:
    left, middle, _ = st.columns([2, 2, 1], gap="medium")
    with left:
        where = components.choice("Where", "where", whole.places())
    tiers = {"all": "All tiers"} if where.startswith("site:") else {"all": "All tiers", **whole.tiers()}
    with middle:
        tier = components.choice("Tier", "tier", tiers, disabled=len(tiers) == 1)
    return cells.Cell(where, tier)


def _rate(found: Mapping[str, Any], name: str, hidden: str, count: str) -> tuple[str, str]:
    """A rate as text, and its interval or why there is none."""
    if found.get(hidden):
        return HIDDEN, TOO_FEW
    if found.get(name) is None:
        return wording.NO_DATA, COUNTS_ONLY if found.get(count) is not None else ""
    return wording.percent(found[name]), wording.likely(found[f"{name}_low"], found[f"{name}_high"])


def _answer(recent: Mapping[str, Any], last: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    people = (
        "How many people work here is hidden: fewer than five, or it would follow." if now.get("headcount_hidden")
        else f"{wording.plural(now.get('headcount') or 0, 'person works', 'people work')} on the ladder today."
    )  # fmt: skip
    if recent:
        likely = wording.likely(recent["low"], recent["high"]).removeprefix("likely ")
        components.answer(
            f"{wording.percent(recent['value'])} leave by their own decision in a year ({likely}).", people
        )
        return
    value, why = _rate(last, "voluntary_turnover_rate", "turnover_hidden", "separations_voluntary")
    components.answer(
        f"In {last['label']} {value} of technicians left by their own decision ({why.removeprefix('likely ')})."
        if value not in {HIDDEN, wording.NO_DATA}
        else f"No rate can be shown here: {why or 'nobody worked here in the last full year'}.",
        people,
    )


def _figures(recent: Mapping[str, Any], last: Mapping[str, Any], now: Mapping[str, Any], *, has_tier: bool) -> None:
    year = last.get("label", "last year")
    shown = [
        Figure(label, value, [note, f"in {year}"])
        for label, (value, note) in {
            "Left by own decision, a year": _rate(
                last, "voluntary_turnover_rate", "turnover_hidden", "separations_voluntary"
            ),
            "Promotions a year": _rate(last, "promotion_rate", "promotions_hidden", "promotions"),
            "Training on time": _rate(last, "completed_on_time_rate", "training_hidden", "assignments_due"),
        }.items()
    ]
    if recent:
        interval = wording.likely(recent["low"], recent["high"])
        shown[0] = Figure(
            "Left by own decision, a year", wording.percent(recent["value"]), [interval, "in twelve months"]
        )
    if has_tier:
        del shown[2]  # training is not kept by tier
    label = "Ready for this tier" if has_tier else "Ready for the next tier"
    waiting = now.get("waiting_over_90_days")
    if now.get("ready_hidden"):
        shown.append(Figure(label, HIDDEN, [TOO_FEW]))
    else:
        notes = [f"{wording.count(waiting)} for over 90 days"] if waiting is not None else []
        notes += [] if has_tier else ["who is ready for two tiers counts twice"]
        shown.append(Figure(label, wording.count(now.get("ready")), notes))
    components.figures(shown)


def _turnover(months: Frame, years: Frame) -> None:
    drawn = months.dropna(subset=["value"])
    if not drawn.empty:
        components.chart(
            f"Voluntary turnover: {wording.percent(drawn.iloc[-1]['value'])} in the twelve months to {wording.month(drawn.iloc[-1]['month'])}",
            "Per person-year over twelve months, by month, with 95 % interval; hollow: not complete",
            charts.trend(drawn, None), "whole-turnover", "Line of voluntary turnover by month.",
            drawn, {"month": ("Month", "month"), "events": ("Left by own decision", "count"), "person_years": ("Person-years", "number"),
                    "value": ("Rate a year", "share"), "low": ("Likely from", "share"), "high": ("to", "share")},
            of="main.turnover_by_period",
        )  # fmt: skip
        return
    rated = years.rename(
        columns={
            "voluntary_turnover_rate": "value",
            "voluntary_turnover_rate_low": "low",
            "voluntary_turnover_rate_high": "high",
        }
    ).dropna(subset=["value"])
    if rated.empty:
        components.empty(
            "No turnover can be shown here.", f"In every year it is hidden ({TOO_FEW}), or nobody worked here."
        )
        return
    components.chart(
        f"Voluntary turnover in {wording.plural(len(rated), 'year')}", "Per person-year, by calendar year, with 95 % interval",
        charts.bars(rated), "whole-turnover-years", "Bars of voluntary turnover by year.",
        rated, {"label": ("Year", "text"), "separations_voluntary": ("Left by own decision", "count"),
                "person_years": ("Person-years", "number"), "value": ("Rate a year", "share"), "low": ("Likely from", "share"),
                "high": ("to", "share")}, of="main.turnover_by_period",
    )  # fmt: skip
