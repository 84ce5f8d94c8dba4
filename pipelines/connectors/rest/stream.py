"""One stream: a kind of record, how it is asked for, where its records are, and what they become."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from pipelines.connectors.rest.asking import Cursor, Paging, Rule, check_zone
from pipelines.connectors.secrets import Strict
from pipelines.feeds import FEEDS

_SECRETS = ("authorization", "x-api-key", "apikey", "api_key", "token", "wstoken", "access_token", "password", "secret")
Mode = Literal["delta", "snapshot", "window", "by_employee"]


class Column(Strict):
    """Where a column comes from and how it is written. A plain text in its place is the `path`.

    `path` goes into the record (`user.number`); `@key` is the key of a map, `@child` the parent's id in a fan-out,
    `^.name` a field of what an exploded row was in. `parse: date` brings times to a calendar day of the organisation.
    `first` takes the first member where there is a list (of several values Workday makes one), anything else as it is.
    `split` and `take` pick a part ("56.00 USD": split " ", take 0; -1 is the last). `nulls` are texts that mean nothing
    is known. `times` is what a number is multiplied by. `required` refuses a pull in which no record at all has the
    field.
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
    times: float = Field(default=1.0, gt=0)
    first: bool = False
    required: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value

    @field_validator("values", mode="before")
    @classmethod
    def _written_plainly(cls, value: Any) -> Any:
        """A number without quotes on the left is what the system calls something, like any other text."""
        if not isinstance(value, dict):
            return value
        return {str(name).lower() if isinstance(name, bool) else str(name): one for name, one in value.items()}

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        return check_zone(value)

    @model_validator(mode="after")
    def _one_origin(self) -> Column:
        if (self.path is None) == (self.value is None):
            raise ValueError("give `path` (a field of the record) or `value` (the same for all)")
        return self


class Parent(Strict):
    """A fan-out: one pull for each distinct `field` of the parent stream's records, as `{child}` in path and values.

    `fields` takes several at once (`{user: id, course: courseid}`), as `{child.user}` and `{child.course}`. A field is
    a path in the parent's records, or a column where the parent is made by SQL.
    """

    stream: str
    field: str | None = None
    fields: dict[str, str] = {}

    @model_validator(mode="after")
    def _one_of_both(self) -> Parent:
        if (self.field is None) == (not self.fields):
            raise ValueError("give `field` (one, as {child}) or `fields` (several, as {child.name})")
        return self

    @property
    def places(self) -> dict[str, str]:
        """Return where each part of a child is found, by its name; a single one has the name ""."""
        return {"": self.field} if self.field is not None else self.fields


class Stream(Strict):
    """One kind of record: how it is asked for, where its records are, and what they become.

    `records` is the path to them: of a list, of a map (`staff.*`, its keys are @key), of rows in each of these
    (`staff.*.rows[]`), or of a single one (`data{}`). With `feed` its columns are the feed's; without, it is for a
    fan-out or for `combine`. In place of `path`, `sql` makes rows of the streams named in `uses`, each a table of its
    columns, all text, and of `landed_<feed>`, what has landed of a feed of this source so far: to ask only for whom
    something changed; and of `asked_<stream>`, the children that a fan-out asked about.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    path: str | None = None
    sql: str | None = None
    uses: list[str] = []
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
    again_after_days: Annotated[int, Field(ge=1)] | None = None  # until then a child that brought no news is not asked
    restricted: str | None = None  # path in a record to the list of fields that the credentials may not read
    feed: str | None = None
    mode: Mode = "delta"
    columns: dict[str, Column] = {}

    @model_validator(mode="after")
    def _fits(self) -> Stream:
        if (self.path is None) == (self.sql is None):
            raise ValueError("give `path` (what to ask for) or `sql` (how to make it of other streams)")
        if self.sql is not None and self.model_fields_set - {"name", "sql", "uses"}:
            raise ValueError("a stream made by `sql` has `name`, `sql` and `uses` only; a feed of it is a `combine`")
        if self.again_after_days is not None and self.parent is None:
            raise ValueError("`again_after_days` is for a fan-out: give `parent`")
        if self.feed is not None:
            check_feed(self.feed, self.columns, self.mode)
        for given in (self.params, self.form, self.json_body, self.headers):
            check_no_secret(given or {})
        return self

    @property
    def paths(self) -> list[str]:
        """Return where the columns come from."""
        return [column.path for column in self.columns.values() if column.path]

    @property
    def is_plain_list(self) -> bool:
        """Whether the records are a plain list: no map, nothing exploded, nothing taken from around a record."""
        marks = any(mark in self.records for mark in ("*", "[]", "{}"))
        return not marks and not any(path.startswith("^.") for path in self.paths)

    @property
    def way_to_records(self) -> list[str]:
        """Return the names on the way to the outermost list or map."""
        names: list[str] = []
        for part in self.records.split(".") if self.records else []:
            name = part.removesuffix("[]").removesuffix("{}")
            if part == "*" or not name:  # what has been reached, the body itself perhaps
                break
            names.append(name)
            if part.endswith("[]"):
                break
        return names

    @property
    def way_within(self) -> list[str]:
        """Return the steps from a member of the outermost list or map to the records."""
        steps = self.records.split(".")
        done = len(self.way_to_records)
        has_bracket = done > 0 and steps[done - 1].endswith(("[]", "{}"))
        return steps[done if has_bracket else done + 1 :]

    @property
    def key(self) -> str | None:
        """Return where in a record its id is; None where that can't be told."""
        if self.paging.key is not None or self.feed is None or len(FEEDS[self.feed].key) > 1:
            return self.paging.key
        column = self.columns.get(FEEDS[self.feed].key[0])
        return column.path if column is not None and column.split is None else None

    @property
    def watched_key(self) -> str | None:
        """Return the id by which a record that moved to another numbered page is found out; None: by all of it."""
        return self.key if self.is_plain_list else None

    @property
    def rests_on(self) -> list[str]:
        """Return the streams that have to be there before this one."""
        return [*self.uses, *([self.parent.stream] if self.parent is not None else [])]


def check_feed(feed: str, columns: dict[str, Column] | None, mode: Mode) -> None:
    """Raise ValueError where there is no such feed, or the columns do not make one."""
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


def check_no_secret(given: dict[str, Any]) -> dict[str, Any]:
    """Return headers or parameters as they are. Raises ValueError where one has the name of a secret."""
    for name in given:
        if name.lower() in _SECRETS:
            raise ValueError(f"take {name!r} out and say under `auth` where the secret is ({{env: VARIABLE}})")
    return given
