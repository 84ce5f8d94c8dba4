"""A random organisation of `ladder_world` with what its program, its leadership and its leavers add."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from tests.integration import ladder_world
from tests.integration.ladder_world import COURSES, SITES, World
from tests.integration.ladder_world import RULES as LADDER_RULES

MANAGEMENT = "T3"
# With more time for some than in `ladder_world`, where nearly all deadlines are past.
RULES = tuple(
    (rule, code, months * more, *rest)
    for (rule, code, months, *rest), more in zip(LADDER_RULES, (1, 6, 3), strict=True)
)
PROGRAM_STARTED_ON = {"S1": date(2023, 12, 11), "S2": date(2024, 2, 6)}
LOAD, EXAM_FEE, MENTOR_HOURS = 0.2, 129.0, 3.0
DURATION_HOURS = dict.fromkeys(COURSES, 2.0) | {"law": None}
SEAT_COSTS = dict.fromkeys(COURSES, 40.0) | {"drill_1": None}
REASON_CODES = {"Pay": "pay", "Better pay": "pay", "Moved": "relocation"}
REASONS = ("Pay", "better PAY", "Moved", "Commute", "noise")
AREAS = ("medications", "federal_requirements", "patient_safety", "order_entry")

Rows = list[dict[str, Any]]


def make(seed: int, people: int) -> World:
    """A random organisation."""
    feeds = dict(ladder_world.make(seed, people).feeds)
    rng = random.Random(seed + 1000)
    employees = sorted({row["employee_id"] for row in feeds["job_history"]})
    feeds["tiers"] = [
        row | {"track": "management" if row["tier"] == MANAGEMENT else "core"} for row in feeds["tiers"]
    ]  # fmt: skip
    feeds["sites"] = [row | {"program_started_on": PROGRAM_STARTED_ON[row["site_id"]]} for row in feeds["sites"]]
    feeds["courses"] = [
        row | {"duration_hours": DURATION_HOURS[row["course_id"]], "seat_cost": SEAT_COSTS[row["course_id"]]}
        for row in feeds["courses"]
    ]
    months = {rule: months for rule, _, months, *_ in RULES}
    feeds["certification_rules"] = [row | {"months": months[row["rule_id"]]} for row in feeds["certification_rules"]]
    feeds["completions"] = [row | {"hours": rng.choice((None, 1.5))} for row in feeds["completions"]]
    feeds["job_history"] = [
        row
        | {
            "hourly_rate": rng.choice((None, 18.0, 22.0, 30.0)),
            "fte": rng.choice((None, None, 0.5, 1.0)),
            "reason": rng.choice((None, *REASONS)) if row["event"] == "termination" else None,
        }
        for row in feeds["job_history"]
    ]
    feeds["separation_reasons"] = [{"reason": name, "reason_code": code} for name, code in REASON_CODES.items()]
    feeds["roi_assumptions"] = [
        {"name": name, "low": value, "central": value, "high": value, "stated_source": "finance"}
        for name, value in (("benefits_load", LOAD), ("exam_fee", EXAM_FEE), ("mentor_hours_per_month", MENTOR_HOURS))
    ]
    return World(feeds | _of_people(rng, employees) | _of_sites(rng, employees))


def _of_people(rng: random.Random, employees: list[str]) -> dict[str, Rows]:
    def some(share: float) -> list[str]:
        return [employee for employee in employees if rng.random() < share]

    def some_pairs() -> list[tuple[str, str]]:
        return [(mentee, mentor) for mentee in some(0.4) if (mentor := rng.choice(employees)) != mentee]

    return {
        "mentorships": [
            {"mentorship_id": f"m{n}", "mentor_id": mentor, "mentee_id": mentee, **_span(rng)}
            for n, (mentee, mentor) in enumerate(some_pairs())
        ],
        "rewards": [
            {
                "reward_id": f"w{n}",
                "employee_id": employee,
                "granted_on": ladder_world.any_day(rng),
                "kind": "bonus",
                "amount": 100 + n,
            }
            for n, employee in enumerate(some(0.4) + some(0.4))
        ],
        "pathway_enrollments": [
            {
                "enrollment_id": f"n{n}",
                "employee_id": employee,
                "pathway": "tech_to_manager",
                "outcome": rng.choice((None, "completed", "withdrawn")),
                **_span(rng),
            }
            for n, employee in enumerate(some(0.3))
        ],
        "exit_interviews": [
            {
                "employee_id": employee,
                "interviewed_on": ladder_world.any_day(rng),
                "primary_reason": rng.choice(REASONS),
                "growth_visibility": rng.choice((None, 1, 3, 5)),
            }
            for employee in some(0.7)
        ],
        "exam_attempts": [row for employee in some(0.6) for row in _attempts(rng, employee)],
    }


def _of_sites(rng: random.Random, employees: list[str]) -> dict[str, Rows]:
    openings: Rows = []
    for n in range(80):
        opened_on = ladder_world.any_day(rng)
        source = rng.choice((None, "internal", "external", "agency"))
        openings.append(
            {
                "opening_id": f"o{n}",
                "site_id": rng.choice(list(SITES)),
                "job_code": rng.choice(("tech", "tech_2", "senior", "senior")),
                "opened_on": opened_on,
                "fill_source": source,
                "filled_on": opened_on + timedelta(days=rng.randrange(60)) if source else None,
                "cost": 500,
            }
        )
    costs = [
        {
            "cost_id": f"d{n}",
            "incurred_on": ladder_world.any_day(rng),
            "category": "launch",
            "amount": 1000 + n,
            "site_id": rng.choice((None, *SITES)),
        }
        for n in range(60)
    ]
    return {"openings": openings, "program_costs": costs}


def _span(rng: random.Random) -> dict[str, Any]:
    started_on = ladder_world.any_day(rng)
    return {
        "started_on": started_on,
        "ended_on": rng.choice((None, started_on + timedelta(days=rng.randrange(1, 120)))),
    }


def _attempts(rng: random.Random, employee: str) -> Rows:
    """A few sittings and practice exams, on different days; some without a result, or by area only in part."""
    days = {ladder_world.any_day(rng) for _ in range(rng.choice((1, 2, 4, 7)))}
    rows = []
    for day in sorted(days):
        is_strong = rng.random() < 0.5
        areas: dict[str, float | None] = {a: round(rng.uniform(76 if is_strong else 40, 99), 2) for a in AREAS}
        if rng.random() < 0.2:
            areas["order_entry"] = None
        rows.append(
            {
                "attempt_id": f"x{day}_{employee}",
                "employee_id": employee,
                "exam_code": rng.choice(("PTCE", "PTCE", "ExCPT", "CPhT-Adv")),
                "is_practice": rng.random() < 0.4,
                "taken_on": day,
                "passed": rng.choice((None, False, False, True)),
                **areas,
            }
        )
    return rows
