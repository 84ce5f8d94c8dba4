"""Which files of a listing are whole, by each rule."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.connectors.sftp.completeness import looked_at, sort_out
from pipelines.connectors.sftp.session import Entry
from pipelines.connectors.sftp.spec import SftpSpec

NOW = 1_700_000_000.0


def spec(**complete: Any) -> SftpSpec:
    given = {"name": "a", "kind": "sftp", "host": "h", "user": "u", "password": {"env": "P"}, "feeds": ["courses"]}
    return SftpSpec.model_validate({**given, "host_keys": ["SHA256:x"], "complete": complete})


def entry(name: str, size: int = 1, modified: float = NOW - 1000) -> Entry:
    return Entry(tuple(name.split("/")), size, int(modified), "file")


def whole(found: list[Entry], rule: SftpSpec, looks: Any = None, now: float = NOW) -> list[str]:
    return [one.name for one in sort_out(found, rule, looks or {}, now).whole]


def test_by_name() -> None:
    names = ["courses.csv", "courses_2.csv.part", ".courses_3.csv", "courses_4.TMP", "courses/x/1.csv.tmp"]
    result = sort_out([entry(name) for name in names], spec(by="name"), {}, NOW)
    assert [one.name for one in result.whole] == ["courses.csv", "courses_4.TMP"]
    assert len(result.ignored) == 3
    assert result.waiting == {}


def test_by_marker() -> None:
    names = [
        "courses.csv",
        "courses_2.csv",
        "courses_2.csv.done",
        "courses/x/1.csv",
        "1.csv.done",
        "courses/x/2.csv.done",
    ]
    result = sort_out([entry(name) for name in names], spec(by="marker"), {}, NOW)
    assert [one.name for one in result.whole] == ["courses_2.csv"]
    assert {one.name: why for one, why in result.waiting.items()} == {
        "courses.csv": "there is no courses.csv.done yet",
        "courses/x/1.csv": "there is no 1.csv.done yet",
    }
    assert [one.name for one in result.stray] == ["1.csv.done", "courses/x/2.csv.done"]


def test_by_settling() -> None:
    rule = spec(by="settling", seconds=60)
    first = [entry("still.csv"), entry("grows.csv"), entry("touched.csv"), entry("gone.csv")]
    assert whole(first, rule) == []
    looks = looked_at(first, {}, NOW)
    second = [entry("still.csv"), entry("grows.csv", 2), entry("touched.csv", 1, NOW), entry("new.csv")]
    assert whole(second, rule, looks, NOW + 59) == []
    assert whole(second, rule, looks, NOW + 60) == ["still.csv"]
    looks = looked_at(second, looks, NOW + 60)
    assert "gone.csv" not in looks
    assert whole(second, rule, looks, NOW + 119) == ["still.csv"]
    assert whole(second, rule, looks, NOW + 120) == ["still.csv", "grows.csv", "touched.csv", "new.csv"]


@pytest.mark.parametrize(("age", "counts"), [(299, False), (300, True)])
def test_by_age(age: float, counts: bool) -> None:
    found = whole([entry("courses.csv", 1, NOW - age)], spec(by="age", seconds=300))
    assert found == (["courses.csv"] if counts else [])
