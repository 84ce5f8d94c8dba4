"""Employments, spells and the headcount walk against a day-by-day oracle, on random awkward histories.

The histories are crowded on purpose: few days, several rows a day, every event in every order, job codes that come,
go and change their tier.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration import span_oracle as oracle
from tests.integration.dbt_harness import FakeBatch, FakeWarehouse, Row

AS_OF = date(2024, 4, 17)
FIRST_DAY = date(2024, 1, 10)
RANKS = {"T1": 1, "T2": 2, "C1": 2, "T3": 3}
CROSSWALK: oracle.Crosswalk = [
    ("tech", None, "T1"),
    ("tech_2", None, "T2"),
    ("tech_2", date(2024, 2, 20), "T3"),
    ("clinical", None, "C1"),
    ("senior", date(2024, 1, 31), "T3"),
    ("cashier", None, None),
    ("cashier", date(2024, 3, 1), "T1"),
]
CODES = ("tech", "tech_2", "clinical", "senior", "cashier", "unheard_of")
EVENTS = ("hire", "rehire", "job_change", "job_change", "leave_start", "leave_end", "termination", "termination")

PROGRAM = (
    FakeBatch(
        "tiers",
        [
            {"tier": tier, "title": tier, "track": "core", "rank": rank, "is_entry": rank == 1}
            for tier, rank in RANKS.items()
        ],
    ),
    FakeBatch("job_tiers", [{"job_code": c, "effective_on": since, "tier": tier} for c, since, tier in CROSSWALK]),
    FakeBatch("sites", [{"site_id": site, "name": site} for site in ("S1", "S2")]),
    FakeBatch(
        "separation_reasons",
        [
            {"reason": "Transfer", "reason_code": "transfer", "is_separation": False},
            {"reason": "No Show ", "reason_code": "no_show", "is_separation": False},
            {"reason": "Pay", "reason_code": "pay"},
        ],
    ),
    FakeBatch("tier_paths", [{"from_tier": "T1", "to_tier": "T2"}]),
)


def _maybe(rng: random.Random, share: float, *values: Any) -> Any:
    return rng.choice(values) if rng.random() < share else None


def _history(rng: random.Random, employee: str) -> list[dict[str, Any]]:
    """One person's rows, with distinct sequences within a day; some lie after AS_OF."""
    rows: list[dict[str, Any]] = []
    spread = rng.choice((3, 30, 110))
    for _ in range(rng.choice((1, 2, 4, 8))):
        is_first_of_all = not rows and rng.random() < 0.8
        rows.append(
            {
                "employee_id": employee,
                "effective_on": FIRST_DAY + timedelta(days=rng.randrange(spread)),
                "event": "hire" if is_first_of_all else rng.choice(EVENTS),
                "job_code": _maybe(rng, 0.6, *CODES),
                "site_id": _maybe(rng, 0.5, "S1", "S2"),
                "manager_id": _maybe(rng, 0.2, "m1", "m2"),
                "employment_class": _maybe(rng, 0.3, "full_time", "per_diem", "unknown"),
                "fte": _maybe(rng, 0.2, 0.5, 1.0),
            }
        )
    rows.sort(key=lambda row: row["effective_on"])
    for sequence, row in enumerate(rows):
        row["sequence"] = sequence
        if row["event"] == "termination":
            row["separation_type"] = _maybe(rng, 0.8, "voluntary", "involuntary", "other", "unknown")
            row["reason"] = _maybe(rng, 0.5, "Transfer", "transfer", "NO SHOW", "Pay")
    return rows


@pytest.fixture(scope="module")
def histories() -> dict[str, list[dict[str, Any]]]:
    rng = random.Random(20240417)
    return {employee: _history(rng, employee) for employee in (f"p{n:04d}" for n in range(1500))}


@pytest.fixture(scope="module")
def expected(histories: dict[str, list[dict[str, Any]]]) -> list[oracle.Employment]:
    return [
        employment
        for employee, rows in histories.items()
        for employment in oracle.employments(employee, rows, CROSSWALK, AS_OF)
    ]


