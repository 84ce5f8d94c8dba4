"""Lists that change while they are pulled, clocks that are wrong, places that are gone: nothing is lost for good."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from tests.integration.interface import Asked, Reply, serving
from tests.integration.landing_kit import rows
from tests.integration.pull_kit import RECORDS, Answer, World, assert_all, on_request, pages


def in_order_of_change(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(records, key=lambda record: str(record["changed"]))


def test_a_record_that_moves_to_the_end_hides_no_other(world: World) -> None:
    """A list in the order of change: record 3 changes after the first page, so record 10 slips onto that page."""
    records = [dict(record) for record in RECORDS]
    count = 0

    def answer(asked: Asked) -> Reply:
        nonlocal count
        count += 1
        if count == 2:
            records[3]["changed"] = "2024-04-02T00:00:00Z"
        return pages(in_order_of_change(records))(asked)

    with serving(answer) as interface:
        assert_all(world.pull(interface))


def test_a_record_that_is_twice_in_the_list_for_good_is_taken_once(world: World) -> None:
    with serving(pages([*RECORDS[:24], RECORDS[0]])) as interface:
        assert_all(world.pull(interface), 24)
        assert len(interface.asked) == 6


def dated(now: str, good: Answer) -> Answer:
    """Answer as a server whose clock shows `now`."""

    def answer(asked: Asked) -> Reply:
        reply = good(asked)
        reply.headers = {"Date": format_datetime(datetime.fromisoformat(now).astimezone(UTC), usegmt=True)}
        return reply

    return answer


def cursor_of(batch: Any) -> str:
    return batch.manifest()["origin"]["cursors"]["done"][0]


def test_the_cursor_is_no_later_than_the_pull_began(world: World) -> None:
    """What changes while later pages are fetched may be on an earlier page: the next pull asks for it."""
    with serving(dated("2024-04-01T00:00:12+00:00", pages())) as interface:
        batch = assert_all(world.pull(interface))
    assert "2024-04-01T00:00:08Z" <= cursor_of(batch) <= "2024-04-01T00:00:11Z"


@pytest.mark.parametrize(("form", "far", "sent"), [("iso", "2999-01-01T00:00:00Z", "2024-04-01T00:00:23Z"),
                                                   ("unix", "32472144000", "1711929623")])  # fmt: skip
def test_a_record_from_the_far_future_does_not_hide_all_that_come_until_then(
    form: str, far: str, sent: str, world: World
) -> None:
    def written(record: dict[str, Any], n: int) -> dict[str, Any]:
        return {**record, "changed": record["changed"] if form == "iso" else str(1711929600 + n)}

    records = [written(record, n) for n, record in enumerate(RECORDS)]
    records[24] = {**records[24], "changed": far}
    cursor = {"parameter": "since", "path": "changed", "format": form}
    with serving(pages(records)) as interface:
        assert cursor_of(assert_all(world.pull(interface, stream={"cursor": cursor}))) == sent
        interface.answer = pages([*records, {**records[0], "id": "late", "changed": sent}])
        interface.asked.clear()
        (batch,) = world.pull(interface, stream={"cursor": cursor})
    assert rows(batch, "completion_id") == [("late",)]
    assert {asked.query["since"] for asked in interface.asked} == {sent}


def test_a_place_that_has_expired_is_asked_for_from_the_beginning(world: World) -> None:
    """The address of a next page may be good for minutes only; the pull goes on hours later."""

    def answer(asked: Asked) -> Reply:
        start = int(asked.query.get("at", "0"))
        return Reply(
            {"data": RECORDS[start : start + 10], "next": f"completions?at={start + 10}" if start < 15 else ""}
        )

    stream = {"paging": {"kind": "next_url", "path": "next"}}
    with serving(on_request(2, Reply({}, 500), answer)) as interface:
        assert world.pull(interface, retries=0, stream=stream) == []
        interface.answer = on_request(1, Reply({"error": "expired"}, 410), answer)
        interface.asked.clear()
        assert_all(world.pull(interface, stream=stream))
    assert [asked.query.get("at") for asked in interface.asked] == ["10", None, "10", "20"]


def test_rights_that_are_given_count_at_the_next_pull(world: World) -> None:
    """What was received without them is not gone by again."""
    hidden = [{**record, "user": {}} for record in RECORDS]
    with serving(pages(hidden)) as interface:
        assert world.pull(interface) == []
        assert "user.number is in no record" in world.failure()
        interface.answer = pages()
        assert_all(world.pull(interface))


def test_a_snapshot_in_another_order_is_no_news(world: World) -> None:
    whole = {"paging": {}, "cursor": None, "mode": "snapshot"}

    def turned(_: Asked) -> Reply:
        return Reply({"data": RECORDS[::-1]})

    with serving(lambda _: Reply({"data": RECORDS})) as interface:
        assert_all(world.pull(interface, stream=whole))
        interface.answer = turned
        assert world.pull(interface, stream=whole) == []


def test_a_server_that_does_not_know_its_port_leads_on_all_the_same(world: World) -> None:
    def answer(asked: Asked) -> Reply:
        start = int(asked.query.get("at", "0"))
        more = f"http://127.0.0.1/api/completions?at={start + 10}" if start < 15 else None
        return Reply({"data": RECORDS[start : start + 10], "next": more})

    with serving(answer) as interface:
        assert_all(world.pull(interface, stream={"paging": {"kind": "next_url", "path": "next"}}))


def test_a_byte_order_mark_before_the_answer(world: World) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(b"\xef\xbb\xbf" + json.dumps(pages()(asked).body).encode())

    with serving(answer) as interface:
        assert_all(world.pull(interface))


@pytest.mark.parametrize(
    ("cursor", "sent"),
    [
        ({"inclusive": False}, "2024-04-01T00:00:23Z"),
        ({"inclusive": False, "look_back_seconds": 60}, "2024-03-31T23:59:23Z"),
        ({"send_as": "unix"}, "1711929624"),
        ({"send_as": "unix_ms"}, "1711929624000"),
        ({"send_as": "date"}, "2024-04-01"),
        ({"format": "date"}, "2024-04-01"),
        ({"send_as": "date", "inclusive": False}, "2024-03-31"),
    ],
)
def test_the_cursor_is_sent_as_the_interface_wants_it(cursor: dict[str, Any], sent: str, world: World) -> None:
    stream = {"paging": {}, "cursor": {"parameter": "since", "path": "changed", **cursor}}
    with serving(lambda _: Reply({"data": RECORDS})) as interface:
        assert_all(world.pull(interface, stream=stream))
        interface.asked.clear()
        assert world.pull(interface, stream=stream) == []
    assert [asked.query["since"] for asked in interface.asked] == [sent]


def test_what_landed_long_ago_is_still_known_to_sql(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """To take back a record it has to be found, however many deliveries came since."""
    monkeypatch.setattr("pipelines.connectors.rest.source._COMPARED", 1)
    sql = "select * from landed_completions union all by name select * from done"
    with serving(pages(RECORDS[:1])) as interface:
        for count in range(1, 4):
            interface.answer = pages(RECORDS[:count])
            columns: dict[str, Any] = {"completion_id": "id", "employee_id": "user.number", "course_id": "course"}
            columns["completed_on"] = {"path": "done", "parse": "date"}
            spec_stream = {"feed": None, "columns": columns}
            feed = {"feed": "completions", "streams": ["done"], "mode": "snapshot", "sql": sql}
            (batch,) = world.pull(interface, stream=spec_stream, combine=[feed])
            assert batch.row_count == count
