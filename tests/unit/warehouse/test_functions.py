"""The functions that models call, as a connection of a dbt run has them."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.warehouse.functions import Plugin

WORTH = """{
    'effect': {'low': -0.3, 'central': $effect::double, 'high': -0.1}, 'person_years': 10.0,
    'costs': {'fixed': 120.0, 'loaded': 0.0, 'mentoring': 0.0, 'exams': 0.0},
    'internal_fills': 0.0, 'entry_refill_cost': null,
    'replacement_cost': {'low': 90.0, 'central': 90.0, 'high': 90.0},
    'benefits_load': {'low': 0.0, 'central': 0.0, 'high': 0.0},
    'exam_fee': {'low': 0.0, 'central': 0.0, 'high': 0.0},
    'mentor_hours': {'low': 0.0, 'central': 0.0, 'high': 0.0},
    'external_fill_cost': {'low': 0.0, 'central': 0.0, 'high': 0.0},
    'internal_fill_cost': {'low': 0.0, 'central': 0.0, 'high': 0.0}
}"""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        Plugin("functions", {}).configure_connection(connection)
        yield connection


def test_no_rows_are_too_few(connection: duckdb.DuckDBPyConnection) -> None:
    row = connection.execute("select unnest(staggered_effect(null))").fetchone()
    assert row == (None, None, None, None, 0.0, 0, 0, "not estimable: 0 treated sites, 8 needed")


def test_the_order_of_rows_does_not_matter(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("""
        create table panel as
        select 'S' || site as site_id, month::integer as month, case when site < 10 then 12 end as start,
            2.0::double as person_years, case when site < 10 and month >= 12 then 2.0 else 0.0 end::double
                as treated_person_years, ((site * 7 + month * 5) % 11 < 3)::integer::double as events
        from range(26) sites (site), range(24) months (month)
    """)
    rows = [
        connection.execute(
            "select unnest(staggered_effect(list({'site_id': site_id, 'month': month, 'start': start,"
            " 'person_years': person_years, 'treated_person_years': treated_person_years, 'events': events}"
            f" order by {order}))) from panel"
        ).fetchone()
        for order in ("site_id, month", "month desc, site_id desc")
    ]
    assert rows[0] == rows[1]
    assert rows[0] is not None
    assert rows[0][4:] == (240.0, 10, 16, "estimated")


@pytest.mark.parametrize(("effect", "expected"), [(-0.2, 0.905), (None, None)])
def test_an_unknown_effect_has_no_probability(
    connection: duckdb.DuckDBPyConnection, effect: float | None, expected: float | None
) -> None:
    """Break-even at 120 / 90 / 10 = 0.133: 1.31 standard errors of 0.2 / 3.92 from the estimate, P = 0.905."""
    row = connection.execute(f"select probability_positive({WORTH})", {"effect": effect}).fetchone()
    assert row is not None
    assert row[0] == (None if expected is None else pytest.approx(expected, abs=0.01))
