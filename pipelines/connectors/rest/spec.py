"""How an HTTP interface is described: what `config/sources.yml` may hold, key by key."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pipelines.feeds import FEEDS

Mode = Literal["delta", "snapshot", "window", "by_employee"]
Then = Literal["retry", "skip", "empty", "end", "fatal"]


class Strict(BaseModel):
    """Refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Strict):
    """Where a secret is: an environment variable or a file (its text without outer blanks). Never the secret itself."""

    env: str | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Secret:
        if (self.env is None) == (self.file is None):
            raise ValueError("name one place: {env: VARIABLE} or {file: path}")
        return self


class NoAuth(Strict):
    """The interface asks for no credentials."""

    kind: Literal["none"] = "none"


class BasicAuth(Strict):
    """HTTP Basic. Either part may be the secret one; the other is plain text."""

    kind: Literal["basic"]
    user: str | Secret
    password: str | Secret = "x"


class TokenAuth(Strict):
    """A token in the Authorization header; the scheme is the vendor's (`Bearer`, `token`, `Token`, ...)."""

    kind: Literal["bearer"]
    token: Secret
    scheme: str = "Bearer"


class HeaderAuth(Strict):
    """Secrets in headers of the vendor's own naming; may stand beside HTTP Basic."""

    kind: Literal["headers"]
    headers: dict[str, Secret]
    user: str | Secret | None = None
    password: str | Secret = "x"


class ParameterAuth(Strict):
    """A token as a form field, or (only where the vendor takes nothing else) in the query."""

    kind: Literal["parameter"]
    parameter: str
    token: Secret
    place: Literal["form", "query"] = "form"


class OAuth2(Strict):
    """OAuth 2 client credentials, or a refresh token. `token_url` may be on another host: only the client's own
    credentials go there, and only they."""

    kind: Literal["oauth2"]
    token_url: str
    client_id: str | Secret
    client_secret: Secret
    refresh_token: Secret | None = None
    scope: str | None = None
    client_auth: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"


Auth = Annotated[
    NoAuth | BasicAuth | TokenAuth | HeaderAuth | ParameterAuth | OAuth2,
    Field(discriminator="kind"),
]


class Paging(Strict):
    """How the next page is asked for.

    `page` counts pages, `offset` records; `cursor` sends back what `path` finds in the body, `next_url` follows a URL
    found there (absolute or relative, on the same host only), `link` the header `Link: rel=next`. Stops at an empty
    page, at 204, at a page with fewer than `size` records where `stops_short`, where `more` is false or absent, at
    `total` records (or, for `page`, at `pages`). `overlap` records (offset only) are asked for twice to see that
    nothing moved between pages.
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


class Cursor(Strict):
    """From when on records are asked for. The next one is taken from the records (the greatest), from the body or from
    a header of the first page, always by the server's clock, and kept with the landed batch.

    `initial` is sent when there is none yet (nothing is sent without it). `look_back_seconds` are taken off, for
    servers that show records late; what has landed already is not landed twice.
    """

    parameter: str
    taken_from: Literal["records", "body", "header"] = "records"
    path: str
    format: Literal["iso", "unix", "date", "text"] = "iso"
    look_back_seconds: Annotated[int, Field(ge=0)] = 0
    initial: str | None = None
    template: str = "{cursor}"


class Rule(Strict):
    """What a response means: the first rule that fits decides. All conditions given have to hold.

    `path` looks into a JSON body: present and not null; with `matches`, its text fits the regular expression; without
    `path`, `matches` is sought in the first 64 KB of the body. `then`: retry; skip (this child of a fan-out has
    nothing, and that is known); empty (no records); end (no more pages); fatal, said with `reason`.
    """

    status: int | list[int] | None = None
    content_type: str | None = None
    path: str | None = None
    matches: str | None = None
    then: Then
    reason: str | None = None


class Column(Strict):
    """Where a column comes from and how it is written. A plain text in its place is the `path`.

    `path` goes into the record (`user.number`); `@key` is the key of a map, `@child` the parent's id in a fan-out,
    `^.name` a field of what an exploded row was in. `parse: date` brings times to a calendar day of the organisation.
    `split` and `take` pick a part ("56.00 USD": split " ", take 0). `nulls` are texts that mean nothing is known.
    `required` refuses a pull in which no record at all has the field.
    """

    path: str | None = None
    value: str | None = None
    parse: Literal["text", "date", "unix", "unix_ms"] = "text"
    format: str | None = None
    zone: str | None = None
    values: dict[str, str] = {}
    split: str | None = None
    take: int = 0
    nulls: list[str] = [""]
    required: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_origin(self) -> Column:
        if (self.path is None) == (self.value is None):
            raise ValueError("give `path` (a field of the record) or `value` (the same for all)")
        return self


class Parent(Strict):
    """A fan-out: one pull for each distinct `field` of the parent stream's records, as `{child}` in path and values."""

    stream: str
    field: str


