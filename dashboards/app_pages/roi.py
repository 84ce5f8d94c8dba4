"""What is the program worth? Costs, benefits if the effect holds, break-even, and how sure that is."""

import math
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import charts, components, flow_charts, wording
from dashboards.components import Figure
from dashboards.frame import Frame
from dashboards.questions import roi

SLIDERS = {  # assumption -> (label, how it is written, step)
    "replacement_cost": ("Cost of replacing one technician, US dollars", wording.dollars, 100.0),
    "benefits_load": ("Benefits on top of pay, as a share", wording.percent, 0.01),
    "exam_fee": ("Fee of an exam, US dollars", wording.dollars, 1.0),
    "mentor_hours_per_month": ("Hours of a mentor a month", wording.count, 0.5),
    "external_fill_cost": ("Filling a post from outside, US dollars", wording.dollars, 100.0),
    "internal_fill_cost": ("Filling a post from within, US dollars", wording.dollars, 100.0),
}
SCENARIOS = {"central": "Central assumptions", "low": "Every assumption low", "high": "Every assumption high"}
HORIZONS = {"to_date": "From the start to date", "first_year": "The first year"}
WORTH_COLUMNS = {
    "horizon": ("Horizon", "text"), "scenario": ("Scenario", "text"), "months": ("Months", "count"),
    "costs_usd": ("Costs", "dollars"), "avoided_separations": ("Separations avoided", "number"),
    "avoided_separations_low": ("Avoided: likely from", "number"), "avoided_separations_high": ("to", "number"),
    "avoided_replacement_usd": ("Replacement avoided", "dollars"), "internal_fills_usd": ("Filling from within", "dollars"),
    "benefits_usd": ("Benefits", "dollars"), "net_benefit_usd": ("Net benefit", "dollars"),
    "benefit_cost_ratio": ("Benefit per dollar", "number"), "payback_months": ("Months to pay back", "number"),
    "break_even_avoided_separations": ("Separations to break even", "number"),
    "probability_positive": ("Chance of a gain", "share"),
}  # fmt: skip


def page() -> None:
    """The page."""
    components.opening("What is the program worth?", with_place=False)
    scopes = roi.scopes()
    if scopes.empty:
        components.answer("Nothing can be said yet: no site has started the program.")
        components.empty("No program.", "Give `program_started_on` in the sites feed, and the costs in program_costs.")
        return
    names = dict(zip(scopes["scope"], scopes["name"], strict=True)) | {"all": "Whole organisation"}
    columns = st.columns(3, gap="medium")
    with columns[0]:
        scope = components.choice("Where", "scope", names)
    with columns[1]:
        horizon = components.choice("Over", "horizon", HORIZONS)
    worth = roi.worth(scope)
    labels = scenario_labels(worth[worth["horizon"] == horizon])
    with columns[2]:
        scenario = components.choice("Assumptions", "scenario", labels)
    chosen = worth[(worth["horizon"] == horizon) & (worth["scenario"] == scenario)]
    if chosen.empty:
        components.empty("No figures for this choice.", "The site has no month of the program within it yet.")
        return
    line: dict[str, Any] = chosen.astype(object).where(chosen.notna(), None).iloc[0].to_dict()
    effect = roi.effect()
    _answer(line, scenario)
    _figures(line)
    costs = roi.costs(scope)
    _waterfall(line, costs, horizon, scenario)
    _what_if(line, scope, horizon, scenario)
    _effect(effect, line)
    _assumptions()
    labelled = worth.replace({"horizon": HORIZONS, "scenario": SCENARIOS})
    components.listing(
        "All scenarios", "Both horizons with every assumption low, central or high, those of costs too; the effect is the same estimate "
        "in all", labelled,
        WORTH_COLUMNS, "roi-scenarios", of="marts.program_roi",
    )  # fmt: skip
    components.steps(_steps(line, costs))
    components.method(
        "Benefits are claimed only for an effect estimated against sites that had not started; print this page with your "
        "browser.",
        "marts.program_roi", "marts.program_effect", "marts.program_costs_by_month",
    )  # fmt: skip


def scenario_labels(worth: Frame) -> dict[str, str]:
    """Scenarios named by what they do to the result: the assumptions of costs move too, so low is not always cautious."""
    net = worth.set_index("scenario")["net_benefit_usd"].dropna()
    if len(net) < len(SCENARIOS) or net.min() == net.max():
        return SCENARIOS
    ends = {str(net.idxmin()): "the lowest result", str(net.idxmax()): "the highest result"}
    return {name: f"{label}: {ends[name]}" if name in ends else label for name, label in SCENARIOS.items()}


