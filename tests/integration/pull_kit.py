"""A source that is pulled from a local server and landed, as a sync does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.connectors.rest.spec import SourceSpec
from pipelines.connectors.standing import standing_failures
from pipelines.landing import Batch, Landing
from pipelines.orchestration.pulls import PulledSource, pull_all
from pipelines.settings import Pulled
from pipelines.sources import read_sources
from tests.integration.interface import Asked, Interface, Reply
from tests.integration.landing_kit import rows

TOKEN = "planted-Secret/of=the tests"
RECORDS = [
    {"id": f"c{n}", "user": {"number": f"{n % 7:05d}"}, "course": "CR-A", "done": f"2024-03-{n % 28 + 1:02d}T12:00:00Z",
     "changed": f"2024-04-01T00:00:{n:02d}Z", "score": "56.50 of 100"}
    for n in range(25)
]  # fmt: skip
EXAMPLES = Path(__file__).parents[2] / "config" / "examples"
QUICK = {"retries": 2, "timeout_seconds": 5, "total_seconds": 5, "max_wait_seconds": 3, "requests_per_second": None}
Answer = Callable[[Asked], Reply]


def source(url: str, **changes: Any) -> SourceSpec:
    stream: dict[str, Any] = {
        "name": "done",
        "path": "completions",
        "records": "data",
        "paging": {"kind": "page", "parameter": "page", "total": "total"},
        "cursor": {"parameter": "since", "path": "changed"},
        "feed": "completions",
        "columns": {
            "completion_id": "id",
            "employee_id": {"path": "user.number", "required": True},
            "course_id": "course",
            "completed_on": {"path": "done", "parse": "date"},
            "score": {"path": "score", "split": " "},
        },
    }
    stream |= changes.pop("stream", {})
    auth = {"kind": "bearer", "token": {"env": "RXL_TEST_TOKEN"}}
    settings = {"retries": 2, "timeout_seconds": 2, "total_seconds": 2, "max_wait_seconds": 3, **changes}
    return SourceSpec.model_validate({"name": "lms", "base": url, "auth": auth, "streams": [stream], **settings})


def example(name: str, url: str, **settings: Any) -> SourceSpec:
    """A worked configuration, pointed at a local server."""
    (spec,) = read_sources(EXAMPLES / f"{name}.yml")
    return SourceSpec.model_validate({**spec.model_dump(exclude_unset=True), "base": url, **QUICK, **settings})


def pages(records: list[dict[str, Any]] = RECORDS, size: int = 10) -> Answer:
    """A well-behaved interface: numbered pages, a total, and `since` (inclusive)."""

    def answer(asked: Asked) -> Reply:
        fresh = [r for r in records if r["changed"] >= asked.query.get("since", "")]
        start = (int(asked.query["page"]) - 1) * size
        return Reply({"data": fresh[start : start + size], "total": len(fresh)})

    return answer


def on_request(number: int, bad: Reply, good: Answer | None = None, *, until: int | None = None) -> Answer:
    """Answer requests `number` to `until` (that one alone by default) with `bad`, the others well."""
    count = 0
    well = good or pages()

    def answer(asked: Asked) -> Reply:
        nonlocal count
        count += 1
        return bad if number <= count <= (until or number) else well(asked)

    return answer


class World:
    def __init__(self, root: Path) -> None:
        self.data = root / "data"
        self.config = root
        self.data.mkdir()
        self.notes: list[str] = []

    def pull(self, interface: Interface, **changes: Any) -> list[Any]:
        return self.pull_all(source(interface.url, **changes))

    def pull_all(self, *specs: SourceSpec, at_once: int = 4) -> list[Any]:
        landing = Landing(self.data)
        try:
            sources = [
                PulledSource(one.spec, one.options(), one.config_dir, "America/New_York", at_once)
                for one in (Pulled(spec=spec, config_dir=self.config) for spec in specs)
            ]
            pulls = pull_all(self.data, sources, landing)
            self.notes = pulls.notes
            outcomes = [landing.land(*one) for one in pulls.deliveries if not landing.is_known(*one)]
            pulls.clear()
            print(*standing_failures(self.data), sep="\n")  # seen where a test fails
            return outcomes
        finally:
            landing.close()

    def reasons(self) -> str:
        return " ".join(failed.reason for failed in standing_failures(self.data))

    def failure(self) -> str:
        (failed,) = standing_failures(self.data)
        return failed.reason


def assert_all(outcomes: list[Any], count: int = len(RECORDS)) -> Batch:
    (batch,) = outcomes
    assert isinstance(batch, Batch)
    assert sorted(i for (i,) in rows(batch, "completion_id")) == sorted(r["id"] for r in RECORDS[:count])
    return batch