class Stream(Strict):
    """One kind of record: how it is asked for, where its records are, and what they become.

    With `feed` its columns are the feed's; without, it is there for a fan-out or for `combine`.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    path: str
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, Any] = {}
    form: dict[str, Any] | None = None
    json_body: dict[str, Any] | None = None
    headers: dict[str, str] = {}
    timeout_seconds: Annotated[float, Field(gt=0)] | None = None
    records: str = ""
    paging: Paging = Paging()
    cursor: Cursor | None = None
    parent: Parent | None = None
    errors: list[Rule] = []
    restricted: str | None = None  # path in a record to the list of fields that the credentials may not read
    feed: str | None = None
    mode: Mode = "delta"
    columns: dict[str, Column] = {}

    @model_validator(mode="after")
    def _fits_feed(self) -> Stream:
        if self.feed is not None:
            _check_feed(self.feed, self.columns, self.mode)
        return self


class Combination(Strict):
    """A feed made of several streams by SQL: each stream is a table of its columns, all text."""

    feed: str
    mode: Mode = "delta"
    streams: list[str]
    sql: str

    @field_validator("feed")
    @classmethod
    def _known(cls, value: str) -> str:
        _check_feed(value, None, "delta")
        return value


class SourceSpec(Strict):
    """One system that is pulled over HTTP."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
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
    requests_per_second: Annotated[float, Field(gt=0)] | None = None
    max_response_bytes: Annotated[int, Field(ge=1)] = 1 << 30
    resume_hours: Annotated[float, Field(gt=0)] = 24
    errors: list[Rule] = []
    streams: Annotated[list[Stream], Field(min_length=1)]
    combine: list[Combination] = []
    id_prefix: str = ""
    sentinels: list[date] = [date(1900, 1, 1), date(9999, 12, 31)]
    termination_date_is_first_day_off: bool = False
    expected_every_days: dict[str, Annotated[int, Field(ge=1)]] = {}
    schedule: str | None = None  # cron, in the organisation's time zone; else with the daily sync

    @field_validator("base")
    @classmethod
    def _a_host(cls, value: str) -> str:
        parts = urlsplit(value)
        is_local = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.query:
            raise ValueError("write it as https://host/path/, without user, password or query")
        if parts.scheme == "http" and not is_local:
            raise ValueError("use https: over http anybody on the way reads the credentials")
        return value if value.endswith("/") else value + "/"

    @model_validator(mode="after")
    def _names_meet(self) -> SourceSpec:
        names = [stream.name for stream in self.streams]
        if len(set(names)) < len(names):
            raise ValueError("two streams have the same name; name each once")
        for place, stream in enumerate(self.streams):
            if stream.parent is not None and stream.parent.stream not in names[:place]:
                raise ValueError(f"stream {stream.name}: its parent {stream.parent.stream} has to stand before it")
        for one in self.combine:
            for name in one.streams:
                if name not in names:
                    raise ValueError(f"combine for {one.feed}: there is no stream {name}")
        feeds = [stream.feed for stream in self.streams if stream.feed] + [one.feed for one in self.combine]
        if len(set(feeds)) < len(feeds):
            raise ValueError("two streams make the same feed; a feed of a source has one origin (or use `combine`)")
        return self

    def stream(self, name: str) -> Stream:
        """Return the stream of that name; KeyError when there is none."""
        return {stream.name: stream for stream in self.streams}[name]

    def outputs(self) -> list[tuple[str, Mode, list[Stream], str | None]]:
        """Return what the source delivers: feed, mode, the streams it is made of, and SQL where it takes any."""
        single: list[tuple[str, Mode, list[Stream], str | None]] = [
            (one.feed, one.mode, [one], None) for one in self.streams if one.feed
        ]
        return [*single, *((c.feed, c.mode, [self.stream(n) for n in c.streams], c.sql) for c in self.combine)]


def _check_feed(feed: str, columns: dict[str, Column] | None, mode: Mode) -> None:
    if feed not in FEEDS:
        raise ValueError(f"there is no feed {feed!r}; the feeds are {', '.join(sorted(FEEDS))}")
    known = {column.name: column for column in FEEDS[feed].columns}
    if columns is None:
        return
    for name in columns:
        if name not in known and name != "is_deleted":
            raise ValueError(f"feed {feed} has no column {name!r}; it has {', '.join(known)}")
    for column in known.values():
        if column.required and column.name not in columns:
            raise ValueError(f"feed {feed} needs the column {column.name!r}; say where it comes from")
    if mode == "window" and FEEDS[feed].date_column is None:
        raise ValueError(f"{feed} has no date to take a window of; use another mode")
    if mode == "by_employee" and "employee_id" not in known:
        raise ValueError(f"{feed} has no employee_id to replace by; use another mode")
