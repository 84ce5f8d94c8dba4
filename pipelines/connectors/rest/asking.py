"""How a stream's list is asked for: page after page, since when, and what an answer means."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from pipelines.connectors.secrets import Strict

Then = Literal["retry", "skip", "empty", "end", "fatal"]


class Paging(Strict):
    """How the next page is asked for.

    `page` counts pages, `offset` records; `cursor` sends back what `path` finds in the body, `next_url` follows a URL
    found there (absolute or relative, on the same host only), `link` the header `Link: rel=next`. Stops at an empty
    page, at 204, at a page with fewer than `size` records where `stops_short`, where `more` is false or absent, at
    `total` records (or, for `page`, at `pages`). `overlap` records (offset only) are asked for twice to see that
    nothing moved between pages. `key` is where in a record its id is (by default where the feed's is): one that is on
    two pages moved while they were fetched, and another may have slipped through, so the list is fetched anew.
    """

    kind: Literal["none", "page", "offset", "cursor", "next_url", "link"] = "none"
    parameter: str | None = None
    first: int | None = None
    size_parameter: str | None = None
    size: Annotated[int, Field(ge=1)] | None = None
    path: str | None = None
    more: str | None = None
    total: str | None = None
    pages: str | None = None
    stops_short: bool = False
    overlap: Annotated[int, Field(ge=0)] = 0
    key: str | None = None
    max_pages: Annotated[int, Field(ge=1)] = 100_000

    @model_validator(mode="after")
    def _complete(self) -> Paging:
        needs = {"page": ["parameter"], "offset": ["parameter", "size"], "cursor": ["parameter", "path"]}
        for name in [*needs.get(self.kind, []), *(["path"] if self.kind == "next_url" else [])]:
            if getattr(self, name) is None:
                raise ValueError(f"paging of kind {self.kind} needs `{name}`")
        if self.stops_short and self.size is None:
            raise ValueError("`stops_short` needs `size`: a page is short only against a known size")
        if self.overlap and (self.kind != "offset" or self.overlap >= (self.size or 0)):
            raise ValueError("`overlap` is for paging by offset, and less than `size`")
        return self


Format = Literal["iso", "unix", "unix_ms", "date", "text"]


class Cursor(Strict):
    """From when on records are asked for. The next one is taken from the records (the greatest that is not later than
    the pull began), from the body or from a header of the first page, always by the server's clock, and kept with the
    landed batch.

    `format` is how the time is written there, and in the parameter unless `send_as` says otherwise; `zone` is that of
    times without one (by default the organisation's). `initial` is sent when there is none yet (nothing is sent without
    it). `inclusive: false` where the interface gives only what is later than the parameter: a second (a day) less is
    sent then, so that nothing of the same moment is missed. `look_back_seconds` are taken off besides, for servers that
    show records late; what has landed already is not landed twice. `limit_header` names a header with the time up to
    which the server vouches for its list (of the first page): the next cursor is never later. `only_news`
    leaves out, for SQL of other streams, what has the cursor's own time and came the last time already: where a list
    says no more than whom to ask about.
    """

    parameter: str
    taken_from: Literal["records", "body", "header"] = "records"
    path: str
    format: Format = "iso"
    send_as: Format | None = None
    zone: str | None = None
    inclusive: bool = True
    look_back_seconds: Annotated[int, Field(ge=0)] = 0
    initial: str | None = None
    template: str = "{cursor}"
    limit_header: str | None = None
    only_news: bool = False

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        return check_zone(value)

    @model_validator(mode="after")
    def _is_a_time(self) -> Cursor:
        if "text" in (self.format, self.send_as) and (self.look_back_seconds or self.send_as or not self.inclusive):
            raise ValueError("a cursor of format text is sent as it is: take out what reckons with it as a time")
        if self.only_news and (self.taken_from != "records" or self.look_back_seconds):
            raise ValueError("`only_news` is for a cursor taken from the records, without look_back_seconds")
        return self


class Rule(Strict):
    """What a response means: the first rule that fits decides. All conditions given have to hold.

    `path` looks into a JSON body: present and not null; with `matches`, its text fits the regular expression; without
    `path`, `matches` is sought in the first 64 KB of the body. `then`: retry; skip (this child of a fan-out has
    nothing, and that is known); empty (no records); end (no more pages); fatal. `reason` is what people are told, of
    skipped children with their number; `{name}` in it is a named group of `matches` or a fixed field of the form.
    """

    status: int | list[int] | None = None
    content_type: str | None = None
    path: str | None = None
    matches: str | None = None
    then: Then
    reason: str | None = None

    @field_validator("matches")
    @classmethod
    def _pattern(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(f"no regular expression: {error}") from None
        return value


def check_zone(value: str | None) -> str | None:
    """Return a time zone's name. Raises ValueError for one that does not exist."""
    try:
        return value if value is None or ZoneInfo(value) else None
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"unknown time zone {value!r}; use a name such as America/Chicago") from None
