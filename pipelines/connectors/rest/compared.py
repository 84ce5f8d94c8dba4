"""Pulled rows beside what has landed: what is in force for SQL to see, and what is no news left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb

from pipelines.connectors.rest.records_sql import literal, quoted
from pipelines.feeds import FEEDS


def add_landed(connection: duckdb.DuckDBPyConnection, feed: str, unit: Sequence[str], files: Sequence[Path]) -> None:
    """Make the table `landed_<feed>`: the rows that former deliveries (oldest first) left in force, all text."""
    names = [*(column.name for column in FEEDS[feed].columns), "is_deleted"]
    columns = ", ".join(f"{quoted(name)} varchar" for name in names)
    replaced_together = unit
    connection.execute(f"create or replace temp table earlier (delivery bigint, {columns})")
    if files:
        source = f"read_parquet([{', '.join(map(literal, map(str, files)))}], filename = true, union_by_name = true)"
        there = {str(row[0]) for row in connection.execute(f"describe from {source}").fetchall()}
        replaced_together = unit_in(there, unit, feed)
        taken = ", ".join(f"r.{quoted(name)}" for name in names if name in there)
        order = ", ".join(f"({literal(str(file))}, {place})" for place, file in enumerate(files))
        connection.execute(
            f"insert into earlier by name select {taken}, o.delivery from {source} as r"
            f" join (values {order}) as o(file, delivery) on o.file = r.filename"
        )
    connection.execute(
        f"create or replace table landed_{feed} as select * exclude (delivery) from earlier"
        f" qualify delivery = max(delivery) over (partition by {', '.join(map(quoted, replaced_together))})"
    )


def unit_in(columns: Collection[str], unit: Sequence[str], feed: str) -> Sequence[str]:
    """Return the columns that say which rows are replaced together: where the source gives no id, the natural key."""
    return unit if set(unit) <= set(columns) else FEEDS[feed].natural_key


def leave_out_known(
    connection: duckdb.DuckDBPyConnection, feed: str, unit: Sequence[str], earlier: Sequence[Path]
) -> None:
    """Leave out the records (all rows with the same `unit` columns) that are as they were delivered last.

    `earlier` are former deliveries of the same shape, oldest first.
    """
    columns = {str(row[0]) for row in connection.execute("describe made").fetchall()}
    unit = unit_in(columns, unit, feed)
    if not earlier or not unit or not set(unit) <= columns:
        return
    key = ", ".join(quoted(name) for name in unit)
    files = ", ".join(literal(str(path)) for path in earlier)
    kept = ", ".join(quoted(name) for name in sorted(columns))
    order = "case filename " + " ".join(f"when {literal(str(p))} then {i}" for i, p in enumerate(earlier)) + " end"
    connection.execute(
        f"""
        create or replace table made as
        with now as (
            select {key}, sum(hash(r)) as content from (select {kept}, ({kept},) as r from made) group by all),
        old as (
            select {key}, {order} as place, sum(hash(r)) as content
            from (select {kept}, ({kept},) as r, filename from read_parquet([{files}], filename = true))
            semi join now using ({key}) group by all),
        known as (select {key}, arg_max(content, place) as content from old group by all)
        from made anti join (select {key} from now semi join known using ({key}, content)) using ({key})
        """
    )


def take_back_others(
    connection: duckdb.DuckDBPyConnection, feed: str, unit: Sequence[str], in_force: Sequence[Path]
) -> None:
    """Add to what was made a row with `is_deleted` for each record that landed and is not in it."""
    add_landed(connection, feed, unit, in_force)
    columns = {str(row[0]) for row in connection.execute("describe made").fetchall()}
    if "is_deleted" not in columns:
        connection.execute("alter table made add column is_deleted varchar")
    key = ", ".join(map(quoted, unit_in(columns, unit, feed)))
    connection.execute(
        f"insert into made by name select * replace ('true' as is_deleted)"
        f" from (select {', '.join(quoted(name) for name in sorted(columns | {'is_deleted'}))} from landed_{feed})"
        f" anti join (select distinct {key} from made) using ({key}) where coalesce(is_deleted, 'false') <> 'true'"
    )
