"""What a pull lands: feeds in every mode, made of several streams, and only what is new."""

from __future__ import annotations

from typing import Any

from pipelines.connectors.rest.spec import SourceSpec
from pipelines.connectors.standing import standing_failures
from tests.integration.interface import Asked, Interface, Reply, serving
from tests.integration.landing_kit import rows
from tests.integration.pull_kit import RECORDS, World, assert_all, on_request, pages, source

WHOLE = {"paging": {}, "cursor": None}


def jobs(*days: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"who": who, "on": on, "what": what} for who, on, what in days]


def history(interface: Interface, mode: str) -> SourceSpec:
    columns = {"employee_id": "who", "effective_on": "on", "event": "what"}
    stream = {"name": "jobs", "path": "jobs", "feed": "job_history", "mode": mode, "columns": columns}
    return SourceSpec.model_validate({"name": "hr", "base": interface.url, "streams": [stream]})


def test_by_employee_lands_the_whole_history_of_whoever_changed(world: World) -> None:
    before = jobs(("1", "2024-01-01", "hire"), ("1", "2024-05-01", "job_change"), ("2", "2024-02-01", "hire"))
    after = jobs(("1", "2024-01-01", "hire"), ("1", "2024-06-01", "job_change"), ("2", "2024-02-01", "hire"))
    with serving(lambda _: Reply(before)) as interface:
        (first,) = world.pull_all(history(interface, "by_employee"))
        assert world.pull_all(history(interface, "by_employee")) == []
        interface.answer = lambda _: Reply(after)
        (second,) = world.pull_all(history(interface, "by_employee"))
    assert first.row_count == 3
    assert first.mode == second.mode == "by_employee"
    assert rows(second, "employee_id, effective_on::varchar") == [("1", "2024-01-01"), ("1", "2024-06-01")]


def test_a_window_is_landed_whole_or_what_did_not_change_would_be_gone(world: World) -> None:
    before = jobs(("1", "2024-01-01", "hire"), ("2", "2024-02-01", "hire"), ("3", "2024-03-01", "hire"))
    after = [{**job, "what": "rehire" if job["who"] != "2" else "hire"} for job in before]
    with serving(lambda _: Reply(before)) as interface:
        world.pull_all(history(interface, "window"))
        assert world.pull_all(history(interface, "window")) == []
        interface.answer = lambda _: Reply(after)
        (changed,) = world.pull_all(history(interface, "window"))
        interface.answer = lambda _: Reply([after[0], after[2]])
        (shorter,) = world.pull_all(history(interface, "window"))
    assert changed.row_count == 3
    assert shorter.row_count == 2, "that a record is gone is news"


def test_a_snapshot_is_landed_when_it_differs_and_a_truncated_one_is_refused(world: World) -> None:
    whole = {**WHOLE, "mode": "snapshot"}
    with serving(lambda _: Reply({"data": RECORDS})) as interface:
        assert_all(world.pull(interface, stream=whole))
        assert world.pull(interface, stream=whole) == []
        interface.answer = lambda _: Reply({"data": RECORDS[1:]})
        (less,) = world.pull(interface, stream=whole)
        assert less.row_count == 24
        interface.answer = lambda _: Reply({"data": []})
        (refused,) = world.pull(interface, stream=whole)
    assert "snapshot" in refused.reason


def test_a_look_back_asks_for_late_records_and_lands_none_twice(world: World) -> None:
    cursor = {"parameter": "since", "path": "changed", "look_back_seconds": 20}
    late = {**RECORDS[0], "id": "late", "changed": "2024-04-01T00:00:05Z"}
    with serving(pages()) as interface:
        assert_all(world.pull(interface, stream={"cursor": cursor}))
        interface.asked.clear()
        interface.answer = pages([*RECORDS, late])
        (batch,) = world.pull(interface, stream={"cursor": cursor})
    assert {a.query["since"] for a in interface.asked} == {"2024-04-01T00:00:04Z"}
    assert rows(batch, "completion_id") == [("late",)]