def _avoided(line: dict[str, Any]) -> str:
    """About how many separations were avoided, with their interval; says so where it could be none."""
    low, high = line["avoided_separations_low"], line["avoided_separations_high"]
    found = f"about {wording.count(line['avoided_separations'])} (likely between {wording.count(low)} and {wording.count(high)})"
    return f"{found}: it could be none" if low <= 0 <= high else found


def _answer(line: dict[str, Any], scenario: str) -> None:
    costs, net = line["costs_usd"], line["net_benefit_usd"]
    if costs is None:
        components.answer(
            "No cost of the program is on record.", "Without costs there is no return: land program_costs."
        )
        return
    spent = f"{wording.dollars(costs)} spent in {wording.plural(line['months'], 'month')}"
    if net is None:
        components.answer(
            f"Can't tell yet what the program brings: {spent}.",
            f"Because the effect on turnover is {line['effect_status']}. It would break even at "
            f"{wording.count(line['break_even_avoided_separations'])} separations avoided.",
        )
        return
    sentence = (
        f"If the estimated effect is right, the program gains {wording.dollars(net)} net of {spent}."
        if net >= 0
        else f"If the estimated effect is right, the program has not paid for itself: {wording.dollars(net)} after {spent}."
    )
    components.answer(
        sentence,
        f"Separations avoided, by the estimate: {_avoided(line)}. {wording.count(line['break_even_avoided_separations'])} would pay "
        f"for it. {SCENARIOS[scenario]}. "
        f"Over all assumptions and the uncertainty of the effect, the chance of a gain is "
        f"{wording.percent(line['probability_positive'])}.",
    )


def _figures(line: dict[str, Any]) -> None:
    payback = line["payback_months"]
    components.figures(
        [
            Figure("Net, if the effect is right", wording.dollars(line["net_benefit_usd"]),
                   [f"benefits {wording.dollars(line['benefits_usd'])}", f"costs {wording.dollars(line['costs_usd'])}"]),
            Figure("Benefit per dollar spent", wording.ratio(line["benefit_cost_ratio"]), ["1.00 pays for itself"]),
            Figure("Break-even", wording.count(line["break_even_avoided_separations"]),
                   ["separations avoided would pay for it", "so far " + _avoided(line) if line["avoided_separations"] is not None else
                    "so far: can't tell"]),
            Figure("Chance of a gain", wording.percent(line["probability_positive"]),
                   ["over effect and assumptions",
                    f"pays back after {wording.count(payback)} months" if payback is not None else "no payback in sight"]),
        ]
    )  # fmt: skip


def _waterfall(line: dict[str, Any], costs: Frame, horizon: str, scenario: str) -> None:
    st.space("small")
    if line["costs_usd"] is None:
        components.empty("No waterfall.", "There are no costs on record.")
        return
    by_line = horizon == "to_date" and scenario == "central"
    steps: list[tuple[str, float]] = (
        [(wording.words(str(c.line)), -float(c.amount_usd)) for c in costs.itertuples(index=False)]
        if by_line
        else [("Costs", -line["costs_usd"])]
    )
    if line["benefits_usd"] is None:
        total, end, finding = -line["costs_usd"], "Costs so far", "Costs stand; benefits cannot be told yet"
    else:
        steps.append(("Replacement avoided", line["avoided_replacement_usd"]))
        if line["internal_fills_usd"] is not None:
            steps.append(("Filling from within", line["internal_fills_usd"]))
        total, end = line["net_benefit_usd"], "Net benefit"
        finding = f"Costs of {wording.dollars(line['costs_usd'])}, benefits of {wording.dollars(line['benefits_usd'])}"
    frame = pd.DataFrame([{"step": step, "amount_usd": amount} for step, amount in [*steps, (end, total)]])
    components.chart(
        finding, "US dollars; benefits only if the estimated effect is right",
        flow_charts.waterfall(frame["step"].tolist(), frame["amount_usd"].tolist(), [wording.dollars(v) for v in frame["amount_usd"]]),
        "roi-waterfall", "Waterfall from the lines of cost and benefit to the net benefit.",
        frame, {"step": ("Line", "text"), "amount_usd": ("US dollars", "dollars")}, of="marts.program_costs_by_month",
    )  # fmt: skip


