"""What dbt sees before it runs: the control tables and a view over the batches to take in for each feed.

`control.run` is the only clock of the models. It is a table and not a dbt variable because a changed variable
throws away dbt's parse of the project.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.feeds import FEEDS, Feed
from pipelines.landing import Batch, Refusal
from pipelines.landing.engine import file_literal
from pipelines.warehouse.coverage import Covered, as_rows

_BATCHES = {
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
}
_REFUSED = {
    "refused_id": "varchar",
    "source": "varchar",
    "feed": "varchar",
    "file_name": "varchar",
    "refused_at": "timestamp",
    "reason": "varchar",
    "acknowledged_at": "timestamp",
}
_EXPECTED_FEEDS = {"feed": "varchar", "source": "varchar", "expected_every_days": "integer"}
_PERSONS = {"source": "varchar", "feed": "varchar", "persons": "varchar"}

_COVERAGE = {
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
}

_BATCH_PROBLEMS = {
    "batch_seq": "bigint",
    "kind": "varchar",
    "column_name": "varchar",
    "reason": "varchar",
    "problem_count": "bigint",
}
_BATCH_COLUMNS = {"batch_seq": "bigint", "column_name": "varchar", "is_known": "boolean", "fill_rate": "double"}
_QUARANTINED_JOBS = {"batch_seq": "bigint", "source": "varchar", "employee_id": "varchar", "effective_on": "date"}


def write_run(
    connection: duckdb.DuckDBPyConnection, as_of_on: date, known_at_seq: int, previous_as_of_on: str | None
) -> None:
    """Write the one row of control.run.

    Args:
        connection: to the build database.
        as_of_on: the last day that counts.
        known_at_seq: the newest batch that counts.
        previous_as_of_on: the last day that counted in the build that this one continues; None when it starts
            from nothing.
    """
    connection.execute(
        "create or replace table control.run (as_of_on date not null, known_at_seq bigint not null,"
        " is_full boolean not null, previous_as_of_on date)"
    )
    connection.execute(
        "insert into control.run values (?, ?, ?, ?)",
        [as_of_on, known_at_seq, previous_as_of_on is None, previous_as_of_on],
    )


def write_batches(
    connection: duckdb.DuckDBPyConnection,
    batches: Sequence[Batch],
    refused: Sequence[Refusal],
    expected_every_days: Mapping[tuple[str, str], int],
    pending: Collection[int],
) -> None:
    """Write what landing knows of its batches and refusals.

    A refusal's text goes in without the value that was at fault: these tables are published, and it may be a name.

    Args:
        connection: to the build database.
        batches: every landed batch up to known_at.
        refused: every refused delivery that still stands.
        expected_every_days: (source, feed) -> days after which a feed without a delivery is stale.
        pending: batch_seq of those this build takes in.
    """
    known = [
        {name: getattr(batch, name) for name in _BATCHES if name != "is_pending"}
        | {"is_pending": batch.batch_seq in pending}
        for batch in batches
    ]
    _write(connection, "batches", _BATCHES, known)
    standing = [
        {name: getattr(item, name) for name in _REFUSED if name != "reason"}
        | {"reason": str(replace(item.fault, value=None))}
        for item in refused
    ]
    _write(connection, "refused", _REFUSED, standing)
    expected = [
        {"feed": feed, "source": source, "expected_every_days": days}
        for (source, feed), days in expected_every_days.items()
    ]
    _write(connection, "expected_feeds", _EXPECTED_FEEDS, expected)


def write_persons(connection: duckdb.DuckDBPyConnection, persons: Mapping[tuple[str, str], str]) -> None:
    """Write what the person columns of a feed of a source hold, where that is not employee ids."""
    rows = [{"source": source, "feed": feed, "persons": way} for (source, feed), way in persons.items()]
    _write(connection, "persons", _PERSONS, rows)


def write_coverage(connection: duckdb.DuckDBPyConnection, covered: Sequence[Covered]) -> None:
    """Write how far each feed of each source tells."""
    _write(connection, "coverage", _COVERAGE, as_rows(covered))


def add_findings(connection: duckdb.DuckDBPyConnection, pending: Sequence[Batch]) -> None:
    """Add what landing found in the pending batches: problems, fill rates, unknown columns, job rows lost."""
    for name, definition in (
        ("batch_problems", _BATCH_PROBLEMS),
        ("batch_columns", _BATCH_COLUMNS),
        ("quarantined_jobs", _QUARANTINED_JOBS),
    ):
        connection.execute(f"create table if not exists control.{name} ({_definition(definition)})")
    problems = [
        {"batch_seq": batch.batch_seq, "kind": one.kind, "column_name": one.column, "reason": one.reason,
         "problem_count": one.count}
        for batch in pending for one in batch.problems
    ]  # fmt: skip
    columns = [
        {"batch_seq": batch.batch_seq, "column_name": name, "is_known": True, "fill_rate": rate}
        for batch in pending for name, rate in batch.fill_rates.items()
    ] + [
        {"batch_seq": batch.batch_seq, "column_name": name, "is_known": False, "fill_rate": None}
        for batch in pending for name in batch.unknown_columns
    ]  # fmt: skip
    _insert(connection, "batch_problems", _BATCH_PROBLEMS, problems)
    _insert(connection, "batch_columns", _BATCH_COLUMNS, columns)
    for batch in pending:
        if batch.feed in ("job_history", "roster") and batch.quarantined_count:
            connection.execute(
                'insert into control.quarantined_jobs select $seq, $source, employee_id, "date"'
                f" from read_parquet({_list([batch.folder / 'quarantine.parquet'])})",
                {"seq": batch.batch_seq, "source": batch.source},
            )


def write_landing_views(connection: duckdb.DuckDBPyConnection, pending: Sequence[Batch]) -> None:
    """Make one view a feed over the rows of the pending batches; a feed without any has an empty view."""
    connection.execute("create schema if not exists landing")
    for feed in FEEDS.values():
        files = [batch.folder / "rows.parquet" for batch in pending if batch.feed == feed.name]
        connection.execute(f"create or replace view landing.{feed.name} as {rows_query(feed, files)}")


def rows_query(feed: Feed, files: Sequence[Path]) -> str:
    """Return SQL for the rows of landed files of a feed, with every contract column in its type.

    The empty first part gives a column that a batch of an older contract lacks.
    """
    nulls = [f"null::{column.kind.duckdb_type} as {column.landed_as}" for column in feed.columns]
    nulls += ["null::boolean as is_deleted", "null::varchar as source", "null::bigint as batch_seq"]
    empty = f"select {', '.join(nulls)}, null::bigint as row_in_batch where false"
    if not files:
        return empty
    return (
        f"{empty} union all by name select * exclude (file_row_number), file_row_number as row_in_batch"
        f" from read_parquet({_list(files)}, file_row_number = true, union_by_name = true, hive_partitioning = false)"
    )


def copy_previous_figures(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    """Keep the last release's key figures and employments, to say what changed since; no rows when there was none."""
    connection.execute(
        "create or replace table control.previous_month_figures"
        " (month date, site_id varchar, figure varchar, value double);"
        "create or replace table control.previous_employments (employee_key varchar, ended_on date)"
    )
    if previous is None:
        return
    connection.execute("attach $1 as previous (read_only)", [str(previous)])
    known = connection.execute(
        "select 1 from duckdb_tables() where database_name = 'previous' and table_name = 'month_figures'"
    ).fetchone()
    if known:
        connection.execute(
            "insert into control.previous_month_figures"
            " select month, site_id, figure, value from previous.quality.month_figures"
        )
        connection.execute(
            "insert into control.previous_employments select employee_key, ended_on from previous.core.fct_employments"
        )
    connection.execute("detach previous")


def _list(files: Sequence[Path]) -> str:
    """Return a SQL list of file names, none of which is read as a pattern."""
    return "[" + ", ".join(file_literal(file) for file in files) + "]"


def _write(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    connection.execute(f"create or replace table control.{name} ({_definition(columns)})")
    _insert(connection, name, columns, rows)


def _definition(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{column} {sql_type}" for column, sql_type in columns.items())


def _insert(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Add rows, handed over as JSON: one statement, whatever their number."""
    connection.execute(
        f"insert into control.{name} by name"
        f" select unnest(from_json($rows, '{json.dumps([columns])}'), recursive := true)",
        {"rows": json.dumps(rows, default=str)},
    )