def test_the_cursor_never_passes_what_the_server_vouches_for(world: World) -> None:
    cursor = {"parameter": "since", "path": "changed", "limit_header": "X-Consistent-Through"}
    vouched = {"X-Consistent-Through": "2024-04-01T00:00:09Z"}

    def answer(asked: Asked) -> Reply:
        reply = pages()(asked)
        reply.headers = vouched
        return reply

    with serving(answer) as interface:
        batch = assert_all(world.pull(interface, stream={"cursor": cursor}))
    assert batch.manifest()["origin"]["cursors"]["done"][0] == vouched["X-Consistent-Through"]


def test_what_may_not_be_read_is_said(world: World) -> None:
    records = [{**record, "_restricted": ["score"], "score": None} for record in RECORDS]
    with serving(pages(records)) as interface:
        assert_all(world.pull(interface, stream={"restricted": "_restricted"}))
    (note,) = world.notes
    assert "may not read score" in note


def combined(url: str, **changes: Any) -> SourceSpec:
    """People and their badges become one feed by SQL; whom a change list names is asked for again, alone."""
    since = {"parameter": "since", "path": "latest", "taken_from": "body", "initial": "0", "format": "text"}
    fan = {"parent": {"stream": "wanted", "fields": {"one": "who"}}, "errors": [{"status": 404, "then": "skip"}]}
    badges = {"who": "@child.one", "course": "c", "on": "on"}
    streams: list[dict[str, Any]] = [
        {"name": "changed", "path": "changed", "records": "staff.*", "cursor": since, "columns": {"who": "@key"}},
        {"name": "wanted", "uses": ["changed"], "sql": "select who from changed"},
        {"name": "people", "path": "people/{child.one}", "records": "[]", "columns": {"who": "@child.one"}, **fan},
        {"name": "badges", "path": "people/{child.one}/badges", "columns": badges, **fan},
    ]
    sql = (
        "select employee_id, course_id, completed_on from (select who as employee_id, course as course_id,"
        ' "on" as completed_on from badges join people using (who)) new anti join landed_completions'
        " using (employee_id, course_id)"
    )
    feed = {"feed": "completions", "streams": ["badges", "people"], "sql": sql}
    return SourceSpec.model_validate({"name": "badges", "base": url, "streams": streams, "combine": [feed], **changes})


def badge_world(asked: Asked) -> Reply:
    if asked.path.endswith("/changed"):
        return Reply({"latest": "7", "staff": {} if asked.query["since"] == "7" else {"a": {}, "b": {}, "c/1": {}}})
    if "/c%2F1" in asked.path:
        return Reply({}, 404)
    who = asked.path.split("/")[3]
    if asked.path.endswith("/badges"):
        return Reply([{"c": f"CR-{who}", "on": "2024-01-02"}])
    return Reply([{"name": who}])


def test_streams_combined_by_sql_asked_for_whom_a_change_list_names(world: World) -> None:
    with serving(badge_world) as interface:
        (batch,) = world.pull_all(combined(interface.url))
        assert len(interface.asked) == 7
        assert sorted(rows(batch, "employee_id, course_id")) == [("a", "CR-a"), ("b", "CR-b")]
        assert batch.manifest()["origin"]["cursors"]["changed"][0] == "7"
        interface.asked.clear()
        assert world.pull_all(combined(interface.url)) == []
        assert len(interface.asked) == 1


