"""Moodle by config/examples: completions with scores, none asked for twice, errors that come with status 200."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest

from tests.integration.interface import Interface, Reply, serving
from tests.integration.landing_kit import rows
from tests.integration.moodle import TOKEN, Moodle, refused
from tests.integration.pull_kit import World, example, on_request

NOON = 1735732800  # 2025-01-01T12:00:00Z
DAY = 86400


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOODLE_TOKEN", TOKEN)


@pytest.fixture
def moodle() -> Moodle:
    made = Moodle()
    made.course(2, "Hand hygiene")
    made.course(3, "Sterile compounding", category=2)
    for number in range(10, 16):
        made.user(number, f"E{number}", 2, 3)
    made.user(20, "", 2)
    for number in (10, 11, 20):
        made.complete(number, 2, NOON + number * DAY, points=15)
    made.complete(10, 3, NOON)
    return made


def pulled(world: World, interface: Interface, **settings: Any) -> dict[str, Any]:
    interface.asked.clear()
    return {one.feed: one for one in world.pull_all(example("moodle", interface.url, **settings))}


def functions(interface: Interface) -> Counter[str]:
    return Counter(one.form["wsfunction"].split("_get_")[-1] for one in interface.asked)


def test_courses_and_completions_with_scores(world: World, moodle: Moodle) -> None:
    with serving(moodle) as interface:
        found = pulled(world, interface)
        assert functions(interface)["course_completion_status"] == 4, "those that are complete, not every pair"
        assert functions(interface)["grade_items"] == 2, "for a whole course at once"
        assert pulled(world, interface) == {}
        wanted = {"courses": 1, "enrolled_users": 2, "users_courses": 7}  # a list, one a course, one a person
        assert functions(interface) == wanted
    assert rows(found["courses"], "course_id, title, category") == [
        ("2", "Hand hygiene", "compliance"),
        ("3", "Sterile compounding", "clinical"),
    ]
    assert sorted(rows(found["completions"], "employee_id, course_id, completed_on::varchar, score")) == [
        ("E10", "2", "2025-01-11", 15.0),
        ("E10", "3", "2025-01-01", None),
        ("E11", "2", "2025-01-12", 15.0),
        ("u20@example.org", "2", "2025-01-21", 15.0),
    ]


def test_a_completion_anew_is_another_and_a_vanished_one_stays(world: World, moodle: Moodle) -> None:
    with serving(moodle) as interface:
        pulled(world, interface)
        again = int(time.time()) - DAY
        moodle.complete(10, 2, again, points=18)
        moodle.delete(11)
        del moodle.done[10, 3]
        found = pulled(world, interface)
        assert functions(interface)["course_completion_status"] == 1
    assert rows(found["completions"], "completion_id, score, is_deleted") == [(f"10-2-{again}", 18.0, False)]
    assert set(found) == {"completions"}


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
    assert rows(found["completions"], "course_id") == [("3",)]


REFUSALS = {"invalidtoken": "[invalidtoken]", "accessexception": "[accessexception]"}


@pytest.mark.parametrize("code", REFUSALS)
def test_an_error_with_status_200_is_an_error(code: str, world: World, moodle: Moodle) -> None:
    with serving(on_request(1, refused(code), moodle)) as interface:
        assert pulled(world, interface) == {}
    assert REFUSALS[code] in world.reasons()
    assert "Jane" not in world.reasons()


def test_web_services_that_are_off_are_named(world: World, moodle: Moodle) -> None:
    off = Reply(b"<!doctype html><html>", 403, {"Content-Type": "text/html; charset=utf-8"})
    with serving(lambda _: off) as interface:
        assert pulled(world, interface) == {}
    assert "web services are switched off" in world.reasons()


def test_a_busy_database_is_tried_again(world: World, moodle: Moodle) -> None:
    with serving(on_request(5, refused("dmlreadexception"), moodle)) as interface:
        found = pulled(world, interface)
    assert found["completions"].row_count == 4


def test_what_the_token_may_not_see_is_said(world: World, moodle: Moodle) -> None:
    def answer(asked: Any) -> Reply:
        return refused("nopermissions") if "grade" in asked.form["wsfunction"] else moodle(asked)

    with serving(answer) as interface:
        found = pulled(world, interface)
    assert {score for (score,) in rows(found["completions"], "score")} == {None}
    assert "may not see the grades" in " ".join(world.notes)
