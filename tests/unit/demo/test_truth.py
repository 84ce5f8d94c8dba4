"""The planted truth: same random numbers, so no program means no difference, and the effect is what was planted."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.demo import Scenario, Simulation, simulate, truth
from pipelines.demo.dates import month_start
from pipelines.demo.history import History
from pipelines.demo.state import TERMINATION
from pipelines.demo.truth import site_months


def test_without_an_effect_both_worlds_are_the_same() -> None:
    simulation = simulate(Scenario(effect=1.0))
    for table in ("jobs", "mentorships", "cycles"):
        ours, others = (w.log.table(table) for w in (simulation.actual, simulation.without_program))
        assert all(np.array_equal(ours[name], others[name]) for name in ours)
    planted = truth(simulation)["program"]
    assert planted["voluntary_turnover"]["difference_per_person_year"] == 0
    assert planted["promotion"]["difference_per_person_year"] == 0


def test_worlds_part_only_where_and_when_the_program_runs(simulation: Simulation) -> None:
    first = simulation.organisation.program_start.min()
    ours, others = (History(w).jobs for w in (simulation.actual, simulation.without_program))
    before = [{name: values[rows["day"] < first] for name, values in rows.items()} for rows in (ours, others)]
    for name in ("day", "kind", "site", "tier", "rate"):
        assert sorted(before[0][name].tolist()) == sorted(before[1][name].tolist())


def test_difference_is_that_of_the_rates_at_treated_sites() -> None:
    """At a hazard ratio of 0.5 about half of the quits stay away, and the ratio of the rates says so."""
    simulation = simulate(Scenario(sites=400, effect=0.5))
    planted = truth(simulation)["program"]["voluntary_turnover"]
    assert planted["rate_with_program"] / planted["rate_without_program"] == pytest.approx(0.5, abs=0.06)
    months = site_months(History(simulation.actual))
    treated = months["is_treated"]
    assert planted["treated_person_years"] == pytest.approx(months["person_years"][treated].sum(), abs=1e-3)
    assert planted["events_with_program"] == months["voluntary"][treated].sum()


def test_site_months_add_up(simulation: Simulation) -> None:
    """Person-years and quits by site and month are those of the whole history, counted anew by days."""
    history, organisation = History(simulation.actual), simulation.organisation
    months, jobs = site_months(history), history.jobs
    starts = np.array([month_start(organisation.first_month + number) for number in range(48)])
    assert len(months["site"]) == organisation.sites * 48
    last = history.job_ends
    ladder = jobs["tier"] >= 0
    assert months["all_person_years"].sum() == pytest.approx((last - jobs["day"])[ladder].sum() / 365.25)
    site, number = 3, 17
    present = ladder & (jobs["site"] == site) & (jobs["employment_class"] != 2)
    days = [(present & (jobs["day"] <= day) & (last > day)).sum() for day in range(starts[number], starts[number + 1])]
    row = (months["site"] == site) & (months["month"] == number)
    assert months["person_years"][row] == pytest.approx(sum(days) / 365.25)
    assert months["voluntary"].sum() <= (jobs["kind"] == TERMINATION).sum()


def test_mentored_quit_less_by_the_planted_ratio_once_tenure_is_taken_into_account() -> None:
    """Mantel-Haenszel over 30-day strata, as mentorship_effect counts, without ambition and on a large organisation."""
    simulation = simulate(Scenario(sites=2000, effect=1.0, ambition=False, mentoring_effect=0.7))
    history, organisation = History(simulation.actual), simulation.organisation
    known = history.is_on_record & history.has_known_start & (history.log.table("employments")["tier"] >= 0)
    last = np.minimum(history.last_day, organisation.window_end)
    pairs = history.log.table("mentorships")
    mentored_on = np.full(len(last), 4_000_000)
    mentored_on[pairs["mentee"]] = pairs["started_on"]
    exposed = mentored_on - history.started_on
    quits = np.zeros(len(last), np.bool_)
    separations = history.log.table("separations")
    quits[separations["employment"][separations["type"] == 0]] = True
    tenure = last - history.started_on
    above = below = 0.0
    for low in range(0, 1460, 30):
        reach = np.clip(tenure + 1 - low, 0, 30)
        mentored_days = np.clip(tenure + 1 - np.maximum(low, exposed), 0, 30) * (exposed < low + 30)
        mentored_days = np.minimum(mentored_days, reach)[known].sum()
        all_days = reach[known].sum()
        here = known & quits & (history.last_day <= organisation.window_end) & (tenure >= low) & (tenure < low + 30)
        events, mentored = here.sum(), (here & (tenure >= exposed)).sum()
        if all_days:
            above += mentored * (all_days - mentored_days) / all_days
            below += (events - mentored) * mentored_days / all_days
    assert above / below == pytest.approx(0.7, abs=0.06)


def test_ambition_makes_mentoring_look_better_than_it_is() -> None:
    planted = truth(simulate(Scenario(ambition=True)))["mentoring"]
    assert planted["is_confounded"]
    assert planted["separated_voluntary"]["rate_ratio"] == 0.8