def test_only_what_is_new_is_asked_about_and_nothing_of_the_same_moment_missed(world: World) -> None:
    changed = {"a": "2024-05-01T00:00:00Z", "b": "2024-05-01T00:00:00Z"}
    badges = dict.fromkeys("abcd", "2024-01-02")

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/changed"):
            since = asked.query.get("since", "")
            return Reply([{"who": who, "at": at} for who, at in changed.items() if at >= since])
        return Reply([{"c": "CR-A", "on": badges[asked.path.split("/")[3]]}])

    def whom(interface: Interface) -> list[str]:
        interface.asked.clear()
        world.pull_all(spec)
        return [one.path.split("/")[3] for one in interface.asked[1:]]

    cursor = {"parameter": "since", "path": "at", "only_news": True}
    listed = {"name": "listed", "path": "changed", "cursor": cursor, "columns": {"who": "who"}}
    badge = {
        "name": "badge",
        "path": "of/{child}",
        "parent": {"stream": "asked", "field": "who"},
        "feed": "completions",
    }
    badge["columns"] = {"employee_id": "@child", "course_id": "c", "completed_on": "on"}
    streams = [listed, {"name": "asked", "uses": ["listed"], "sql": "from listed"}, badge]
    with serving(answer) as interface:
        spec = SourceSpec.model_validate({"name": "badges", "base": interface.url, "streams": streams})
        assert whom(interface) == ["a", "b"]
        assert whom(interface) == []
        changed["c"] = changed["a"]
        assert whom(interface) == ["c"], "it came late, with a time that had been reached"
        changed["a"] = "2024-05-02T00:00:00Z"
        assert whom(interface) == ["a"], "of what is new nothing landed: it has been there"
        badges["d"], changed["d"] = "2024-01-03", "2024-05-02T00:00:00Z"
        assert sorted(whom(interface)) == ["a", "d"], "while nothing lands, what was asked for is asked for again"
        assert whom(interface) == []


def test_a_fan_out_goes_on_with_the_child_where_it_broke(world: World) -> None:
    with serving(on_request(6, Reply({}, 500), badge_world)) as interface:
        assert world.pull_all(combined(interface.url, retries=0)) == []
        interface.asked.clear()
        (batch,) = world.pull_all(combined(interface.url, retries=0))
        assert [a.path.rsplit("/", 2)[-2:] for a in interface.asked] == [["b", "badges"], ["c%2F1", "badges"]]
    assert batch.row_count == 2


def test_a_stream_that_two_feeds_share_is_asked_from_where_the_one_behind_left_off(world: World) -> None:
    shared = {
        "name": "events",
        "path": "completions",
        "records": "data",
        "cursor": {"parameter": "since", "path": "changed"},
    }
    shared |= {"columns": {"who": "user.number", "course": "course", "on": {"path": "done", "parse": "date"}}}
    done = {
        "feed": "completions",
        "streams": ["events"],
        "sql": 'select who employee_id, course course_id, "on" completed_on from events',
    }
    given = {
        "feed": "rewards",
        "streams": ["events"],
        "sql": "select who employee_id, \"on\" granted_on, 'bonus' kind, '5' amount from events",
    }
    broken = {**given, "sql": "select nobody from events"}

    def spec(url: str, second: dict[str, Any]) -> SourceSpec:
        return SourceSpec.model_validate({"name": "lms", "base": url, "streams": [shared], "combine": [done, second]})

    with serving(
        lambda asked: Reply({"data": [r for r in RECORDS if r["changed"] >= asked.query.get("since", "")]})
    ) as interface:
        (only,) = world.pull_all(spec(interface.url, broken))
        assert only.feed == "completions"
        assert "nobody" in world.failure()
        (missed,) = world.pull_all(spec(interface.url, given))
    assert missed.feed == "rewards"
    assert missed.row_count > 20


def test_one_broken_source_does_not_stop_the_others(world: World) -> None:
    with serving(pages()) as interface:
        broken = source(interface.url, ca_bundle="missing.pem", base="https://127.0.0.1:9/").model_copy(
            update={"name": "sick"}
        )
        (batch,) = world.pull_all(broken, source(interface.url))
    assert batch.row_count == len(RECORDS)
    (sick,) = standing_failures(world.data)
    assert (sick.source, sick.reason) == ("sick", "done: there is no file missing.pem beside sources.yml")


def test_a_fault_nobody_foresaw_is_said_without_its_text(world: World, monkeypatch: Any) -> None:
    def falls(*_: Any, **__: Any) -> None:
        raise RuntimeError("Jane Doe")

    monkeypatch.setattr("pipelines.connectors.rest.mapping.Tables.make", falls)
    with serving(pages()) as interface:
        assert world.pull(interface) == []
    assert "an unexpected RuntimeError (test_pull_modes.py" in world.failure()
    assert "Jane" not in world.failure()
