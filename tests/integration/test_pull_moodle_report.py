"""Moodle by its report: every completion, the assignments and the catalogue, with what is missing or unsorted said."""

from __future__ import annotations

import random
from typing import Any

import pytest

from pipelines.connectors.rest.spec import SourceSpec
from tests.integration.interface import Asked, Interface, Reply, serving
from tests.integration.landing_kit import rows
from tests.integration.moodle import TOKEN, Moodle, refused
from tests.integration.moodle_kit import organisation, with_categories
from tests.integration.pull_kit import World


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOODLE_TOKEN", TOKEN)


def spec(interface: Interface, size: int = 500) -> SourceSpec:
    found = with_categories("moodle_report", interface.url)
    paging = found.streams[0].paging.model_copy(update={"size": size})
    first = found.streams[0].model_copy(update={"paging": paging})
    return found.model_copy(update={"streams": [first, *found.streams[1:]]})


def pulled(world: World, interface: Interface, size: int = 500) -> dict[str, Any]:
    interface.asked.clear()
    return {one.feed: one for one in world.pull_all(spec(interface, size))}


def test_every_completion_lands_and_courses_and_people_are_called_as_by_the_functions(world: World) -> None:
    moodle, untold = organisation()
    with serving(moodle) as interface:
        found = pulled(world, interface)
        assert len(interface.asked) == 1
        assert pulled(world, interface) == {}
        by_functions = {one.feed: one for one in world.pull_all(with_categories("moodle", interface.url))}
    done = "employee_id, course_id, completed_on::varchar"
    assert found["completions"].row_count == len(moodle.done) == 102
    assert found["assignments"].row_count == 34 * 7
    assert by_functions["completions"].row_count == 102 - len(set().union(*untold.values()))
    days = {one[:2] for one in rows(found["completions"], done)}
    assert {one[:2] for one in rows(by_functions["completions"], done)} < days
    catalogue, theirs = (sorted(rows(one["courses"], "course_id, title, category")) for one in (found, by_functions))
    assert catalogue == theirs
    assert ("C&3", "Course 3", "management") in catalogue


def test_who_is_no_longer_enrolled_is_no_longer_assigned_and_completions_stay(world: World) -> None:
    moodle, _ = organisation()
    with serving(moodle) as interface:
        pulled(world, interface)
        moodle.delete(103)
        found = pulled(world, interface)
    assert set(found) == {"assignments"}
    assert found["assignments"].manifest()["mode"] == "snapshot"
    assert found["assignments"].row_count == 33 * 7


def test_what_landed_before_a_number_was_filled_in_follows(world: World) -> None:
    moodle, _ = organisation()
    with serving(moodle) as interface:
        pulled(world, interface)
        moodle.users[110]["idnumber"], moodle.courses[3]["idnumber"] = "E110", "CR-3"
        found = pulled(world, interface)
        assert pulled(world, interface) == {}
    told = rows(found["completions"], "employee_id, course_id, is_deleted")
    theirs = [course for user, course in moodle.done if user == 110]
    assert len([one for one in told if one[0] == "E110" and not one[2]]) == len(theirs) > 1
    assert len([one for one in told if one[0] == "u110@example.org" and one[2]]) == len(theirs)
    assert {one[1] for one in told if one[2] and one[0] != "u110@example.org"} == {"C&3"}
    assert sorted(rows(found["courses"], "course_id, is_deleted")) == [("C&3", True), ("CR-3", False)]


def test_rows_without_any_name_are_left_out_with_a_count(world: World) -> None:
    moodle, _ = organisation()
    moodle.users[105]["idnumber"] = moodle.users[105]["email"] = ""
    with serving(moodle) as interface:
        found = pulled(world, interface)
    assert found["assignments"].row_count == 33 * 7
    said = " ".join(world.notes)
    assert "7 rows are left out, of people without ID number and e-mail address" in said
    assert "3 people have no ID number and come under their e-mail addresses" in said


@pytest.mark.parametrize(
    ("gone", "reason"),
    [
        ("Time completed", 'the report lacks the column "Time completed": add it'),
        ("ID number", 'the column "ID number"'),
    ],
)
def test_a_column_that_is_not_there_is_named(gone: str, reason: str, world: World) -> None:
    moodle, _ = organisation()
    moodle.headings.remove(gone)
    with serving(moodle) as interface:
        assert pulled(world, interface) == {}
    assert reason in world.reasons()


def test_nobody_with_an_id_number_stops_the_pull(world: World) -> None:
    moodle, _ = organisation()
    for one in moodle.users.values():
        one["idnumber"] = ""
    with serving(moodle) as interface:
        pulled(world, interface)
    assert "the report shows no ID number of anybody" in world.reasons()


def test_who_may_not_see_the_report_is_told_which(world: World) -> None:
    with serving(lambda _: refused("errorreportaccess")) as interface:
        pulled(world, interface)
    assert "may not see report YOUR-REPORT" in world.reasons()


def big() -> Moodle:
    moodle = Moodle()
    for course in range(2, 5):
        moodle.course(course, f"Course {course}", id_number=f"CR-{course}")
    for user in range(1000, 1200):
        moodle.user(user, f"E{user}", 2, 3, 4)
    return moodle


def test_a_report_of_several_pages_that_is_not_sorted_is_refused(world: World) -> None:
    moodle = big()
    moodle.order = [(user, course) for user in moodle.users for course in (2, 3, 4)]
    random.Random(3).shuffle(moodle.order)
    with serving(moodle) as interface:
        assert pulled(world, interface) == {}
        assert "the report is not sorted" in world.reasons()
        assert "sort it by ID number" in world.reasons()
        moodle.order = None
        assert pulled(world, interface)["assignments"].row_count == 600
    assert world.reasons() == ""


def test_rows_that_come_twice_while_others_do_not_are_noticed(world: World) -> None:
    """Without an order, what is touched while pages are fetched goes elsewhere: the total stays, rows are lost."""
    moodle, chance = big(), random.Random(5)
    moodle.order = [(user, course) for user in moodle.users for course in (2, 3, 4)]

    def answer(asked: Asked) -> Reply:
        assert moodle.order is not None
        reply = moodle(asked)
        for _ in range(30):
            moodle.order.append(moodle.order.pop(chance.randrange(len(moodle.order))))
        return reply

    with serving(answer) as interface:
        assert pulled(world, interface, size=100) == {}
        assert len(interface.asked) == 3 * 6, "the list was fetched anew, twice"
    assert "came on two pages, so others may not have come: have the list sorted" in world.reasons()


def test_equal_rows_that_are_there_each_time_are_taken_and_said(world: World) -> None:
    moodle = big()
    order = [(user, course) for user in moodle.users for course in (2, 3, 4)]
    moodle.order = [*order[:100], *order[99:]]
    with serving(moodle) as interface:
        found = pulled(world, interface, size=100)
        assert len(interface.asked) == 2 * 7
    assert found["assignments"].row_count == 600
    assert "1 records came on two pages each time" in " ".join(world.notes)
