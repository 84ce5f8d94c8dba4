"""Shared by the landing tests: put bytes in a drop folder, land them, and look at what came of it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet

from pipelines.landing import Batch, Landing, Outcome, Refusal, SourceOptions

GOLDEN = Path(__file__).parents[1] / "golden" / "feeds"
DAY_ONE = datetime(2025, 6, 1, 5, tzinfo=UTC)


class Drop:
    """A drop folder and the data folder its files land in. `day` counts from 0 and sets the clock."""

    def __init__(self, root: Path, options: SourceOptions | None = None) -> None:
        self.folder = root / "drop"
        self.data = root / "data"
        self.folder.mkdir()
        self.options = options or SourceOptions("hr")

    def put(self, name: str, content: bytes | str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def land(self, day: int = 0) -> list[Outcome]:
        """Land what is new in the folder; every outcome in order."""
        landing = Landing(self.data)
        try:
            plan = landing.plan(self.options, self.folder)
            now = DAY_ONE + timedelta(days=day)
            return [landing.land(self.options, delivery, now=now) for delivery in plan.deliveries]
        finally:
            landing.close()

    def batch(self, name: str, content: bytes | str, day: int = 0) -> Batch:
        """Land one file that must be taken."""
        self.put(name, content)
        (outcome,) = self.land(day)
        assert isinstance(outcome, Batch), getattr(outcome, "reason", None)
        return outcome

    def refusal(self, name: str, content: bytes | str, day: int = 0) -> Refusal:
        """Land one file that must be refused."""
        self.put(name, content)
        (outcome,) = self.land(day)
        assert isinstance(outcome, Refusal), outcome
        return outcome


def rows(batch: Batch, columns: str = "*", file: str = "rows.parquet") -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        relation = connection.from_arrow(pyarrow.parquet.read_table(batch.folder / file, partitioning=None))
        return relation.project(columns).fetchall()


def quarantined(batch: Batch) -> list[tuple[Any, ...]]:
    """(line, column, value, reason) of every problem of a quarantined row."""
    return rows(batch, 'line, "column", value, reason', "quarantine.parquet") if batch.quarantined_count else []


def repaired(batch: Batch) -> list[tuple[Any, ...]]:
    """(line, column, value, reason) of every repaired value."""
    return rows(batch, 'line, "column", value, reason', "repaired.parquet") if batch.repaired_count else []


def completions(records: Iterable[str] = (), *, good: int = 40, header: str | None = None) -> str:
    """A completions file: `good` good rows (one bad among 40 is no reason to refuse it), then `records`."""
    lines = [header or "completion_id,employee_id,course_id,completed_on,score,passed,hours"]
    lines += [f"k{i},{i:05d},CR-A,2024-01-{i % 28 + 1:02d},{50 + i},true,1.5" for i in range(good)]
    return "\n".join([*lines, *records]) + "\n"
