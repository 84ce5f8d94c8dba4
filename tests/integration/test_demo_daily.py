"""Daily drops through the real landing and dbt: day by day or all at once, the facts in the end are the same.

That every table is, whatever is delivered in turn, is tried in `test_models_in_turn` and `test_models_deliveries`.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.demo import Scenario, write_demo
from pipelines.landing import Refusal
from tests.integration.dbt_harness import opened
from tests.integration.landed_build import SPANS, LandedBuild

AS_OF = date(2026, 10, 31)
DAYS = ("2026-10-30", "2026-10-31")
MODELS = ("+path:models/core", "+path:models/marts/training", "+program_costs_by_month", *SPANS)
TABLES = """select 'metrics.core.' || table_name from duckdb_tables()
    where database_name = 'metrics' and schema_name = 'core'"""


@pytest.mark.long
def test_replaying_the_days_comes_to_what_all_at_once_does(tmp_path: Path) -> None:
    write_demo(tmp_path / "daily", Scenario(sites=12, years=2), daily=len(DAYS))
    drop = tmp_path / "drop"
    drop.mkdir()
    day_by_day = LandedBuild(tmp_path / "day_by_day", AS_OF)
    for day in DAYS:
        files = sorted((tmp_path / "daily" / "exports").glob(f"*_{day}.csv"))
        assert files, day
        for file in files:
            shutil.copy(file, drop)
        taken_in(drop, day_by_day)
    at_once = taken_in(drop, LandedBuild(tmp_path / "at_once", AS_OF, day_by_day))

    with opened(at_once.folder) as wanted, opened(day_by_day.folder) as found:
        tables = sorted(name for (name,) in wanted.execute(TABLES).fetchall())
        assert tables == sorted(name for (name,) in found.execute(TABLES).fetchall())
        assert len(tables) > 30
        assert [table for table in tables if _content(found, table) != _content(wanted, table)] == []


def taken_in(drop: Path, build: LandedBuild) -> LandedBuild:
    """Land what is new, none of which may be refused, and build everything."""
    assert [outcome for outcome in build.land(drop) if isinstance(outcome, Refusal)] == []
    return build.build(*MODELS)


def _content(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[object, ...]]:
    """All rows; sums in another order differ in their last digits."""
    rows = connection.execute(f"from {table}").fetchall()
    cells = [tuple(round(value, 9) if isinstance(value, float) else value for value in row) for row in rows]
    return sorted(cells, key=repr)
