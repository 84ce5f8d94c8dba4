"""From the demo's feeds through the models to the effect: the exposure lived through, and the same estimate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from benchmarks.proof_effect import OUTCOMES, panel
from pipelines import causal
from pipelines.demo import Scenario, Simulation, demo_tables, simulate
from pipelines.demo.history import History
from pipelines.demo.job_feeds import job_feeds
from pipelines.demo.program_feeds import program_feeds
from pipelines.demo.talent_feeds import talent_feeds
from pipelines.demo.truth import site_months
from tests.integration.dbt_harness import FakeBatch, FakeWarehouse


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(Scenario(sites=24, years=3, employees=250, seed=5))


@pytest.fixture(scope="module")
def warehouse(simulation: Simulation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeWarehouse]:
    warehouse = FakeWarehouse(tmp_path_factory.mktemp("effect"), simulation.scenario.end_on)
    tables = demo_tables(simulation, groups=(job_feeds, talent_feeds, program_feeds))
    warehouse.add(*(FakeBatch(name, table.to_pylist()) for name, table in tables.items() if table.num_rows))
    warehouse.build("+program_roi")
    yield warehouse


def lived(simulation: Simulation, outcome: str) -> tuple[Any, causal.Panel]:
    months = site_months(History(simulation.actual))
    return months, panel(months, *OUTCOMES[outcome])


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_exposure_is_what_was_lived_through(simulation: Simulation, warehouse: FakeWarehouse, outcome: str) -> None:
    _, expected = lived(simulation, outcome)
    rows = warehouse.query(
        "select dense_rank() over (order by site_id) - 1, date_diff('month', min(month) over (), month),"
        " person_years, treated_person_years, events from build.staging.int_program_exposure as exposure"
        f" where outcome = '{outcome}' order by site_id, month"
    )
    some = expected.person_years > 0
    found = np.array(rows, float)
    assert np.array_equal(found[:, 0], expected.site[some])
    assert np.array_equal(found[:, 1], expected.month[some])
    assert found[:, 2] == pytest.approx(expected.person_years[some])
    assert found[:, 3] == pytest.approx(expected.treated_person_years[some])
    assert np.array_equal(found[:, 4], expected.events[some])


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_models_estimate_what_the_function_does(
    simulation: Simulation, warehouse: FakeWarehouse, outcome: str
) -> None:
    expected = causal.staggered_effect(lived(simulation, outcome)[1])
    found = warehouse.query(
        "select estimate, estimate_low, estimate_high, p_value, person_years, sites_treated, sites_not_yet, status"
        f" from metrics.marts.program_effect where outcome = '{outcome}' and method = 'staggered_did'"
    )[0]
    assert expected.status == found[-1] == "estimated"
    assert found[:-1] == pytest.approx(
        (
            expected.estimate,
            expected.low,
            expected.high,
            expected.p_value,
            expected.person_years,
            expected.sites_treated,
            expected.sites_not_yet,
        ),
        rel=1e-6,
    )


def test_worth_follows_from_costs_and_effect(warehouse: FakeWarehouse) -> None:
    """Avoided replacement of all sites is that of each; what was spent for no site in particular is in the whole."""
    whole, effect, costs = warehouse.query(
        "select roi.costs_usd, effect.estimate * roi.treated_person_years + roi.avoided_separations,"
        " (select sum(amount_usd) from metrics.marts.program_costs_by_month)"
        " from metrics.marts.program_roi as roi cross join metrics.marts.program_effect as effect"
        " where roi.scope = 'all' and roi.horizon = 'to_date' and roi.scenario = 'central'"
        " and effect.outcome = 'voluntary_turnover' and effect.method = 'staggered_did'"
    )[0]
    assert effect == pytest.approx(0, abs=1e-9)
    assert whole == pytest.approx(costs)
    parts = warehouse.query(
        "select horizon, scenario, sum(case when scope = 'all' then avoided_replacement_usd end),"
        " sum(case when scope != 'all' then avoided_replacement_usd end),"
        " min(probability_positive), max(probability_positive)"
        " from metrics.marts.program_roi group by all"
    )
    assert len(parts) == 6
    for _, _, all_sites, sum_of_sites, lowest, highest in parts:
        assert all_sites == pytest.approx(sum_of_sites)
        assert 0 <= lowest <= highest <= 1


@pytest.mark.parametrize(("horizon", "months"), [("first_year", 12), ("to_date", 1000)])
def test_every_line_is_made_of_rows(warehouse: FakeWarehouse, horizon: str, months: int) -> None:
    """Costs are those of program_costs_by_month, fills those of fct_openings, person-time that of the exposure."""
    within = "date_diff('month', date_trunc('month', sites.program_started_on), {month}) between 0 and " + str(
        months - 1
    )
    expected = warehouse.query(
        f"""
        with sites as (
            from metrics.core.dim_sites where program_started_on <= (select as_of_on from build.control.run)
        ),
        spent as (
            select site_id, sum(amount_usd) as usd
            from metrics.marts.program_costs_by_month as costs join sites using (site_id)
            where {within.format(month="costs.month")} group by site_id
        ),
        filled as (
            select site_id, count(*) as fills
            from metrics.core.fct_openings as openings join sites using (site_id)
            join metrics.core.dim_tiers as tiers using (tier)
            where openings.fill_source = 'internal' and not tiers.is_entry
            and openings.filled_on >= sites.program_started_on and {within.format(month="openings.filled_on")}
            group by site_id
        ),
        lived as (
            select site_id, sum(treated_person_years) as years
            from build.staging.int_program_exposure as exposure join sites using (site_id)
            where outcome = 'voluntary_turnover' and {within.format(month="exposure.month")} group by site_id
        )
        select coalesce(site_id, 'all'), sum(usd), coalesce(sum(fills), 0),
            -sum(years) * any_value(effect.estimate) * any_value(assumptions.central),
        from sites left join spent using (site_id) left join filled using (site_id) left join lived using (site_id)
        cross join (from metrics.marts.program_effect where outcome = 'voluntary_turnover' and method = 'staggered_did')
            as effect
        cross join (from metrics.core.dim_roi_assumptions where name = 'replacement_cost') as assumptions
        group by grouping sets ((site_id), ())
        """
    )
    found = warehouse.query(
        "select scope, costs_usd, internal_fills, avoided_replacement_usd from metrics.marts.program_roi"
        f" where horizon = '{horizon}' and scenario = 'central'"
    )
    assert len(found) > 15
    assert {row[0]: row[1:] for row in found} == {row[0]: pytest.approx(row[1:]) for row in expected}
    assert horizon == "first_year" or sum(fills for _, _, fills, _ in found) > 0
