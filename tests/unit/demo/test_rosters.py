"""Weekly lists: who is on them, and with which last day."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from pipelines.demo import Scenario, write_demo
from pipelines.feeds import FEEDS

SCENARIO = Scenario(sites=12, years=2)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Tables roster (with the file of each line) and job_history of one organisation."""
    root = tmp_path_factory.mktemp("rosters")
    summary = write_demo(root / "lists", SCENARIO, roster=True)
    write_demo(root / "events", SCENARIO)
    files = {file.name for file in (root / "lists" / "exports").iterdir()}
    left_out = ("employees", "job_history", "roster", "time_off", "interventions")
    assert files == {f"{name}.csv" for name in FEEDS if name not in left_out} | {"roster"}
    with duckdb.connect(":memory:") as connection:
        for name, path in (("roster", "lists/exports/roster/*.csv"), ("job_history", "events/exports/job_history.csv")):
            connection.execute(f"create table {name} as from read_csv('{root / path}', filename = true)")
        assert connection.sql("select count(*) from roster").fetchall() == [(summary.rows["roster"],)]
        yield connection


def test_a_list_a_week_named_by_its_day(lists: duckdb.DuckDBPyConnection) -> None:
    days = lists.sql("select distinct as_of_on, parse_filename(filename) from roster order by 1").fetchall()
    assert all(name == f"roster_{day}.csv" for day, name in days)
    assert (str(days[0][0]), str(days[-1][0])) == ("2024-11-01", "2026-10-31")
    gaps = {(later - day).days for (day, _), (later, _) in pairwise(days[1:])}
    assert gaps == {7}
    assert lists.sql("select count(*) from roster group by employee_id, as_of_on having count(*) > 1").fetchall() == []


def test_a_list_names_who_was_employed_since_the_one_before(lists: duckdb.DuckDBPyConnection) -> None:
    """With the job of that day, or of the last day."""
    columns = "employee_id, job_code, site_id, manager_id, employment_class, fte, hourly_rate, separation_type"
    lists.execute(f"""
        create or replace table expected as
        with days as (
            select as_of_on, lag(as_of_on, 1, date '2000-01-01') over (order by as_of_on) as before
            from (select distinct as_of_on from roster)
        ),
        employments as (
            select *, count(case when event in ('hire', 'rehire') or n = 1 then 1 end) over so_far as employment
            from (select *, row_number() over so_far as n from job_history
                window so_far as (partition by employee_id order by effective_on, sequence))
            window so_far as (partition by employee_id order by effective_on, sequence)
        )
        select as_of_on, {columns},
            case when event = 'termination' then effective_on end as terminated_on,
            case when event = 'termination' then reason end as reason
        from days inner join employments on effective_on <= as_of_on
        qualify row_number() over (
            partition by as_of_on, employee_id, employment order by effective_on desc, sequence desc
        ) = 1 and (event != 'termination' or effective_on > before)
    """)
    both = f"as_of_on, {columns}, terminated_on, reason"
    for one, other in (("roster", "expected"), ("expected", "roster")):
        assert lists.sql(f"select {both} from {one} except select {both} from {other}").fetchall() == []


def test_the_first_day_is_that_of_the_present_employment(lists: duckdb.DuckDBPyConnection) -> None:
    """Nobody knows it of those who were there when the history began."""
    wrong = lists.sql("""
        select r.employee_id, r.as_of_on, r.hired_on, max(j.effective_on) as hired_on_truly
        from roster as r
        left join job_history as j
            on r.employee_id = j.employee_id and j.event in ('hire', 'rehire') and j.effective_on <= r.as_of_on
        group by all having r.hired_on is distinct from hired_on_truly
    """)
    assert wrong.fetchall() == []
    assert lists.sql("select bool_or(event = 'rehire') from job_history").fetchall() == [(True,)]


def test_lists_and_another_form_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="dirty and roster can't be combined"):
        write_demo(tmp_path, SCENARIO, dirty=True, roster=True)
    assert not list(tmp_path.iterdir())
