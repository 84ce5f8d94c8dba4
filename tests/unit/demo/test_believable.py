"""What a visitor of the demo looks at first is what a working ladder would show."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from pipelines.demo import Scenario, Simulation, simulate, write_demo
from pipelines.demo.history import History
from pipelines.demo.ladder import T1
from pipelines.demo.promotions import MOST_MONTHS_WAITED
from pipelines.demo.state import PROMOTION


def test_a_sixth_of_those_who_begin_move_up_within_a_year_and_a_third_within_two() -> None:
    simulation = simulate(Scenario(sites=300))
    history, jobs = History(simulation.actual), History(simulation.actual).jobs
    first = np.full(len(history.started_on), np.iinfo(np.int64).max)
    rows = jobs["kind"] == PROMOTION
    np.minimum.at(first, jobs["employment"][rows], jobs["day"][rows])
    begins = history.has_known_start & (history.log.table("employments")["tier"] == T1)
    for days, low, high in ((365, 0.14, 0.22), (730, 0.28, 0.40)):
        watched = begins & (history.started_on <= simulation.organisation.window_end - days)
        assert low <= (first[watched] - history.started_on[watched] <= days).mean() <= high


def test_nobody_has_been_ready_for_years(simulation: Simulation) -> None:
    assert simulation.actual.state.months_ready.max() <= MOST_MONTHS_WAITED + 3


def test_nobody_active_has_had_a_lapsed_certificate_for_years(feeds: duckdb.DuckDBPyConnection) -> None:
    active = "employee_id in (select employee_id from (select distinct on (employee_id) * from job_history order by"
    active += " employee_id, effective_on desc, sequence desc) where event != 'termination')"
    found = feeds.execute(f"""
        select min(expires_on) from (
            select employee_id, credential_code, max(expires_on) as expires_on from credentials
            where expires_on is not null and {active} group by all
        )
    """).fetchall()
    assert found[0][0] >= date(2025, 4, 1)


def test_exit_interviews_give_reasons_of_the_list(feeds: duckdb.DuckDBPyConnection) -> None:
    unlisted = (
        "select count(*) from exit_interviews where primary_reason not in (select reason from separation_reasons)"
    )
    assert feeds.execute(unlisted).fetchall() == [(0,)]


def test_the_history_ends_on_the_day_that_was_asked_for_even_within_a_month(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_demo(tmp_path / name, Scenario(sites=4, end_on=date(2026, 2, 17)))
    newest = duckdb.sql(f"""
        select max(effective_on) from '{tmp_path}/one/exports/job_history.csv'
        union all select max(completed_on) from '{tmp_path}/one/exports/completions.csv'
        union all select max(earned_on) from '{tmp_path}/one/exports/ce_credits.csv'
    """).fetchall()
    assert date(2026, 2, 10) <= max(newest)[0] <= date(2026, 2, 17)
    files = sorted((tmp_path / "one" / "exports").iterdir())
    assert [file.read_bytes() for file in files] == [
        (tmp_path / "two" / "exports" / file.name).read_bytes() for file in files
    ]
