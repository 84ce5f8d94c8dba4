"""Costs, the way to management and exit interviews in sets against the contract's words day by day."""

from __future__ import annotations

import calendar
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.integration import program_world
from tests.integration.dbt_harness import FakeWarehouse
from tests.integration.ladder_oracle import DAY, Person, people, states
from tests.integration.ladder_world import AS_OF, CROSSWALK, PATHS, World
from tests.integration.program_world import (
    DURATION_HOURS,
    EXAM_FEE,
    LOAD,
    MANAGEMENT,
    MENTOR_HOURS,
    PROGRAM_STARTED_ON,
    REASON_CODES,
    SEAT_COSTS,
)
from tests.integration.span_oracle import tier_on
from tests.integration.training_oracle import site_held

# The walk and training are here for the data tests that hold one table against another.
MODELS = (
    "+program_costs_by_month", "+leadership_pipeline", "+exit_reasons_by_quarter", "+headcount_walk_by_month",
    "+training_completion_by_month",
)  # fmt: skip
Line = tuple[date, str | None, str]  # month, site, line of cost


class Case:
    """A world, its people and the models' answer."""

    def __init__(self, world: World, warehouse: FakeWarehouse) -> None:
        self.feeds, self.warehouse, self.people = world.feeds, warehouse, people(world)
        self.by_key = {person.employee: person for person in self.people}

    def dated(self, feed: str, column: str) -> list[dict[str, Any]]:
        """Rows that count by AS_OF."""
        return [row for row in self.feeds[feed] if row[column] <= AS_OF]


@pytest.fixture(scope="module", params=[32, 36])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    world = program_world.make(request.param, 250)
    warehouse = FakeWarehouse(tmp_path_factory.mktemp("program"), AS_OF)
    warehouse.add(*world.batches())
    warehouse.build(*MODELS)
    return Case(world, warehouse)


def month_of(day: date) -> date:
    return day.replace(day=1)


