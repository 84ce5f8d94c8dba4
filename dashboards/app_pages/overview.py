"""Is the ladder working? The few figures that matter, what changed, where it differs, what to do first."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import cell as cells
from dashboards import charts, components, sources, wording
from dashboards.components import Figure
from dashboards.frame import Frame
from dashboards.questions import headline, turnover

FORMS = {"percent": wording.percent, "count": wording.count, "dollars": wording.dollars}
AXES = {"percent": ".0%", "count": ",.0f", "dollars": "$,.2s"}
KINDS = {"percent": "share", "count": "count", "dollars": "dollars"}


def page() -> None:
    """The page."""
    st.title("Is the ladder working?", anchor=False)
    components.state_of_data()
    places = {key: name for key, name in cells.places().items() if not key.startswith("region:")}
    with st.columns([2, 3])[0]:
        cell = cells.Cell(components.choice("Where", "where", places))
    months = headline.months(cell)
    if months.empty:
        components.answer("There is nothing to say yet.")
        components.empty("No months.", "No employment on the ladder has been recorded here.")
        return
    records = months.astype(object).where(months.notna(), None).to_dict("records")
    now, before = records[-1], records[-13] if len(records) > 12 else {}
    _answer(cell, now, before)
    shown = list(headline.FIGURES)[:4]
    components.figures([_figure(name, now, before, months) for name in shown])
    _main_chart(months, now)
    _all_figures(now, before)
    _changes()
    _where_it_differs(cell)
    components.steps(_steps(cell))
    components.method(
        "Rates are per person-year over the twelve months that end with this one; intervals are 95 %.",
        "marts.headline_by_month", "quality.restatements",
    )  # fmt: skip


def _change(name: str, now: dict[str, Any], before: dict[str, Any]) -> str:
    return wording.against_year_before(
        now.get(f"{name}_low"), now.get(f"{name}_high"), before.get(f"{name}_low"), before.get(f"{name}_high")
    )


def _answer(cell: cells.Cell, now: dict[str, Any], before: dict[str, Any]) -> None:
    name = "voluntary_turnover_rate_12m"
    turnover_now = now[name]
    promoted = now["promoted_within_365"]
    if turnover_now is None:
        components.answer(
            "There is no full picture yet.", "Nobody has worked on the ladder here for the last twelve months."
        )
        return
    likely = wording.likely(now[f"{name}_low"], now[f"{name}_high"]).removeprefix("likely ")
    sentence = f"{wording.percent(turnover_now)} of technicians leave by their own decision in a year ({likely})"
    if promoted is not None:
        sentence += f", and {wording.percent(promoted)} are promoted within a year of entering a tier"
    waiting = now["ready_waiting_over_90"]
    reasons = [f"Turnover: {_change(name, now, before)}; promotion: {_change('promoted_within_365', now, before)}."]
    if waiting:
        reasons.append(
            f"{wording.plural(waiting, 'person', 'people')} met every requirement over 90 days ago and still wait."
        )
    components.answer(sentence + ".", " ".join(reasons))


def _figure(name: str, now: dict[str, Any], before: dict[str, Any], months: Frame) -> Figure:
    label, form = headline.FIGURES[name]
    write = FORMS[form]
    base = now.get(f"{name}_events")
    notes = [wording.likely(now.get(f"{name}_low"), now.get(f"{name}_high"))]
    if now.get(f"{name}_target") is not None:
        notes.append(f"target {write(now[f'{name}_target'])}")
    if now.get(f"{name}_year_before") is not None:
        notes.append(f"a year before {write(now[f'{name}_year_before'])}")
    if form == "percent":
        notes.append(_change(name, now, before))
    if base is not None and base < 20:
        notes.append(f"unsteady: only {wording.plural(base, 'event')}")
    if now[name] is None:
        notes = ["nobody to count yet, or its feed is absent"]
    return Figure(label, write(now[name]), notes, months[name].tail(24).tolist())


def _main_chart(months: Frame, now: dict[str, Any]) -> None:
    options = {name: label for name, (label, _) in headline.FIGURES.items() if months[name].notna().any()}
    if not options:
        components.empty("No figure has a value yet.", "They appear with the first twelve months of records.")
        return
    with st.columns([2, 3])[0]:
        name = components.choice("Figure over time", "figure", options)
    label, form = headline.FIGURES[name]
    drawn = months.rename(columns={name: "value"})
    drawn = drawn.assign(
        low=drawn.get(f"{name}_low", pd.Series(index=drawn.index, dtype=float)),
        high=drawn.get(f"{name}_high", pd.Series(index=drawn.index, dtype=float)),
    )[["month", "value", "low", "high", "is_complete"]].dropna(subset=["value"])
    target = now.get(f"{name}_target")
    last = drawn.iloc[-1]
    finding = f"{label}: {FORMS[form](last['value'])} in {wording.month(last['month'])}"
    unit = {"percent": "percent", "count": "people", "dollars": "US dollars"}[form]
    components.chart(
        finding, f"By month, in {unit}; the band is the 95 % interval. The last month runs to the day of the data.",
        charts.trend(drawn, target, AXES[form]), f"overview-{name}",
        f"Line of {label.lower()} by month with its interval" + (" and target." if target is not None else "."),
        drawn, {"month": ("Month", "month"), "value": (label, KINDS[form]), "low": ("Likely from", KINDS[form]),
                "high": ("to", KINDS[form])},
    )  # fmt: skip


def _all_figures(now: dict[str, Any], before: dict[str, Any]) -> None:
    lines = [
        {
            "figure": label,
            "value": FORMS[form](now[name]),
            "likely": wording.likely(now.get(f"{name}_low"), now.get(f"{name}_high")).removeprefix("likely "),
            "target": FORMS[form](now[f"{name}_target"]) if now.get(f"{name}_target") is not None else "none set",
            "before": FORMS[form](now.get(f"{name}_year_before")),
            "change": _change(name, now, before) if form == "percent" else "",
        }
        for name, (label, form) in headline.FIGURES.items()
    ]
    components.listing(
        "All seven figures", "Now, against target and the year before", pd.DataFrame(lines),
        {"figure": ("Figure", "text"), "value": ("Now", "text"), "likely": ("Likely", "text"), "target": ("Target", "text"),
         "before": ("A year before", "text"), "change": ("Change", "text")}, "overview-figures",
    )  # fmt: skip


def _changes() -> None:
    release = sources.release()
    st.markdown("### What changed since the release before")
    if release.previous_release_id is None:
        st.markdown("This is the first release: there is nothing to compare it with.")
        return
    changed = headline.restated()
    if changed.empty:
        st.markdown("Nothing that was published before has changed.")
        return
    st.markdown(
        f"{wording.plural(len(changed), 'figure')} of {wording.plural(changed['month'].nunique(), 'earlier month')} "
        "changed because rows came late or were corrected."
    )
    changed = changed.assign(figure=changed["figure"].map(wording.words))
    components.table(
        changed,
        {"month": ("Month", "month"), "figure": ("Figure", "text"), "previous_value": ("Before", "number"),
         "value": ("Now", "number"), "difference": ("Difference", "number")}, "overview-changes", "What changed",
    )  # fmt: skip


def _where_it_differs(cell: cells.Cell) -> None:
    if cell.kind != "all":
        return
    sites = turnover.sites()
    if len(sites) < 2:
        return
    outside = sites[sites["is_outside"]]
    st.markdown("### Where it differs")
    if outside.empty:
        st.markdown(
            f"No site of {len(sites)} stands out in turnover: the differences are what chance alone would give."
        )
    else:
        names = wording.listed([f"{s.name} ({wording.percent(s.value)})" for s in outside.itertuples(index=False)])
        st.markdown(f"{wording.plural(len(outside), 'site')} of {len(sites)} {'stands' if len(outside) == 1 else 'stand'} "
                    f"out in turnover: {names}. See Turnover.")  # fmt: skip


def _steps(cell: cells.Cell) -> list[str]:
    found = headline.waiting(cell)
    steps = [
        (found["certification_overdue"], "{} past the certification deadline: agree on an exam date (Certification)."),
        (found["ready_over_90"], "{} ready for over 90 days: promote, or say what stands in the way (Readiness)."),
        (found["single_points"], "{} on one person at a site: train a second one (Training)."),
        (
            found["renewals_due"],
            "{} with a credential that lapsed or expires within 90 days: book the hours (Certification).",
        ),
        (found["certification_soon"], "{} with a certification deadline in the next 90 days (Certification)."),
    ]
    nouns = [
        ("person", "people"),
        ("person", "people"),
        ("skill hangs", "skills hang"),
        ("person", "people"),
        ("person", "people"),
    ]
    return [
        "**" + sentence.format(wording.plural(number, *noun) + "**").replace("** ", "** ", 1)
        for (number, sentence), noun in zip(steps, nouns, strict=True)
        if number
    ]
