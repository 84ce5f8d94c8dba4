"""Training, certification and renewals in sets against the contract's words applied person by person."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from tests.integration import ladder_world
from tests.integration.dbt_harness import FakeWarehouse
from tests.integration.ladder_oracle import Person, add_months, counts_as, people, stands
from tests.integration.ladder_world import AS_OF, CE_RULES, COURSES, RULES, SATISFIES, SITES, SKILLS
from tests.integration.span_oracle import Employment
from tests.integration.training_oracle import clock_started_on, judge, skill_status

# The walk, promotions and separations are here for the data tests that hold one against the other.
MODELS = (
    "+training_completion_by_month", "+training_matrix", "+certification_by_cohort", "+credential_renewals",
    "+headcount_walk_by_month", "+fct_promotions", "+fct_separations",
)  # fmt: skip
Case = tuple[FakeWarehouse, list[Person]]


@pytest.fixture(scope="module", params=[21, 22])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    world = ladder_world.make(request.param, 400)
    warehouse = FakeWarehouse(tmp_path_factory.mktemp("training"), AS_OF)
    warehouse.add(*world.batches())
    warehouse.build(*MODELS)
    return warehouse, people(world)


def test_assignments(case: Case) -> None:
    warehouse, everybody = case
    expected = [judge(person, row) for person in everybody for row in person.assignments]
    found = warehouse.query(f"select {', '.join(expected[0])} from metrics.core.fct_training_assignments")
    assert Counter(found) == Counter(tuple(row.values()) for row in expected)
    assert len({row["status"] for row in expected}) == 6


def test_completion_by_month(case: Case) -> None:
    warehouse, everybody = case
    due, on_time, within_30 = Counter[Any](), Counter[Any](), Counter[Any]()
    beside: dict[str, Counter[Any]] = {"waived": Counter(), "excused": Counter()}
    for row in (judge(person, row) for person in everybody for row in person.assignments):
        if not row["is_required"] or row["due_on"] is None or row["due_on"] > AS_OF:
            continue
        cell = (row["due_on"].replace(day=1), row["site_id"], "clinical" if row["course_id"] in COURSES else None)
        if row["status"] in beside:
            beside[row["status"]][cell] += 1
        if row["is_counted"]:
            late = (row["completed_on"] - row["due_on"]).days if row["completed_on"] else 999
            due[cell] += 1
            on_time[cell] += late <= 0
            within_30[cell] += late <= 30
    found = warehouse.query(
        "select month, site_id, category, assignments_due, completed_on_time, completed_within_30_days, waived, excused"
        " from metrics.marts.training_completion_by_month"
    )
    counts = (due, on_time, within_30, *beside.values())
    cells = due.keys() | beside["waived"].keys() | beside["excused"].keys()
    assert len(cells) > len(due), "some months have only what was waived or excused"
    assert {row[:3]: row[3:] for row in found} == {cell: tuple(count[cell] for count in counts) for cell in cells}


def test_training_matrix(case: Case) -> None:
    warehouse, everybody = case
    expected = set()
    for person in everybody:
        if person.spells and person.spells[-1].ended_on is None:
            expected |= {(person.employee, skill, *skill_status(person, skill)) for skill in SKILLS}
    found = warehouse.query(
        "select employee_key, skill_id, status, qualified_on, expires_on from metrics.marts.training_matrix"
    )
    assert set(found) == expected
    assert len({row[2] for row in expected}) == 6


def test_certification_by_cohort(case: Case) -> None:
    warehouse, everybody = case
    cells: dict[Any, Counter[str]] = {}
    for person in everybody:
        for employment in person.employments:
            for rule in RULES:
                _count_entrant(cells, person, employment, rule)
    columns = (
        "entrants", "matured", "certified_in_time", "certified_primary_source", "left_uncertified", "stayed",
        "certified_of_stayed",
    )  # fmt: skip
    found = warehouse.query(
        f"select rule_id, cohort_month, site_id, {', '.join(columns)} from metrics.marts.certification_by_cohort"
    )
    assert {row[:3]: row[3:] for row in found} == {
        cell: tuple(counts[column] for column in columns) for cell, counts in cells.items()
    }
    assert sum(counts["certified_in_time"] for counts in cells.values()) > 10


def _count_entrant(cells: dict[Any, Counter[str]], person: Person, employment: Employment, rule: Any) -> None:
    rule_id, code, months, state, *_ = rule
    start = clock_started_on(person, employment, rule)
    if start is None:
        return
    site = employment.days[max(start, employment.started_on)]["site_id"]
    held = [c for c in person.credentials if counts_as(c, code)]
    if any(stands(c, start) for c in held) or (state and state != SITES.get(site or "")):
        return
    deadline = add_months(start, months)
    counts = cells.setdefault((rule_id, start.replace(day=1), site), Counter())
    counts["entrants"] += 1
    if deadline > AS_OF:
        return
    in_time = [
        c
        for c in held
        if stands(c, c["issued_on"]) and start < c["issued_on"] <= deadline and c["issued_on"] in employment.days
    ]
    counts["matured"] += 1
    counts["certified_in_time"] += bool(in_time)
    counts["certified_primary_source"] += any(c["verification"] == "primary_source" for c in in_time)
    counts["stayed"] += deadline in employment.days
    counts["certified_of_stayed"] += deadline in employment.days and bool(in_time)
    counts["left_uncertified"] += not in_time and employment.ended_on is not None and employment.ended_on <= deadline


def test_credential_renewals(case: Case) -> None:
    warehouse, everybody = case
    expected = set()
    for person in everybody:
        if person.spells and person.spells[-1].ended_on is None:
            expected |= {row for code in SATISFIES for row in _renewal(person, code)}
    found = warehouse.query(
        "select employee_key, credential_code, issued_on, expires_on, days_to_expiry, ce_hours_earned,"
        " ce_hours_short, ce_topics_short, is_provisional, status from metrics.marts.credential_renewals"
    )
    assert set(found) == expected
    assert len(expected) > 50


def _renewal(person: Person, code: str) -> list[tuple[Any, ...]]:
    # Standing but for the expiry: as if it were asked on the last day on which it was valid, or today.
    standing = [c for c in person.credentials if stands(c | {"expires_on": c["expires_on"] and date.max}, AS_OF)]
    cycles = [c for c in standing if c["credential_code"] == code]
    if not cycles:
        return []
    newest = max(cycles, key=lambda c: (c["issued_on"], c["expires_on"] is None, c["expires_on"] or date.max))
    issued_on, expires_on = newest["issued_on"], newest["expires_on"]
    is_taken_over = any(SATISFIES[c["credential_code"]] == code and c["issued_on"] > issued_on for c in standing)
    if expires_on is None or is_taken_over:
        return []
    replaced = [
        c["issued_on"]
        for c in standing
        if c["credential_code"] == SATISFIES[code] and c["issued_on"] < issued_on and c["expires_on"] == expires_on
    ]
    since = min([issued_on, *replaced])
    hours = Counter[str]()
    for credit in person.ce_credits:
        if credit["is_accepted"] is not False and since <= credit["earned_on"] <= expires_on:
            hours[credit["topic"]] += credit["hours"]
    most = {topic: high for rule, topic, _, high in CE_RULES if rule == code and high is not None}
    earned = sum(min(n, most.get(topic, n)) for topic, n in hours.items())
    short = sorted(topic for rule, topic, low, _ in CE_RULES if rule == code and low is not None and hours[topic] < low)
    left = (expires_on - AS_OF).days
    status = "lapsed" if left < 0 else "due" if left <= 90 else "current"
    return [
        (person.employee, code, issued_on, expires_on, left, earned, max(4 - earned, 0), ",".join(short) or None,
         expires_on + timedelta(days=60) >= AS_OF, status)
    ]  # fmt: skip
