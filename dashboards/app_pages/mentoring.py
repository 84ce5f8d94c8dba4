"""Does mentoring go with staying, and who can lead?"""

import streamlit as st

from dashboards import charts, components, wording
from dashboards.components import Figure
from dashboards.frame import Frame
from dashboards.headlines import FEW
from dashboards.questions import mentoring


def page() -> None:
    """The page."""
    cell = components.opening("Does mentoring help, and who can lead?")
    effect, quarters, exits = mentoring.effect(), mentoring.leadership(cell), mentoring.exit_reasons()
    recent = quarters.tail(4)
    evaluated = mentoring.evaluated(cell)
    _answer(effect)
    _figures(effect, recent, evaluated)
    _effect(effect)
    _leadership(quarters)
    _exits(exits)
    components.steps(_steps(effect, recent, exits, evaluated))
    components.method(
        "Mentored person-time starts with a first mentorship; compared within 30-day strata of time since hire. An "
        "association: who gets a mentor was not drawn by lot.",
        "marts.mentorship_effect", "marts.leadership_pipeline", "marts.exit_reasons_by_quarter", "marts.evaluation_coverage_by_month",
    )  # fmt: skip


def _of(effect: Frame, outcome: str) -> dict[str, float]:
    found = effect[(effect["outcome"] == outcome) & effect["rate_ratio"].notna()]
    return {} if found.empty else found.iloc[0].to_dict()


def _answer(effect: Frame) -> None:
    left = _of(effect, "separated_voluntary")
    if not left:
        components.answer(
            "Can't tell yet whether mentoring helps.",
            "Because nobody has been mentored long enough, or the feed mentorships is absent.",
        )
        return
    sure = left["rate_ratio_high"] < 1 or left["rate_ratio_low"] > 1
    change = abs(1 - left["rate_ratio"])
    components.answer(
        f"Mentored technicians leave {wording.percent(change)} {'less' if left['rate_ratio'] < 1 else 'more'} often than others"
        f" ({_likely(left)})" + (", which need not be because of mentoring." if sure else ", but that may be chance."),
        f"Because of {wording.count(left['mentored_events'])} departures in {wording.count(left['mentored_person_days'] / 365.25)} mentored "
        f"person-years against {wording.count(left['unmentored_events'])} in {wording.count(left['unmentored_person_days'] / 365.25)} others, "
        "at the same time since hire. This goes with mentoring; it does not prove that mentoring is the cause.",
    )


def _likely(left: dict[str, float]) -> str:
    """The interval of how much less often, or more, when it is only one of both."""
    low, high = left["rate_ratio_low"], left["rate_ratio_high"]
    if low < 1 < high:
        return f"likely between {wording.percent(1 - low)} less and {wording.percent(high - 1)} more"
    least, most = sorted((abs(1 - low), abs(1 - high)))
    return wording.likely(least, most)


def _figures(effect: Frame, recent: Frame, evaluated: dict[str, float | None]) -> None:
    shown: list[Figure] = []
    for outcome, label in (
        ("separated_voluntary", "Leaving if mentored"),
        ("promoted", "Promoted if mentored"),
    ):
        line = _of(effect, outcome)
        shown.append(
            Figure(
                label,
                f"x {wording.ratio(line['rate_ratio'])}",
                [
                    wording.likely(line["rate_ratio_low"], line["rate_ratio_high"], "ratio"),
                    "times as often as others; 1.00 is no difference",
                ],
            )
            if line
            else Figure(label, "not yet", ["can't tell: nobody mentored for long enough"])
        )
    if not recent.empty:
        openings = recent["openings"].sum()
        shown.append(
            Figure("Ready to manage", wording.count(recent.iloc[-1]["ready_pool"]),
                   [f"{wording.plural(openings, 'opening')} in four quarters",
                    f"{wording.count(recent['filled_internally'].sum())} filled from within"])
        )  # fmt: skip
    shown.append(
        Figure(
            "Evaluated last month",
            wording.percent(evaluated.get("value")),
            [wording.likely(evaluated.get("low"), evaluated.get("high"))],
        )
    )
    components.figures(shown)


def _effect(effect: Frame) -> None:
    known = effect.dropna(subset=["rate_ratio"])
    if known.empty:
        components.empty("No comparison.", "It needs the feed mentorships, and events among mentored and others.")
        return
    known = known.assign(label=known["outcome"].map(wording.words)).rename(
        columns={"rate_ratio": "value", "rate_ratio_low": "low", "rate_ratio_high": "high"}
    )
    apart = known[(known["low"] > 1) | (known["high"] < 1)]
    finding = (
        "No difference beyond chance"
        if apart.empty
        else f"A difference beyond chance: {wording.listed(list(apart['label'].str.lower()))}"
    )
    components.chart(
        finding, "How many times as often among mentored people, with 95 % interval; the line is no difference. An association.",
        charts.estimates(known, ".1f", nothing=1), "mentoring-effect", "Rate ratios of mentored against others around one.",
        known, {"label": ("Outcome", "text"), "value": ("Times as often", "number"), "low": ("Likely from", "number"), "high": ("to", "number"),
                "mentored_events": ("Events, mentored", "count"), "unmentored_events": ("Events, others", "count"),
                "e_value": ("A hidden cause would have to be so strong (E-value)", "number")},
        of="marts.mentorship_effect",
    )  # fmt: skip


