"""Pulls over real sockets: whatever an interface does, all records or a clear failure; none is lost or doubled."""

from __future__ import annotations

import gzip
import json
from email.utils import formatdate

import pytest

from pipelines.connectors.standing import standing_failures
from tests.integration.interface import Asked, Reply, serving
from tests.integration.landing_kit import rows
from tests.integration.pull_kit import RECORDS, TOKEN, World, assert_all, on_request, pages, source


def test_a_pull_lands_typed_rows_and_the_answers(world: World) -> None:
    with serving(pages()) as interface:
        batch = assert_all(world.pull(interface))
        assert len(interface.asked) == 3
        assert {a.headers["Authorization"] for a in interface.asked} == {f"Bearer {TOKEN}"}
    (first,) = [r for r in rows(batch, "completion_id, employee_id, completed_on::varchar, score") if r[0] == "c0"]
    assert first == ("c0", "00000", "2024-03-01", 56.5)
    assert len(list((batch.folder / "raw" / "received").iterdir())) == 3
    assert batch.manifest()["origin"]["cursors"]["done"][0] == "2024-04-01T00:00:24Z"
    assert not list((world.data / "pulls" / "lms").glob("*/*"))


def test_nothing_new_is_one_request_and_no_batch(world: World) -> None:
    with serving(pages()) as interface:
        assert_all(world.pull(interface))
        interface.asked.clear()
        assert world.pull(interface) == []
        assert [a.query["since"] for a in interface.asked] == ["2024-04-01T00:00:24Z"]


def test_only_what_changed_lands(world: World) -> None:
    with serving(pages()) as interface:
        assert_all(world.pull(interface))
        changed = {**RECORDS[3], "changed": "2024-04-02T00:00:00Z", "score": "70"}
        interface.answer = pages([*RECORDS, changed])
        (batch,) = world.pull(interface)
    assert rows(batch, "completion_id, score") == [("c3", 70.0)]


LATER = {"Retry-After": "1"}
MENDED = {
    "429 with seconds": Reply({}, 429, LATER),
    "503 with seconds": Reply({}, 503, LATER),
    "429 with a date, and a clock an hour ahead": Reply(
        {}, 429, {"Date": formatdate(3600, usegmt=True), "Retry-After": formatdate(3601, usegmt=True)}
    ),
    "503 with a date": Reply({}, 503, {"Retry-After": formatdate(usegmt=True)}),
    "truncated JSON": Reply(b'{"data": [{"id": "c1"', 200),
    "the body breaks off": Reply({"data": RECORDS[:10], "total": 25}, cut=100),
    "connection reset": Reply(reset=True),
    "slow drip": Reply({"data": RECORDS, "total": 25}, drip_seconds=0.05),
    "an empty 200": Reply(b""),
    "chunks that break off": Reply(b'a\r\n{"data": [\r\n', headers={"Transfer-Encoding": "chunked"}),
    "gzip that breaks off": Reply(
        gzip.compress(json.dumps(RECORDS).encode())[:99], headers={"Content-Encoding": "gzip"}
    ),
    "bytes that are no UTF-8": Reply(b'{"data": [{"id": "\xff"}], "total": 25}'),
}


@pytest.mark.parametrize("day", MENDED)
def test_one_bad_answer_is_asked_for_again(day: str, world: World) -> None:
    with serving(on_request(2, MENDED[day])) as interface:
        assert_all(world.pull(interface))
        assert len(interface.asked) == 4


HOPELESS = {
    "401 mid-pull": (Reply({"error": "expired"}, 401), "refuses the credentials"),
    "403": (Reply({}, 403), "no right"),
    "HTML login page with 200": (Reply(b"<!doctype html><html>", headers={"Content-Type": "text/html"}), "web page"),
    "error body with 200": (Reply({"exception": "x", "errorcode": "invalidtoken"}), "no 'data'"),
    "429 for an hour": (Reply({}, 429, {"Retry-After": "3600"}), "max_wait_seconds"),
    "redirect to another host": (Reply(b"", 302, {"Location": "http://localhost:9/"}), "another host"),
}


@pytest.mark.parametrize("day", HOPELESS)
def test_a_hopeless_answer_fails_clearly_and_the_next_pull_goes_on_from_there(day: str, world: World) -> None:
    bad, said = HOPELESS[day]
    with serving(on_request(2, bad)) as interface:
        assert world.pull(interface) == []
        assert said in world.failure()
        interface.asked.clear()
        assert_all(world.pull(interface))
        assert [a.query["page"] for a in interface.asked] == ["2", "3"]
        assert standing_failures(world.data) == []


def test_a_server_that_stays_down_leaves_the_old_data(world: World) -> None:
    with serving(pages()) as interface:
        assert_all(world.pull(interface))
        interface.answer = lambda _: Reply({}, 500)
        assert world.pull(interface) == []
    assert "status 500 (3 tries)" in world.failure()


def test_the_same_page_again_is_no_second_page(world: World) -> None:
    with serving(lambda _: Reply({"data": RECORDS[:10], "total": 25})) as interface:
        assert world.pull(interface) == []
    assert "same page again" in world.failure()


def test_a_missing_page_is_seen_by_the_total(world: World) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply({"data": [], "total": 25}) if asked.query["page"] == "2" else pages()(asked)

    with serving(answer) as interface:
        assert world.pull(interface) == []
    assert "the pages hold 10" in world.failure()


