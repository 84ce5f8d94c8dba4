"""Runs the real command line, as a user would, and opens what it published."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
GOLDEN_AS_OF = "2025-06-17"
SECRET = "a-secret-of-the-tests-0123456789"  # one for all, so that data folders can be compared

Ended = subprocess.CompletedProcess[str]
Content = dict[str, list[tuple[Any, ...]]]


def command(*arguments: object) -> list[str]:
    """The command line of `rxladder` with these arguments."""
    return [str(Path(sys.executable).with_name("rxladder")), *map(str, arguments)]


def environment(**changes: str | None) -> dict[str, str]:
    """The environment of a test's command: no settings but the tests' own; None takes a variable away."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RXLADDER_", "DAGSTER_"))}
    wanted = {"RXLADDER_EMPLOYEE_KEY": SECRET, "COLUMNS": "300", **changes}
    return kept | {name: value for name, value in wanted.items() if value is not None}


def rxladder(*arguments: object, timeout: float = 600, env: Mapping[str, str] | None = None) -> Ended:
    """Run `rxladder` with these arguments and return how it ended."""
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        cwd=ROOT,
        env=environment() if env is None else env,
    )


def sync(exports: Path, data: Path, *arguments: object, as_of: str = GOLDEN_AS_OF) -> Ended:
    """Sync a folder of exports into a data folder."""
    return rxladder("sync", "--exports", exports, "--data", data, "--as-of", as_of, *arguments)


def synced(exports: Path, data: Path, *arguments: object, as_of: str = GOLDEN_AS_OF) -> Path:
    """Sync, which has to end well; the data folder."""
    return succeeded(sync(exports, data, *arguments, as_of=as_of), data)


def succeeded(ended: Ended, data: Path) -> Path:
    """The data folder of a command that has to have ended with code 0."""
    assert ended.returncode == 0, said(ended)
    return data


def said(ended: Ended) -> str:
    """All that a command printed."""
    return ended.stdout + ended.stderr


def copied(data: Path, to: Path) -> Path:
    """A copy of a data folder; cheaper than another sync."""
    return shutil.copytree(data, to, symlinks=True)


def release_id(data: Path) -> str:
    """The release that readers see."""
    return (data / "current").resolve().name


def published(data: Path) -> duckdb.DuckDBPyConnection:
    """Open the current release, all files of it, read-only."""
    connection = duckdb.connect()
    release = (data / "current").resolve()
    connection.execute(f"attach '{release / 'metrics.duckdb'}' as metrics (read_only)")
    connection.execute(f"attach '{release / 'summary.duckdb'}' as summary (read_only)")
    connection.execute(f"attach '{release / 'restricted' / 'people.duckdb'}' as people (read_only)")
    return connection


def content(data: Path) -> Content:
    """The content of the current release."""
    with published(data) as connection:
        return content_of(connection)


def content_of(connection: duckdb.DuckDBPyConnection) -> Content:
    """Every row of every table that says something of the organisation (all but quality), by full name.

    Sorted by all columns; floating figures keep ten digits, since sums depend on the order of their terms.
    """
    tables = connection.execute(
        "select database_name || '.' || schema_name || '.' || table_name from duckdb_tables()"
        " where database_name in ('people', 'summary') and table_name not in ('release', 'freshness')"
        " or database_name = 'metrics' and schema_name in ('core', 'marts') order by 1"
    ).fetchall()
    return {table: _rows(connection, table) for (table,) in tables}


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    columns = connection.execute(f"describe {table}").fetchall()
    rounded = ", ".join(
        f"""cast(printf('%.9e', round("{name}", 10)) as double) + 0 as "{name}\"""" if kind == "DOUBLE" else f'"{name}"'
        for name, kind, *_ in columns
    )
    return connection.execute(f"select {rounded} from {table} order by all").fetchall()


def assert_same(found: Content, wanted: Content) -> None:
    """Fail with the rows that differ, a few of each table."""
    assert found.keys() == wanted.keys()
    differing = {
        table: {"more": _missing(found[table], wanted[table]), "fewer": _missing(wanted[table], found[table])}
        for table in wanted
        if found[table] != wanted[table]
    }
    assert not differing, "\n".join(f"{table}: {rows}" for table, rows in differing.items())


def _missing(rows: list[tuple[Any, ...]], among: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    others = set(map(str, among))
    return [row for row in rows if str(row) not in others][:3]
