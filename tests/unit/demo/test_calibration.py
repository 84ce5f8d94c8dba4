"""Without a program effect the organisation leaves, certifies and climbs as the domain's figures say."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.demo import Scenario, Simulation, simulate
from pipelines.demo.dates import add_months
from pipelines.demo.history import History
from pipelines.demo.ladder import C1, C2, LEAD, M1, M2, T1, T2, T3
from pipelines.demo.truth import site_months


@pytest.fixture(scope="module", params=[True, False], ids=["ambition", "no_ambition"])
def large(request: pytest.FixtureRequest) -> Simulation:
    """Enough sites that chance hardly matters."""
    return simulate(Scenario(sites=700, effect=1.0, ambition=request.param))


def _voluntary_rate(simulation: Simulation) -> tuple[float, float]:
    """Voluntary separations a person-year, and its standard error."""
    months = site_months(History(simulation.actual))
    events, years = months["voluntary"].sum(), months["person_years"].sum()
    return events / years, np.sqrt(events) / years


def test_voluntary_turnover_is_twenty_to_twenty_two_percent(large: Simulation) -> None:
    rate, _ = _voluntary_rate(large)
    assert 0.20 <= rate <= 0.22


def test_the_default_organisation_is_within_sampling_error_of_it() -> None:
    rate, error = _voluntary_rate(simulate(Scenario(effect=1.0)))
    assert 0.20 - 1.96 * error <= rate <= 0.22 + 1.96 * error


def _certified_shares(simulation: Simulation) -> tuple[float, float, int]:
    """Shares certified by month 12 of hires who were not, and of those of them then still employed."""
    history = History(simulation.actual)
    hires, cycles = history.log.table("employments"), history.log.table("cycles")
    deadline = add_months(history.started_on, 12)
    certified_on = np.full(len(deadline), 4_000_000)
    first = cycles["kind"] == 0
    certified_on[cycles["employment"][first]] = cycles["issued_on"][first]
    cohort = history.has_known_start & ~hires["is_certified"] & (hires["tier"] == T1)
    cohort &= deadline <= simulation.organisation.window_end
    in_time = cohort & (certified_on <= np.minimum(deadline, history.last_day))
    there = cohort & (history.last_day > deadline)
    return in_time.sum() / cohort.sum(), (in_time & there).sum() / there.sum(), int(cohort.sum())


def test_half_the_hires_and_two_thirds_of_those_still_there_are_certified_by_month_twelve(large: Simulation) -> None:
    of_hires, of_those_there, _ = _certified_shares(large)
    assert of_hires == pytest.approx(0.47, abs=0.02)
    assert of_those_there == pytest.approx(0.66, abs=0.02)


def test_the_default_organisation_certifies_within_sampling_error() -> None:
    of_hires, of_those_there, cohort = _certified_shares(simulate(Scenario(effect=1.0)))
    assert of_hires == pytest.approx(0.47, abs=1.96 * np.sqrt(0.47 * 0.53 / cohort))
    assert of_those_there == pytest.approx(0.66, abs=1.96 * np.sqrt(0.66 * 0.34 / (0.6 * cohort)))


def test_tiers_hold_the_shares_that_are_meant(large: Simulation) -> None:
    tier = large.actual.state.tier
    share = np.bincount(tier[tier >= 0], minlength=8) / (tier >= 0).sum()
    groups = [share[T1], share[T2], share[T3] + share[C1], share[LEAD] + share[C2], share[M1] + share[M2]]
    assert groups == pytest.approx([0.38, 0.34, 0.18, 0.06, 0.04], abs=0.03)


def test_hazards_fall_with_tenure(large: Simulation) -> None:
    """Of new hires about an eighth leaves in two months, and somewhat under half within a year."""
    history = History(large.actual)
    hires = history.has_known_start & (history.started_on < large.organisation.window_end - 365)
    hires &= history.log.table("employments")["tier"] >= 0
    tenure = history.last_day[hires] - history.started_on[hires]
    assert 0.10 <= (tenure < 60).mean() <= 0.16
    assert 0.40 <= (tenure < 365).mean() <= 0.50


def test_first_exams_pass_at_the_rates_of_the_domain(large: Simulation) -> None:
    exams = History(large.actual).during_employment("exams", "day")
    for attempt, rate in ((1, 0.72), (2, 0.50), (3, 0.45)):
        assert exams["has_passed"][exams["attempt"] == attempt].mean() == pytest.approx(rate, abs=0.04)
