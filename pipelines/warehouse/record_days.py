"""How many records each landed batch has of each day, counted once a batch and kept: what silence is judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

from pipelines.feeds import FEEDS
from pipelines.landing import Batch
from pipelines.landing.engine import file_literal

_KEPT_DAYS = 400
"""Of each batch the days before its newest that are kept: a year, and what a month more needs."""
_AT_ONCE = 500


def record_days(file: Path, batches: Sequence[Batch]) -> dict[tuple[str, str], list[tuple[date, int]]]:
    """Return, by source and feed, how many records there are of each day, oldest day first.

    A record that several batches bring again counts once: of a day the most that any one batch brought counts. Days
    after a batch landed are left out, as is what removes a record.

    Args:
        file: a cache beside the build, which can be deleted at any time.
        batches: the landed batches to look at.
    """
    dated = [batch for batch in batches if FEEDS[batch.feed].date_column is not None and batch.window_to is not None]
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _opened(file) as connection:
        known = dict(connection.execute("select batch_seq, sha256 from counted").fetchall())
        fresh = [batch for batch in dated if known.get(batch.batch_seq) != batch.sha256]
        for feed in {batch.feed for batch in fresh}:
            _count(connection, feed, [batch for batch in fresh if batch.feed == feed])
        connection.execute("create temp table wanted (batch_seq bigint, source varchar, feed varchar)")
        connection.execute(
            "insert into wanted select unnest($seqs), unnest($sources), unnest($feeds)",
            {
                "seqs": [batch.batch_seq for batch in dated],
                "sources": [batch.source for batch in dated],
                "feeds": [batch.feed for batch in dated],
            },
        )
        rows = connection.execute(
            "select source, feed, record_on, max(records) from days inner join wanted using (batch_seq)"
            " group by all order by all"
        ).fetchall()
    found: dict[tuple[str, str], list[tuple[date, int]]] = {}
    for source, feed, record_on, records in rows:
        found.setdefault((source, feed), []).append((record_on, records))
    return found


def _opened(file: Path) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(str(file))
    except duckdb.IOException:  # cut short by a crash, or of another version
        file.unlink(missing_ok=True)
        connection = duckdb.connect(str(file))
    connection.execute(
        "create table if not exists counted (batch_seq bigint, sha256 varchar);"
        "create table if not exists days (batch_seq bigint, record_on date, records bigint)"
    )
    return connection


def _count(connection: duckdb.DuckDBPyConnection, feed: str, batches: Sequence[Batch]) -> None:
    column = FEEDS[feed].column(str(FEEDS[feed].date_column)).landed_as
    landed: Mapping[int, date] = {batch.batch_seq: batch.landed_at.date() for batch in batches}
    connection.begin()
    connection.execute(
        "create or replace temp table landed as select unnest($seqs) as batch_seq, unnest($days)::date as on_day",
        {"seqs": list(landed), "days": [day.isoformat() for day in landed.values()]},
    )
    connection.execute("delete from days where batch_seq in (select batch_seq from landed)")
    for start in range(0, len(batches), _AT_ONCE):
        files = ", ".join(file_literal(batch.folder / "rows.parquet") for batch in batches[start : start + _AT_ONCE])
        connection.execute(
            f"""insert into days
            with brought as (
                select batch_seq, {column} as record_on, count(*) as records
                from read_parquet([{files}], hive_partitioning = false, union_by_name = true)
                where {column} is not null and not coalesce(is_deleted, false)
                group by all
            )
            select brought.batch_seq, record_on, records
            from brought inner join landed on brought.batch_seq = landed.batch_seq and record_on <= on_day
            qualify record_on > max(record_on) over (partition by brought.batch_seq) - {_KEPT_DAYS}"""
        )
    connection.execute("delete from counted where batch_seq in (select unnest($seqs))", {"seqs": list(landed)})
    connection.execute(
        "insert into counted select unnest($seqs), unnest($sums)",
        {"seqs": [batch.batch_seq for batch in batches], "sums": [batch.sha256 for batch in batches]},
    )
    connection.commit()
