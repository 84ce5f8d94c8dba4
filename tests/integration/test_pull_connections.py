"""The lists of a fan-out over several connections: nothing lost or doubled, resumed, and never faster than allowed."""

from __future__ import annotations

import time
from collections import Counter
from threading import Barrier, BrokenBarrierError, Lock
from typing import Any

import pytest

from pipelines.connectors.rest.spec import SourceSpec
from tests.integration.interface import Asked, Reply, serving
from tests.integration.landing_kit import rows
from tests.integration.pull_kit import World

PEOPLE = [f"p{n:02d}" for n in range(24)]
EXPECTED = sorted((who, f"CR-{n}") for who in PEOPLE for n in range(3))


def fan_out(url: str, **settings: Any) -> SourceSpec:
    people = {"name": "people", "path": "people", "columns": {"who": "id"}}
    done: dict[str, Any] = {"name": "done", "path": "people/{child}/done", "feed": "completions"}
    done |= {"parent": {"stream": "people", "field": "id"}, "paging": {"kind": "page", "parameter": "page"}}
    done["columns"] = {"employee_id": "@child", "course_id": "course", "completed_on": "on"}
    quick = {"retries": 0, "timeout_seconds": 5, "connections": 4}
    return SourceSpec.model_validate({"name": "lms", "base": url, "streams": [people, done], **quick, **settings})


def answer(asked: Asked) -> Reply:
    """Three records of each person, two a page."""
    if asked.path.endswith("/people"):
        return Reply([{"id": who} for who in PEOPLE])
    start = 2 * (int(asked.query["page"]) - 1)
    return Reply([{"course": f"CR-{n}", "on": "2025-01-02"} for n in range(3)][start : start + 2])


def test_four_connections_at_the_same_time_bring_what_one_brings(world: World) -> None:
    together, met = Barrier(4), Counter[bool]()

    def meeting(asked: Asked) -> Reply:
        if asked.query.get("page") == "1":
            try:
                together.wait(5)
                met[True] += 1
            except BrokenBarrierError:
                met[False] += 1
        return answer(asked)

    with serving(meeting) as interface:
        (batch,) = world.pull_all(fan_out(interface.url))
        interface.answer = answer
        assert world.pull_all(fan_out(interface.url, connections=1)) == []
    assert met == {True: len(PEOPLE)}
    assert sorted(rows(batch, "employee_id, course_id")) == EXPECTED


def test_what_broke_goes_on_where_it_broke(world: World) -> None:
    is_broken, asked_for, lock = True, Counter[tuple[str, str]](), Lock()

    def breaking(asked: Asked) -> Reply:
        key = (asked.path, asked.query.get("page", ""))
        if is_broken and key == ("/api/people/p10/done", "2"):
            return Reply({}, 500)
        with lock:
            asked_for[key] += 1
        return answer(asked)

    with serving(breaking) as interface:
        assert world.pull_all(fan_out(interface.url)) == []
        assert "status 500" in world.failure()
        assert sum(asked_for.values()) < 3 * len(PEOPLE), "no other child is begun"
        is_broken = False
        (batch,) = world.pull_all(fan_out(interface.url))
    assert sorted(rows(batch, "employee_id, course_id")) == EXPECTED
    del asked_for["/api/people", ""]
    assert set(asked_for.values()) == {1}, "no page is fetched twice"


def test_the_pace_holds_over_all_connections(world: World) -> None:
    times: list[float] = []

    def noting(asked: Asked) -> Reply:
        times.append(time.monotonic())
        return answer(asked)

    with serving(noting) as interface:
        world.pull_all(fan_out(interface.url, requests_per_second=50))
    taken = sorted(times)
    assert len(taken) == 1 + 3 * len(PEOPLE)
    assert taken[-1] - taken[0] > (len(taken) - 1) / 50 - 0.1


def test_a_token_refused_to_all_is_fetched_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RXL_TEST_TOKEN", "planted-secret-of-the-tests")
    given, lock = 0, Lock()

    def answered(asked: Asked) -> Reply:
        nonlocal given
        if asked.path.endswith("token"):
            with lock:
                given += 1
                return Reply({"access_token": f"token-number-{given}", "token_type": "Bearer"})
        is_old = asked.headers["Authorization"] == "Bearer token-number-1"
        return Reply({}, 401) if is_old and asked.path.endswith("done") else answer(asked)

    with serving(answered) as interface:
        auth = {"kind": "oauth2", "token_url": interface.url + "token", "client_id": "rx"}
        auth["client_secret"] = {"env": "RXL_TEST_TOKEN"}
        (batch,) = world.pull_all(fan_out(interface.url, auth=auth))
    assert given == 2
    assert sorted(rows(batch, "employee_id, course_id")) == EXPECTED


@pytest.mark.parametrize("at_once", [1, 2])
def test_so_many_sources_are_pulled_at_the_same_time_as_the_settings_say(world: World, at_once: int) -> None:
    under_way, most, lock = 0, 0, Lock()

    def slow(asked: Asked) -> Reply:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.2)
        with lock:
            under_way -= 1
        return answer(asked)

    with serving(slow) as interface:
        columns = {"employee_id": "id", "full_name": "id"}
        people = {"name": "people", "path": "people", "feed": "employees", "columns": columns}
        specs = [
            SourceSpec.model_validate({"name": f"hr{n}", "base": interface.url, "streams": [people]}) for n in range(4)
        ]
        assert len(world.pull_all(*specs, at_once=at_once)) == 4
    assert most == at_once
