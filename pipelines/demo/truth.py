"""The planted truth, in the estimands that the marts use.

`program`: voluntary separations (full time, part time) and promotions (all classes) per person-year of ladder
technicians at sites from their program_started_on on, in the world with the program minus the world without it.
Both worlds run on the same random numbers; the sites and months are the same ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.demo.dates import Flags, Floats, Ints, month_start
from pipelines.demo.history import History
from pipelines.demo.simulation import Simulation
from pipelines.demo.state import PROMOTION, TERMINATION, VOLUNTARY, Columns

PER_DIEM = 2


def site_months(history: History) -> Columns:
    """What each site went through in each month of the history, as turnover_by_month counts it.

    Returns:
        Arrays over site x month (months of one site together): site, month (0 = first), is_treated, person_years
        and voluntary (full and part time), all_person_years and promotions (every class; counted at the
        site and in the month of promoted_on).
    """
    organisation, jobs = history.world.organisation, history.jobs
    months = organisation.last_month - organisation.first_month + 1
    edges = np.array([month_start(organisation.first_month + number) for number in range(months + 1)])
    edges[-1] = organisation.window_end + 1
    on_ladder = jobs["tier"] >= 0
    is_counted = on_ladder & (jobs["employment_class"] != PER_DIEM)
    start, end = jobs["day"], history.job_ends

    def years(mask: Flags) -> Floats:
        # Person-days up to an edge, by site; their differences are those between edges.
        total = np.empty((organisation.sites, months + 1))
        for number, edge in enumerate(edges):
            days = np.clip(end[mask], None, edge) - np.clip(start[mask], None, edge)
            total[:, number] = np.bincount(jobs["site"][mask], weights=days, minlength=organisation.sites)
        return (np.diff(total, axis=1) / 365.25).ravel()

    def count(mask: Flags) -> Ints:
        month = np.searchsorted(edges, start[mask], side="right") - 1
        return np.bincount(jobs["site"][mask] * months + month, minlength=organisation.sites * months)

    kinds = np.full(len(history.started_on), -1)
    separations = history.log.table("separations")
    kinds[separations["employment"]] = separations["type"]
    is_quit = (jobs["kind"] == TERMINATION) & (kinds[jobs["employment"]] == VOLUNTARY)
    treated = organisation.program_start[:, None] <= edges[None, :-1]
    return {
        "site": np.repeat(np.arange(organisation.sites), months),
        "month": np.tile(np.arange(months), organisation.sites),
        "is_treated": treated.ravel(),
        "person_years": years(is_counted),
        "voluntary": count(is_quit & is_counted),
        "all_person_years": years(on_ladder),
        "promotions": count(jobs["kind"] == PROMOTION),
    }


def _effect(actual: Columns, without: Columns, events: str, years: str) -> dict[str, float]:
    treated = actual["is_treated"]
    with_events, without_events = int(actual[events][treated].sum()), int(without[events][treated].sum())
    with_years, without_years = float(actual[years][treated].sum()), float(without[years][treated].sum())
    with_rate = with_events / with_years if with_years else float("nan")
    without_rate = without_events / without_years if without_years else float("nan")
    return {
        "rate_with_program": round(with_rate, 6),
        "rate_without_program": round(without_rate, 6),
        "difference_per_person_year": round(with_rate - without_rate, 6),
        "treated_person_years": round(with_years, 4),
        "events_with_program": with_events,
        "events_without_program": without_events,
        "person_years_without_program": round(without_years, 4),
    }


def truth(simulation: Simulation) -> dict[str, Any]:
    """Everything planted in a simulation, ready for JSON."""
    scenario, organisation = simulation.scenario, simulation.organisation
    actual = site_months(History(simulation.actual))
    without = site_months(History(simulation.without_program))
    has_program = organisation.program_start <= organisation.window_end
    return {
        "program": {
            "voluntary_turnover": {
                "hazard_ratio": scenario.effect,
                **_effect(actual, without, "voluntary", "person_years"),
            },
            "promotion": {
                "hazard_ratio": scenario.promotion_ratio,
                **_effect(actual, without, "promotions", "all_person_years"),
            },
            "sites_treated": int(has_program.sum()),
            "sites_not_yet": int((~has_program).sum()),
        },
        "mentoring": {
            "separated_voluntary": {"rate_ratio": scenario.mentoring_effect},
            "promoted": {"rate_ratio": 1.0},
            "is_confounded": scenario.ambition,
        },
    }
