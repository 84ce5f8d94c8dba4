"""The demo organisation as weekly rosters and as an event history, both through the real landing and dbt.

The spans are the same but for what a weekly list cannot know. What that is stands below as kinds of difference, and
every row that differs is of one of them; and the days given in quality.roster_events hold the true ones.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.demo import Scenario, write_demo
from pipelines.landing import Refusal
from tests.integration import span_oracle as oracle
from tests.integration.landed_build import SPANS, LandedBuild
from tests.integration.roster_oracle import Row, told_by_lists

AS_OF = date(2026, 10, 31)
WEEK = timedelta(days=7)
SCENARIO = Scenario(sites=6, years=2)
STATE = ("job_code", "tier", "site_id", "manager_id", "employment_class", "fte")


@dataclass
class Both:
    """The two organisations built, and the job history that both come from."""

    events: LandedBuild
    lists: LandedBuild
    exports: Path

    @cached_property
    def histories(self) -> dict[str, list[Row]]:
        """True rows by employee key, in order, managers by their keys."""
        columns = "effective_on, event, job_code, site_id, employment_class, fte, separation_type"
        keys = self.lists.query("select employee_id, employee_key from build.control.employee_keys")
        key_of = dict(keys) | {None: None}
        found: dict[str, list[Row]] = defaultdict(list)
        types = "types = {'employee_id': 'varchar', 'manager_id': 'varchar', 'site_id': 'varchar'}"
        rows = duckdb.sql(
            f"select employee_id, manager_id, {columns} from read_csv('{self.exports}/job_history.csv', {types})"
            " order by employee_id, effective_on, sequence"
        ).fetchall()
        for person, manager, *values in rows:
            row = dict(zip(columns.split(", "), values, strict=True))
            found[key_of[person]].append(row | {"manager_id": key_of[manager]})
        return found

    @cached_property
    def crosswalk(self) -> oracle.Crosswalk:
        return duckdb.sql(f"select job_code, effective_on, tier from '{self.exports}/job_tiers.csv'").fetchall()

    @cached_property
    def ranks(self) -> dict[str, int]:
        return dict(duckdb.sql(f"select tier, rank from '{self.exports}/tiers.csv'").fetchall())

    @cached_property
    def list_days(self) -> list[date]:
        days = self.lists.query("select as_of_on from metrics.quality.roster_lists order by 1")
        return [day for (day,) in days]

    @cached_property
    def expected(self) -> list[oracle.Employment]:
        """The employments that the contract makes of the lists."""
        return [
            employment
            for key, rows in self.histories.items()
            for employment in oracle.employments(key, told_by_lists(rows, self.list_days), self.crosswalk, AS_OF)
        ]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    root = tmp_path_factory.mktemp("rosters")
    built: list[LandedBuild] = []
    for name, is_roster in (("events", False), ("lists", True)):
        write_demo(root / name, SCENARIO, roster=is_roster)
        made = LandedBuild(root / f"{name}_data", AS_OF, parsed=built[0] if built else None)
        assert not [refused for refused in made.land(root / name / "exports") if isinstance(refused, Refusal)]
        built.append(made.build(*SPANS))
    return Both(*built, root / "events" / "exports")


def test_lists_give_what_the_contract_makes_of_them(both: Both) -> None:
    """Row by row, against an oracle that reads the true history through the days that the lists show."""
    expected, query = both.expected, both.lists.query
    assert set(
        query(
            "select employee_key, employment_number, started_on, ended_on, start_event, separation_type"
            " from metrics.core.fct_employments"
        )
    ) == {(e.employee, e.number, e.started_on, e.ended_on, e.start_event, e.separation_type) for e in expected}
    assert set(
        query(
            "select employee_key, started_on, ended_on, job_code, tier, site_id, manager_key, employment_class, fte,"
            " is_on_leave from metrics.core.fct_job_spells"
        )
    ) == {
        (e.employee, start, end, *(state[name] for name in (*STATE, "on_leave")))
        for e in expected
        for start, end, state in oracle.job_spells(e)
    }
    spells = [(e, spell) for e in expected for spell in oracle.tier_spells(e, both.ranks)]
    assert set(
        query(
            "select employee_key, employment_number, tier, started_on, ended_on, start_reason, end_reason, next_tier"
            " from metrics.core.fct_tier_spells"
        )
    ) == {
        (s.employee, s.employment_number, s.tier, s.started_on, s.ended_on, s.start_reason, s.end_reason, s.next_tier)
        for _, s in spells
    }
    assert set(
        query(
            "select employee_key, promoted_on, from_tier, to_tier, from_site_id, to_site_id, days_in_from_tier"
            " from metrics.core.fct_promotions"
        )
    ) == {
        (s.employee, s.ended_on, s.tier, s.next_tier, e.days[s.ended_on - oracle.DAY]["site_id"],
         e.days[s.ended_on]["site_id"], None if s.start_reason == "unknown" else (s.ended_on - s.started_on).days)
        for e, s in spells
        if s.end_reason == "promoted" and s.ended_on
    }  # fmt: skip
    assert set(
        query(
            "select employee_key, last_day_on, separation_type, tier, site_id, employment_class, tenure_days"
            " from metrics.core.fct_separations"
        )
    ) == {
        (e.employee, max(e.days), e.separation_type, *(e.days[max(e.days)][n] for n in ("tier", "site_id",
         "employment_class")), None if e.start_event == "unknown" else (e.ended_on - e.started_on).days)
        for e in expected
        if e.ended_on
    }  # fmt: skip


def _side_by_side(both: Both, table: str, key: str, day: str) -> list[tuple[Row | None, Row | None]]:
    """Rows of a table in the event history and in the lists, put together by `key`, its n-th by day with the n-th."""

    def rows(built: LandedBuild) -> dict[tuple[Any, ...], Row]:
        names, found = built.rows(
            f"select *, row_number() over (partition by {key} order by {day}) as n from metrics.core.{table}"
        )
        read = [dict(zip(names, row, strict=True)) for row in found]
        return {tuple(row[name] for name in (*key.split(", "), "n")): row for row in read}

    events, lists = rows(both.events), rows(both.lists)
    return [(events.get(key), lists.get(key)) for key in dict.fromkeys([*events, *lists])]


LATER_START, LATER_CHANGE, FOLLOWS = "rehire from the next list on", "change from the next list on", "counted from then"
UNSEEN, ON_LEAVE = "over before the next list", "leave"
# Of these columns, those that count days, or are asked on a day that moved, follow.
FOLLOWING = {
    "fct_employments": set[str](),
    "fct_tier_spells": {"days"},
    "fct_promotions": {"days_in_from_tier", "requirements_met", "requirements_total", "ready_on", "was_mentored"},
    "fct_separations": {"tenure_days", "was_ready"},
}


def _difference(table: str, event: Row, told: Row) -> str | None:
    """The kind of a difference that a weekly list can't help; None where there is none. Fails on any other."""
    differing = {name for name in event if event[name] != told[name]}
    moved = differing & {"started_on", "ended_on", "promoted_on"}
    for name in moved:
        assert timedelta(0) < told[name] - event[name] < WEEK, (table, event, told)
    assert differing - moved <= FOLLOWING[table], (table, differing, event, told)
    if "started_on" in moved and event.get("start_reason", event.get("start_event")) in ("rehire", "rehired"):
        return LATER_START
    if moved:
        assert "start_event" not in event, (table, event, told)
        assert event.get("start_reason") != "hired" or "started_on" not in moved, (table, event, told)
        return LATER_CHANGE
    return FOLLOWS if differing else None


