"""A release appears whole, by one swap of a link, and old ones go."""

import stat
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import publishing
from pipelines.publishing import CheckRow, ReleaseKey
from pipelines.publishing.release import PEOPLE

KEY = ReleaseKey(date(2026, 3, 31), None, 7, "0.1.0+abc", "cfg", "")
CHECKS = [CheckRow("grain", "dbt", "core.dim_sites", "error", "passed", 0, 7)]
MANIFEST: dict[str, Any] = {
    "nodes": {
        "model.rxladder.dim_sites": {
            "resource_type": "model",
            "database": "metrics",
            "schema": "core",
            "name": "dim_sites",
            "description": "One row a site;\nit's where people work.",
            "columns": {"site_id": {"description": "The site's id."}},
        },
        "model.rxladder.dim_tiers": {
            "resource_type": "model",
            "database": "metrics",
            "schema": "core",
            "name": "dim_tiers",
            "description": "One row a tier.",
            "columns": {"tier": {"description": "The tier."}},
        },
        "model.rxladder.freshness": {
            "resource_type": "model",
            "database": "metrics",
            "schema": "quality",
            "name": "freshness",
            "description": "One row a feed.",
            "columns": {"feed": {"description": "The feed."}},
        },
    }
}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "build"
    folder.mkdir()
    with duckdb.connect(str(folder / "metrics.duckdb")) as connection:
        connection.execute("create schema core; create schema quality")
        connection.execute("create table core.dim_sites as select 'S1' as site_id")
        connection.execute("create table core.dim_tiers as select 'T1' as tier")
        connection.execute("create table quality.freshness as select 'employees' as feed")
    with duckdb.connect(str(folder / "summary.duckdb")) as connection:
        connection.execute("create table headcount_by_month as select 12 as headcount")
    with duckdb.connect(str(folder / "people.duckdb")) as connection:
        connection.execute("create table directory as select 'k' as employee_key, 'Ann' as full_name")
    return folder


def publish(tmp_path: Path, key: ReleaseKey = KEY, keep: int = 10) -> publishing.Release:
    incoming = publishing.prepare(tmp_path, tmp_path / "build", MANIFEST)
    return publishing.publish(tmp_path, incoming, key, CHECKS, keep)


def test_all_files_name_the_release_and_current_leads_to_them(tmp_path: Path, build: Path) -> None:
    release = publish(tmp_path)
    current = tmp_path / "current"
    assert current.resolve() == release.folder
    for file, table in (
        (current / "metrics.duckdb", "quality.release"),
        (current / "summary.duckdb", "release"),
        (current / PEOPLE, "release"),
    ):
        with duckdb.connect(str(file), read_only=True) as connection:
            assert connection.execute(f"select release_id, as_of_on from {table}").fetchall() == [
                (release.release_id, date(2026, 3, 31))
            ]
    assert publishing.current_release(tmp_path) == release


def test_who_may_read(tmp_path: Path, build: Path) -> None:
    folder = publish(tmp_path).folder

    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    assert mode(folder / "metrics.duckdb") == 0o640
    assert mode(folder / "summary.duckdb") == 0o640
    assert mode(folder / "restricted") == 0o700
    assert mode(folder / PEOPLE) == 0o600


def test_descriptions_become_comments(tmp_path: Path, build: Path) -> None:
    with duckdb.connect(str(publish(tmp_path).metrics), read_only=True) as connection:
        assert connection.execute("select comment from duckdb_tables() where table_name = 'dim_sites'").fetchall() == [
            ("One row a site; it's where people work.",)
        ]
        bare = connection.execute(
            "select table_name, column_name from duckdb_columns() where comment is null and not internal"
        )
        assert bare.fetchall() == []


def test_the_summary_has_what_names_its_cells_and_says_how_old_it_is(tmp_path: Path, build: Path) -> None:
    with duckdb.connect(str(publish(tmp_path).summary), read_only=True) as connection:
        tables = connection.execute("select table_name, comment from duckdb_tables() order by 1").fetchall()
        assert [name for name, _ in tables] == ["dim_sites", "dim_tiers", "freshness", "headcount_by_month", "release"]
        assert dict(tables)["dim_sites"] == "One row a site; it's where people work."


def test_the_next_release_knows_the_one_before_and_old_ones_go(tmp_path: Path, build: Path) -> None:
    ids = [publish(tmp_path, keep=2).release_id for _ in range(4)]
    assert len(set(ids)) == 4
    kept = sorted(path.name for path in (tmp_path / "releases").iterdir())
    assert kept == sorted(ids[-2:])
    current = publishing.current_release(tmp_path)
    assert current is not None and current.previous_release_id == ids[-2]


def test_the_current_release_is_never_removed(tmp_path: Path, build: Path) -> None:
    first = publish(tmp_path)
    for name in ("20990101T000000Z-000001", "20990101T000000Z-000002"):
        (tmp_path / "releases" / name).mkdir()
    publish(tmp_path, keep=1)
    current = publishing.current_release(tmp_path)
    assert current is not None and current.folder.exists() and current.release_id != first.release_id


def test_leftovers_of_a_killed_publish_are_cleared(tmp_path: Path, build: Path) -> None:
    (tmp_path / "releases" / ".incoming-20260101T000000Z-000001" / "restricted").mkdir(parents=True)
    (tmp_path / ".current.part").symlink_to("nowhere")
    publish(tmp_path)
    assert [path for path in (tmp_path / "releases").iterdir() if path.name.startswith(".")] == []


def test_a_full_disk_leaves_the_old_release(tmp_path: Path, build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = publish(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(OSError, match="No space"):
        publish(tmp_path)
    monkeypatch.undo()
    assert publishing.current_release(tmp_path) == first
    publish(tmp_path)


def test_nothing_published_yet(tmp_path: Path) -> None:
    assert publishing.current_release(tmp_path) is None
