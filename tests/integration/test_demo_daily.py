"""Daily drops through the real command line: day by day or all at once, what is published in the end is the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.demo import Scenario, write_demo
from tests.integration.cli import content, sync

AS_OF = "2026-10-31"
DAYS = ("2026-10-30", "2026-10-31")


def test_replaying_the_days_publishes_what_all_at_once_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RXLADDER_EMPLOYEE_KEY", "a key that both share")
    write_demo(tmp_path / "daily", Scenario(sites=12, years=2), daily=len(DAYS))
    drop = tmp_path / "drop"
    drop.mkdir()
    for day in DAYS:
        files = sorted((tmp_path / "daily" / "exports").glob(f"*_{day}.csv"))
        assert files, day
        for file in files:
            shutil.copy(file, drop)
        ended = sync(drop, tmp_path / "day_by_day", as_of=AS_OF)
        assert ended.returncode == 0, ended.stdout + ended.stderr
    ended = sync(drop, tmp_path / "at_once", as_of=AS_OF)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    day_by_day, at_once = (content(tmp_path / data) for data in ("day_by_day", "at_once"))
    assert set(day_by_day) == set(at_once)
    different = [table for table in at_once if _rounded(day_by_day[table]) != _rounded(at_once[table])]
    assert different == []


def _rounded(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Sums in another order differ in their last digits."""
    cells = [tuple(round(value, 9) if isinstance(value, float) else value for value in row) for row in rows]
    return sorted(cells, key=repr)
