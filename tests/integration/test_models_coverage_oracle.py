"""Who is covered, takes part and has yet to be certified, in sets against the contract's words person by person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.integration import program_world
from tests.integration.dbt_harness import FakeWarehouse
from tests.integration.ladder_oracle import DAY, Person, add_months, counts_as, in_force, people, stands
from tests.integration.ladder_world import AS_OF, PATHS, SITES, SKILLS, World
from tests.integration.program_world import AREAS, RULES
from tests.integration.training_oracle import clock_started_on, skill_status

# The walk, promotions and separations are here for the data tests that hold one table against another.
MODELS = (
    "+skill_coverage_by_site", "+evaluation_coverage_by_month", "+ce_participation_by_quarter",
    "+certification_pipeline", "+headcount_walk_by_month", "+fct_promotions", "+fct_separations",
    "+training_completion_by_month",
)  # fmt: skip
EXAM_OF = {"PTCE": ("CPhT", 60, 6), "ExCPT": ("CPhT", 30, 1), "CPhT-Adv": ("CPhT-Adv", None, None)}
WEIGHTS = dict(zip(AREAS, (0.40, 0.125, 0.2625, 0.2125), strict=True))
Case = tuple[FakeWarehouse, World, list[Person]]


@pytest.fixture(scope="module", params=[32, 45])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    world = program_world.make(request.param, 300)
    warehouse = FakeWarehouse(tmp_path_factory.mktemp("coverage"), AS_OF)
    warehouse.add(*world.batches())
    warehouse.build(*MODELS)
    return warehouse, world, people(world)


def active(everybody: list[Person], day: date) -> Iterator[tuple[Person, str | None]]:
    """Those who count in the ladder's headcount at the end of a day, with their sites."""
    for person in everybody:
        employment = person.employed_on(day)
        if employment and employment.days[day]["tier"] and employment.ended_on != day + DAY:
            yield person, employment.days[day]["site_id"]


def periods(first: date, months: int) -> Iterator[tuple[date, date]]:
    """First and last day of each period of so many months from the one that begins on `first` on, up to AS_OF."""
    while first <= AS_OF:
        following = add_months(first, months)
        yield first, min(following - DAY, AS_OF)
        first = following


def test_skill_coverage(case: Case) -> None:
    warehouse, world, everybody = case
    cells: defaultdict[tuple[str | None, str], Counter[str]] = defaultdict(Counter)
    for person, site in active(everybody, AS_OF):
        tier = person.spells[-1].tier
        asking = {tier, *(to_tier for from_tier, to_tier in PATHS if from_tier == tier)}
        asked = [r for to_tier in asking for r in in_force(world.feeds["tier_requirements"], to_tier, AS_OF)]
        for skill in SKILLS:
            cell = cells[site, skill]
            cell["employees"] += 1
            cell["qualified"] += skill_status(person, skill)[0] in ("current", "expiring")
            cell["needed"] += any(r["kind"] == "skill" and r["target"] == skill for r in asked)
    expected = {
        key: (*(cell[name] for name in ("employees", "qualified", "needed")), cell["qualified"] == 1 <= cell["needed"])
        for key, cell in cells.items()
    }
    found = warehouse.query(
        "select site_id, skill_id, employees, qualified, needed, is_single_point_of_failure"
        " from metrics.marts.skill_coverage_by_site"
    )
    assert {row[:2]: row[2:] for row in found} == expected
    assert any(needed for _, _, needed, _ in expected.values())


def test_evaluation_coverage(case: Case) -> None:
    warehouse, _, everybody = case
    days = {(person.employee, e["evaluated_on"]) for person in everybody for e in person.evaluations}
    expected: defaultdict[Any, Counter[str]] = defaultdict(Counter)
    for first, last in periods(min(day for _, day in days).replace(day=1), 1):
        evaluated = {employee for employee, day in days if first <= day <= last}
        for person, site in active(everybody, last):
            expected[first, site]["active"] += 1
            expected[first, site]["evaluated"] += person.employee in evaluated
    found = warehouse.query(
        "select month, site_id, active, evaluated from metrics.marts.evaluation_coverage_by_month"
    )  # fmt: skip
    assert {row[:2]: row[2:] for row in found} == {k: (c["active"], c["evaluated"]) for k, c in expected.items()}


