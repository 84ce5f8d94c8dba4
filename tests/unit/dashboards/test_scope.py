"""A scope's catalog: whose rows are there, on a small organisation with every kind of table."""

from __future__ import annotations

from collections.abc import Generator

import duckdb
import pytest

from dashboards.access import Scope
from dashboards.scope import make_catalog, make_summary_catalog

ORGANISATION = """
    attach ':memory:' as rx;
    create schema rx.core; create schema rx.marts; create schema rx.quality;
    create table rx.core.dim_employees as from (values
        ('boss', null, 'A', true), ('anna', 'boss', 'A', true), ('ben', 'anna', 'B', true), ('cleo', 'ben', 'B', true),
        ('gone', 'boss', null, false), ('below_gone', 'gone', 'A', true),
        ('loop', 'pool', 'B', true), ('pool', 'loop', 'B', true)
    ) as people(employee_key, manager_key, site_id, is_active);
    create table rx.core.dim_sites as from (values ('A'), ('B'), ('C')) as sites(site_id);
    create table rx.core.dim_tiers as from (values ('T1')) as tiers(tier);
    create table rx.marts.training_matrix as select employee_key, site_id from rx.core.dim_employees;
    create table rx.marts.headline_by_month as from (values ('A'), ('B'), (null)) as months(site_id);
    create table rx.marts.tier_tenure as select 'T1' as tier;
    create table rx.quality.release as select 'now' as release_id;
    create macro rx.main.twice(x) as x * 2;
    create table rx.main.turnover_by_period as from (values ('all'), ('region'), ('site')) as cells(level);
    create table rx.main.release as select 'now' as release_id;
"""
TABLES = ["core.dim_employees", "core.dim_sites", "core.dim_tiers", "marts.training_matrix", "marts.headline_by_month",
          "marts.tier_tenure", "quality.release"]  # fmt: skip


@pytest.fixture
def connection() -> Generator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute(ORGANISATION)
        yield opened


def seen(
    connection: duckdb.DuckDBPyConnection, scope: Scope, manager_key: str | None = None
) -> dict[str, list[str | None]]:
    """The first column of every table, as a question in the scope gets it."""
    make_catalog(connection, "own", scope, manager_key)
    connection.execute("use own")
    assert connection.execute("select twice(21)").fetchone() == (42,)
    return {table: sorted(row[0] for row in connection.execute(f"from {table}").fetchall()) for table in TABLES}


def test_a_site_has_its_rows_and_definitions(connection: duckdb.DuckDBPyConnection) -> None:
    assert seen(connection, Scope(site_ids=("A", "X"))) == {
        "core.dim_employees": ["anna", "below_gone", "boss"],
        "core.dim_sites": ["A"],
        "core.dim_tiers": ["T1"],
        "marts.training_matrix": ["anna", "below_gone", "boss"],
        "marts.headline_by_month": ["A"],
        "marts.tier_tenure": [],
        "quality.release": ["now"],
    }


@pytest.mark.parametrize(
    ("manager", "below", "sites"),
    [
        ("boss", ["anna", "ben", "cleo"], ["A", "B"]),
        ("anna", ["ben", "cleo"], ["B"]),
        ("cleo", [], []),
        ("gone", ["below_gone"], ["A"]),
        ("loop", ["pool"], ["B"]),
        (None, [], []),
    ],
)
def test_a_line_is_the_active_people_below_whatever_the_links(
    connection: duckdb.DuckDBPyConnection, manager: str | None, below: list[str], sites: list[str]
) -> None:
    found = seen(connection, Scope(manager="somebody"), manager)
    assert found["core.dim_employees"] == found["marts.training_matrix"] == below
    assert found["core.dim_sites"] == sites
    assert found["marts.headline_by_month"] == []


def test_a_scope_gets_the_whole_of_the_summary_only(connection: duckdb.DuckDBPyConnection) -> None:
    make_summary_catalog(connection, "own")
    connection.execute("use own")
    assert connection.execute("from turnover_by_period").fetchall() == [("all",)]
    assert connection.execute("from release").fetchall() == [("now",)]
    assert connection.execute("select twice(21)").fetchone() == (42,)
