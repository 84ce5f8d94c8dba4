"""The worked configurations against local servers that page, name and nest as each vendor documents it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelines.connectors.rest.spec import SourceSpec
from tests.integration.interface import Asked, Reply, serving
from tests.integration.landing_kit import rows
from tests.integration.pull_kit import TOKEN, World, example

Answer = Callable[[Asked], Reply]
ROSTER = "employee_id, full_name, terminated_on::varchar, job_code, manager_id"
DONE = "employee_id, course_id, completed_on::varchar, score"


def canvas(asked: Asked, has_ids: bool = True) -> Reply:
    """Lists lead on by the header Link; progress is refused for a course without modules."""
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    if asked.path.endswith("accounts/self/courses"):
        page = int(asked.query.get("page", "1"))
        link = {"Link": f'<{asked.path}?page=2&per_page=100>; rel="next", <x>; rel="last"'} if page == 1 else {}
        return Reply([{"id": page, "name": f"Course {page}", "account_id": page}], headers=link)
    if asked.path.endswith("courses/2/bulk_user_progress"):
        return Reply({"message": "no progress available because this course is not module based"}, 400)
    if asked.path.endswith("bulk_user_progress"):
        done = {"completed_at": "2025-03-02T04:00:00Z"}
        return Reply([{"id": 7, "progress": done}, {"id": 8, "progress": {"completed_at": None}}])
    course = int(asked.path.split("/")[-2])
    person = {
        "user": {"sis_user_id": "E7" if has_ids else None},
        "grades": {"final_score": 91.5},
        "created_at": "2025-01-05T12:00:00Z",
    }
    return Reply([{"id": 70 + course, "user_id": 7, "course_id": course, **person}])


def horilla(asked: Asked) -> Reply:
    """A list of little in numbered pages, past whose end comes 404; a person and their work by number. There is no list
    of work information: without a number it is an error."""
    people = [
        {
            "id": 1,
            "badge_id": "E1",
            "employee_first_name": "Ann",
            "employee_last_name": "Ames",
            "is_active": True,
            "email": "login@example.org",
        },
        {
            "id": 2,
            "badge_id": "E2",
            "employee_first_name": "Bo",
            "employee_last_name": "Bell",
            "is_active": True,
            "email": "login@example.org",
        },
        {"id": 3, "badge_id": "E3", "employee_first_name": "Cy", "employee_last_name": "Cole", "is_active": False},
    ]
    (*_, kind, number) = asked.path.removesuffix("/").split("/")
    if number == "employees" and kind == "list":
        start = 2 * (int(asked.query["page"]) - 1)
        if start >= len(people):
            return Reply({"detail": "Invalid page."}, 404)
        named = [
            {"id": one["id"], "employee_first_name": one["employee_first_name"]}
            | ({"employee_work_info_id": str(70 + int(one["id"]))} if one["id"] != 1 else {})
            for one in people
        ]
        return Reply({"count": len(people), "next": None, "previous": None, "results": named[start : start + 2]})
    if not number.isdecimal():
        return Reply(b"<h1>Server Error (500)</h1>", 500, {"Content-Type": "text/html"})
    if kind == "employees":
        return Reply(people[int(number) - 1])
    assert kind == "employee-work-information"
    work = {"id": int(number), "employee_id": int(number) - 70, "job_position_name": "Technician"}
    work |= {"email": "bo@work.example.org", "employee_type_name": "Permanent"}
    return Reply({**work, "reporting_manager_id": 1, "date_joining": "2024-01-08", "location": "North"})


def orangehrm(asked: Asked) -> Reply:
    """Who left is shown only to those who ask; details by number; a page has what `limit` says."""
    if asked.path.endswith("token"):
        return Reply({"access_token": "fetched-of-the-tests", "refresh_token": "next-of-the-tests"})
    assert asked.headers["Authorization"] == "Bearer fetched-of-the-tests"
    one = {"empNumber": 1, "employeeId": "E1", "firstName": "Ann", "lastName": "Ames", "terminationId": None}
    two = {"empNumber": 2, "employeeId": "E2", "firstName": "Bo", "lastName": "Bell", "terminationId": 9}
    two |= {"supervisors": [{"empNumber": 1}]}
    if asked.path.endswith("employees"):
        found = [one, two] if asked.query.get("includeEmployees") == "currentAndPast" else [one]
        start = int(asked.query["offset"])
        return Reply({"data": found[start : start + int(asked.query["limit"])], "meta": {"total": len(found)}})
    if asked.path.endswith("/2/terminations/9"):
        reason = {"id": 1, "name": "Resigned"}
        return Reply({"data": {"id": 9, "date": "2025-02-28", "terminationReason": reason}, "meta": []})
    title = "Manager" if "/1/" in asked.path else "Technician"
    return Reply({"data": {"joinedDate": "2020-01-06", "jobTitle": {"id": 1, "title": title}}, "meta": [], "rels": []})


def frappe_hr(asked: Asked, state: int = 1, changed: str = "2025-03-02 10:00:00.000001") -> Reply:
    """20 records unless asked for more; a filter is JSON in a parameter."""
    assert asked.headers["Authorization"] == f"token {TOKEN}"
    if asked.path.endswith("Employee"):
        staff = [
            {"name": "E1", "employee_name": "Ann Ames", "status": "Active", "designation": "Manager"},
            {"name": "E2", "employee_name": "Bo Bell", "status": "Left", "relieving_date": "2025-02-28"}
            | {"designation": "Technician", "reports_to": "E1"},
        ]
        assert asked.query["limit_page_length"] == "500"
        return Reply({"data": staff[int(asked.query["limit_start"]) :]})
    if asked.path.endswith("Training%20Result"):
        since = json.loads(asked.query.get("filters", '[["modified",">=",""]]'))[0][2]
        found = [{"name": "HR-TRR 1", "modified": changed}]
        return Reply({"data": [one for one in found if one["modified"] >= since]})
    if asked.path.endswith("CR-A"):
        return Reply({"data": {"name": "CR-A", "end_time": "2025-02-27 16:00:00"}})
    people = [{"employee": "E1", "hours": 2, "grade": "A"}, {"employee": "E2", "hours": 2, "grade": "F"}]
    return Reply(
        {"data": {"training_event": "CR-A", "docstatus": state, "modified": "2025-03-02 10:00:00", "employees": people}}
    )


def odoo(asked: Asked) -> Reply:
    """What is not set is false; those who left are shown only where the context says so."""
    body = asked.body
    assert body["context"] == {"active_test": False}
    one = {"id": 1, "barcode": "E1", "name": "Ann Ames", "active": True, "job_id": [4, "Manager"], "parent_id": False}
    two = {"id": 2, "barcode": False, "name": "Bo Bell", "active": False, "job_id": [5, "Technician"]}
    two |= {"parent_id": [1, "Ann Ames"], "departure_date": "2025-02-28", "departure_reason_id": [1, "Resigned"]}
    return Reply([one, two][body["offset"] :][: body["limit"]])


def docebo(asked: Asked) -> Reply:
    """A cursor in the body, and whether there is more."""
    if asked.path.endswith("token"):
        return Reply({"access_token": "fetched-of-the-tests", "token_type": "Bearer", "expires_in": 3600})
    assert asked.headers["Authorization"] == "Bearer fetched-of-the-tests"
    last = "cursor" in asked.query
    if "updated_from" in asked.query:
        assert asked.query["updated_from"] == "2025-03-01 10:00:00", "a day before the newest"
        last = True
    if asked.path.endswith("courses"):
        item: dict[str, Any] = {"id_course": 5 + last, "name": "A", "category": {"name": "Compliance"}}
    else:
        item = {"enrollment_id": 10 + last, "username": "E1", "course_id": 5 + last, "enrollment_status": "completed"}
        item |= {"enrollment_created_at": "2025-01-01 10:00:00", "enrollment_score": 80}
        item |= {"enrollment_completion_date": "2025-03-02 10:00:00"}
        item |= {"enrollment_date_last_updated": f"2025-0{2 + last}-02 10:00:00"}
    return Reply({"data": {"items": [item], "has_more_data": not last, "cursor": None if last else "c1"}})


def merge(asked: Asked) -> Reply:
    """A cursor under `next`, nested models, deleted records shown."""
    assert asked.headers["X-Account-Token"] == TOKEN
    job = {"employments": [{"job_title": "Technician", "employment_type": "FULL_TIME"}]}
    first = {"id": "m1", "employee_number": "E1", "display_full_name": "Ann Ames", "employment_status": "ACTIVE", **job}
    second = {"id": "m2", "employee_number": "E2", "display_full_name": "Bo Bell", "manager": "m1", **job}
    second |= {"employment_status": "INACTIVE", "termination_date": "2025-02-28T00:00:00Z"}
    third = {"id": "m3", "employee_number": "E3", "remote_was_deleted": True}
    if "cursor" in asked.query:
        return Reply({"next": None, "results": [second, third]})
    return Reply({"next": "cD0y", "previous": None, "results": [first]})


def adp(asked: Asked) -> Reply:
    """The list ends with 204 and no body."""
    if asked.path.endswith("token"):
        return Reply({"access_token": "fetched-of-the-tests", "token_type": "Bearer", "expires_in": 3600})
    if int(asked.query["$skip"]):
        return Reply(status=204)
    job = {"jobCode": {"codeValue": "Technician"}, "reportsTo": [{"workerID": {"idValue": "E1"}}]}
    worker = {
        "workerID": {"idValue": "E2"},
        "person": {"legalName": {"formattedName": "Bell, Bo"}},
        "workerDates": {"originalHireDate": "2020-01-06", "terminationDate": "2025-02-28"},
        "workerStatus": {"statusCode": {"codeValue": "Terminated"}},
        "workAssignments": [job],
    }
    return Reply({"workers": [worker]})


def workday(asked: Asked) -> Reply:
    """All rows at once; what is empty is left out; a date with an offset."""
    assert asked.query == {"format": "json"}
    hire = {"Employee_ID": "E1", "Effective_Date": "2018-10-01-07:00", "Business_Process_Type": "Hire Employee"}
    left = {"Employee_ID": "E1", "Effective_Date": "2025-02-28-08:00", "Business_Process_Type": "Terminate Employee"}
    left |= {"Termination_Category": "Terminate_Employee_Voluntary"}
    staff = [{"Employee_ID": "E1", "Legal_Name": "Ann Ames"}]
    return Reply({"Report_Entry": staff if "Employees" in asked.path else [hire, left]})


def finch(asked: Asked, refused: Sequence[str] = ()) -> Reply:
    """A list of ids; everything else in batches, whose single answers have statuses of their own."""
    assert asked.headers["Finch-API-Version"] == "2020-09-17"
    if asked.path.endswith("directory"):
        people = [{"id": "f1"}, {"id": "f2"}, {"id": "f3"}][int(asked.query["offset"]) :]
        return Reply({"paging": {"count": 3, "offset": int(asked.query["offset"])}, "individuals": people})
    (request,) = asked.body["requests"]
    who = request["individual_id"]
    if who == "f3":
        return Reply({"responses": [{"individual_id": who, "code": 404, "body": {"message": "not found"}}]})
    if who in refused:
        return Reply({"responses": [{"individual_id": who, "code": 403, "body": {"message": "no"}}]})
    if asked.path.endswith("individual"):
        mails = [{"data": "ann@home.example.org", "type": "personal"}, {"data": "ann@example.org", "type": "work"}]
        first, last = ("Ann", "Ames") if who == "f1" else ("Bo", "Bell")
        body: dict[str, Any] = {"id": who, "first_name": first, "last_name": last, "emails": mails}
    else:
        body = {"title": "Technician", "manager": {"id": "f1"}, "start_date": "2020-01-06", "is_active": False}
        body |= {"end_date": "2025-02-28", "employment": {"type": "employee", "subtype": "part_time"}}
        if who == "f1":
            body |= {"title": "Manager", "manager": None, "is_active": True, "end_date": None}
    return Reply({"responses": [{"individual_id": who, "code": 200, "body": body}]})


def ukg(asked: Asked) -> Reply:
    """Two lists of everybody, which end with an empty page."""
    assert asked.headers["US-Customer-Api-Key"] == TOKEN
    assert asked.query["per_Page"] == "500"
    one: dict[str, Any] = {"employeeID": "A1", "employeeNumber": "E1", "primaryJobCode": "Manager"}
    one |= {"employeeStatusCode": "A", "lastHireDate": "2020-01-06T00:00:00", "supervisorID": None}
    two = {"employeeID": "A2", "employeeNumber": "E2", "primaryJobCode": "Technician", "supervisorID": "A1"}
    two |= {"employeeStatusCode": "T", "dateOfTermination": "2025-02-28T00:00:00", "fullTimeOrPartTimeCode": "F"}
    if asked.path.endswith("person-details"):
        one = {"employeeId": "A1", "firstName": "Ann", "lastName": "Ames"}
        two = {"employeeId": "A2", "firstName": "Bo", "lastName": "Bell"}
    return Reply([one, two] if asked.query["page"] == "1" else [])


def credly(asked: Asked) -> Reply:
    """Pages with their number in the metadata."""
    assert asked.headers["Authorization"].startswith("Basic ")
    page = int(asked.query["page"])
    badge: dict[str, Any] = {"id": f"b{page}", "recipient_email": "ann@example.org", "expires_at": None}
    badge |= {"badge_template": {"id": "YOUR-TEMPLATE"}, "issued_at": "2025-03-02T10:00:00.000-05:00"}
    badge |= {"state": "accepted" if page == 1 else "revoked"}
    return Reply({"data": [badge], "metadata": {"count": 1, "current_page": page, "total_count": 2, "total_pages": 2}})


LEFT = ("Technician", "E1")
EXPECTED: dict[str, tuple[Answer, str, str, list[tuple[Any, ...]]]] = {
    "canvas": (canvas, "completions", DONE, [("E7", "1", "2025-03-01", 91.5)]),
    "horilla": (
        horilla,
        "roster",
        f"{ROSTER}, work_email, employment_class",
        [
            ("E1", "Ann Ames", None, None, None, "login@example.org", None),
            ("E2", "Bo Bell", None, *LEFT, "bo@work.example.org", "full_time"),
        ],
    ),
    "orangehrm": (
        orangehrm,
        "roster",
        ROSTER,
        [("E1", "Ann Ames", None, "Manager", None), ("E2", "Bo Bell", "2025-02-28", *LEFT)],
    ),
    "frappe_hr": (
        frappe_hr,
        "roster",
        ROSTER,
        [("E1", "Ann Ames", None, "Manager", None), ("E2", "Bo Bell", "2025-02-28", *LEFT)],
    ),
    "odoo": (
        odoo,
        "roster",
        ROSTER,
        [("2", "Bo Bell", "2025-02-28", *LEFT), ("E1", "Ann Ames", None, "Manager", None)],
    ),
    "docebo": (docebo, "completions", DONE, [("E1", "5", "2025-03-02", 80.0), ("E1", "6", "2025-03-02", 80.0)]),
    "merge": (
        merge,
        "roster",
        ROSTER,
        [("E1", "Ann Ames", None, "Technician", None), ("E2", "Bo Bell", "2025-02-28", *LEFT)],
    ),
    "adp": (adp, "roster", ROSTER, [("E2", "Bell, Bo", "2025-02-28", *LEFT)]),
    "finch": (
        finch,
        "roster",
        ROSTER,
        [("f1", "Ann Ames", None, "Manager", None), ("f2", "Bo Bell", "2025-02-28", "Technician", "f1")],
    ),
    "ukg": (
        ukg,
        "roster",
        ROSTER,
        [("E1", "Ann Ames", None, "Manager", None), ("E2", "Bo Bell", "2025-02-28", *LEFT)],
    ),
    "credly": (
        credly,
        "credentials",
        "employee_id, credential_code, issued_on::varchar, status",
        [("ann@example.org", "CPhT", "2025-03-02", "active"), ("ann@example.org", "CPhT", "2025-03-02", "revoked")],
    ),
    "workday": (
        workday,
        "job_history",
        "employee_id, effective_on::varchar, event, separation_type",
        [("E1", "2018-10-01", "hire", None), ("E1", "2025-02-28", "termination", "voluntary")],
    ),
}


# Requests of a pull with nothing new, by path. One a stream, but where the example says why not.
AGAIN = {
    "canvas": {"accounts/self/courses": 2, "courses/N/enrollments": 2, "courses/N/bulk_user_progress": 2},
    "horilla": {
        "employee/list/employees/": 2,
        "employee/employees/N/": 3,
        "employee/employee-work-information/N/": 2,
    },
    "orangehrm": {
        "token": 1,
        "pim/employees": 1,
        "pim/employees/N/job-details": 2,
        "pim/employees/N/terminations/N": 1,
    },
    "frappe_hr": {"api/resource/Employee": 1, "api/resource/Training%20Result": 1},
    "odoo": {"json/N/hr.employee/search_read": 1},
    "docebo": {"token": 1, "learn/v1/courses": 2, "learn/v1/enrollments": 1},
    "merge": {"employees": 2},
    "adp": {"token": 1, "hr/v2/workers": 2},
    "finch": {"employer/directory": 1, "employer/individual": 3, "employer/employment": 3},
    "ukg": {"employment-details": 2, "person-details": 2},
    "credly": {"badges": 2},
    "workday": {"YOUR_ISU/RxLadder_Employees": 1, "YOUR_ISU/RxLadder_Job_History": 1},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_vendor_is_pulled_as_its_example_says_and_a_second_time_nothing_lands(
    name: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, feed, columns, expected = EXPECTED[name]
    with serving(answer) as interface:
        spec = _pointed_here(example(name, interface.url), interface.url, world.config, monkeypatch)
        found = {one.feed: one for one in world.pull_all(spec)}
        assert world.reasons() == ""
        assert set(found) == {feed for feed, *_ in spec.outputs()}
        interface.asked.clear()
        assert world.pull_all(spec) == []
        paths = [re.sub(r"(?<=/)\d+(?=/|$)", "N", one.path.removeprefix("/api/")) for one in interface.asked]
    assert Counter(paths) == AGAIN[name]
    assert sorted(rows(found[feed], columns), key=str) == expected
    assert [batch.quarantined_count + batch.repaired_count for batch in found.values()] == [0] * len(found)


def _pointed_here(spec: SourceSpec, url: str, config: Path, monkeypatch: pytest.MonkeyPatch) -> SourceSpec:
    """Set every secret of the example, and have its tokens fetched from the local server."""
    auth = spec.auth.model_dump(exclude_none=True)
    for place in [*auth.values(), *auth.get("headers", {}).values()]:
        if isinstance(place, dict) and "env" in place:
            monkeypatch.setenv(place["env"], TOKEN)
    if "token_url" in auth:
        auth["token_url"] = url + "token"
    if auth.get("refresh_token", {}).get("file"):
        (config / auth["refresh_token"]["file"]).write_text(TOKEN, encoding="utf-8")
    here = {"auth": auth, "client_certificate": None, "client_key": None}
    return SourceSpec.model_validate({**spec.model_dump(exclude_unset=True), **here})


def test_whom_finch_refuses_stays_as_the_last_pull_had_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(finch) as interface:
        spec = _pointed_here(example("finch", interface.url), interface.url, world.config, monkeypatch)
        (first,) = world.pull_all(_of_day(spec, "2026-01-05"))
        interface.answer = lambda asked: finch(asked, ["f1"])
        (second,) = world.pull_all(_of_day(spec, "2026-01-06"))
        assert "1 people are refused (code 403): they stay as the last pull had them" in " ".join(world.notes)
        interface.answer = lambda asked: finch(asked, ["f1", "f2"])
        assert len(world.pull_all(_of_day(spec, "2026-01-07"))) == 1, "f3 is gone, which Finch tells"
    assert sorted(rows(second, ROSTER), key=str) == sorted(rows(first, ROSTER), key=str)
    assert {str(day) for (day,) in rows(second, "as_of_on")} == {"2026-01-06"}


def _of_day(spec: SourceSpec, day: str) -> SourceSpec:
    (one,) = spec.combine
    sql = one.sql.replace("getvariable('today')::varchar", f"'{day}'")
    return spec.model_copy(update={"combine": [one.model_copy(update={"sql": sql})]})


def test_a_training_result_has_the_day_of_its_event_and_is_taken_back_when_it_is_cancelled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = "employee_id, completed_on::varchar, is_deleted"
    with serving(frappe_hr) as interface:
        spec = _pointed_here(example("frappe_hr", interface.url), interface.url, world.config, monkeypatch)
        found = {one.feed: one for one in world.pull_all(spec)}
        assert rows(found["completions"], columns) == [("E1", "2025-02-27", False), ("E2", "2025-02-27", False)]
        interface.answer = lambda asked: frappe_hr(asked, 2, "2025-03-05 10:00:00.000001")
        found = {one.feed: one for one in world.pull_all(spec)}
    assert rows(found["completions"], columns) == [("E1", "2025-02-27", True), ("E2", "2025-02-27", True)]


def test_canvas_without_the_right_to_sis_ids_is_said_and_assignments_are_all_there_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda asked: canvas(asked, False)) as interface:
        spec = _pointed_here(example("canvas", interface.url), interface.url, world.config, monkeypatch)
        assert [one.feed for one in world.pull_all(spec)] == ["courses"]
        assert "SIS Data - read" in world.reasons()
        interface.answer = canvas
        found = {one.feed: one for one in world.pull_all(spec)}
    assert found["assignments"].manifest()["mode"] == "snapshot"


# Whatever lists say by who is missing that somebody is gone, and what else is all there is, is a snapshot or a roster.
WHOLE = {
    "canvas": {"courses": "snapshot", "assignments": "snapshot", "completions": "delta"},
    "credly": {"credentials": "snapshot"},
    "docebo": {"courses": "snapshot", "assignments": "delta", "completions": "delta"},
    "moodle": {"courses": "snapshot", "completions": "delta"},
    "moodle_report": {"courses": "delta", "assignments": "snapshot", "completions": "delta"},
}


@pytest.mark.parametrize("name", WHOLE)
def test_lists_that_are_all_there_is_are_declared_so(name: str) -> None:
    spec = example(name, "https://example.org/")
    assert {feed: mode for feed, mode, *_ in spec.outputs()} == WHOLE[name]