def test_ce_participation(case: Case) -> None:
    warehouse, world, everybody = case
    rewards = {(r["employee_id"], r["granted_on"]) for r in world.feeds["rewards"] if r["granted_on"] <= AS_OF}
    accepted = [c for person in everybody for c in person.ce_credits if c["is_accepted"] is not False]
    first = min(c["earned_on"] for c in accepted)
    expected: defaultdict[Any, list[float]] = defaultdict(lambda: [0, 0, 0.0, 0])
    for quarter, last in periods(date(first.year, (first.month - 1) // 3 * 3 + 1, 1), 3):
        hours = Counter[str]()
        for credit in accepted:
            if quarter <= credit["earned_on"] <= last:
                hours[credit["employee_id"]] += credit["hours"]
        rewarded = {employee for employee, day in rewards if quarter <= day <= last}
        for person, site in active(everybody, last):
            one = (1, person.employee in hours, hours[person.employee], person.employee in rewarded)
            expected[quarter, site] = [sum(pair) for pair in zip(expected[quarter, site], one, strict=True)]
    found = warehouse.query(
        "select quarter, site_id, active, with_credits, hours, rewarded from metrics.marts.ce_participation_by_quarter"
    )
    assert {row[:2]: list(row[2:]) for row in found} == expected


def test_certification_pipeline(case: Case) -> None:
    warehouse, world, everybody = case
    attempts: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in sorted(world.feeds["exam_attempts"], key=lambda row: row["taken_on"]):
        if row["taken_on"] <= AS_OF:
            attempts[row["employee_id"], EXAM_OF[row["exam_code"]][0]].append(row)
    expected = {}
    for person, site in _in_the_ladder(everybody):
        employment = person.employments[-1]
        for rule in RULES:
            rule_id, code, months, state, *_ = rule
            start = clock_started_on(person, employment, rule)
            if start is None:
                continue
            first_day = max(start, employment.started_on)
            if state and state != SITES.get(employment.days[first_day]["site_id"] or ""):
                continue
            if any(counts_as(c, code) and (stands(c, AS_OF) or stands(c, start)) for c in person.credentials):
                continue
            deadline = add_months(start, months)
            count, stage, weakest = _progress(attempts[person.employee, code], start)
            stage = "overdue" if stage is not None and deadline < AS_OF else stage
            expected[rule_id, person.employee] = (site, start, deadline, (deadline - AS_OF).days, count, stage, weakest)
    found = warehouse.query(
        "select rule_id, employee_key, site_id, clock_started_on, deadline_on, days_left, attempts, state, weakest_area"
        " from metrics.marts.certification_pipeline"
    )
    assert {row[:2]: row[2:] for row in found} == expected
    assert len({row[5] for row in expected.values()}) == 6


def _in_the_ladder(everybody: list[Person]) -> Iterator[tuple[Person, str | None]]:
    """Those whose spell in the ladder is open, with their sites."""
    for person in everybody:
        if person.spells and person.spells[-1].ended_on is None:
            yield person, person.employments[-1].days[AS_OF]["site_id"]


def _progress(attempts: list[Any], clock_started_on: date) -> tuple[int, str | None, str | None]:
    """Sittings, stage (none for who has passed) and weakest area, of attempts in order at exams for a certification."""
    sittings = [row for row in attempts if not row["is_practice"]]
    practice = [row for row in attempts if row["is_practice"]]
    # The blueprint is PTCB's; of another exam, or with an area missing, nothing can be weighted.
    weighed = {
        row["attempt_id"]: {area: row[area] for area in AREAS}
        for row in attempts
        if row["exam_code"] == "PTCE" and all(row[area] is not None for area in AREAS)
    }
    lost = [{area: (100 - row[area]) * WEIGHTS[area] for area in AREAS} for row in weighed.values()]
    weakest = max(lost[-1], key=lambda area: lost[-1][area]) if lost else None
    stage: str | None = "practicing" if practice else "not_started"
    if practice and practice[-1]["attempt_id"] in weighed:
        results = weighed[practice[-1]["attempt_id"]]
        stage = "ready_to_sit" if sum(results[a] * WEIGHTS[a] for a in AREAS) >= 75 else stage
    if sittings:
        last = sittings[-1]
        _, days, months = EXAM_OF[last["exam_code"]]
        if last["passed"] and last["taken_on"] >= clock_started_on:
            stage = None
        if last["passed"] is False and days:
            early, late = last["taken_on"] + timedelta(days=days), add_months(last["taken_on"], months or 0)
            stage = "retake_wait" if (early if len(sittings) <= 2 else late) > AS_OF else stage
    return len(sittings), stage, weakest
