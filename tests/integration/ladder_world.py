"""Random small organisations, crowded on purpose: few months, many changes, dates on the ends of months, every status.

A world holds the rows of its feeds as plain dictionaries with dates; tests hand them to the models as batches and to
the oracles as they are.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.integration import span_oracle
from tests.integration.dbt_harness import FakeBatch

FIRST_DAY = date(2023, 10, 15)
AS_OF = date(2024, 3, 30)
RANKS = {"T1": 1, "T2": 2, "C1": 2, "T3": 3}
PATHS = [("T1", "T2"), ("T1", "C1"), ("T2", "T3"), ("C1", "T3")]
CROSSWALK: span_oracle.Crosswalk = [
    ("tech", None, "T1"),
    ("tech_2", None, "T2"),
    ("tech_2", date(2024, 2, 20), "T3"),
    ("clinical", None, "C1"),
    ("senior", None, "T3"),
    ("cashier", None, None),
    ("cashier", date(2024, 1, 10), "T1"),
]
SKILLS = {
    "iv": {"requalify_months": 1, "fail_suspends": True},
    "drill": {"requalify_months": None, "fail_suspends": True},
    "clean": {"requalify_months": 2, "fail_suspends": False},
    "basic": {"requalify_months": None, "fail_suspends": None},
}
COURSES = {"iv_1": "iv", "iv_2": "iv", "drill_1": "drill", "clean_1": "clean", "basic_1": "basic", "law": None}
SATISFIES = {"CPhT": None, "CPhT-Adv": "CPhT", "CSPT": "CPhT-Adv", "TRAINEE": None}
RULES = (
    ("hire_1", "CPhT", 1, None, None, None),
    ("entry_2", "CPhT", 2, None, "ladder_entry", None),
    ("ohio", "CPhT-Adv", 1, "OH", "registration", "TRAINEE"),
)
CE_RULES = (("CPhT", "law", 1, None), ("CPhT", "pharmacist", None, 2), ("CPhT-Adv", "safety", 2, 3))
COMPETENCIES = ("coaching", "order_entry")
SITES = {"S1": "OH", "S2": "TX"}
REQUIREMENTS: Sequence[tuple[str, str | None, float | None]] = (
    ("credential", "CPhT", None),
    ("credential", "CPhT-Adv", None),
    ("course", "law", None),
    ("course", "iv_1", None),
    ("skill", "iv", None),
    ("skill", "drill", None),
    ("skill", "clean", None),
    ("skill", "basic", None),
    ("competency", "coaching", 2.5),
    ("competency", "order_entry", 3),
    ("evaluation_average", "1", 2.8),
    ("evaluation_average", "3", 3.2),
    ("months_in_tier", None, 1),
    ("months_in_tier", None, 2),
)


@dataclass(frozen=True)
class World:
    """The rows of each feed."""

    feeds: dict[str, list[dict[str, Any]]]

    def batches(self) -> list[FakeBatch]:
        """One delivery of everything, in an order that means nothing."""
        rng = random.Random(1)
        return [FakeBatch(feed, rng.sample(rows, len(rows))) for feed, rows in self.feeds.items()]

    def of(self, feed: str, employee: str) -> list[dict[str, Any]]:
        """The rows of one person."""
        return [row for row in self.feeds[feed] if row["employee_id"] == employee]


def make(seed: int, people: int) -> World:
    """A random organisation."""
    rng = random.Random(seed)
    employees = [f"p{n:04d}" for n in range(people)]
    feeds: dict[str, list[dict[str, Any]]] = {
        "tiers": [
            {"tier": tier, "title": tier, "track": "core", "rank": rank, "is_entry": tier == "T1"}
            for tier, rank in RANKS.items()
        ],
        "tier_paths": [{"from_tier": one, "to_tier": other} for one, other in PATHS],
        "job_tiers": [{"job_code": code, "effective_on": on, "tier": tier} for code, on, tier in CROSSWALK],
        "sites": [{"site_id": site, "name": site, "state": state} for site, state in SITES.items()],
        "skills": [{"skill_id": skill, "name": skill, **rule} for skill, rule in SKILLS.items()],
        "courses": [
            {"course_id": course, "title": course, "category": "clinical", "skill_id": skill}
            for course, skill in COURSES.items()
        ],
        "credential_types": [
            {"credential_code": code, "name": code, "satisfies": other, "ce_hours": 4}
            for code, other in SATISFIES.items()
        ],
        "certification_rules": [
            {"rule_id": rule, "credential_code": code, "months": months, "state": state, "clock": clock,
             "registration_code": registration}
            for rule, code, months, state, clock, registration in RULES
        ],
        "ce_rules": [
            {"credential_code": code, "topic": topic, "min_hours": low, "max_hours": high}
            for code, topic, low, high in CE_RULES
        ],
        "tier_requirements": [row for tier in ("T2", "C1", "T3") for row in _requirements(rng, tier)],
        "job_history": [row for employee in employees for row in _jobs(rng, employee)],
        "credentials": [],
        "completions": [],
        "assignments": [],
        "evaluations": [],
        "ce_credits": [],
    }  # fmt: skip
    for employee in employees:
        feeds["credentials"] += [_credential(rng, employee, n) for n in range(rng.choice((1, 2, 4, 8)))]
        feeds["completions"] += [_completion(rng, employee, n) for n in range(rng.choice((0, 5, 10, 20)))]
        feeds["assignments"] += [_assignment(rng, employee, n) for n in range(rng.choice((0, 1, 4)))]
        feeds["evaluations"] += [_evaluation(rng, employee, n) for n in range(rng.choice((0, 5, 10, 20)))]
        feeds["ce_credits"] += [_credit(rng, employee, n) for n in range(rng.choice((0, 2, 6)))]
    return World(feeds)


def any_day(rng: random.Random, extra: int = 20) -> date:
    """A day up to `extra` days after AS_OF, often on the edge of a month."""
    day = FIRST_DAY + timedelta(days=rng.randrange((AS_OF - FIRST_DAY).days + extra))
    if rng.random() < 0.3:
        day = day.replace(day=1) - timedelta(days=rng.randrange(2))
    return day


def _maybe(rng: random.Random, share: float, value: Any) -> Any:
    return value if rng.random() < share else None


def _requirements(rng: random.Random, tier: str) -> list[dict[str, Any]]:
    """Up to three, some dated; a tier may ask for nothing for a while, or at all."""
    rows = []
    for n, (kind, target, threshold) in enumerate(rng.sample(REQUIREMENTS, rng.choice((1, 1, 2, 3)))):
        since = _maybe(rng, 0.3, any_day(rng))
        rows.append(
            {
                "tier": tier,
                "requirement_id": f"r{n}",
                "kind": kind,
                "target": target,
                "threshold": threshold,
                "effective_on": since,
                "retired_on": _maybe(rng, 0.3, (since or FIRST_DAY) + timedelta(days=rng.randrange(160))),
            }
        )
    return rows


def _jobs(rng: random.Random, employee: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    day = any_day(rng, extra=-60)
    event = rng.choice(("hire", "hire", "hire", "job_change"))
    code, site = (
        rng.choice(("tech", "tech", "tech_2", "clinical", "cashier")),
        _maybe(rng, 0.9, rng.choice(("S1", "S2"))),
    )
    for sequence in range(rng.choice((1, 2, 3, 6))):
        rows.append(
            {
                "employee_id": employee,
                "effective_on": day,
                "sequence": sequence,
                "event": event,
                "job_code": code,
                "site_id": site,
                "separation_type": "voluntary" if event == "termination" else None,
            }
        )
        day += timedelta(days=rng.choice((0, 1, 10, 45, 90, 90)))
        event = "rehire" if event == "termination" else rng.choice(("job_change", "job_change", "termination"))
        code = _maybe(rng, 0.7, rng.choice(("tech", "tech_2", "clinical", "senior", "cashier")))
        site = _maybe(rng, 0.2, rng.choice(("S1", "S2")))
    return rows


def _credential(rng: random.Random, employee: str, n: int) -> dict[str, Any]:
    issued_on = any_day(rng)
    status = rng.choice((None, "active", "active", "expired", "revoked", "pending"))
    return {
        "credential_id": f"c{n}_{employee}",
        "employee_id": employee,
        "credential_code": rng.choice(list(SATISFIES)),
        "issued_on": issued_on,
        "expires_on": _maybe(rng, 0.7, issued_on + timedelta(days=rng.choice((0, 20, 60, 200)))),
        "status": status,
        "status_on": _maybe(rng, 0.6, issued_on + timedelta(days=rng.choice((-5, 0, 10, 60)))),
        "verification": rng.choice((None, "primary_source")),
    }


def _completion(rng: random.Random, employee: str, n: int) -> dict[str, Any]:
    return {
        "completion_id": f"k{n}_{employee}",
        "employee_id": employee,
        "course_id": rng.choice([*COURSES, "unlisted"]),
        "completed_on": any_day(rng),
        "passed": rng.choice((None, True, True, False)),
    }


def _assignment(rng: random.Random, employee: str, n: int) -> dict[str, Any]:
    assigned_on = any_day(rng)
    due_on = _maybe(rng, 0.8, assigned_on + timedelta(days=rng.choice((0, 14, 30))))
    return {
        "assignment_id": f"a{n}_{employee}",
        "employee_id": employee,
        "course_id": rng.choice([*COURSES, "unlisted"]),
        "assigned_on": assigned_on,
        "due_on": due_on,
        "is_required": rng.choice((None, True, False)),
        "waived_on": _maybe(rng, 0.2, (due_on or assigned_on) + timedelta(days=rng.choice((-3, 0, 1)))),
    }


def _evaluation(rng: random.Random, employee: str, n: int) -> dict[str, Any]:
    return {
        "evaluation_id": f"e{rng.randrange(100):02d}_{n}_{employee}",
        "employee_id": employee,
        "evaluated_on": any_day(rng),
        "competency_id": rng.choice(COMPETENCIES),
        "score": rng.choice((1, 2, 2.5, 2.8, 3, 3.2, 3.4, 4, 5)),
    }


def _credit(rng: random.Random, employee: str, n: int) -> dict[str, Any]:
    return {
        "ce_id": f"u{n}_{employee}",
        "employee_id": employee,
        "earned_on": any_day(rng),
        "hours": rng.choice((0.5, 1, 1.5)),
        "topic": rng.choice(("law", "safety", "pharmacist", "technician")),
        "is_accepted": rng.choice((None, True, True, False)),
    }
