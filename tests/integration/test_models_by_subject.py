"""Facts that are made anew only where something changed, against the same batches taken in by one full build.

Everything that can move a row moves: late and corrected records, removed ones, moved due dates, courses that change
their skill, skills that change their rule, job rows, and the last day that counts, forward and back.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.integration import ladder_world
from tests.integration.dbt_harness import FakeBatch, FakeWarehouse
from tests.integration.ladder_world import AS_OF

# The walk, promotions and separations are here for the data tests that hold one against the other.
MODELS = (
    "+training_completion_by_month", "+promotion_requirements", "+training_matrix",
    "+headcount_walk_by_month", "+fct_promotions", "+fct_separations",
)  # fmt: skip
TABLES = (
    "metrics.core.fct_completions",
    "metrics.core.fct_evaluations",
    "metrics.core.fct_training_assignments",
    "build.staging.int_skill_spells",
    "metrics.core.fct_readiness_spells",
    "metrics.marts.training_completion_by_month",
    "metrics.marts.training_matrix",
    "metrics.marts.promotion_requirements",
)
Rounds = list[tuple[int, list[FakeBatch]]]  # days by which the last day that counts differs from AS_OF, what landed


def _rounds() -> Rounds:
    rng = random.Random(5)
    feeds = ladder_world.make(17, 120).feeds
    first: dict[str, list[dict[str, Any]]] = {feed: list(rows) for feed, rows in feeds.items()}
    late = {}
    for feed in ("completions", "assignments", "evaluations", "job_history"):
        late[feed] = [row for row in feeds[feed] if rng.random() < 0.3]
        first[feed] = [row for row in feeds[feed] if row not in late[feed]]
    corrected = [_corrected(rng, feed, row) for feed in late for row in rng.sample(first[feed], 25)]
    return [
        (-40, [FakeBatch(feed, rows) for feed, rows in first.items()]),
        (-40, [FakeBatch(feed, late[feed]) for feed in ("completions", "evaluations")]),
        (
            -11,
            [FakeBatch("assignments", late["assignments"])]
            + [FakeBatch(feed, [row]) for feed, row in corrected if feed != "job_history"],
        ),
        (
            0,
            [FakeBatch("job_history", late["job_history"])]
            + [FakeBatch(feed, [row]) for feed, row in corrected if feed == "job_history"],
        ),
        (
            0,
            [
                FakeBatch("courses", _courses()),
                FakeBatch("skills", [{"skill_id": "drill", "name": "d"}]),
                FakeBatch("assignments", first["assignments"][:80], mode="snapshot"),
            ],
        ),
        # The last day that counts moves alone, back and forth.
        (-25, []),
        (3, []),
    ]


def _corrected(rng: random.Random, feed: str, row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The same record, changed in what its key leaves free, or taken back."""
    if rng.random() < 0.3:
        return feed, row | {"is_deleted": True}
    shift = timedelta(days=rng.choice((-20, -1, 1, 20)))
    match feed:
        case "completions":
            return feed, row | {"completed_on": row["completed_on"] + shift, "course_id": "iv_1", "passed": True}
        case "assignments":
            return feed, row | {"due_on": row["assigned_on"] + abs(shift), "course_id": "drill_1"}
        case "evaluations":
            return feed, row | {"score": 5, "evaluated_on": row["evaluated_on"] + shift}
        case _:
            return feed, row | {"event": "termination", "site_id": "S2"}


def _courses() -> list[dict[str, Any]]:
    return [
        {"course_id": "iv_2", "title": "no longer for a skill", "category": "clinical"},
        {"course_id": "law", "title": "now for a skill", "category": "compliance", "skill_id": "clean"},
    ]


@pytest.fixture(scope="module")
def in_turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FakeWarehouse, FakeWarehouse]]:
    """The rounds in turn, and after the last all of them at once."""
    rounds = _rounds()
    one_by_one = FakeWarehouse(tmp_path_factory.mktemp("in_turn"), AS_OF)
    for days, batches in rounds:
        one_by_one.as_of_on = AS_OF + timedelta(days=days)
        one_by_one.add(*batches)
        one_by_one.build(*MODELS)
    at_once = FakeWarehouse(tmp_path_factory.mktemp("at_once"), one_by_one.as_of_on)
    at_once.add(*(batch for _, batches in rounds for batch in batches))
    at_once.build(*MODELS)
    yield one_by_one, at_once


@pytest.mark.parametrize("table", TABLES)
def test_builds_in_turn_come_to_a_full_build(in_turn: tuple[FakeWarehouse, FakeWarehouse], table: str) -> None:
    one_by_one, at_once = in_turn
    query = f"select * from {table} order by all"
    expected = at_once.query(query)
    assert one_by_one.query(query) == expected
    assert len(expected) > 10
