"""The golden organisation through the real command line: every expected table agrees to the row."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import duckdb
import pytest

from tests.integration.cli import GOLDEN, published

EXPECTED = sorted((GOLDEN / "expected").glob("*.csv"), key=lambda file: file.stem)


@pytest.fixture(scope="module")
def golden(golden_data: Path) -> Generator[duckdb.DuckDBPyConnection]:
    with published(golden_data) as connection:
        connection.execute(
            "create macro employee(key) as (select employee_id from people.main.directory where employee_key = key)"
        )
        yield connection


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda file: file.stem)
def test_table_agrees_to_the_row(golden: duckdb.DuckDBPyConnection, expected: Path) -> None:
    table = expected.stem
    schema, key = golden.execute(
        "select any_value(schema_name), count(*) filter (column_name = 'employee_key') from duckdb_columns()"
        " where database_name = 'metrics' and table_name = $1",
        [table],
    ).fetchall()[0]
    assert schema is not None, f"{table} is not published"
    golden.execute(f"create or replace temp view expected as from read_csv('{expected}', all_varchar = true)")
    columns = [name for name, *_ in golden.execute("describe expected").fetchall()]
    types = dict(
        golden.execute(
            "select column_name, data_type from duckdb_columns() where database_name = 'metrics' and table_name = $1",
            [table],
        ).fetchall()
    )
    missing = [name for name in columns if name not in types and name != "employee_id"]
    assert missing == [], f"{table} lacks {missing}"
    wanted = ", ".join(
        name if name == "employee_id" else f"{_rounded(name, types[name])} as {name}" for name in columns
    )
    published_rows = f"select * from metrics.{schema}.{table}"
    if table == "training_completion_by_month":  # the example lists what is due, not what was waived or excused alone
        published_rows += " where assignments_due > 0"
    if key:
        published_rows = (
            "select directory.employee_id, facts.* from metrics." + f"{schema}.{table} as facts"
            " left join people.main.directory using (employee_key)"
        )
    found = f"select {wanted.replace('employee_id, ', 'employee_id, ')} from ({published_rows})"
    given = f"select {wanted} from expected"
    missing_rows = golden.execute(f"({given}) except all ({found})").fetchall()
    extra_rows = golden.execute(f"({found}) except all ({given})").fetchall()
    assert (missing_rows, extra_rows) == ([], [])


def _rounded(name: str, data_type: str) -> str:
    """Cast to the published type; floating figures agree to nine digits."""
    if data_type in {"DOUBLE", "FLOAT"} or data_type.startswith("DECIMAL"):
        return f"round(cast({name} as double), 9)"
    return f"cast({name} as {data_type})"
