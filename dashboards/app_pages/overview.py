"""Is the ladder working? The few figures that matter, what changed, where it differs, what to do first."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import cell as cells
from dashboards import charts, components, headlines, sources, wording
from dashboards.frame import Frame
from dashboards.questions import headline, turnover

AXES = {"percent": ".0%", "count": ",.0f", "dollars": "$,.2s"}
UNCERTAINTY = {"count": "a count", "dollars": "uncertain: see Return"}  # where there is no interval to state
KINDS = {"percent": "share", "count": "count", "dollars": "dollars"}


def page() -> None:
    """The page."""
    st.title("Is the ladder working?", anchor=False)
    components.state_of_data()
    places = cells.headline_places()
    with st.columns([2, 3])[0]:
        cell = cells.Cell(components.choice("Where", "where", places))
    months = headline.months(cell)
    if months.empty:
        components.answer("There is nothing to say yet.")
        components.empty("No months.", "No employment on the ladder has been recorded here.")
        return
    now, before = headlines.latest(months)
    components.answer(*headlines.answer(now, before))
    shown = list(headline.FIGURES)[:4]
    components.figures([headlines.figure(name, now, before, months) for name in shown])
    _main_chart(months, now)
    _all_figures(now, before)
    _changes()
    _where_it_differs(cell)
    components.steps(headlines.steps(cell))
    components.method(
        "Rates are per person-year over the twelve months that end with this one; intervals are 95 %.",
        "marts.headline_by_month", "quality.restatements",
    )  # fmt: skip


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
    )[["month", "value", "low", "high", "is_complete", "is_full"]].dropna(subset=["value"])
    if form == "percent":
        drawn["is_complete"] &= drawn["is_full"]
    target = now.get(f"{name}_target")
    last = drawn.iloc[-1]
    finding = f"{label}: {headlines.FORMS[form](last['value'])} in {wording.month(last['month'])}"
    unit = {"percent": "percent", "count": "people", "dollars": "US dollars"}[form]
    components.chart(
        finding, f"By month, in {unit}; the band is the 95 % interval. Hollow: not complete, or fewer than twelve months behind it.",
        charts.trend(drawn, target, AXES[form]), f"overview-{name}",
        f"Line of {label.lower()} by month with its interval" + (" and target." if target is not None else "."),
        drawn, {"month": ("Month", "month"), "value": (label, KINDS[form]), "low": ("Likely from", KINDS[form]),
                "high": ("to", KINDS[form])}, of="marts.headline_by_month",
    )  # fmt: skip


def _all_figures(now: dict[str, Any], before: dict[str, Any]) -> None:
    lines = [
        {
            "figure": label,
            "value": headlines.FORMS[form](now[name]),
            "likely": UNCERTAINTY.get(form)
            or wording.likely(now.get(f"{name}_low"), now.get(f"{name}_high")).removeprefix("likely "),
            "target": headlines.FORMS[form](now[f"{name}_target"])
            if now.get(f"{name}_target") is not None
            else "none set",
            "before": headlines.FORMS[form](now.get(f"{name}_year_before")),
            "change": headlines.change(name, now, before) if form == "percent" else "not judged",
        }
        for name, (label, form) in headline.FIGURES.items()
    ]
    components.listing(
        "All seven figures", "Now, against target and the year before", pd.DataFrame(lines),
        {"figure": ("Figure", "text"), "value": ("Now", "text"), "likely": ("Likely", "text"), "target": ("Target", "text"),
         "before": ("A year before", "text"), "change": ("Change", "text")}, "overview-figures",
        of="marts.headline_by_month",
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
        names = wording.listed(
            [
                f"{s.name} ({wording.count(s.events)} left in {s.size:.1f} person-years)"
                for s in outside.itertuples(index=False)
            ]
        )
        st.markdown(f"{wording.plural(len(outside), 'site')} of {len(sites)} {'stands' if len(outside) == 1 else 'stand'} "
                    f"out in turnover: {names}. See Turnover.")  # fmt: skip
