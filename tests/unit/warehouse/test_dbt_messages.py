"""What dbt says of a failed model must not carry the row that DuckDB quotes to the terminal, or into Dagster's log."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.warehouse import dbt

LOG = Path("build/logs/dbt.log")
NAME, PAY = "Maria O'Brien", "31.75"
FAULTS = {
    "a cast": f"select cast(s as date) from (values ($${NAME}$$)) t (s)",
    "a number": f"select cast(s as integer) from (values ($${PAY} an hour$$)) t (s)",
    "a decimal": f"select cast(n * 1000000 as decimal(5, 2)) from (values ({PAY})) t (n)",
    "a raised error": f"select error('of ' || s) from (values ($${NAME}\n{NAME}$$)) t (s)",
    "a key": f"create or replace temp table t (s varchar primary key); insert into t select $${NAME}$$ from range(2)",
}


@pytest.mark.parametrize("sql", FAULTS.values(), ids=FAULTS.keys())
def test_a_failed_model_is_named_without_its_data(sql: str) -> None:
    with pytest.raises(duckdb.Error) as raised:
        duckdb.connect().execute(sql).fetchall()
    title = "Runtime Error in model stg_hr__employees (models/staging/hr/stg_hr__employees.sql)"
    said = dbt.without_data(f"{title}\n  {raised.value}", LOG)
    assert title in said
    assert str(LOG) in said
    for secret in ("Maria", "Brien", PAY, PAY.replace(".", "")):
        assert secret not in said.replace(title, "")


def test_a_fault_of_the_project_is_told_whole() -> None:
    message = "Compilation Error in model x\n  'none' has no attribute 'name' at line 12"
    assert dbt.without_data(message, LOG) == message
