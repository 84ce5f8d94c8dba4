"""The published files as readers find them: whole, described, readable by older clients, with the formulas."""

from __future__ import annotations

import struct
from collections.abc import Generator
from pathlib import Path

import duckdb
import pytest

from tests.integration.cli import published

FILES = ("metrics.duckdb", "summary.duckdb", "restricted/people.duckdb")
STORAGE_VERSION = 64  # of DuckDB 0.9 to 1.1: what every 1.x client reads


@pytest.fixture(scope="module")
def release(golden_data: Path) -> Path:
    return (golden_data / "current").resolve()


@pytest.fixture(scope="module")
def connection(golden_data: Path) -> Generator[duckdb.DuckDBPyConnection]:
    with published(golden_data) as opened:
        yield opened


def test_the_link_leads_to_the_one_release(golden_data: Path, release: Path) -> None:
    assert (golden_data / "current").is_symlink()
    assert not (golden_data / "current").readlink().is_absolute()  # a moved data folder still works
    assert [path.name for path in (golden_data / "releases").iterdir()] == [release.name]
    assert sorted(path.relative_to(release).as_posix() for path in release.rglob("*.duckdb*")) == sorted(FILES)


def test_both_files_name_the_release(connection: duckdb.DuckDBPyConnection, release: Path) -> None:
    (in_metrics,) = connection.execute("select * from metrics.quality.release").fetchall()
    (in_people,) = connection.execute("select * from people.main.release").fetchall()
    assert in_metrics == in_people
    assert in_metrics[0] == release.name


@pytest.mark.parametrize("name", FILES)
def test_an_older_client_can_read_the_file(release: Path, name: str) -> None:
    """A file begins with a checksum, the letters DUCK and the version of its storage."""
    with (release / name).open("rb") as file:
        _, magic, version = struct.unpack("<Q4sQ", file.read(20))
    assert (magic, version) == (b"DUCK", STORAGE_VERSION)


def test_every_table_and_column_says_what_it_is(connection: duckdb.DuckDBPyConnection) -> None:
    there = "database_name in ('metrics', 'summary', 'people')"
    tables = connection.execute(f"select count(*) from duckdb_tables() where {there}").fetchone()
    assert tables is not None and tables[0] > 60
    without = connection.execute(
        f"""
        select schema_name || '.' || table_name as name
        from duckdb_tables() where {there} and coalesce(length(comment), 0) < 10
        union all
        select schema_name || '.' || table_name || '.' || column_name
        from duckdb_columns() where {there} and not internal and coalesce(length(comment), 0) < 3
        order by name"""
    ).fetchall()
    assert without == []


def test_the_formulas_are_in_the_file(connection: duckdb.DuckDBPyConnection) -> None:
    """Called from another database, as an analyst does; values of R's binom::binom.wilson and poisson.test."""
    wanted = {
        "wilson_low(7, 10)": 0.3967781,
        "wilson_high(7, 10)": 0.8922087,
        "poisson_low(3, 12.5)": 0.0494938,
        "poisson_high(3, 12.5)": 0.7013818,
        "poisson_low(25, 1)": 16.1786902,
        "poisson_high(0, 2)": 1.8444397,
    }
    calls = ", ".join(f"metrics.main.{call}" for call in wanted)
    found = connection.execute(f"select {calls}").fetchone()
    assert found is not None
    assert found == pytest.approx(tuple(wanted.values()), rel=1e-4)
    nothing = "select metrics.main.wilson_low(0, 0), metrics.main.poisson_high(0, 0)"
    assert connection.execute(nothing).fetchone() == (None, None)


def test_a_reader_can_not_write(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        connection.execute("create table metrics.main.mine as select 1")


def test_the_release_says_what_it_was_made_from(connection: duckdb.DuckDBPyConnection) -> None:
    checks = connection.execute(
        "select tool, count(*), count(*) filter (status = 'failed') from metrics.quality.checks"
        " group by tool order by tool"
    ).fetchall()
    assert [tool for tool, _, _ in checks] == ["dbt", "great_expectations"]
    assert all(count > 15 and failed == 0 for _, count, failed in checks)
    declared = connection.execute(
        "select count(distinct table_name) from metrics.quality.checks where check_name = 'grain_is_unique'"
    ).fetchall()
    assert declared > [(60,)], "dbt's tests of a table's grain are judged by Great Expectations"
    assert connection.execute(
        "select as_of_on::varchar, known_at_seq, last_batch_seq, previous_release_id, length(code_version) > 10"
        " from metrics.quality.release"
    ).fetchall() == [("2025-06-17", None, 22, None, True)]
    assert connection.execute("select count(*), count(distinct feed) from metrics.quality.batches").fetchone() == (
        22,
        22,
    )
