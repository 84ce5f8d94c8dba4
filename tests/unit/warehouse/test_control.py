"""Control tables and landing views: what dbt is told of the batches."""

from collections.abc import Generator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.feeds import FEEDS
from pipelines.landing import Batch, Fault, Problem, Refusal
from pipelines.warehouse import control

LANDED_AT = datetime(2026, 3, 31, 6, 0, tzinfo=UTC)


@pytest.fixture
def connection() -> Generator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("create schema control")
        yield opened


def batch(seq: int, feed: str, data_dir: Path) -> Batch:
    return Batch(
        batch_seq=seq, source="hris", feed=feed, mode="delta", file_name=f"{feed}.csv", sha256="s", bytes=1,
        landed_at=LANDED_AT, row_count=2, live_row_count=2, quarantined_count=0, repaired_count=1, conflict_count=0,
        window_from=date(2026, 1, 1), window_to=None, filled={"site_id": 2, "region": 1},
        unknown_columns=("Badge",), problems=(Problem("repaired", "region", "too long", 1),),
        accepted_refusal=None, data_dir=data_dir,
    )  # fmt: skip


def test_batches_say_which_are_pending(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    batches = [batch(1, "sites", tmp_path), batch(2, "sites", tmp_path)]
    control.write_batches(connection, batches, [], {("hris", "sites"): 3}, {2})
    found = connection.execute("select batch_seq, landed_at, window_from, window_to, is_pending from control.batches")
    assert found.fetchall() == [
        (1, datetime(2026, 3, 31, 6, 0), date(2026, 1, 1), None, False),
        (2, datetime(2026, 3, 31, 6, 0), date(2026, 1, 1), None, True),
    ]
    assert connection.execute("from control.expected_feeds").fetchall() == [("sites", "hris", 3)]


def test_a_refusal_is_told_without_the_value_at_fault(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    fault = Fault("columns", "sites.csv", "a bad column", "Mend it", line=3, column="name", value="Ann Smith")
    refusal = Refusal(
        refused_id="r00001", source="hris", feed="sites", mode="delta", file_name="sites.csv", sha256="s", bytes=1,
        refused_at=LANDED_AT, after_seq=0, fault=fault, options_sha256="o", acknowledged_at=None, folder=tmp_path,
    )  # fmt: skip
    control.write_batches(connection, [], [refusal], {}, set())
    ((reason,),) = connection.execute("select reason from control.refused").fetchall()
    assert "line 3" in reason and "column name" in reason
    assert "Smith" not in reason


def test_findings_are_added_batch_by_batch(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    control.add_findings(connection, [batch(1, "sites", tmp_path)])
    control.add_findings(connection, [batch(2, "sites", tmp_path)])
    assert connection.execute("from control.batch_problems").fetchall() == [
        (1, "repaired", "region", "too long", 1),
        (2, "repaired", "region", "too long", 1),
    ]
    assert connection.execute("from control.batch_columns where batch_seq = 2 order by all").fetchall() == [
        (2, "Badge", False, None),
        (2, "region", True, 0.5),
        (2, "site_id", True, 1.0),
    ]


def test_every_feed_has_a_view_and_a_batch_of_an_older_contract_is_filled_up(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    landed = batch(1, "sites", tmp_path / "it's [1] here")
    landed.folder.mkdir(parents=True)
    connection.execute(
        f"""copy (select 'S1' as site_id, 'One' as name, false as is_deleted, 'hris' as source, 1::bigint as batch_seq
        union all select 'S2', 'Two', false, 'hris', 1) to '{str(landed.folder).replace("'", "''")}/rows.parquet'"""
    )
    control.write_landing_views(connection, [landed])
    views = connection.execute("select view_name from duckdb_views() where schema_name = 'landing'").fetchall()
    assert {name for (name,) in views} == set(FEEDS)
    found = connection.execute("select site_id, region, row_in_batch from landing.sites order by row_in_batch")
    assert found.fetchall() == [("S1", None, 0), ("S2", None, 1)]
    assert connection.execute("select count(*) from landing.completions").fetchall() == [(0,)]


def test_previous_figures_of_the_first_release_are_none(connection: duckdb.DuckDBPyConnection) -> None:
    control.copy_previous_figures(connection, None)
    assert connection.execute("select count(*) from control.previous_month_figures").fetchall() == [(0,)]
