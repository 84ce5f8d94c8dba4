"""The effect of a staggered program on a rate: difference in differences, with controls that have not started yet."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.causal.compare import Panel, comparison

ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect in events per treated person-year, with its 95 % interval.

    `estimate` and what goes with it are None when `status` is not "estimated"; `person_years` is the treated
    person-time compared.
    """

    estimate: float | None
    low: float | None
    high: float | None
    p_value: float | None
    person_years: float
    sites_treated: int
    sites_not_yet: int
    status: str


def staggered_effect(panel: Panel) -> Effect:
    """Estimate the mean effect per treated person-year, or say why it can't be."""
    compared = comparison(panel)
    person_years = float(compared.panel.treated_person_years.sum())
    fit = None
    reason = compared.shortfall
    if reason is None:
        # Imported late: the library behind it takes seconds, and most small organisations never need it.
        from pipelines.causal.regression import fit_effect

        fit = fit_effect(compared.panel)
        reason = None if fit else "the sites vary too much for a finite interval"
    return Effect(
        *((fit.estimate, fit.low, fit.high, fit.p_value) if fit else (None, None, None, None)),
        person_years=person_years,
        sites_treated=compared.sites_treated,
        sites_not_yet=compared.sites_not_yet,
        status=ESTIMATED if fit else f"not estimable: {reason}",
    )
