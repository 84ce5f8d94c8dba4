"""BambooHR by configs/examples: histories complete, corrected, ended and deleted; only who changed is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.bamboohr import KEY, BambooHR
from tests.integration.interface import Interface, Reply, serving
from tests.integration.landing_kit import rows
from tests.integration.pull_kit import World, example, on_request

HISTORY = (
    "employee_id, effective_on::varchar, event, job_code, site_id, manager_id, employment_class,"
    " hourly_rate::double, separation_type, reason"
)
CHANGE_LISTS = ["changed", *(f"changed/tables/{table}" for table in ("jobInfo", "employmentStatus", "compensation"))]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAMBOOHR_API_KEY", KEY)


@pytest.fixture
def bamboo() -> BambooHR:
    made = BambooHR()
    made.hire("1", "Ann", "Ames", "2020-01-06", jobTitle="Manager")
    made.hire("007", "Bo", "Bell", "2021-03-01", reportsTo="Ann Ames")
    made.row("compensation", "007", startDate="2022-03-01", rate="1,024.00 USD", type="Hourly", reason="raise")
    made.row("jobInfo", "007", date="2022-06-01", location="S-2", jobTitle="Lead", reportsTo="Ann Ames")
    made.row("employmentStatus", "007", date="2023-01-09", employmentStatus="Leave of Absence")
    made.row("employmentStatus", "007", date="2023-04-03", employmentStatus="Part-Time")
    ended = {"employmentStatus": "Terminated", "terminationTypeId": "Voluntary", "terminationReasonId": "Pay"}
    made.row("employmentStatus", "007", date="2024-02-29", **ended)
    made.row("employmentStatus", "007", date="2025-01-06", employmentStatus="PRN")
    return made


def pulled(world: World, interface: Interface, **settings: Any) -> dict[str, Any]:
    interface.asked.clear()
    return {one.feed: one for one in world.pull_all(example("bamboohr", interface.url, **settings))}


def asked(interface: Interface) -> list[str]:
    return [one.path.removeprefix("/api/employees/") for one in interface.asked]


def test_people_and_their_whole_history(world: World, bamboo: BambooHR) -> None:
    with serving(bamboo) as interface:
        found = pulled(world, interface)
        assert pulled(world, interface) == {}
        assert asked(interface) == CHANGE_LISTS
    assert rows(found["employees"], "employee_id, full_name, work_email") == [
        ("1", "Ann Ames", "ann.ames@example.org"),
        ("007", "Bo Bell", "bo.bell@example.org"),
    ]
    jobs = found["job_history"]
    assert (jobs.mode, jobs.quarantined_count, jobs.repaired_count) == ("by_employee", 0, 0)
    assert sorted(rows(jobs, HISTORY)) == [
        ("007", "2021-03-01", "hire", "Technician", "S-1", "1", "full_time", 21.5, None, None),
        ("007", "2022-03-01", "job_change", "Technician", "S-1", "1", "full_time", 1024, None, None),
        ("007", "2022-06-01", "job_change", "Lead", "S-2", "1", "full_time", 1024, None, None),
        ("007", "2023-01-09", "leave_start", "Lead", "S-2", "1", None, 1024, None, None),
        ("007", "2023-04-03", "leave_end", "Lead", "S-2", "1", "part_time", 1024, None, None),
        ("007", "2024-02-29", "termination", "Lead", "S-2", "1", None, 1024, "voluntary", "Pay"),
        ("007", "2025-01-06", "rehire", "Lead", "S-2", "1", "per_diem", 1024, None, None),
        ("1", "2020-01-06", "hire", "Manager", "S-1", None, "full_time", 21.5, None, None),
    ]
    assert world.notes == []


def test_a_correction_asks_for_that_person_alone_and_replaces_the_history(world: World, bamboo: BambooHR) -> None:
    with serving(bamboo) as interface:
        pulled(world, interface)
        bamboo.now = "2026-01-02T00:00:00Z"
        for table in ("jobInfo", "employmentStatus", "compensation"):
            bamboo.tables[table]["1"][0] |= {"startDate": "2020-02-03", "date": "2020-02-03"}
        bamboo.touch("jobInfo", "1")
        found = pulled(world, interface)
        tables = [path for path in asked(interface) if path.startswith("1/")]
        assert pulled(world, interface) == {}
        assert asked(interface) == CHANGE_LISTS, "also for the people, of whom nothing landed with the history"
    assert tables == ["1/tables/jobInfo", "1/tables/employmentStatus", "1/tables/compensation"]
    assert rows(found["job_history"], "employee_id, effective_on::varchar") == [("1", "2020-02-03")]
    assert "employees" not in found


def test_a_deleted_record_goes_and_takes_its_history_along(world: World, bamboo: BambooHR) -> None:
    with serving(bamboo) as interface:
        pulled(world, interface)
        bamboo.now = "2026-01-02T00:00:00Z"
        bamboo.delete("007")
        found = pulled(world, interface)
    assert rows(found["employees"], "employee_id, is_deleted") == [("007", True)]
    assert rows(found["job_history"], "employee_id, is_deleted") == [("007", True)]
    assert found["job_history"].quarantined_count == 0


def test_many_changes_take_one_request_a_table(world: World, bamboo: BambooHR) -> None:
    for number in range(100, 321):
        bamboo.hire(str(number), f"N{number}", "Nash", "2024-05-06", reportsTo="Ann Ames")
    with serving(bamboo) as interface:
        found = pulled(world, interface)
    assert found["employees"].row_count == 223
    assert found["job_history"].row_count == 229
    assert len(interface.asked) == 4 + 3 + 3, "change lists, tables, pages of people"


def test_what_the_key_may_not_read_is_said_and_stays_unknown(world: World, bamboo: BambooHR) -> None:
    bamboo.restricted, bamboo.forbidden = {"workEmail"}, {"compensation"}
    with serving(bamboo) as interface:
        found = pulled(world, interface)
    assert rows(found["employees"], "work_email") == [(None,), (None,)]
    assert {rate for (rate,) in rows(found["job_history"], "hourly_rate")} == {None}
    said = " ".join(world.notes)
    assert "may not read workEmail" in said
    assert "no right to compensation" in said


def test_one_person_whose_table_is_refused_keeps_what_has_landed(world: World, bamboo: BambooHR) -> None:
    def answer(asked: Any) -> Reply:
        return Reply(b"", 403) if asked.path.endswith("/007/tables/jobInfo") else bamboo(asked)

    with serving(bamboo) as interface:
        pulled(world, interface)
        bamboo.now = "2026-01-02T00:00:00Z"
        for who in ("1", "007"):
            bamboo.row("employmentStatus", who, date="2025-02-03", employmentStatus="Full-Time")
        interface.answer = answer
        found = pulled(world, interface)
    assert {who for (who,) in rows(found["job_history"], "employee_id")} == {"1"}
    assert "people of whom the key may not read a table; what has landed of them stays (1)" in " ".join(world.notes)


def test_a_row_without_a_date_is_listed(world: World, bamboo: BambooHR) -> None:
    for number in range(100, 120):
        bamboo.hire(str(number), f"N{number}", "Nash", "2024-05-06")
    bamboo.row("jobInfo", "1", date="0000-00-00", location="S-1", jobTitle="Manager")
    with serving(bamboo) as interface:
        found = pulled(world, interface)
    assert found["job_history"].quarantined_count == 1


BAD = {
    "429": (2, Reply({}, 429, {"Retry-After": "1"})),
    "503": (3, Reply(b"", 503, {"Retry-After": "1"})),
    "reset": (6, Reply(reset=True)),
    "cut": (8, Reply(b'{"data": [', 200)),
}


@pytest.mark.parametrize("day", BAD)
def test_a_bad_answer_costs_nothing(day: str, world: World, bamboo: BambooHR) -> None:
    number, bad = BAD[day]
    with serving(on_request(number, bad, bamboo)) as interface:
        found = pulled(world, interface)
    assert {feed: batch.row_count for feed, batch in found.items()} == {"employees": 2, "job_history": 8}


def test_a_server_that_breaks_half_way_leaves_nothing_half(world: World, bamboo: BambooHR) -> None:
    with serving(on_request(7, Reply(b"", 500), bamboo, until=9)) as interface:
        assert "job_history" not in pulled(world, interface)
        found = pulled(world, interface)
    assert found["job_history"].row_count == 8
