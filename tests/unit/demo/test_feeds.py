"""The clean feeds: the contract's columns, sound references, and a history that does not contradict itself."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.demo import Simulation, demo_tables
from pipelines.feeds import FEEDS

WITHOUT_EVENTS = "roster"
NOT_EXPORTED = {WITHOUT_EVENTS, "time_off", "interventions"}


def test_every_feed_is_there_with_the_columns_of_the_contract(simulation: Simulation) -> None:
    tables = demo_tables(simulation)
    assert set(tables) == set(FEEDS) - NOT_EXPORTED
    for name, table in tables.items():
        assert table.column_names == [column.name for column in FEEDS[name].columns], name
        if name != "person_links":  # nothing to link in clean exports
            assert table.num_rows > 0, name


@pytest.mark.parametrize("name", [name for name in FEEDS if name not in NOT_EXPORTED])
def test_records_have_keys_of_their_own_and_point_at_known_ones(name: str, feeds: duckdb.DuckDBPyConnection) -> None:
    feed = FEEDS[name]
    keys = ", ".join(f"coalesce(\"{column}\"::varchar, '')" for column in feed.key)
    count, distinct = feeds.sql(f"select count(*), count(distinct ({keys})) from {name}").fetchall()[0]
    assert count == distinct
    for column in feed.columns:
        if column.required:
            assert feeds.sql(f'select count(*) from {name} where "{column.name}" is null').fetchall() == [(0,)]
        if column.references:
            other, key = column.references.split(".")
            # Job changes have reasons, too, which are nobody's reason for leaving.
            only = " and event = 'termination'" if column.name == "reason" else ""
            lost = (
                f'select "{column.name}" from {name} where "{column.name}" not in (select "{key}" from {other}){only}'
            )
            assert feeds.sql(lost).fetchall() == [], column.name


def test_record_ids_say_nothing_about_the_person(feeds: duckdb.DuckDBPyConnection) -> None:
    for name, feed in FEEDS.items():
        columns = [column.name for column in feed.columns]
        (key, *_) = feed.key
        if name in NOT_EXPORTED or "employee_id" not in columns or key == "employee_id":
            continue
        held = f"select count(*) from {name} where contains({key}, employee_id)"
        assert feeds.sql(held).fetchall() == [(0,)], name


def test_histories_hold_together(feeds: duckdb.DuckDBPyConnection) -> None:
    rows = """
        with ordered as (
            select
                *,
                lag(event) over history as before,
                lag(effective_on) over history as day_before,
                last_value(case when event in ('hire', 'rehire', 'termination') then event end ignore nulls)
                    over (history rows between unbounded preceding and 1 preceding) as standing
            from job_history
            window history as (partition by employee_id order by effective_on, sequence)
        )
        select event, count(*) from ordered where
            (event = 'hire' and before is not null)
            or (event = 'rehire' and (standing != 'termination' or effective_on <= day_before))
            or (event not in ('hire', 'rehire') and standing = 'termination')
            or (event = 'leave_end' and before is null)
        group by event
    """
    assert feeds.sql(rows).fetchall() == []


def test_managers_are_employed_pharmacists_on_the_day(feeds: duckdb.DuckDBPyConnection) -> None:
    managers = """
        select count(distinct j.manager_id), count(distinct p.employee_id)
        from job_history j left join job_history p on p.employee_id = j.manager_id and p.job_code = 'RPH1'
        where j.manager_id is not null
    """
    known, pharmacists = feeds.sql(managers).fetchall()[0]
    assert known == pharmacists > 20


def test_names_are_diverse(feeds: duckdb.DuckDBPyConnection) -> None:
    accents, suffixes, twins = feeds.sql("""
        select
            count(*) filter (strip_accents(full_name) != full_name),
            count(*) filter (full_name similar to '.* (Jr\\.|III|PhD)'),
            count(*) - count(distinct full_name)
        from employees
    """).fetchall()[0]
    assert accents > 20
    assert suffixes > 3
    assert twins > 0
    assert feeds.sql(
        "select count(*) from employees where not regexp_full_match(work_email, '[a-z.0-9]+@[a-z.]+')"
    ).fetchall() == [(0,)]


def test_about_four_hundred_and_fifty_technicians_over_thirty_sites(feeds: duckdb.DuckDBPyConnection) -> None:
    employed = """
        with last as (
            select employee_id, arg_max(event, (effective_on, sequence)) as event,
                arg_max(job_code, (effective_on, sequence)) filter (job_code is not null) as job_code
            from job_history group by employee_id
        )
        select count(*) from last join job_tiers using (job_code) where event != 'termination' and tier is not null
    """
    assert 420 <= feeds.sql(employed).fetchall()[0][0] <= 480
    assert feeds.sql("select count(*), count(program_started_on) from sites").fetchall() == [(30, 25)]