def differences(both: Both) -> dict[str, Counter[str | None]]:
    """Rows of each table by the kind of their difference, None where there is none."""
    kinds: dict[str, Counter[str | None]] = defaultdict(Counter)
    for table, key, day in (
        ("fct_employments", "employee_key, employment_number", "started_on"),
        ("fct_tier_spells", "employee_key, employment_number, tier, start_reason, end_reason", "started_on"),
        ("fct_promotions", "employee_key, from_tier, to_tier", "promoted_on"),
        ("fct_separations", "employee_key, last_day_on", "last_day_on"),
    ):
        for event, told in _side_by_side(both, table, key, day):
            assert event and told, (table, event, told)
            kinds[table][_difference(table, event, told)] += 1
    return kinds


def test_every_row_that_differs_is_something_a_weekly_list_cannot_know(both: Both) -> None:
    kinds = differences(both)
    assert kinds["fct_employments"].keys() == {None, LATER_START}
    assert kinds["fct_tier_spells"].keys() == {None, LATER_START, LATER_CHANGE}
    assert kinds["fct_promotions"].keys() <= {None, LATER_CHANGE, FOLLOWS}
    assert kinds["fct_separations"].keys() == {None, FOLLOWS}


def job_spell_differences(both: Both) -> Counter[str | None]:
    """The event history's job spells by the kind of their difference; every one that a list saw is told of."""
    columns = "employee_key, started_on, ended_on, job_code, tier, site_id, manager_key, employment_class, fte"
    query = f"select {columns}, is_on_leave from metrics.core.fct_job_spells"
    told: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for row in both.lists.query(query):
        told[row[0]].append(row)
    last_days = dict.fromkeys(both.events.query("select employee_key, last_day_on from metrics.core.fct_separations"))
    kinds: Counter[str | None] = Counter()
    for person, start, end, *state, is_on_leave in both.events.query(query):
        last = (end or AS_OF + oracle.DAY) - oracle.DAY
        seen = [day for day in both.list_days if start <= day <= last]
        seen += [last] if (person, last) in last_days else []
        if not seen:
            kinds[UNSEEN] += 1
            continue
        (found,) = [row for row in told[person] if row[1] <= seen[0] and (row[2] is None or seen[0] < row[2])]
        assert (list(found[3:9]), found[9]) == (state, False), (person, start)
        is_same = (found[1], found[2], False) == (start, end, is_on_leave)
        is_split = is_on_leave or found[1] < start or (end and (found[2] is None or found[2] >= end + WEEK))
        kinds[None if is_same else ON_LEAVE if is_split else LATER_CHANGE] += 1
    return kinds


def test_every_job_spell_is_there_but_for_leaves_and_what_no_list_saw(both: Both) -> None:
    assert job_spell_differences(both).keys() >= {None, ON_LEAVE, LATER_CHANGE}


def test_the_true_days_lie_between_those_that_the_lists_leave_open(both: Both) -> None:
    """Every step that lists tell of has one, of its kind and to the same job, between its earliest and latest day."""
    steps = both.lists.query(
        "select employee_key, event, earliest_on, latest_on, effective_on from metrics.quality.roster_events"
    )
    told: Counter[tuple[str, str]] = Counter()
    for person, event, earliest, latest, effective in steps:
        of_kind = {"job_change": {"job_change", "leave_start", "leave_end"}}.get(event, {event})
        assert any(
            row["event"] in of_kind and (earliest or date.min) <= row["effective_on"] <= latest
            for row in both.histories[person]
        ), (person, event, earliest, latest)
        assert (earliest or date.min) <= effective <= latest
        told[person, event] += 1
    for person, rows in both.histories.items():
        for event in ("hire", "rehire", "termination"):
            assert told[person, event] == sum(row["event"] == event for row in rows), (person, event)
