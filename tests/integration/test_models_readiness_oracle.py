"""Readiness in sets against readiness asked day by day, on random organisations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.integration import ladder_world
from tests.integration.dbt_harness import FakeWarehouse
from tests.integration.ladder_oracle import DAY, Person, State, in_force, people, questions, states
from tests.integration.ladder_world import AS_OF, PATHS, SKILLS, World
from tests.integration.span_oracle import TierSpell

# The walk and training by month are here for the data tests that hold one table against another.
MODELS = (
    "+promotion_delays", "+readiness_by_month", "+fct_promotions", "+fct_separations",
    "+headcount_walk_by_month", "+training_completion_by_month",
)  # fmt: skip
Asked = dict[tuple[str, date, str], dict[date, State]]  # employee, start of the spell, to_tier


class Case:
    """A world, the models' answer and the oracle's."""

    def __init__(self, world: World, folder: Path) -> None:
        self.requirements = world.feeds["tier_requirements"]
        self.people = people(world)
        self.asked: Asked = {
            (person.employee, spell.started_on, to_tier): states(person, spell, to_tier, self.requirements)
            for person, spell, to_tier in self.questions()
        }
        self.warehouse = FakeWarehouse(folder, AS_OF)
        self.warehouse.add(*world.batches())
        self.warehouse.build(*MODELS)

    def questions(self) -> Iterator[tuple[Person, TierSpell, str]]:
        for person in self.people:
            for spell in person.spells:
                for to_tier in questions(spell):
                    yield person, spell, to_tier

    def open_questions(self) -> Iterator[tuple[Person, TierSpell, str]]:
        for person, spell, to_tier in self.questions():
            if spell.ended_on is None and (spell.tier, to_tier) in PATHS:
                yield person, spell, to_tier


@pytest.fixture(scope="module", params=[12, 15, 17, 19])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(ladder_world.make(request.param, 250), tmp_path_factory.mktemp("readiness"))


def test_every_day_of_every_spell(case: Case) -> None:
    found = case.warehouse.query(
        "select r.employee_key, s.started_on, r.to_tier, r.started_on, r.ended_on, r.requirements_met,"
        " r.requirements_total, r.is_ready, r.ready_on from metrics.core.fct_readiness_spells r"
        " join metrics.core.fct_tier_spells s using (employee_key, spell_number)"
    )
    days = {
        (employee, spell, to_tier, since + n * DAY): rest
        for employee, spell, to_tier, since, until, *rest in found
        for n in range(((until or AS_OF + DAY) - since).days)
    }
    assert days == {
        (*key, day): [state.met, state.total, state.is_ready, state.ready_on]
        for key, by_day in case.asked.items()
        for day, state in by_day.items()
    }
    # Neighbouring spells differ, or they would be one.
    assert len(found) == sum(_changes(by_day) for by_day in case.asked.values())


def _changes(by_day: dict[date, State]) -> int:
    counts = [(state.met, state.total) for state in by_day.values()]
    return sum(1 for n, count in enumerate(counts) if n == 0 or count != counts[n - 1])


def test_promotion_readiness(case: Case) -> None:
    expected = set()
    for person, spell, to_tier in case.open_questions():
        by_day = case.asked[person.employee, spell.started_on, to_tier]
        now = by_day[AS_OF]
        ready = [day for day, state in by_day.items() if state.is_ready]
        expected.add(
            (person.employee, spell.tier, to_tier, now.met, now.total, now.is_ready, now.ready_on,
             (AS_OF - now.ready_on).days if now.ready_on else None,
             min(ready, default=None) if now.total else None,
             len(ready) if now.total else None)
        )  # fmt: skip
    assert expected == set(
        case.warehouse.query(
            "select employee_key, from_tier, to_tier, requirements_met, requirements_total, is_ready, ready_on,"
            " days_waiting, first_ready_on, total_ready_days from metrics.marts.promotion_readiness"
        )
    )


def test_promotions(case: Case) -> None:
    expected = set()
    for person, spell, to_tier in case.questions():
        if spell.end_reason == "promoted" and spell.next_tier == to_tier and spell.ended_on:
            state = case.asked[person.employee, spell.started_on, to_tier][spell.ended_on]
            expected.add((person.employee, spell.ended_on, state.met, state.total, state.ready_on))
    assert expected == set(
        case.warehouse.query(
            "select employee_key, promoted_on, requirements_met, requirements_total, ready_on"
            " from metrics.core.fct_promotions"
        )
    )


def test_separations(case: Case) -> None:
    expected = set()
    for person in case.people:
        for employment in person.employments:
            if employment.ended_on is None:
                continue
            last = employment.ended_on - DAY
            answers = _answers(case, person, last)
            expected.add((person.employee, last, any(answers) if answers else None))
    assert expected == set(
        case.warehouse.query("select employee_key, last_day_on, was_ready from metrics.core.fct_separations")
    )


def _answers(case: Case, person: Person, day: date) -> list[bool]:
    """Whether ready on a day for each reachable tier that asks for anything."""
    found = [
        case.asked[person.employee, spell.started_on, to_tier][day].is_ready
        for spell in person.spells
        if spell.started_on <= day < (spell.ended_on or date.max)
        for tier, to_tier in PATHS
        if tier == spell.tier
    ]
    return [answer for answer in found if answer is not None]


def test_requirements_and_causes(case: Case) -> None:
    statuses = {
        (employee, course)
        for employee, course in case.warehouse.query(
            "select employee_key, course_id from metrics.core.fct_training_assignments"
            " where status in ('open', 'overdue')"
        )
    }
    expected = {}
    for person, spell, to_tier in case.open_questions():
        for requirement in in_force(case.requirements, to_tier, AS_OF):
            is_met = person.is_met(requirement, spell, AS_OF)
            cause = None if is_met else _cause(person, requirement, statuses)
            expected[person.employee, to_tier, requirement["requirement_id"]] = (is_met, cause)
    found = case.warehouse.query(
        "select employee_key, to_tier, requirement_id, is_met, cause from metrics.marts.promotion_requirements"
    )
    assert {row[:3]: row[3:] for row in found} == expected


def _cause(person: Person, requirement: Any, in_progress: set[tuple[str, str]]) -> str:
    target = requirement["target"]
    match requirement["kind"]:
        case "months_in_tier":
            return "time_in_tier"
        case "credential":
            days = [person.spells[0].started_on + n * DAY for n in range(-200, 200)]
            stood = any(person.is_met(requirement, person.spells[0], day) for day in days if day <= AS_OF)
            return "credential_lapsed" if stood else "credential_missing"
        case "competency":
            return "not_evaluated" if person.latest_score(target, AS_OF) is None else "below_standard"
        case "evaluation_average":
            return "below_standard" if person.scores_of_months(int(target), AS_OF) else "not_evaluated"
        case kind:
            courses = [c for c, skill in ladder_world.COURSES.items() if target == (c if kind == "course" else skill)]
            if kind == "skill" and SKILLS[target]["fail_suspends"] and person.skill_state(target, AS_OF)[1]:
                return "skill_suspended"
            is_assigned = any((person.employee, course) in in_progress for course in courses)
            return "training_in_progress" if is_assigned else "training_not_assigned"


def test_month_ends(case: Case) -> None:
    ends = [date(2023, month + 1, 1) - DAY for month in (9, 10, 11)] + [date(2023, 12, 31)]
    ends += [date(2024, 1, 31), date(2024, 2, 29), AS_OF]
    ready: Counter[tuple[date, str | None, str]] = Counter()
    waiting: Counter[tuple[date, str | None, str]] = Counter()
    for person, spell, to_tier in case.questions():
        if (spell.tier, to_tier) not in PATHS:
            continue
        for end in ends:
            employment = person.employed_on(end)
            if employment is None or not spell.started_on <= end < (spell.ended_on or date.max):
                continue
            state = case.asked[person.employee, spell.started_on, to_tier][end]
            if employment.ended_on != end + DAY and state.ready_on:
                cell = (end.replace(day=1), employment.days[end]["site_id"], to_tier)
                ready[cell] += 1
                waiting[cell] += (end - state.ready_on).days > 90
    found = case.warehouse.query(
        "select month, site_id, to_tier, ready, waiting_over_90_days"
        " from metrics.marts.readiness_by_month where ready > 0"
    )
    assert {row[:3]: row[3:] for row in found} == {cell: (n, waiting[cell]) for cell, n in ready.items()}