def test_records_that_move_between_pages_start_the_list_over(world: World) -> None:
    with serving(on_request(1, Reply({"data": RECORDS[:10], "total": 26}))) as interface:
        assert_all(world.pull(interface))


def test_an_overlap_shows_what_a_total_would(world: World) -> None:
    gone = False

    def answer(asked: Asked) -> Reply:
        nonlocal gone
        here = RECORDS[1:] if gone else RECORDS
        gone = True
        start = int(asked.query["offset"])
        return Reply({"data": here[start : start + 10]})

    paging = {"kind": "offset", "parameter": "offset", "size": 10, "overlap": 1}
    with serving(answer) as interface:
        (batch,) = world.pull(interface, stream={"paging": paging})
    assert sorted(i for (i,) in rows(batch, "completion_id")) == sorted(r["id"] for r in RECORDS[1:])


def test_204_is_the_end(world: World) -> None:
    def answer(asked: Asked) -> Reply:
        start = int(asked.query["$skip"])
        return Reply({"data": RECORDS[start : start + 10]}) if start < 25 else Reply(status=204)

    with serving(answer) as interface:
        paging = {"kind": "offset", "parameter": "$skip", "size_parameter": "$top", "size": 10}
        assert_all(world.pull(interface, stream={"paging": paging}))


@pytest.mark.parametrize("kind", ["cursor", "next_url", "link"])
def test_pages_that_lead_to_the_next(kind: str, world: World) -> None:
    def answer(asked: Asked) -> Reply:
        start = int(asked.query.get("at", "0"))
        more = start + 10 < 25
        url = f"completions?at={start + 10}"
        value = str(start + 10) if kind == "cursor" else url
        link = {"Link": f'<{url}>; rel="next"'} if more and kind == "link" else {}
        return Reply({"data": RECORDS[start : start + 10], "next": value if more else None}, headers=link)

    paging = {"kind": kind, "parameter": "at", "path": "next"}
    with serving(answer) as interface:
        assert_all(world.pull(interface, stream={"paging": paging}))


def test_a_cursor_loop_ends(world: World) -> None:
    count = 0

    def answer(_: Asked) -> Reply:
        nonlocal count
        count += 1
        return Reply({"data": [{**RECORDS[0], "id": f"x{count}"}], "next": f"n{count % 2}"})

    with serving(answer) as interface:
        assert world.pull(interface, stream={"paging": {"kind": "cursor", "parameter": "at", "path": "next"}}) == []
    assert "a loop" in world.failure()


def test_a_next_url_on_another_host_gets_no_credentials(world: World) -> None:
    with serving(lambda _: Reply({"data": []})) as stranger:
        body = {"data": RECORDS, "next": stranger.url}
        with serving(lambda _: Reply(body)) as interface:
            assert world.pull(interface, stream={"paging": {"kind": "next_url", "path": "next"}}) == []
        assert stranger.asked == []
    assert "another host" in world.failure()


def test_fan_out_over_a_parent_with_a_child_that_has_nothing(world: World) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/courses"):
            return Reply([{"id": "CR-A"}, {"id": "CR-B"}, {"id": "CR-C"}])
        if "/CR-B/" in asked.path:
            return Reply({"errorcode": "nocriteriaset"})
        return Reply({"data": [{**r, "id": r["id"] + asked.path} for r in RECORDS[:2]]})

    done = source("https://lms.example.org").streams[0].model_dump(exclude_unset=True)
    done |= {
        "path": "courses/{child}/done",
        "paging": {},
        "parent": {"stream": "courses", "field": "id"},
        "errors": [{"path": "errorcode", "matches": "nocriteriaset", "then": "skip"}],
    }
    done["columns"]["course_id"] = "@child"
    courses = {"name": "courses", "path": "courses"}
    with serving(answer) as interface:
        (batch,) = world.pull(interface, streams=[courses, done])
    assert sorted({c for (c,) in rows(batch, "course_id")}) == ["CR-A", "CR-C"]


def test_a_map_whose_key_is_a_field_and_rows_in_it(world: World) -> None:
    body = {"staff": {"007": {"rows": [{"c": "CR-A", "on": "2024-01-02"}, {"c": "CR-B", "on": "2024-01-03"}]}}}
    columns = {"employee_id": "@key", "course_id": "c", "completed_on": "on"}
    stream = {"records": "staff.*.rows[]", "paging": {}, "cursor": None, "columns": columns}
    with serving(lambda _: Reply(body)) as interface:
        (batch,) = world.pull(interface, stream=stream)
    assert rows(batch, "employee_id, course_id") == [("007", "CR-A"), ("007", "CR-B")]


def test_the_secret_is_nowhere(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not even when the server repeats it, in the records and in an error."""
    echoed = [{**record, "course": TOKEN} for record in RECORDS]
    caplog.set_level(0)
    with serving(on_request(2, Reply({"error": TOKEN}, 500), pages(echoed), until=9)) as interface:
        assert world.pull(interface) == []
        interface.answer = pages(echoed)
        (batch,) = world.pull(interface)
    assert batch.row_count == 25
    said = caplog.text + "".join(capfd.readouterr())
    written = b"".join(path.read_bytes() for path in world.data.rglob("*") if path.is_file())
    assert TOKEN not in said
    assert TOKEN.encode() not in written
    assert TOKEN not in str(rows(batch))
