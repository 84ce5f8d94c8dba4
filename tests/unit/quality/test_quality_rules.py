"""Each kind of rule counts exactly the rows that break it, and none that do not."""

import duckdb
import pytest

from pipelines.quality.rules import (
    TABLE,
    Rule,
    adds_up,
    in_order,
    matches,
    not_null,
    one_of,
    quoted,
    refers_to,
    trimmed,
    unique,
    within,
)
from pipelines.quality.table_identities import (
    at_most,
    closing_is_next_opening,
    implies,
    incidences,
    spans_do_not_overlap,
    sum_at_most,
    walk_balances,
)


def violations(rule: Rule, table: str, *setup: str) -> int:
    with duckdb.connect() as connection:
        for statement in setup:
            connection.execute(statement)
        connection.execute(f"create table checked as {table}")
        query = f"select {rule.violations.replace(TABLE, 'checked')}, count(*) from checked"
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def spans(*rows: str) -> str:
    return f"select * from (values {', '.join(rows)}) as t (employee_key, started_on, ended_on)"


@pytest.mark.parametrize(
    ("rule", "table", "expected"),
    [
        (not_null("a"), "select unnest([1, null, 3, null]) as a", 2),
        (not_null("a", unless="gone"), "from (values (null, true), (null, false), (null, null)) t (a, gone)", 2),
        (one_of("a", ("x", "it's")), "select unnest(['x', 'it''s', 'y', null]) as a", 1),
        (within("a", 0, 1), "select unnest([-0.1, 0, 1, 1.1, null])::double as a", 2),
        (within("a", 0, None), "select unnest([-1, 0, 9]) as a", 1),
        (within("a", 0, None), "select unnest([-1, 0, 9.5])::decimal(18, 4) as a", 1),
        (within("a", None, None), "select unnest(['1', 'nan', 'inf', '-inf', null])::double as a", 3),
        (matches("a", "[0-9a-f]{4}", ""), "select unnest(['00ff', '00fff', '00fff', 'x00ff', null]) as a", 3),
        (trimmed("a"), "select unnest(['a', 'é b', chr(1) || 'a', chr(160) || 'a', null]) as a", 0),
        (trimmed("a"), "select unnest([' a', 'é ', '', ' ', 'a' || chr(9), chr(10) || 'a']) as a", 6),
        (unique(("a", "b")), "from (values (1, 1), (1, 1), (1, 1), (1, 2), (null, 1), (null, 1)) t (a, b)", 3),
        (in_order("a", "b", strictly=True), "from (values (1, 2), (2, 2), (3, 2), (3, null)) t (a, b)", 2),
        (in_order("a", "b", strictly=False), "from (values (1, 2), (2, 2), (3, 2), (null, 2)) t (a, b)", 1),
        (adds_up("r", "a", "b + c", "abc"), "from (values (3, 1, 2), (3, 1, 1), (3, null, 1)) t (a, b, c)", 2),
        (at_most("a", "b")[0], "from (values (2, 1), (2, 2), (2, 3), (null, 3)) t (a, b)", 1),
        (sum_at_most(("a", "b"), "c"), "from (values (1, 1, 2), (1, 2, 2)) t (a, b, c)", 1),
        (implies("r", "a", "b > 0", "ab"), "from (values (true, 1), (true, 0), (true, null), (false, 0)) t (a, b)", 2),
    ],
)  # fmt: skip
def test_counts_the_rows_that_break_it(rule: Rule, table: str, expected: int) -> None:
    assert violations(rule, table) == expected


@pytest.mark.parametrize("rule", [not_null("a"), unique(("a",)), within("a", 0, 1), one_of("a", ("x",))])
def test_an_empty_table_breaks_nothing(rule: Rule) -> None:
    assert violations(rule, "select 1 as a where false") == 0


def test_a_reference_to_nothing_is_counted() -> None:
    rule = refers_to("site_id", "sites", "site_id", "")
    sites = "create table sites as select unnest(['S1', null]) as site_id"
    assert violations(rule, "select unnest(['S1', 'S9', 'S9', null]) as site_id", sites) == 2


def test_a_reference_into_a_feed_that_nobody_delivers_is_no_orphan() -> None:
    rule = refers_to("site_id", "sites", "site_id", "")
    assert violations(rule, "select 'S1' as site_id", "create table sites (site_id varchar)") == 0


def test_names_are_quoted() -> None:
    assert quoted('a"b') == '"a""b"'
    assert violations(not_null("order"), 'select null as "order"') == 1


def test_spans_that_touch_do_not_overlap() -> None:
    touching = spans("('a', date '2024-01-01', date '2024-02-01')", "('a', date '2024-02-01', null)")
    assert violations(spans_do_not_overlap(), touching) == 0


@pytest.mark.parametrize("end", ["date '2024-02-02'", "null"])
def test_spans_that_overlap_or_stay_open_are_counted(end: str) -> None:
    overlapping = spans(f"('a', date '2024-01-01', {end})", "('a', date '2024-02-01', null)")
    assert violations(spans_do_not_overlap(), overlapping) == 1
    others = spans(f"('a', date '2024-01-01', {end})", "('b', date '2024-02-01', null)")
    assert violations(spans_do_not_overlap(), others) == 0


def golden_walk(golden: str, change: str = "true") -> str:
    return f"select * replace ({change}) from '{golden}'" if change != "true" else f"select * from '{golden}'"


@pytest.fixture
def walk(pytestconfig: pytest.Config) -> str:
    return str(pytestconfig.rootpath / "tests" / "golden" / "expected" / "headcount_walk_by_month.csv")


def test_the_golden_headcount_walk_balances(walk: str) -> None:
    assert violations(walk_balances(), golden_walk(walk)) == 0
    assert violations(closing_is_next_opening(), golden_walk(walk)) == 0


def test_a_walk_out_of_balance_is_counted(walk: str) -> None:
    with duckdb.connect() as connection:
        row = connection.execute(f"select count(*) from '{walk}' where hires > 0").fetchone()
    assert row is not None and row[0] > 0
    assert violations(walk_balances(), golden_walk(walk, "0 as hires")) == row[0]


def test_a_cell_that_vanishes_while_people_are_in_it_is_counted(walk: str) -> None:
    middle = "(site_id, tier, employment_class, month) <> ('S00', 'T1', 'full_time', date '2019-11-01')"
    assert violations(closing_is_next_opening(), f"{golden_walk(walk)} where {middle}") == 2


def test_incidences_grow_and_stay_below_one() -> None:
    good = "0.1 as promoted_within_1, 0.4 as promoted_within_2, 0.2 as separated_within_1, 0.5 as separated_within_2"
    rules = incidences((1, 2))
    assert sum(violations(rule, f"select {good}") for rule in rules) == 0
    for bad in ("0.5 as promoted_within_1", "0.6 as promoted_within_2", "-0.1 as promoted_within_1"):
        broken = f"select * replace ({bad}) from (select {good})"
        assert sum(violations(rule, broken) for rule in rules) == 1, bad
