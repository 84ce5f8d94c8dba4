"""The published files, opened once a release; a cursor sees what its viewer may see: a scope is a catalog of its own."""

import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import duckdb

from dashboards import restricted, scope
from dashboards.access import Scope
from dashboards.restricted import Look

Meaning = tuple[str, tuple[tuple[str, str], ...]]  # of a table, and of each of its columns
Narrow = Callable[[duckdb.DuckDBPyConnection, str, Look], None]


class NoSummaryError(Exception):
    """The release has no suppressed aggregates."""


class Opened:
    """One published file; a catalog for each scope that has asked of it."""

    def __init__(self, file: Path, narrow: Narrow) -> None:
        self._narrow = narrow
        self._connection = duckdb.connect(":memory:")
        # Questions are small and many come at once: to share one out over threads costs more than it gains.
        self._connection.execute("set threads = 1")
        self._connection.execute(f"attach '{str(file).replace(chr(39), chr(39) * 2)}' as rx (read_only)")
        self._catalogs: dict[Scope, str] = {Scope(): "rx"}
        self._making = threading.Lock()

    def cursor(self, look: Look) -> duckdb.DuckDBPyConnection:
        """A cursor whose tables hold what the viewer may see."""
        wanted = look.viewer.scope
        with self._making:
            if wanted not in self._catalogs:
                name = f"scope_{len(self._catalogs)}"
                try:
                    self._narrow(self._connection, name, look)
                except Exception:
                    self._connection.execute(f"detach database if exists {name}")
                    raise
                self._catalogs[wanted] = name
        cursor = self._connection.cursor()
        cursor.execute(f"use {self._catalogs[wanted]}")
        return cursor

    def meaning(self, schema: str, table: str) -> Meaning:
        """What a table and each of its columns means, from the file's own comments."""
        here = "where database_name = 'rx' and schema_name = $schema and table_name = $table"
        params = {"schema": schema, "table": table}
        cursor = self._connection.cursor()
        comment = cursor.execute(f"select comment from duckdb_tables() {here}", params).fetchone()
        columns = cursor.execute(
            f"select column_name, coalesce(comment, '') from duckdb_columns() {here} order by column_index", params
        ).fetchall()
        return str((comment or ("",))[0] or ""), tuple((str(column), str(meaning)) for column, meaning in columns)


@lru_cache(maxsize=2)
def opened(folder: Path, release_id: str) -> Opened:
    """A release's metrics.duckdb."""

    def narrow(connection: duckdb.DuckDBPyConnection, name: str, look: Look) -> None:
        manager = look.viewer.scope.manager
        key = restricted.manager_key(look, manager) if manager else None
        scope.make_catalog(connection, name, look.viewer.scope, key)

    return Opened(folder / "releases" / release_id / "metrics.duckdb", narrow)


@lru_cache(maxsize=2)
def opened_summary(folder: Path, release_id: str) -> Opened:
    """A release's summary.duckdb. Raises NoSummaryError."""
    file = folder / "releases" / release_id / "summary.duckdb"
    if not file.exists():
        raise NoSummaryError
    return Opened(file, lambda connection, name, _: scope.make_summary_catalog(connection, name))
