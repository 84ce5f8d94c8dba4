"""Runs the real command line, as a user would, and opens what it published."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
GOLDEN_AS_OF = "2025-06-17"


def rxladder(*arguments: object, timeout: float = 240) -> subprocess.CompletedProcess[str]:
    """Run `rxladder` with these arguments and return how it ended."""
    command = [str(Path(sys.executable).with_name("rxladder")), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, cwd=ROOT)


def sync(exports: Path, data: Path, *arguments: object, as_of: str = GOLDEN_AS_OF) -> subprocess.CompletedProcess[str]:
    """Sync a folder of exports into a data folder."""
    return rxladder("sync", "--exports", exports, "--data", data, "--as-of", as_of, *arguments)


def published(data: Path) -> duckdb.DuckDBPyConnection:
    """Open the current release, both files of it, read-only."""
    connection = duckdb.connect()
    connection.execute(f"attach '{data / 'current' / 'metrics.duckdb'}' as metrics (read_only)")
    connection.execute(f"attach '{data / 'current' / 'restricted' / 'people.duckdb'}' as people (read_only)")
    return connection


def content(data: Path, leave_out: Sequence[str] = ()) -> dict[str, list[Any]]:
    """Return every row of every table of core and marts, sorted, by schema.table."""
    with published(data) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where database_name = 'metrics' and schema_name in ('core', 'marts') order by 1"
        ).fetchall()
        return {
            table: connection.execute(f"select * from metrics.{table} order by all").fetchall()
            for (table,) in tables
            if table not in leave_out
        }
