"""How an HTTP interface is described: what `config/sources.yml` may hold, key by key."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from pipelines.connectors.rest.asking import Rule
from pipelines.connectors.rest.auth import Auth, NoAuth, check_address
from pipelines.connectors.rest.stream import Mode, Stream, check_feed, check_no_secret
from pipelines.connectors.schedule import Schedule
from pipelines.connectors.secrets import Strict
from pipelines.feeds.covers import Covers, check_covers
from pipelines.feeds.persons import persons_by_feed


class Combination(Strict):
    """A feed made of several streams by SQL: each stream is a table of its columns, all text. `landed_<feed>` is what
    has landed of a feed of this source so far, and `getvariable('today')` the organisation's calendar day."""

    feed: str
    mode: Mode = "delta"
    streams: list[str]
    sql: str

    @field_validator("feed")
    @classmethod
    def _known(cls, value: str) -> str:
        check_feed(value, None, "delta")
        return value


class Check(Strict):
    """What people should know of what came for `feeds`, found by SQL over the same tables: each row is a sentence, in
    one column; null says nothing. It is shown, so it must not name persons. `stop` refuses the pull of the feed.
    `streams` are those that it needs besides, `asked_<stream>` the children that a fan-out asked about (a single part
    is called child; `was_skipped` says whether a rule passed over it). `trial` ones are for `source test` alone, and so
    are their streams.
    """

    feeds: Annotated[list[str], Field(min_length=1)]
    then: Literal["note", "stop"] = "note"
    streams: list[str] = []
    trial: bool = False
    sql: str


class Trial(Strict):
    """How much `source test` asks for: pages of each list, the children of each fan-out, spread over them, and the
    records of a stream that SQL sees."""

    pages: Annotated[int, Field(ge=1)] = 1
    children: Annotated[int, Field(ge=1)] = 3
    records: Annotated[int, Field(ge=1)] = 10


class SourceSpec(Strict):
    """One system that is pulled over HTTP."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Literal["rest"] = "rest"
    base: str
    auth: Auth = NoAuth()
    client_certificate: str | None = None
    client_key: str | None = None
    ca_bundle: str | None = None
    headers: dict[str, str] = {}
    timeout_seconds: Annotated[float, Field(gt=0)] = 60
    total_seconds: Annotated[float, Field(gt=0)] = 600  # most that one response may take, however slowly it drips
    retries: Annotated[int, Field(ge=0)] = 5
    max_wait_seconds: Annotated[float, Field(gt=0)] = 300
    requests_per_second: Annotated[float, Field(gt=0)] | None = None  # over all connections
    connections: Annotated[int, Field(ge=1, le=16)] = 1  # for the lists of a fan-out; else one request after the other
    max_response_bytes: Annotated[int, Field(ge=1)] = 1 << 30
    resume_hours: Annotated[float, Field(gt=0)] = 24
    errors: list[Rule] = []
    streams: Annotated[list[Stream], Field(min_length=1)]
    combine: list[Combination] = []
    checks: list[Check] = []
    trial: Trial = Trial()
    id_prefix: str = ""
    persons: str | dict[str, str] = "employee_id"  # or work_email, or links; or feed -> one of them
    sentinels: list[date] = [date(1900, 1, 1), date(9999, 12, 31)]
    plausible_years: tuple[int, int] = (1930, 2100)  # a date in another year can't be read
    decimal: Literal[".", ","] = "."  # the mark before decimals
    termination_date_is_first_day_off: bool = False
    covers: dict[str, Covers] = {}
    covers_from: date | None = None
    expected_every_days: dict[str, Annotated[int, Field(ge=1)]] = {}
    schedule: Schedule | None = None  # else with the daily sync

    @field_validator("base")
    @classmethod
    def _a_host(cls, value: str) -> str:
        check_address(value)
        return value if value.endswith("/") else value + "/"

    @field_validator("headers")
    @classmethod
    def _open(cls, value: dict[str, str]) -> dict[str, str]:
        return check_no_secret(value)

    @field_validator("covers")
    @classmethod
    def _are_dated(cls, value: dict[str, Covers]) -> dict[str, Covers]:
        check_covers(value)
        return value

    @model_validator(mode="after")
    def _persons_can_be_found(self) -> SourceSpec:
        persons_by_feed(self.persons, self.id_prefix)
        return self

    @model_validator(mode="after")
    def _names_meet(self) -> SourceSpec:
        names = [stream.name for stream in self.streams]
        if len(set(names)) < len(names):
            raise ValueError("two streams have the same name; name each once")
        for place, stream in enumerate(self.streams):
            for needed in stream.rests_on:
                if needed not in names[:place]:
                    raise ValueError(f"stream {stream.name}: the stream {needed} it rests on has to stand before it")
            cursor = self.stream(stream.parent.stream).cursor if stream.parent is not None else None
            if cursor is not None and cursor.only_news:
                raise ValueError(f"stream {stream.name}: `only_news` holds for SQL; make its parent by `sql`")
        for one in self.combine:
            for name in one.streams:
                if name not in names:
                    raise ValueError(f"combine for {one.feed}: there is no stream {name}")
        feeds = [stream.feed for stream in self.streams if stream.feed] + [one.feed for one in self.combine]
        if len(set(feeds)) < len(feeds):
            raise ValueError("two streams make the same feed; a feed of a source has one origin (or use `combine`)")
        return self

    @model_validator(mode="after")
    def _checks_meet(self) -> SourceSpec:
        for check in self.checks:
            for feed in set(check.feeds) - set(self.feeds):
                raise ValueError(f"a check is of the feed {feed}, which this source does not deliver")
            for name in set(check.streams) - {stream.name for stream in self.streams}:
                raise ValueError(f"check of {', '.join(check.feeds)}: there is no stream {name}")
        return self

    @property
    def feeds(self) -> list[str]:
        """Return the feeds that the source delivers."""
        return [feed for feed, *_ in self.outputs()]

    def stream(self, name: str) -> Stream:
        """Return the stream of that name; KeyError when there is none."""
        return {stream.name: stream for stream in self.streams}[name]

    def needed(self, names: Iterable[str]) -> list[Stream]:
        """Return the streams of those names and all that they rest on, each after what it rests on."""
        wanted = set(names)
        for stream in reversed(self.streams):
            if stream.name in wanted:
                wanted |= set(stream.rests_on)
        return [stream for stream in self.streams if stream.name in wanted]

    def outputs(self) -> list[tuple[str, Mode, list[Stream], str | None]]:
        """Return what the source delivers: feed, mode, the streams it is made of, and SQL where it takes any."""
        single: list[tuple[str, Mode, list[Stream], str | None]] = [
            (one.feed, one.mode, [one], None) for one in self.streams if one.feed
        ]
        return [*single, *((c.feed, c.mode, [self.stream(n) for n in c.streams], c.sql) for c in self.combine)]
