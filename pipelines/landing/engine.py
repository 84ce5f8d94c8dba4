"""A private in-memory DuckDB that reads deliveries, and how paths and texts are put into its SQL."""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from duckdb.sqltypes import VARCHAR

from pipelines.feeds import Feed

UNESCAPE = "unescape_entities"
"""The engine's function that turns HTML entities ("R&amp;D") into characters."""

AS_PARQUET = "(FORMAT parquet, dictionary_size_limit 10000)"
"""How rows are written: a dictionary of ids is given up early, which saves an eighth of the time and costs no space."""


class Engine:
    """Hands out one connection and replaces it when a hostile file has broken it.

    It spills to `spill_dir` beyond `memory_limit` (DuckDB's notation, "1.5GB"). Extensions are never loaded
    from anywhere.
    """

    def __init__(self, *, memory_limit: str = "1.5GB", threads: int = 2, spill_dir: Path | None = None) -> None:
        self._config: dict[str, Any] = {
            "memory_limit": memory_limit,
            "threads": str(threads),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        if spill_dir is not None:
            self._config["temp_directory"] = str(spill_dir)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._reads = 0

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection, opened when first asked for."""
        if self._connection is None:
            self._connection = duckdb.connect(":memory:", config=self._config)
            self._connection.execute("SET TimeZone = 'UTC'")
            # Called for the few values that hold an ampersand and a semicolon.
            self._connection.create_function(UNESCAPE, html.unescape, [VARCHAR], VARCHAR)
        return self._connection

    def unused_name(self, prefix: str) -> str:
        """A table name that has not been handed out before."""
        self._reads += 1
        return f"{prefix}_{self._reads}"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query that returns few."""
        return self.connection.execute(sql).fetchall()

    def row(self, sql: str) -> tuple[Any, ...]:
        """The single row of a query that always returns one."""
        return self.rows(sql)[0]

    def repeated(self, feed: Feed, rows: Path, earlier: Path, column: str) -> tuple[float, float]:
        """How far one rows.parquet repeats another, as shares: of its records, those that the other has too; and of
        those, how many more had a value in the column there than have one here.
        """
        keys = ", ".join(f'"{feed.column(name).landed_as}"' for name in feed.key)
        same = " AND ".join(
            f'r."{feed.column(name).landed_as}" IS NOT DISTINCT FROM e."{feed.column(name).landed_as}"'
            for name in feed.key
        )

        def records(path: Path) -> str:
            return (
                f'(SELECT {keys}, bool_or("{feed.column(column).landed_as}" IS NOT NULL)::INTEGER AS filled '
                f"FROM read_parquet({file_literal(path)}) WHERE NOT is_deleted GROUP BY ALL)"
            )

        share, fall = self.row(
            "SELECT coalesce(count(e.filled) / count(*), 0), coalesce(avg(e.filled - r.filled), 0) "
            f"FROM {records(rows)} r LEFT JOIN {records(earlier)} e ON {same}"
        )
        return share, fall

    def same_rows(self, quarantine: Path, others: Sequence[Path]) -> int:
        """How many of the rows in one quarantine.parquet are, to the letter, in one of the others too."""
        files = ", ".join(file_literal(file) for file in others)
        (count,) = self.row(
            f"SELECT count(DISTINCT (file, line)) FROM read_parquet({file_literal(quarantine)}) WHERE line IS NOT NULL "
            f"AND raw IN (SELECT raw FROM read_parquet([{files}]) WHERE raw IS NOT NULL)"
        )
        return count

    def close(self) -> None:
        """Close the connection; the next use opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def file_literal(path: Path) -> str:
    """A path as an SQL literal that DuckDB takes for exactly that file, whatever characters it holds."""
    return literal("".join(f"[{c}]" if c in "*?[" else c for c in str(path)))


def target_literal(path: Path) -> str:
    """A path as an SQL literal of a file to write, where no wildcard is looked for."""
    return literal(str(path))
