"""Staging against the plainest reading of the contract: batches applied one after another to a dictionary.

Keys and removals are scoped by source, so one build tries many random sequences of batches at once, each as a source
of its own.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration.dbt_harness import FakeBatch, FakeWarehouse, Row

FEED = "assignments"
MODES = ("delta", "snapshot", "window", "by_employee")
SOURCES = 60
ROUNDS = 6

Record = tuple[str, str, str, str | None]  # record_key, employee, assigned_on, due_on


@dataclass
class Memory:
    """What a source's records are after each batch, kept the slow way."""

    live: dict[str, Row] = field(default_factory=dict)
    first_due: dict[str, str | None] = field(default_factory=dict)
    removed: dict[str, tuple[Row, int]] = field(default_factory=dict)

    def take_in(self, batch: FakeBatch, batch_seq: int) -> None:
        named = {row["assignment_id"] for row in batch.rows}
        days = [row["assigned_on"] for row in batch.rows]
        people = {row["employee_id"] for row in batch.rows}
        for key, row in list(self.live.items()):
            covered = {
                "delta": False,
                "snapshot": True,
                "window": bool(days) and min(days) <= row["assigned_on"] <= max(days),
                "by_employee": row["employee_id"] in people,
            }[batch.mode]
            if covered and key not in named:
                self.removed[key] = (self.live.pop(key), batch_seq)
        for key in named:
            rows = [row for row in batch.rows if row["assignment_id"] == key]
            kept = [row for row in rows if not row.get("is_deleted")]
            if kept:
                self.first_due.setdefault(key, kept[-1]["due_on"])
                self.removed.pop(key, None)
                self.live[key] = kept[-1]
            if rows[-1].get("is_deleted") and key in self.live:
                self.removed[key] = (self.live.pop(key), batch_seq)


def _random_batch(rng: random.Random, source: str, modes: Sequence[str]) -> FakeBatch:
    """Few keys, people and days, so that batches collide in every way."""
    rows = []
    for _ in range(rng.choice((0, 1, 3, 6))):
        row: dict[str, Any] = {
            "assignment_id": f"a{rng.randrange(8)}",
            "employee_id": f"e{rng.randrange(4)}",
            "course_id": rng.choice(("c1", "c2")),
            "assigned_on": str(date(2024, 1, 1) + timedelta(days=rng.randrange(6))),
            "due_on": rng.choice((None, "2024-03-01", "2024-04-01")),
        }
        if rng.random() < 0.2:
            row["is_deleted"] = True
        rows.append(row)
    return FakeBatch(FEED, rows, source, rng.choice(modes))


def _history(seed: int, modes: Sequence[str] = MODES) -> list[list[FakeBatch]]:
    """Rounds of batches, as successive builds would find them."""
    rng = random.Random(seed)
    return [
        [_random_batch(rng, f"s{n}", modes) for n in range(SOURCES) for _ in range(rng.randrange(4))]
        for _ in range(ROUNDS)
    ]


def _expected(rounds: list[list[FakeBatch]]) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
    memories: dict[str, Memory] = {}
    for batch_seq, batch in enumerate((batch for batches in rounds for batch in batches), start=1):
        memories.setdefault(batch.source, Memory()).take_in(batch, batch_seq)
    live = {
        (source, key, row["employee_id"], row["course_id"], row["assigned_on"], row["due_on"], memory.first_due[key])
        for source, memory in memories.items()
        for key, row in memory.live.items()
    }
    removed = {
        (source, key, row["employee_id"], row["assigned_on"], memory.first_due[key], seq)
        for source, memory in memories.items()
        for key, (row, seq) in memory.removed.items()
    }
    return live, removed


def _held(warehouse: FakeWarehouse) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
    live = warehouse.query(
        "select source, record_key, employee_key, course_id, assigned_on::varchar, due_on::varchar,"
        " first_due_on::varchar from build.staging.stg_lms__assignments"
    )
    removed = warehouse.query(
        "select source, record_key, employee_key, assigned_on::varchar, first_due_on::varchar, removed_by_seq"
        " from build.staging.stg_lms__assignments__removed"
    )
    assert len(set(live)) == len(live)
    return set(live), set(removed)


@pytest.mark.parametrize(("seed", "modes"), [(1, MODES), (2, MODES), (3, MODES[:3]), (4, MODES[:1]), (5, MODES[1:2])])
def test_one_build_of_all_batches_holds_what_they_say_in_turn(tmp_path: Path, seed: int, modes: Sequence[str]) -> None:
    rounds = _history(seed, modes)
    warehouse = FakeWarehouse(tmp_path, date(2024, 6, 1))
    warehouse.add(*(batch for batches in rounds for batch in batches))
    warehouse.build("stg_lms__assignments")
    assert _held(warehouse) == _expected(rounds)


def test_builds_in_turn_hold_the_same_and_say_what_changed(tmp_path: Path) -> None:
    rounds = _history(3)
    warehouse = FakeWarehouse(tmp_path, date(2024, 6, 1))
    before: set[tuple[Any, ...]] = set()
    for number, batches in enumerate(rounds, start=1):
        warehouse.add(*batches)
        warehouse.build("stg_lms__assignments")
        live, removed = _held(warehouse)
        assert (live, removed) == _expected(rounds[:number])
        if number > 1:
            changed = set(
                warehouse.query(
                    "select source, record_key, employee_key, course_id, assigned_on::varchar, due_on::varchar"
                    " from build.staging.stg_lms__assignments__changed"
                    f" where run_seq = {sum(len(earlier) for earlier in rounds[:number])}"
                )
            )
            assert {record[:6] for record in before ^ live} <= changed
        before = live


def test_a_build_without_new_batches_changes_nothing(tmp_path: Path) -> None:
    warehouse = FakeWarehouse(tmp_path, date(2024, 6, 1))
    warehouse.add(*_history(4)[0])
    warehouse.build("stg_lms__assignments")
    held = _held(warehouse)
    warehouse.build("stg_lms__assignments")
    assert _held(warehouse) == held
