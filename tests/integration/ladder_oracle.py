"""What the requirements of the ladder come to, asked day by day in the contract's words. The models find the same
without days; tests compare the two.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.integration.ladder_world import AS_OF, COURSES, CROSSWALK, PATHS, RANKS, SATISFIES, SKILLS, World
from tests.integration.span_oracle import Employment, TierSpell, employments, tier_spells

Row = Mapping[str, Any]
DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day some months later (or, below zero, earlier), at most the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def stands(credential: Row, day: date) -> bool:
    """Whether a credential stands on a day."""
    status, since, expires_on = credential["status"] or "active", credential["status_on"], credential["expires_on"]
    if status == "pending" or (status == "expired" and expires_on is None):
        return False
    if status == "revoked" and (since is None or since <= day):
        return False
    return credential["issued_on"] <= day and (expires_on is None or day <= expires_on)


def counts_as(credential: Row, code: str) -> bool:
    """Whether a credential is the one asked for, or satisfies it in one step."""
    return code in (credential["credential_code"], SATISFIES[credential["credential_code"]])


@dataclass
class Person:
    """One person's spells and records up to AS_OF."""

    employee: str
    employments: list[Employment]
    spells: list[TierSpell]
    credentials: list[Row]
    completions: list[Row]
    evaluations: list[Row]
    assignments: list[Row]
    ce_credits: list[Row]
    time_in_tier_from: dict[TierSpell, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for before, spell in zip([None, *self.spells], self.spells, strict=False):
            is_tied = before is not None and spell.start_reason == "reclassified"
            self.time_in_tier_from[spell] = self.time_in_tier_from[before] if is_tied else spell.started_on

    def employed_on(self, day: date) -> Employment | None:
        """The employment that holds a day."""
        return next((e for e in self.employments if day in e.days), None)

    def skill_state(self, skill: str, day: date) -> tuple[date | None, bool]:
        """Latest pass by a day, and whether a fail came after it."""
        attempts = [c for c in self.completions if COURSES.get(c["course_id"]) == skill and c["completed_on"] <= day]
        passes = [c["completed_on"] for c in attempts if c["passed"] is not False]
        if not passes:
            return None, False
        return max(passes), any(c["passed"] is False and c["completed_on"] > max(passes) for c in attempts)

    def is_met(self, requirement: Row, spell: TierSpell, day: date) -> bool:
        """Whether a requirement is met on a day of a spell."""
        target, threshold = requirement["target"], requirement["threshold"]
        match requirement["kind"]:
            case "credential":
                return any(counts_as(c, target) and stands(c, day) for c in self.credentials)
            case "course":
                return any(
                    c["course_id"] == target and c["passed"] is not False and c["completed_on"] <= day
                    for c in self.completions
                )
            case "skill":
                passed_on, has_failed = self.skill_state(target, day)
                months = SKILLS[target]["requalify_months"]
                return (
                    passed_on is not None
                    and (months is None or day < add_months(passed_on, months))
                    and not (SKILLS[target]["fail_suspends"] and has_failed)
                )
            case "competency":
                score = self.latest_score(target, day)
                return score is not None and score >= threshold
            case "evaluation_average":
                scores = self.scores_of_months(int(target), day)
                return bool(scores) and round(sum(scores) - threshold * len(scores), 6) >= 0
            case _:
                return day >= add_months(self.time_in_tier_from[spell], int(threshold))

    def latest_score(self, competency: str, day: date) -> float | None:
        """Score of the latest evaluation by a day; of one day, that with the higher id."""
        found = [e for e in self.evaluations if e["competency_id"] == competency and e["evaluated_on"] <= day]
        return max(found, key=lambda e: (e["evaluated_on"], e["evaluation_id"]))["score"] if found else None

    def scores_of_months(self, months: int, day: date) -> list[float]:
        """All scores dated after the day so many months back."""
        return [e["score"] for e in self.evaluations if add_months(day, -months) < e["evaluated_on"] <= day]


def people(world: World) -> list[Person]:
    """Everybody with a job history; records after AS_OF are left out."""
    dates = {"credentials": "issued_on", "completions": "completed_on", "evaluations": "evaluated_on",
             "assignments": "assigned_on", "ce_credits": "earned_on"}  # fmt: skip
    found = []
    for employee in sorted({row["employee_id"] for row in world.feeds["job_history"]}):
        rows = sorted(world.of("job_history", employee), key=lambda row: (row["effective_on"], row["sequence"]))
        spans = employments(employee, rows, CROSSWALK, AS_OF)
        records = {feed: [r for r in world.of(feed, employee) if r[on] <= AS_OF] for feed, on in dates.items()}
        spells = [spell for span in spans for spell in tier_spells(span, RANKS)]
        found.append(Person(employee, spans, spells, **records))
    return found


def in_force(requirements: Sequence[Row], tier: str, day: date) -> list[Row]:
    """Requirements of a tier on a day."""
    return [
        r
        for r in requirements
        if r["tier"] == tier
        and (r["effective_on"] or date.min) <= day
        and day < (r["retired_on"] or date.max)
    ]  # fmt: skip


@dataclass(frozen=True)
class State:
    """How a tier's requirements stand on a day; ready_on as asked on that day."""

    met: int
    total: int
    ready_on: date | None

    @property
    def is_ready(self) -> bool | None:
        """None when nothing is asked for."""
        return self.met == self.total if self.total else None


def states(person: Person, spell: TierSpell, to_tier: str, requirements: Sequence[Row]) -> dict[date, State]:
    """Every day of a spell; through the first day in the new tier when that is how it ended."""
    end = spell.ended_on or AS_OF + DAY
    if spell.end_reason == "promoted" and spell.next_tier == to_tier:
        end += DAY
    found: dict[date, State] = {}
    ready_on: date | None = None
    for n in range((end - spell.started_on).days):
        day = spell.started_on + n * DAY
        asked = in_force(requirements, to_tier, day)
        met = sum(person.is_met(requirement, spell, day) for requirement in asked)
        ready_on = (ready_on or day) if asked and met == len(asked) else None
        found[day] = State(met, len(asked), ready_on)
    return found


def questions(spell: TierSpell) -> set[str]:
    """Tiers that a spell could lead or did lead to."""
    reachable = {to_tier for tier, to_tier in PATHS if tier == spell.tier}
    return reachable | ({spell.next_tier} if spell.end_reason == "promoted" and spell.next_tier else set())
