"""Weekly lists through the real command line: a missed week, a list cut short, lists that come late or again, and
people who return, are announced, or are told of when they are gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import Refusal
from tests.integration.cli import Ended, copied, published, rxladder, said, sync
from tests.integration.landed_build import SPANS, LandedBuild
from tests.integration.roster_files import OTHERS, Lines, write_list, write_program

AS_OF = "2024-04-03"
SINCE_2021 = {"hired_on": "2021-02-01"}
FIRST_LIST: Lines = {
    "missing": SINCE_2021,
    "back": SINCE_2021,
    "no_start": {},
    "still_listed": SINCE_2021,
    "blank": SINCE_2021,
    "long_gone": {"hired_on": "2018-01-08", "terminated_on": "2019-05-31", "separation_type": "voluntary"},
}
SECOND_LIST: Lines = {
    "no_start": {},
    "still_listed": SINCE_2021 | {"terminated_on": "2024-03-06", "separation_type": "other"},
    "blank": SINCE_2021 | {"job_code": "", "site_id": ""},
}
FOURTH_LIST: Lines = {
    "missing": SINCE_2021,
    "back": {"hired_on": "2024-03-20"},
    "no_start": {},
    "still_listed": SECOND_LIST["still_listed"],
    "blank": SINCE_2021 | {"job_code": "PT2"},
    "to_come": {"hired_on": "2024-04-15"},
    "announced": SINCE_2021 | {"terminated_on": "2024-03-28", "separation_type": "voluntary"},
    "in_between": {"hired_on": "2024-03-05", "terminated_on": "2024-03-12", "separation_type": "involuntary"},
}
FIFTH_LIST: Lines = {person: FOURTH_LIST[person] for person in ("missing", "back", "no_start", "blank", "to_come")}


@dataclass
class Weeks:
    """The data folder after a sync and how it ended; and what is built when the lists that were missing have landed."""

    data: Path
    ended: Ended
    mended: LandedBuild


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    root = tmp_path_factory.mktemp("weeks")
    drop, first, second = root / "drop", root / "first", root / "second"
    write_program(drop)
    write_list(drop / "roster_2024-03-03.csv", FIRST_LIST)
    write_list(drop / "roster/roster_20240310.csv", SECOND_LIST)
    write_list(drop / "roster/2024_03_24.csv", FOURTH_LIST)  # nobody exported the 17th
    write_list(drop / "roster/2024_03_31.csv", {}, others=20)  # the export broke off
    ended = sync(drop, first, as_of=AS_OF)
    write_list(drop / "roster/2024_03_31.csv", FIFTH_LIST)
    write_list(drop / "roster/roster_20240310.csv", {**SECOND_LIST, "missing": SINCE_2021})
    write_list(drop / "roster/2024-03-17.csv", {**SECOND_LIST, "missing": SINCE_2021})
    mended = LandedBuild(copied(first, second), date.fromisoformat(AS_OF))
    assert not [one for one in mended.land(drop) if isinstance(one, Refusal)]
    return Weeks(first, ended, mended.build(*SPANS, "+standing_problems", "+path:models/restricted"))


def _rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with published(data) as connection:
        return connection.execute(sql).fetchall()


def employments(rows: list[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    """By employee id: start, end, how it started, type."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for person, *row in rows:
        found.setdefault(person, []).append(tuple(row))
    return found


EMPLOYMENTS = (
    "select employee_id, started_on, ended_on, start_event, separation_type"
    " from metrics.core.fct_employments join people.main.directory using (employee_key) order by all"
)
FROM_FIRST_LISTS = {
    "missing": [
        (date(2021, 2, 1), date(2024, 3, 4), "hire", "unknown"),
        (date(2024, 3, 24), None, "rehire", None),
    ],
    "back": [
        (date(2021, 2, 1), date(2024, 3, 4), "hire", "unknown"),
        (date(2024, 3, 24), None, "rehire", None),
    ],
    "no_start": [(date(2024, 3, 3), None, "unknown", None)],
    "still_listed": [(date(2021, 2, 1), date(2024, 3, 7), "hire", "other")],
    "blank": [(date(2021, 2, 1), None, "hire", None)],
    "long_gone": [(date(2018, 1, 8), date(2019, 6, 1), "hire", "voluntary")],
    "announced": [(date(2021, 2, 1), date(2024, 3, 29), "hire", "voluntary")],
    "in_between": [(date(2024, 3, 5), date(2024, 3, 13), "hire", "involuntary")],
} | {person: [(date(2020, 5, 4), None, "hire", None)] for person in OTHERS}


def test_lists_make_employments(weeks: Weeks) -> None:
    """Nobody leaves because a week was missed or cut short; somebody who has yet to begin has no employment."""
    assert employments(_rows(weeks.data, EMPLOYMENTS)) == FROM_FIRST_LISTS


def test_the_missed_week_and_who_came_back_are_listed(weeks: Weeks) -> None:
    data = weeks.data
    lists = "select as_of_on, people_count, missed_lists, came_count, gone_count from metrics.quality.roster_lists"
    assert _rows(data, f"{lists} order by 1") == [
        (date(2024, 3, 3), 36, None, None, None),
        (date(2024, 3, 10), 33, 0, 0, 3),
        (date(2024, 3, 24), 38, 1, 5, 0),
    ]
    events = (
        "select employee_id, event, kind, earliest_on, latest_on from metrics.quality.roster_events"
        " join people.main.directory using (employee_key) where event = 'rehire' or kind = 'never_started' order by all"
    )
    assert _rows(data, events) == [
        ("back", "rehire", "returned", date(2024, 3, 11), date(2024, 3, 24)),
        ("missing", "rehire", "back_with_old_hire_date", date(2024, 3, 11), date(2024, 3, 24)),
    ]
    problems = "select kind, affected_count, cure from metrics.quality.standing_problems where kind != 'refused'"
    assert _rows(data, problems) == [
        ("absences", 1, "If a list lacked them by mistake, deliver that list again; they are in quality.roster_events")
    ]


def test_a_blank_on_one_list_changes_nothing(weeks: Weeks) -> None:
    spells = (
        "select started_on, ended_on, job_code, site_id from metrics.core.fct_job_spells"
        " join people.main.directory using (employee_key) where employee_id = 'blank' order by 1"
    )
    assert _rows(weeks.data, spells) == [
        (date(2021, 2, 1), date(2024, 3, 24), "PT1", "S01"),
        (date(2024, 3, 24), None, "PT2", "S01"),
    ]


def test_a_list_cut_short_is_refused_and_the_last_good_one_stays_in_force(weeks: Weeks) -> None:
    ended, data = weeks.ended, weeks.data
    assert ended.returncode == 3
    assert "the list of 2024-03-31 holds 20 people, under 70% of the 38 of 2024-03-24" in said(ended)
    assert _rows(data, "select feed, subject from metrics.quality.standing_problems where kind = 'refused'") == [
        ("roster", "roster/2024_03_31.csv")
    ]
    assert rxladder("status", "--data", data).returncode == 3


def test_lists_that_come_late_or_again_mend_what_was_taken_to_have_happened(weeks: Weeks) -> None:
    query = weeks.mended.query
    assert employments(query(EMPLOYMENTS)) == FROM_FIRST_LISTS | {"missing": [(date(2021, 2, 1), None, "hire", None)]}
    assert query("select * from metrics.quality.standing_problems") == []
    assert query("select count(*), sum(missed_lists) from metrics.quality.roster_lists") == [(5, 0)]
