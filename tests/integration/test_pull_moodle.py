"""Moodle by config/examples: completions with scores, none asked for twice, errors that come with status 200."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest

from pipelines.connectors.anew import wish_anew
from pipelines.connectors.standing import standing_notes
from tests.integration.interface import Interface, Reply, serving
from tests.integration.landing_kit import rows
from tests.integration.moodle import DAY, ENOUGH, TOKEN, Moodle, no_access, refused
from tests.integration.moodle_kit import NOON, organisation, with_categories
from tests.integration.pull_kit import World, example, on_request

FOUND = "employee_id, course_id, completed_on::varchar, score"


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOODLE_TOKEN", TOKEN)


@pytest.fixture
def moodle() -> Moodle:
    made = Moodle()
    made.course(2, "Hand hygiene", id_number="CR-HYGIENE")
    made.course(3, "Sterile R&D <b>", category=2)
    for number in range(10, 16):
        made.user(number, f"E{number}", 2, 3)
    made.user(20, "", 2)
    for number in (10, 11, 20):
        made.complete(number, 2, NOON + number * DAY, points=15)
    made.complete(10, 3, NOON)
    return made


def pulled(world: World, interface: Interface, **settings: Any) -> dict[str, Any]:
    interface.asked.clear()
    return {one.feed: one for one in world.pull_all(with_categories("moodle", interface.url, **settings))}


def functions(interface: Interface) -> Counter[str]:
    return Counter(one.form["wsfunction"].split("_get_")[-1] for one in interface.asked)


def test_courses_and_completions_with_scores(world: World, moodle: Moodle) -> None:
    with serving(moodle) as interface:
        found = pulled(world, interface)
        assert functions(interface)["course_completion_status"] == 4, "those that are complete, not every pair"
        assert functions(interface)["grade_items"] == 2, "for a whole course at once"
        assert {one.form.get("options[3][value]") for one in interface.asked} == {None, "id,idnumber,email"}
        assert pulled(world, interface) == {}
        # a list, one a course, one a person, one a course
        assert functions(interface) == {"courses": 1, "enrolled_users": 2, "users_courses": 7, "grade_items": 2}
    assert rows(found["courses"], "course_id, title, category") == [
        ("C&3", "Sterile R&D <b>", "clinical"),
        ("CR-HYGIENE", "Hand hygiene", "compliance"),
    ]
    assert sorted(rows(found["completions"], FOUND)) == [
        ("E10", "C&3", "2025-01-01", None),
        ("E10", "CR-HYGIENE", "2025-01-11", 15.0),
        ("E11", "CR-HYGIENE", "2025-01-12", 15.0),
        ("u20@example.org", "CR-HYGIENE", "2025-01-21", 15.0),
    ]
    assert "1 people have no ID number and come under their e-mail addresses" in " ".join(world.notes)


def test_what_changes_later_is_taken_up(world: World, moodle: Moodle) -> None:
    """A completion anew two days after the last, a grade, a person's and a course's number; a vanished one stays."""
    with serving(moodle) as interface:
        pulled(world, interface)
        again = moodle.done[10, 2] = int(time.time()) - DAY
        moodle.visited[10, 2] = again
        moodle.points[10, 2], moodle.points[11, 2] = 18, 16
        moodle.users[20]["idnumber"] = "E20"
        moodle.courses[3]["idnumber"] = "CR-STERILE"
        moodle.delete(11)
        found = pulled(world, interface)
        assert functions(interface)["course_completion_status"] == 1
        assert pulled(world, interface) == {}
    assert sorted(rows(found["completions"], f"completion_id, {FOUND}, is_deleted")) == [
        (f"10-2-{NOON + 10 * DAY}", "E10", "CR-HYGIENE", "2025-01-11", 18.0, False),
        (f"10-2-{again}", "E10", "CR-HYGIENE", time.strftime("%Y-%m-%d", time.localtime(again)), 18.0, False),
        (f"10-3-{NOON}", "E10", "CR-STERILE", "2025-01-01", None, False),
        (f"20-2-{NOON + 20 * DAY}", "E20", "CR-HYGIENE", "2025-01-21", 15.0, False),
    ]


def test_of_102_completions_all_land_but_those_that_functions_do_not_tell(world: World) -> None:
    moodle, untold = organisation()
    assert len(moodle.done) == 102
    with serving(moodle) as interface:
        found = pulled(world, interface)
        assert world.reasons() == ""
        said = " ".join(world.notes)
        asked = len(interface.asked)
        for _ in range(2):
            assert pulled(world, interface) == {}
            assert len(interface.asked) == 1 + 7 + 34 + 6, "courses, participants of each, people, grades"
            assert " ".join(world.notes) == said, "what is missing is said as long as it is"
    assert standing_notes(world.data) == world.notes
    assert asked < 150
    landed = {tuple(map(int, one.split("-")[:2])) for (one,) in rows(found["completions"], "completion_id")}
    assert landed == set(moodle.done) - {one for pairs in untold.values() for one in pairs}
    for count, words in [
        (len(moodle.inactive), "enrolments have ended or are suspended"),
        (len(untold["trainer"]), "completions are of people who are no learners"),
        (len(untold["imported"]), "completions are in courses without criteria"),
    ]:
        assert f"{count} {words}" in said
    assert (
        "completions of people whose account is not in use, of which Moodle says nothing [usernotconfirmed] (" in said
    )
    days = dict(rows(found["completions"], "completion_id, completed_on::varchar"))
    first_of_any = next(one for one in days if one.split("-")[1] == "6")
    assert days[first_of_any] == time.strftime("%Y-%m-%d", time.gmtime(int(first_of_any.split("-")[2])))
    assert int(first_of_any.split("-")[2]) == moodle.done[int(first_of_any.split("-")[0]), 6], "the first criterion's"


def test_an_id_number_that_is_seen_nowhere_stops_the_pull_and_anew_mends_it(world: World, moodle: Moodle) -> None:
    moodle.rights = set(ENOUGH - {"moodle/user:viewalldetails"})
    with serving(moodle) as interface:
        assert set(pulled(world, interface)) == {"courses"}
        assert "moodle/user:viewalldetails" in world.reasons()
        moodle.rights = set(ENOUGH)
        found = pulled(world, interface)
        assert {"E10", "E11"} <= {one for (one,) in rows(found["completions"], "employee_id")}
        assert pulled(world, interface) == {}
        moodle.complete(12, 2, NOON)
        del moodle.done[10, 3]
        wish_anew(world.data / "pulls" / "moodle", ["completions"], replace=True)
        found = pulled(world, interface)
        assert len(rows(found["completions"], "employee_id")) == 5
        assert [one for one, gone in rows(found["completions"], "completion_id, is_deleted") if gone] == [
            f"10-3-{NOON}"
        ]
        assert pulled(world, interface) == {}


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        (
            "moodle/course:viewhiddencourses",
            "may not see course 3, which is hidden: grant moodle/course:viewhiddencourses",
        ),
        ("webservice/rest:use", "no right to the REST protocol (webservice/rest:use)"),
        ("moodle/course:viewparticipants", "moodle/course:viewparticipants"),
    ],
)
def test_a_right_that_stops_all_is_named(missing: str, reason: str, world: World, moodle: Moodle) -> None:
    moodle.hidden.add(3)
    moodle.rights = set(ENOUGH - {missing})
    with serving(moodle) as interface:
        pulled(world, interface)
    assert reason in world.reasons()


@pytest.mark.parametrize(
    ("missing", "note"),
    [
        ("moodle/site:accessallgroups", "1 courses show no participant, such as number 3"),
        ("report/completion:view", "13 times Moodle does not say whether a course is complete"),
        ("gradereport/user:view", "courses whose grades the token's user may not see"),
    ],
)
def test_a_right_that_empties_an_answer_is_named(missing: str, note: str, world: World, moodle: Moodle) -> None:
    moodle.separate_groups.add(3)
    moodle.rights = set(ENOUGH - {missing})
    with serving(moodle) as interface:
        pulled(world, interface)
    assert note in " ".join(world.notes)
    assert missing in " ".join(world.notes)


def test_without_the_right_to_change_courses_their_id_numbers_come_from_the_participants(
    world: World, moodle: Moodle
) -> None:
    moodle.rights = set(ENOUGH)
    with serving(moodle) as interface:
        found = pulled(world, interface)
    assert rows(found["courses"], "course_id") == [("C&3",), ("CR-HYGIENE",)]
    assert "moodle/course:update" in " ".join(world.notes)


def test_no_category_is_taken_for_granted(world: World, moodle: Moodle) -> None:
    moodle.course(4, "Gardening", category=9)
    with serving(moodle) as interface:
        found = pulled(world, interface)
        assert len(rows(found["courses"], "course_id")) == 2
        assert "1 courses are left out: they are in categories that are not named under `category` (9)" in " ".join(
            world.notes
        )
        interface.answer = moodle
        world.pull_all(example("moodle", interface.url))
    assert "none of Moodle's categories is named" in world.reasons()


def test_pages_of_people_that_move_are_asked_for_anew(world: World, moodle: Moodle) -> None:
    for number in range(100, 620):
        moodle.user(number, f"E{number}", 2)
    moodle.complete(615, 2, NOON)
    count = 0

    def answer(asked: Any) -> Reply:
        nonlocal count
        count += asked.form.get("courseid") == "2" and "options[0][value]" in asked.form
        if count == 2 and 12 in moodle.enrolled[2]:
            moodle.enrolled[2].remove(12)
        if asked.form["wsfunction"] == "core_enrol_get_users_courses" and int(asked.form["userid"]) < 600:
            return Reply([])
        return moodle(asked)

    with serving(answer) as interface:
        found = pulled(world, interface)
    assert count > 3, "the list was begun anew"
    assert rows(found["completions"], "employee_id") == [("E615",)]


def test_a_course_without_criteria_has_no_completions_and_that_is_known(world: World, moodle: Moodle) -> None:
    moodle.without_criteria = {2}
    with serving(moodle) as interface:
        found = pulled(world, interface)
        assert functions(interface)["course_completion_status"] == 1
    assert rows(found["completions"], "course_id") == [("C&3",)]
    assert "3 completions are in courses without criteria" in " ".join(world.notes)


REFUSALS: dict[str, tuple[Reply, str]] = {
    "a token that is none": (refused("invalidtoken"), "Moodle does not know the token [invalidtoken]"),
    "no reason given": (
        refused("accessexception", "Access control exception", "webservice_access_exception"),
        "lacks this function, the token has expired",
    ),
    "an expired token": (
        no_access("Invalid token - token expired - check validuntil time for the token"),
        "has expired",
    ),
    "a wrong address": (no_access("Invalid token - IP:192.0.2.7 is not supported"), "for other addresses (IP)"),
    "a missing function": (
        no_access(
            "Access to the function core_course_get_courses() is not allowed. There could be multiple reasons for this:"
            " 1. The service linked to the user token does not contain the function. 2. The service is user-restricted"
            " and the user is not listed. 3. The service is IP-restricted and the user IP is not listed."
        ),
        "lacks the function core_course_get_courses",
    ),
    "a user without REST": (
        no_access("You are not allowed to use the rest protocol (missing capability: webservice/rest:use)"),
        "webservice/rest:use",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_an_error_with_status_200_is_an_error(case: str, world: World, moodle: Moodle) -> None:
    answer, reason = REFUSALS[case]
    with serving(on_request(1, answer, moodle)) as interface:
        assert pulled(world, interface) == {}
    assert reason in world.reasons()
    assert "Jane" not in world.reasons()


def test_an_error_of_one_person_ends_nothing_and_one_of_everybody_does(world: World, moodle: Moodle) -> None:
    bad = {"10"}

    def answer(asked: Any) -> Reply:
        is_bad = asked.form.get("userid") in bad or "all" in bad
        return refused("cannotviewprofile") if is_bad and "users_courses" in asked.form["wsfunction"] else moodle(asked)

    with serving(answer) as interface:
        found = pulled(world, interface)
        assert {one for (one,) in rows(found["completions"], "employee_id")} == {"E11", "u20@example.org"}
        assert "people whose courses Moodle does not tell; what they completed stays unknown" in " ".join(world.notes)
        bad.add("all")
        pulled(world, interface)
    assert "Moodle tells nobody's courses (7 people asked about)" in world.reasons()


def test_web_services_that_are_off_are_named(world: World, moodle: Moodle) -> None:
    off = Reply(b"<!doctype html><html>", 403, {"Content-Type": "text/html; charset=utf-8"})
    with serving(lambda _: off) as interface:
        assert pulled(world, interface) == {}
    assert "web services are switched off" in world.reasons()


def test_a_busy_database_is_tried_again(world: World, moodle: Moodle) -> None:
    with serving(on_request(5, refused("dmlreadexception"), moodle)) as interface:
        found = pulled(world, interface)
    assert found["completions"].row_count == 4