def _leadership(quarters: Frame) -> None:
    if quarters.empty:
        st.markdown("### Leadership")
        components.empty(
            "No leadership pipeline.", "It needs management tiers, and the feeds openings and pathway_enrollments."
        )
        return
    drawn = quarters.rename(columns={"quarter": "month", "ready_pool": "value"})
    drawn = drawn.assign(low=float("nan"), high=float("nan"), is_complete=True)
    drawn.loc[drawn.index[-1], "is_complete"] = False
    components.chart(
        f"{wording.plural(drawn.iloc[-1]['value'], 'person is', 'people are')} ready for a management tier",
        "People ready for a management tier, by quarter; the last quarter runs to the day of the data",
        charts.trend(drawn, None, ",.0f"), "mentoring-leadership", "Line of people ready for a management tier by quarter.",
        drawn, {"month": ("Quarter from", "month"), "value": ("Ready", "count"), "openings": ("Openings", "count"),
                "filled_internally": ("From within", "count"), "filled_externally": ("From outside", "count"),
                "filled_by_agency": ("By agency", "count"), "pathway_enrollments": ("Pathways begun", "count"),
                "pathway_completed": ("Completed", "count"), "promoted_since": ("Promoted since", "count")},
        of="marts.leadership_pipeline",
    )  # fmt: skip


def _told(exits: Frame) -> Frame:
    """Reasons that say something; 'other' is no reason to act on."""
    return exits[exits["reason"] != "other"]


def _exits(exits: Frame) -> None:
    if exits.empty:
        st.markdown("### Exit interviews")
        components.empty("No exit interviews", "in the last four quarters, or the feed exit_interviews is absent.")
        return
    named = exits.assign(label=exits["reason"].map(wording.words))
    told = _told(exits)
    named_count, all_count = told["interviews"].sum(), named.iloc[0]["all_interviews"]
    most = (
        "" if told.empty
        else f": {wording.words(told.iloc[0]['reason']).lower()} most, {wording.count(told.iloc[0]['interviews'])} of {wording.count(all_count)}"
    )  # fmt: skip
    components.chart(
        f"{wording.percent(1 - named_count / all_count)} give no reason of those on the list" if named_count < all_count / 2
        else f"{wording.count(named_count)} of {wording.count(all_count)} leavers name a reason{most}",
        f"Share of {wording.plural(named.iloc[0]['all_interviews'], 'exit interview')} of four quarters; whole organisation",
        charts.bars(named), "mentoring-exits", "Bars of reasons given in exit interviews.",
        named, {"label": ("Reason", "text"), "interviews": ("Interviews", "count"), "value": ("Share", "share"),
                "low": ("Likely from", "share"), "high": ("to", "share")},
        of="marts.exit_reasons_by_quarter",
    )  # fmt: skip


def _steps(effect: Frame, recent: Frame, exits: Frame, evaluated: dict[str, float | None]) -> list[str]:
    steps: list[str] = []
    left = _of(effect, "separated_voluntary")
    if left and left["rate_ratio_high"] < 1:
        steps.append(
            "**Draw lots for mentors among the next new hires**: only that would show whether mentoring is the cause."
        )
    if (
        not recent.empty
        and recent["filled_externally"].sum() + recent["filled_by_agency"].sum() > 0
        and recent.iloc[-1]["ready_pool"] > 0
    ):
        outside = recent["filled_externally"].sum() + recent["filled_by_agency"].sum()
        steps.append(
            f"**Ask inside first**: {wording.plural(outside, 'management post')} went outside in four quarters while "
            f"{wording.plural(recent.iloc[-1]['ready_pool'], 'person is', 'people are')} ready."
        )
    told = _told(exits)
    if (
        not told.empty
        and told.iloc[0]["interviews"] >= FEW
        and told["interviews"].sum() >= exits["interviews"].sum() / 2
    ):
        steps.append(
            f"**Take up {wording.words(told.iloc[0]['reason']).lower()}** with managers: {wording.count(told.iloc[0]['interviews'])} of "
            f"{wording.plural(exits['interviews'].sum(), 'leaver')} name it."
        )
    elif not exits.empty and told["interviews"].sum() < exits["interviews"].sum() / 2:
        steps.append(
            "**Ask leavers for a reason of the list** (separation_reasons): most interviews name none, so there is nothing to act on."
        )
    if evaluated.get("value") is not None and (evaluated["value"] or 0) < 0.8:
        steps.append(
            f"**Evaluate more people**: {wording.percent(evaluated['value'])} were evaluated in the last full month."
        )
    return steps