def quarter_of(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def state_on(person: Person | None, day: date) -> dict[str, Any] | None:
    """How somebody is employed on a day, at a site whose program had started; None when not."""
    employment = person and person.employed_on(day)
    state = employment.days[day] if employment else None
    started_on = PROGRAM_STARTED_ON.get(state["site_id"]) if state else None
    return state if started_on and started_on <= day else None


def state_left_by(person: Person | None, day: date) -> dict[str, Any] | None:
    """How somebody who has left was employed on the last day before, at a site whose program has started since."""
    if not person or person.employed_on(day):
        return None
    lived = [(earlier, state) for e in person.employments for earlier, state in e.days.items() if earlier < day]
    state = max(lived, key=lambda one: one[0])[1] if lived else None
    started_on = PROGRAM_STARTED_ON.get(state["site_id"]) if state else None
    return state if started_on and started_on <= day else None


def costs(case: Case) -> Iterator[tuple[Line, float | None]]:
    """Every record of cost, by the day; None where it has no price."""
    yield from direct(case)
    for row in case.dated("rewards", "granted_on"):
        person, day = case.by_key[row["employee_id"]], row["granted_on"]
        if state := state_on(person, day) or state_left_by(person, day):
            yield (month_of(day), state["site_id"], "rewards"), row["amount"]
    for row in case.dated("exam_attempts", "taken_on"):
        if not row["is_practice"] and (state := state_on(case.by_key[row["employee_id"]], row["taken_on"])):
            yield (month_of(row["taken_on"]), state["site_id"], "exam_fees"), EXAM_FEE
    for row in case.dated("completions", "completed_on"):
        if state := state_on(case.by_key[row["employee_id"]], row["completed_on"]):
            cell = (month_of(row["completed_on"]), state["site_id"])
            hours, rate = row["hours"] or DURATION_HOURS.get(row["course_id"]), state["hourly_rate"]
            yield (*cell, "training_time"), hours * rate * (1 + LOAD) if hours and rate else None
            yield (*cell, "seats"), SEAT_COSTS.get(row["course_id"])
    yield from mentor_time(case)
    yield from raises(case)


def direct(case: Case) -> Iterator[tuple[Line, float | None]]:
    lived: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for person in case.people:
        for employment in person.employments:
            for day in employment.days:
                if (state := state_on(person, day)) and state["tier"]:
                    lived[month_of(day)][state["site_id"]] += 1
    for row in case.dated("program_costs", "incurred_on"):
        month, site, day = month_of(row["incurred_on"]), row["site_id"], row["incurred_on"]
        if site and day >= PROGRAM_STARTED_ON[site]:
            yield (month, site, "direct"), row["amount"]
        if site is None and day >= min(PROGRAM_STARTED_ON.values()):
            for sharing, days in lived[month].items():
                yield (month, sharing, "direct"), row["amount"] * days / lived[month].total()


def mentor_time(case: Case) -> Iterator[tuple[Line, float | None]]:
    for row in case.dated("mentorships", "started_on"):
        mentor, mentee = case.by_key[row["mentor_id"]], case.by_key[row["mentee_id"]]
        for n in range(((row["ended_on"] or AS_OF + DAY) - row["started_on"]).days):
            day = row["started_on"] + n * DAY
            if day <= AS_OF and mentee.employed_on(day) and (state := state_on(mentor, day)):
                rate = state["hourly_rate"]
                usd = rate and MENTOR_HOURS * rate * (1 + LOAD) / days_of_month(day)
                yield (month_of(day), state["site_id"], "mentor_time"), usd


def raises(case: Case) -> Iterator[tuple[Line, float | None]]:
    for person in case.people:
        for spell in person.spells:
            day = spell.ended_on
            if spell.end_reason != "promoted" or day is None or not (new := state_on(person, day)):
                continue
            employment = person.employed_on(day)
            assert employment
            old = employment.days[day - DAY]
            priced = new["hourly_rate"] is not None and old["hourly_rate"] is not None
            paid, paid_from = new, day
            if priced and new["hourly_rate"] == old["hourly_rate"]:
                paid, paid_from = late_raise(person, day) or (new, day)
            for later in employment.days:
                if later >= paid_from:
                    fte = 1 if paid["fte"] is None else paid["fte"]
                    a_month = (paid["hourly_rate"] - old["hourly_rate"]) * 2080 / 12 * fte if priced else None
                    usd = a_month * (1 + LOAD) / days_of_month(later) if a_month is not None else None
                    yield (month_of(later), new["site_id"], "promotion_raises"), usd


def late_raise(person: Person, promoted_on: date) -> tuple[dict[str, Any], date] | None:
    """The first higher rate in the 31 days after a promotion that left the rate as it was, before the next one."""
    employment = person.employed_on(promoted_on)
    others = {spell.ended_on for spell in person.spells if spell.end_reason == "promoted"}
    for n in range(1, 32):
        day = promoted_on + n * DAY
        if day in others or not employment or day not in employment.days:
            return None
        state, rate = state_on(person, day), employment.days[promoted_on]["hourly_rate"]
        if state and state["hourly_rate"] is not None and state["hourly_rate"] > rate:
            return state, day
    return None


def days_of_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def test_every_line_of_cost(case: Case) -> None:
    expected: dict[Line, float | None] = {}
    for line, usd in costs(case):
        so_far = expected.get(line)
        expected[line] = so_far if usd is None else (so_far or 0) + usd
    found = case.warehouse.query("select month, site_id, line, amount_usd from metrics.marts.program_costs_by_month")
    assert {row[:3] for row in found} == expected.keys()
    for month, site, line, usd in found:
        wanted = expected[month, site, line]
        assert usd == (wanted if wanted is None else pytest.approx(wanted)), (month, site, line)
    assert len({line for *_, line in expected}) == 7


def test_the_way_to_management(case: Case) -> None:
    cells: defaultdict[Any, Counter[str]] = defaultdict(Counter)
    lasted: defaultdict[Any, list[int]] = defaultdict(list)
    for row in case.dated("openings", "opened_on"):
        if tier_on(row["job_code"], row["opened_on"], CROSSWALK) == MANAGEMENT:
            key = (quarter_of(row["opened_on"]), row["site_id"])
            cells[key]["openings"] += 1
            if row["filled_on"] and row["filled_on"] <= AS_OF:
                cells[key][row["fill_source"]] += 1
                lasted[key].append((row["filled_on"] - row["opened_on"]).days)
    for person in case.people:
        for row in case.dated("pathway_enrollments", "started_on"):
            if row["employee_id"] == person.employee:
                key = (quarter_of(row["started_on"]), site_held(person, row["started_on"]))
                ended_on = row["ended_on"] or row["started_on"]
                promotions = [s.ended_on for s in person.spells if s.end_reason == "promoted" and s.ended_on]
                cells[key]["enrolled"] += 1
                cells[key]["completed"] += row["outcome"] == "completed" and ended_on <= AS_OF
                cells[key]["promoted"] += any(day > row["started_on"] for day in promotions)
        for last in (date(2023, 12, 31), AS_OF):
            if is_ready_to_lead(case, person, last):
                employment = person.employed_on(last)
                assert employment
                cells[quarter_of(last), employment.days[last]["site_id"]]["ready"] += 1
    columns = ("openings", "internal", "external", "agency", "ready", "enrolled", "completed", "promoted")
    expected = {
        key: (*(counts[name] for name in columns), statistics.median(lasted[key]) if lasted[key] else None)
        for key, counts in cells.items()
    }
    found = case.warehouse.query(
        "select quarter, site_id, openings, filled_internally, filled_externally, filled_by_agency, ready_pool,"
        " pathway_enrollments, pathway_completed, promoted_since, median_days_to_fill"
        " from metrics.marts.leadership_pipeline"
    )
    assert {row[:2]: row[2:] for row in found} == expected
    assert sum(row[4] for row in expected.values()) > 0


def is_ready_to_lead(case: Case, person: Person, day: date) -> bool:
    """Whether somebody who stays the day is ready for a management tier within reach."""
    employment = person.employed_on(day)
    if employment is None or employment.ended_on == day + DAY:
        return False
    return any(
        (spell.tier, MANAGEMENT) in PATHS
        and spell.started_on <= day < (spell.ended_on or date.max)
        and states(person, spell, MANAGEMENT, case.feeds["tier_requirements"])[day].is_ready
        for spell in person.spells
    )


def test_exit_interviews(case: Case) -> None:
    codes = {reason.lower(): code for reason, code in REASON_CODES.items()}
    left = defaultdict(dict[date, str | None])
    for person in case.people:
        for employment in person.employments:
            if employment.ended_on:
                left[person.employee][employment.ended_on - DAY] = written_reason(
                    case, person, employment.ended_on - DAY
                )
    interviews: defaultdict[Any, list[Any]] = defaultdict(list)
    interviewed: defaultdict[date, set[Any]] = defaultdict(set)
    for row in case.dated("exit_interviews", "interviewed_on"):
        held_on, said = row["interviewed_on"], row["primary_reason"].lower()
        near = [day for day in left[row["employee_id"]] if abs((day - held_on).days) <= 90]
        last_day = min(near, key=lambda day: (abs((day - held_on).days), day), default=None)
        written = left[row["employee_id"]][last_day] if last_day else None
        agrees = None
        if written:
            agrees = said == written.lower() or (said in codes and codes[said] == codes.get(written.lower()))
        quarter = quarter_of(last_day or held_on)
        interviews[quarter, codes.get(said, "other")].append((agrees, row["growth_visibility"]))
        interviewed[quarter] |= {(row["employee_id"], last_day)} if last_day else set()
    separations = Counter(quarter_of(day) for days in left.values() for day in days)
    expected = {}
    for (quarter, reason), found in interviews.items():
        judged = [agrees for agrees, _ in found if agrees is not None]
        seen = [visibility for _, visibility in found if visibility is not None]
        expected[quarter, reason] = (
            len(found), sum(len(rows) for (other, _), rows in interviews.items() if other == quarter),
            separations[quarter], len(interviewed[quarter]), len(judged), sum(judged),
            pytest.approx(statistics.mean(seen)) if seen else None,
        )  # fmt: skip
    for quarter in separations.keys() - {quarter for quarter, _ in interviews}:
        expected[quarter, None] = (0, 0, separations[quarter], 0, 0, 0, None)
    rows = case.warehouse.query(
        "select quarter, reason, interviews, interviews_of_quarter, separations, separations_interviewed,"
        " with_hr_reason, agreeing, mean_growth_visibility from metrics.marts.exit_reasons_by_quarter"
    )
    assert {row[:2]: row[2:] for row in rows} == expected
    assert sum(agreeing for *_, agreeing, _ in expected.values()) > 5


def written_reason(case: Case, person: Person, last_day: date) -> str | None:
    """The reason on the row that ended an employment: the first termination of its last day that counted."""
    rows = [
        row
        for row in case.feeds["job_history"]
        if (row["employee_id"], row["effective_on"], row["event"]) == (person.employee, last_day, "termination")
    ]
    return min(rows, key=lambda row: row["sequence"])["reason"]
