"""A build folder for tests of the models: batches made of plain rows, and dbt run over some of them at a time.

The real way from files to batches is tested elsewhere; here a batch is what a test says it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.feeds import FEEDS
from pipelines.warehouse import dbt

Row = Mapping[str, Any]

_CONTROL = {
    "batches": {
        "batch_seq": "bigint",
        "source": "varchar",
        "feed": "varchar",
        "mode": "varchar",
        "file_name": "varchar",
        "landed_at": "timestamp",
        "row_count": "bigint",
        "quarantined_count": "bigint",
        "repaired_count": "bigint",
        "conflict_count": "bigint",
        "window_from": "date",
        "window_to": "date",
        "sha256": "varchar",
        "is_pending": "boolean",
    },
    "coverage": {
        "source": "varchar",
        "feed": "varchar",
        "covers_from_on": "date",
        "covers_through_on": "date",
        "told_through_on": "date",
        "basis": "varchar",
        "newest_record_on": "date",
        "silence_of": "varchar",
        "is_silent": "boolean",
        "is_unvouched": "boolean",
        "is_late": "boolean",
        "is_acknowledged": "boolean",
        "silent_days": "integer",
        "longest_silence_days": "integer",
        "record_count": "bigint",
        "reason": "varchar",
    },
    "batch_problems": {
        "batch_seq": "bigint",
        "kind": "varchar",
        "column_name": "varchar",
        "reason": "varchar",
        "problem_count": "bigint",
    },
    "batch_columns": {
        "batch_seq": "bigint",
        "column_name": "varchar",
        "is_known": "boolean",
        "fill_rate": "double",
    },
    "quarantined_jobs": {
        "batch_seq": "bigint",
        "source": "varchar",
        "employee_id": "varchar",
        "effective_on": "date",
    },
    "refused": {
        "refused_id": "varchar",
        "source": "varchar",
        "feed": "varchar",
        "file_name": "varchar",
        "refused_at": "timestamp",
        "reason": "varchar",
        "acknowledged_at": "timestamp",
    },
    "employee_keys": {"employee_id": "varchar", "employee_key": "varchar"},
    "persons": {"source": "varchar", "feed": "varchar", "persons": "varchar"},
    "person_keys": {"source": "varchar", "person": "varchar", "person_key": "varchar"},
    "expected_feeds": {"feed": "varchar", "source": "varchar", "expected_every_days": "integer"},
    "previous_employments": {"employee_key": "varchar", "ended_on": "date"},
    "previous_month_figures": {"month": "date", "site_id": "varchar", "figure": "varchar", "value": "double"},
    "run": {"as_of_on": "date", "known_at_seq": "bigint", "is_full": "boolean", "previous_as_of_on": "date"},
}


@dataclass(frozen=True)
class FakeBatch:
    """Rows of one feed of one source. A row may have `is_deleted`; columns that it lacks are null."""

    feed: str
    rows: Sequence[Row]
    source: str = "hris"
    mode: str = "delta"


@dataclass
class FakeWarehouse:
    """A build folder.

    Batches are numbered in the order they are added, and land a day apart. The employee key of a person is the
    employee id, that of somebody whom a source names otherwise (rows of `control["persons"]`) source:name. `control`
    has further rows for the control tables.
    """

    folder: Path
    as_of_on: date
    control: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    _batches: list[FakeBatch] = field(default_factory=list)
    _built: int = 0
    _built_for: date | None = None
    _has_links: bool = False
    _reading: duckdb.DuckDBPyConnection | None = None

    def add(self, *batches: FakeBatch) -> None:
        """Add batches that the next build takes in."""
        self._batches += batches

    def build(self, *selection: str) -> None:
        """Take in what was added since the last build; run the selected models and their data tests."""
        self.close()
        self.folder.mkdir(parents=True, exist_ok=True)
        has_links = any(batch.feed == "person_links" and batch.rows for batch in self._batches)
        if has_links != self._has_links:  # as a build does: staging then keeps more
            for file in self.folder.glob("*.duckdb*"):
                file.unlink()
            self._built, self._built_for, self._has_links = 0, None, has_links
        with duckdb.connect(str(self.folder / "build.duckdb")) as connection:
            connection.execute("create schema if not exists control; create schema if not exists landing")
            self._write_landing(connection)
            self._write_control(connection)
        results = dbt.run(self.folder, selection)
        failed = [result.unique_id for result in results if result.status == "fail"]
        assert not failed, failed
        self._built = len(self._batches)
        self._built_for = self.as_of_on

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query over the built files, which stay open: to open them takes longer than most queries."""
        self._reading = self._reading or opened(self.folder)
        return self._reading.execute(sql).fetchall()

    def close(self) -> None:
        """Let go of the built files, as whoever writes them needs it."""
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    def _write_landing(self, connection: duckdb.DuckDBPyConnection) -> None:
        pending = list(enumerate(self._batches, start=1))[self._built :]
        for feed in FEEDS.values():
            columns = {column.landed_as: column.kind.duckdb_type for column in feed.columns}
            columns |= {"is_deleted": "boolean", "source": "varchar", "batch_seq": "bigint", "row_in_batch": "bigint"}
            rows = [
                {"is_deleted": False, **row, "source": batch.source, "batch_seq": batch_seq, "row_in_batch": number}
                for batch_seq, batch in pending
                if batch.feed == feed.name
                for number, row in enumerate(batch.rows)
            ]
            file = self.folder / f"{feed.name}_{len(self._batches)}.parquet"
            connection.execute(f"copy ({_rows_sql(columns)}) to '{file}'", {"rows": _as_json(columns, rows)})
            connection.execute(f"create or replace view landing.{feed.name} as select * from '{file}'")

    def _write_control(self, connection: duckdb.DuckDBPyConnection) -> None:
        ways = {(row["source"], row["feed"]) for row in self.control.get("persons", [])}
        named = {
            ((batch.source, batch.feed) in ways, batch.source, str(row[column.name]))
            for batch in self._batches
            for column in FEEDS[batch.feed].columns
            if column.is_person
            for row in batch.rows
            if row.get(column.name)
        }
        people = {name for is_stranger, _, name in named if not is_stranger}
        strangers = [
            {"source": source, "person": name, "person_key": f"{source}:{name.lower()}"}
            for is_stranger, source, name in sorted(named)
            if is_stranger
        ]
        tables: dict[str, Iterable[Row]] = {
            "batches": [self._control_row(n, batch) for n, batch in enumerate(self._batches, start=1)],
            "employee_keys": [{"employee_id": person, "employee_key": person} for person in sorted(people)],
            "person_keys": strangers,
            "run": [
                {
                    "as_of_on": self.as_of_on,
                    "known_at_seq": len(self._batches),
                    "is_full": self._built_for is None,
                    "previous_as_of_on": self._built_for,
                },
            ],
        }
        for name, columns in _CONTROL.items():
            rows = [*tables.get(name, []), *self.control.get(name, [])]
            connection.execute(
                f"create or replace table control.{name} as {_rows_sql(columns)}", {"rows": _as_json(columns, rows)}
            )

    def _control_row(self, batch_seq: int, batch: FakeBatch) -> Row:
        feed = FEEDS[batch.feed]
        dates = [str(row[feed.date_column]) for row in batch.rows if feed.date_column]
        keys = {tuple(str(row.get(name)) for name in feed.key) for row in batch.rows}
        return {
            "batch_seq": batch_seq,
            "source": batch.source,
            "feed": batch.feed,
            "mode": batch.mode,
            "landed_at": datetime(2024, 1, 1) + timedelta(days=batch_seq),
            "row_count": len(batch.rows),
            "conflict_count": len(batch.rows) - len(keys),
            "window_from": min(dates, default=None),
            "window_to": max(dates, default=None),
            "is_pending": batch_seq > self._built,
        }


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection to the files of a build folder, read-only."""
    connection = duckdb.connect()
    for name in ("build", "metrics", "summary", "people"):
        connection.execute(f"attach '{folder / name}.duckdb' as {name} (read_only)")
    return connection


def _as_json(columns: Mapping[str, str], rows: Iterable[Row]) -> str:
    return json.dumps([[row.get(name) for name in columns] for row in rows], default=str)


def _rows_sql(columns: Mapping[str, str]) -> str:
    """A query for the rows of the parameter $rows, a JSON list of lists, in the types of `columns`."""
    casts = ", ".join(f"cast(item[{n}] as {kind}) as {name}" for n, (name, kind) in enumerate(columns.items(), 1))
    return f"select {casts} from (select unnest(from_json($rows, '[[\"varchar\"]]')) as item)"
