"""Assignments, skills and certification clocks of a person, in the contract's words."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.integration.ladder_oracle import Person, add_months, stands
from tests.integration.ladder_world import AS_OF, COURSES, SKILLS
from tests.integration.span_oracle import Employment


def site_held(person: Person, day: date) -> str | None:
    """The site held on a day, else the first one held after it."""
    held = {d: state["site_id"] for e in person.employments for d, state in e.days.items() if state["site_id"]}
    later = [d for d in held if d >= day]
    return held[min(later)] if later else None


def judge(person: Person, row: Any) -> dict[str, Any]:
    """What becomes of an assignment."""
    due, waived_on = row["due_on"], row["waived_on"]
    passes = [
        c["completed_on"]
        for c in person.completions
        if c["course_id"] == row["course_id"] and c["passed"] is not False and c["completed_on"] >= row["assigned_on"]
    ]
    completed_on = min(passes, default=None)
    is_waived = waived_on is not None and waived_on <= AS_OF and (due is None or waived_on <= due)
    is_employed = person.employed_on(due if due and due <= AS_OF else AS_OF) is not None
    is_required = row["is_required"] is not False
    if completed_on:
        status = "completed_on_time" if due is None or completed_on <= due else "completed_late"
    elif is_waived:
        status = "waived"
    elif not is_employed:
        status = "excused"
    else:
        status = "overdue" if due and due <= AS_OF else "open"
    return {
        "employee_key": person.employee,
        "course_id": row["course_id"],
        "site_id": site_held(person, row["assigned_on"]),
        "due_on": due,
        "completed_on": completed_on,
        "status": status,
        "is_required": is_required,
        "is_counted": is_required and due is not None and due <= AS_OF and not is_waived and is_employed,
    }


def skill_status(person: Person, skill: str) -> tuple[str, date | None, date | None]:
    """Status, day of the latest pass and first day no longer valid."""
    passed_on, has_failed = person.skill_state(skill, AS_OF)
    months = SKILLS[skill]["requalify_months"]
    expires_on = add_months(passed_on, months) if passed_on and months else None
    is_assigned = any(
        COURSES.get(row["course_id"]) == skill and judge(person, row)["status"] in ("open", "overdue")
        for row in person.assignments
    )
    if passed_on and has_failed and SKILLS[skill]["fail_suspends"]:
        status = "suspended"
    elif passed_on and (expires_on is None or expires_on > AS_OF):
        status = "expiring" if expires_on and (expires_on - AS_OF).days <= 60 else "current"
    elif is_assigned:
        status = "in_progress"
    else:
        status = "expired" if passed_on else "missing"
    return status, passed_on, expires_on


def clock_started_on(person: Person, employment: Employment, rule: Any) -> date | None:
    """Day on which a certification rule's clock started for an employment, if it did."""
    _, _, _, _, clock, registration = rule
    entries = [
        spell.started_on
        for spell in person.spells
        if spell.employment_number == employment.number
        and spell.tier == "T1"
        and spell.start_reason in ("hired", "rehired", "entered_ladder")
    ]
    if not entries or employment.start_event == "unknown":
        return None
    start = min(entries)
    if clock is None and start != employment.started_on:
        return None
    if clock == "registration":
        held = [c for c in person.credentials if c["credential_code"] == registration]
        first_day = employment.started_on
        brought = [c["issued_on"] for c in held if c["issued_on"] < first_day and stands(c, first_day)]
        issues = [c["issued_on"] for c in held if c["issued_on"] in employment.days]
        return max(brought) if brought else min(issues, default=None)
    return start
