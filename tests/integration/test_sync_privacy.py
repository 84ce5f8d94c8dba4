"""Names, ids and the secret stay where they belong: what has landed, what was refused, and the restricted files."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.integration.cli import SECRET
from tests.integration.planted import NEEDLES, PERSON

MAY_HOLD_NAMES = ("landing/", "refused/", "restricted/", "build/build.duckdb", "build/people.duckdb")


@pytest.fixture(scope="module")
def data(planted_sync: Path) -> Path:
    return planted_sync / "data"


def files(data: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a data folder with its path in it; releases come under their real name only."""
    for path in sorted(data.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(data).as_posix(), path


def may_hold_names(name: str) -> bool:
    return name.startswith(MAY_HOLD_NAMES) or (name.startswith("releases/") and "/restricted/" in name)


def test_the_planted_names_have_arrived(data: Path) -> None:
    """Else nothing below could fail."""
    with duckdb.connect(str((data / "current").resolve() / "restricted" / "people.duckdb"), read_only=True) as people:
        rows = people.execute("select full_name from directory where full_name = $1", [PERSON]).fetchall()
        assert rows == [(PERSON,)]
        assert people.execute("select count(*) from exit_interviews where comments like '%Zebulon%'").fetchone() == (1,)
        assert people.execute("select count(*) from certification_numbers").fetchone() != (0,)


def test_no_open_file_holds_a_name(data: Path) -> None:
    open_files = {name: path.read_bytes() for name, path in files(data) if not may_hold_names(name)}
    assert {name.split("/")[0] for name in open_files} >= {"build", "dagster", "docs", "releases", "last_sync.json"}
    found = [(name, needle) for name, content in open_files.items() for needle in NEEDLES if needle.encode() in content]
    assert found == []


@pytest.mark.parametrize("name", ["current/metrics.duckdb", "build/metrics.duckdb"])
def test_no_row_for_analysts_holds_a_name(data: Path, name: str) -> None:
    """Rows are looked at one by one, since the file's bytes are compressed."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{(data / name).resolve()}' as metrics (read_only)")
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'metrics'"
        ).fetchall()
        assert len(tables) > 50
        either = "|".join(needle.replace(".", r"\.") for needle in NEEDLES)
        found = [
            (table, row)
            for (table,) in tables
            for row in connection.execute(
                f"select * from metrics.{table} as one where regexp_matches(cast(one as varchar), $1, 'i')", [either]
            ).fetchall()
        ]
        assert found == []


def test_the_terminal_says_a_name_only_as_the_value_that_refused_a_file(planted_sync: Path) -> None:
    lines = (planted_sync / "said.txt").read_text(encoding="utf-8").splitlines()
    with_names = [line for line in lines if any(needle in line for needle in NEEDLES)]
    assert with_names
    assert [line for line in with_names if not line.startswith("Refused r")] == []


def test_the_secret_is_nowhere(planted_sync: Path) -> None:
    assert [name for name, path in files(planted_sync) if SECRET.encode() in path.read_bytes()] == []


def test_who_may_open_what(data: Path) -> None:
    def mode(path: Path) -> str:
        return oct(stat.S_IMODE(path.stat().st_mode))

    release = (data / "current").resolve()
    assert {
        path.name: mode(path) for path in (data / name for name in ("landing", "refused", "build"))
    } == dict.fromkeys(("landing", "refused", "build"), "0o700")
    assert mode(data) == "0o750"
    assert mode(release / "metrics.duckdb") == "0o640"
    assert mode(release / "restricted") == "0o700"
    assert mode(release / "restricted" / "people.duckdb") == "0o600"