@pytest.fixture(scope="module")
def warehouse(histories: dict[str, list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory) -> FakeWarehouse:
    """All rows in one delivery, in an order that means nothing."""
    rows: list[Row] = [row for rows in histories.values() for row in rows]
    random.Random(1).shuffle(rows)
    warehouse = FakeWarehouse(tmp_path_factory.mktemp("spans"), AS_OF)
    warehouse.add(*PROGRAM, FakeBatch("job_history", rows))
    warehouse.build("+headcount_walk_by_month", "+fct_promotions", "+fct_separations")
    return warehouse


def test_employments(warehouse: FakeWarehouse, expected: list[oracle.Employment]) -> None:
    found = warehouse.query(
        "select employee_key, employment_number, started_on, ended_on, start_event, separation_type"
        " from metrics.core.fct_employments"
    )
    assert sorted(found) == sorted(
        (e.employee, e.number, e.started_on, e.ended_on, e.start_event, e.separation_type) for e in expected
    )


def test_job_spells(warehouse: FakeWarehouse, expected: list[oracle.Employment]) -> None:
    found = warehouse.query(
        "select employee_key, started_on, ended_on, job_code, tier, site_id, manager_key, employment_class, fte,"
        " is_on_leave from metrics.core.fct_job_spells"
    )
    names = ("job_code", "tier", "site_id", "manager_id", "employment_class", "fte", "on_leave")
    assert set(found) == {
        (e.employee, start, end, *(state[name] for name in names))
        for e in expected
        for start, end, state in oracle.job_spells(e)
    }


def test_tier_spells(warehouse: FakeWarehouse, expected: list[oracle.Employment]) -> None:
    found = warehouse.query(
        "select employee_key, employment_number, tier, started_on, ended_on, start_reason, end_reason, next_tier"
        " from metrics.core.fct_tier_spells"
    )
    spells = [spell for e in expected for spell in oracle.tier_spells(e, RANKS)]
    assert set(found) == {
        (s.employee, s.employment_number, s.tier, s.started_on, s.ended_on, s.start_reason, s.end_reason, s.next_tier)
        for s in spells
    }
    assert {spell.end_reason for spell in spells} >= {
        "promoted", "demoted", "lateral", "left_ladder", "reclassified", "open", "separated_unknown",
    }  # fmt: skip


def test_headcount_walk(warehouse: FakeWarehouse, expected: list[oracle.Employment]) -> None:
    columns = (
        "person_days", "opening", "hires", "promotions_in", "other_moves_in", "promotions_out", "other_moves_out",
        "separations_voluntary", "separations_involuntary", "separations_other", "separations_unknown", "closing",
    )  # fmt: skip
    found = warehouse.query(
        f"select month, site_id, tier, employment_class, {', '.join(columns)}"
        " from metrics.marts.headcount_walk_by_month"
    )
    walk = oracle.headcount_walk(expected, RANKS, AS_OF)
    assert {row[:4]: row[4:] for row in found} == {
        cell: tuple(counts[column] for column in columns) for cell, counts in walk.items()
    }


def test_deliveries_in_turn_come_to_the_same(
    histories: dict[str, list[dict[str, Any]]], warehouse: FakeWarehouse, tmp_path: Path
) -> None:
    """First drafts of histories, then corrections person by person, then the rows that were late."""
    rng = random.Random(7)
    late, drafts, corrections = [], [], []
    for rows in histories.values():
        if rng.random() < 0.3:
            late += rows
            continue
        wrong = [row | {"effective_on": row["effective_on"] + timedelta(days=rng.randrange(5))} for row in rows]
        drafts += wrong if rng.random() < 0.5 else rows
        corrections += rows if drafts[-1] is not rows[-1] else []
    in_turn = FakeWarehouse(tmp_path, AS_OF)
    in_turn.add(*PROGRAM, FakeBatch("job_history", drafts))
    in_turn.build("+headcount_walk_by_month", "+fct_promotions", "+fct_separations")
    in_turn.add(FakeBatch("job_history", corrections, mode="by_employee"), FakeBatch("job_history", late))
    in_turn.build("+headcount_walk_by_month", "+fct_promotions", "+fct_separations")
    for table in ("core.fct_employments", "core.fct_job_spells", "core.fct_tier_spells", "core.fct_promotions",
                  "core.fct_separations", "marts.headcount_walk_by_month"):  # fmt: skip
        query = f"select * from metrics.{table} order by all"
        assert in_turn.query(query) == warehouse.query(query), table