@st.fragment
def _what_if(line: dict[str, Any], scope: str, horizon: str, scenario: str) -> None:
    st.markdown("### What if?")
    if line["net_benefit_usd"] is None or line["costs_usd"] is None:
        components.empty("Nothing to vary.", f"There is no estimate of the effect: {line['effect_status']}.")
        return
    st.caption("Move an assumption; everything else stays as in the chosen scenario. Published figures do not change.")
    columns = st.columns(2, gap="large")
    values: dict[str, float] = {}
    for place, one in enumerate(roi.assumptions().itertuples(index=False)):
        label, write, step = SLIDERS[str(one.name)]
        with columns[place % 2]:
            values[str(one.name)] = components.slider(
                label, str(one.name), 0.0, _end(float(one.high), step), float(getattr(one, scenario)), step,
                f"Stated range {write(one.low)} to {write(one.high)}, central {write(one.central)}. Source: {one.stated_source}",
            )  # fmt: skip
    most = _end(max(10.0, line["break_even_avoided_separations"] or 0, abs(line["avoided_separations"])), 1.0)
    avoided = components.slider(
        "Separations avoided", "avoided", -most / 2, most, float(line["avoided_separations"]), 0.1,
        "The estimate comes with a wide interval: see the effect below. Source: program_effect",
    )  # fmt: skip
    found = roi.what_if(scope, horizon, avoided, values)
    st.markdown(
        wording.plain(
            f"If {avoided:,.1f} separations were avoided, the net benefit is **{wording.dollars(found['net_benefit_usd'])}**: benefits of "
            f"{wording.dollars(found['benefits_usd'])}, costs of {wording.dollars(found['costs_usd'])}."
        )
        + f" Break-even: {wording.count(found['break_even'])} separations avoided."
    )


def _end(value: float, step: float) -> float:
    """Where a slider ends: twice the value, on a whole step."""
    return math.ceil(2 * value / step) * step


def _effect(effect: Frame, line: dict[str, Any]) -> None:
    known = effect.dropna(subset=["estimate"])
    if known.empty:
        st.markdown("### What the program changed")
        why = f"Because: {effect.iloc[0]['status']}." if not effect.empty else "The program has no sites yet."
        components.empty("Can't tell yet.", why)
        return
    turnover = known[known["outcome"] == "voluntary_turnover"]
    known = known.assign(
        label=known["outcome"].map(wording.words) + ": " + known["method"].map(wording.words).str.lower()
    )
    known = known.assign(
        value=known["estimate"] * 100, low=known["estimate_low"] * 100, high=known["estimate_high"] * 100
    )
    causal = turnover[turnover["method"] != "descriptive"]
    if causal.empty:
        finding = f"Can't tell yet what the program changed: {line['effect_status']}"
    else:
        one = causal.iloc[0]
        sure = one["estimate_low"] > 0 or one["estimate_high"] < 0
        finding = (
            f"The program {'lowered' if one['estimate'] < 0 else 'raised'} turnover" if sure
            else "The effect on turnover could still be nothing"
        )  # fmt: skip
    components.chart(
        finding,
        "How many more or fewer a year among 100 people, with 95 % interval, against sites that had not started. The line is no "
        "difference; before-and-after is shown for comparison and proves nothing.",
        charts.estimates(known, "+.0f", nothing=0), "roi-effect", "Estimates of the program's effect with intervals around zero.",
        known, {"label": ("Outcome and method", "text"), "value": ("Change a year among 100", "number"), "low": ("Likely from", "number"),
                "high": ("to", "number"), "sites_treated": ("Sites with the program", "count"),
                "sites_not_yet": ("Sites without", "count"), "status": ("Status", "text")}, of="marts.program_effect",
    )  # fmt: skip


def _assumptions() -> None:
    known = roi.assumptions()
    known = known.assign(name=known["name"].map(wording.words))
    components.listing(
        "What is assumed, and where it comes from", "Low, central and high value of each assumption", known,
        {"name": ("Assumption", "text"), "low": ("Low", "plain"), "central": ("Central", "plain"), "high": ("High", "plain"),
         "stated_source": ("Source", "text"), "is_default": ("Product's default", "yes")}, "roi-assumptions",
        of="core.dim_roi_assumptions",
    )  # fmt: skip


def _steps(line: dict[str, Any], costs: Frame) -> list[str]:
    steps: list[str] = []
    largest = (
        "" if costs.empty
        else f", {wording.words(costs.iloc[0]['line']).lower()} ({wording.dollars(costs.iloc[0]['amount_usd'])} to date)"
    )  # fmt: skip
    if line["has_default_assumptions"]:
        steps.append("**Replace the defaults**: some assumptions are the product's, not yours; land roi_assumptions.")
    if line["net_benefit_usd"] is None:
        steps.append(f"**Wait, or stagger the start at the next sites**: {line['effect_status']}.")
    elif line["net_benefit_usd"] < 0:
        short = (line["break_even_avoided_separations"] or 0) - (line["avoided_separations"] or 0)
        steps.append(
            f"**Look at the largest cost first**{largest}: {wording.count(short)} more separations avoided would be needed to break even."
        )
    if (line["probability_positive"] or 0) < 0.8:
        steps.append("**Don't promise a return yet**: the chance of a gain is too far from certain to plan on.")
    return steps
