"""Pages of JSON into the rows of a feed, in sets: DuckDB reads all pages of a pull at once.

Everything stays text, written as the contract wants it; whether a value is right is for landing to judge, so that what
can't be read is listed there and not lost here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipelines.connectors.rest.failures import PullError
from pipelines.connectors.rest.pull import Page, Pulled
from pipelines.connectors.rest.spec import Column, Stream

CURSOR = "@cursor"
RESTRICTED = "@restricted"
_SPARE_BYTES = 1 << 20


class Tables:
    """The pulled streams of a source as tables of text, and the feeds made of them."""

    def __init__(self, zone: str, memory_limit: str = "1GB") -> None:
        self._zone = zone
        self._connection = duckdb.connect(
            config={"memory_limit": memory_limit, "threads": "2", "autoinstall_known_extensions": "false"}
        )
        self._connection.execute("set timezone = 'UTC'")

    def close(self) -> None:
        """Close DuckDB."""
        self._connection.close()

    def add(self, pulled: Pulled) -> None:
        """Make the table of a stream. Raises PullError when a required field is in no record."""
        stream = pulled.stream
        pages = [page for page in pulled.pages if page.file is not None]
        source = _records_sql(stream, pages) if pages else None
        columns = dict(stream.columns)
        if stream.cursor is not None and stream.cursor.taken_from == "records":
            columns[CURSOR] = Column(path=stream.cursor.path)
        if stream.restricted:
            columns[RESTRICTED] = Column(path=stream.restricted)
        if source is None:
            listed = ", ".join(f"null::varchar as {_name(name)}" for name in columns) or "null as nothing"
            self._connection.execute(f"create or replace table {_name(stream.name)} as select {listed} where false")
            return
        selected = ", ".join(f"{self._written(column, stream)} as {_name(name)}" for name, column in columns.items())
        selected = selected or "null as nothing"
        try:
            self._connection.execute(
                f"create or replace table {_name(stream.name)} as select {selected} from ({source})"
            )
        except duckdb.Error as error:  # its own text quotes the records
            raise PullError(f"its records are not as configured ({type(error).__name__})") from None
        self._require(stream)

    def next_cursor(self, stream: Stream) -> str | None:
        """Return the greatest cursor among a stream's records, as the server wrote it."""
        assert stream.cursor is not None
        by = {"iso": "try_cast(c as timestamptz)", "unix": "try_cast(c as double)", "date": "try_cast(c as date)"}
        order = by.get(stream.cursor.format, "c")
        return self._one(f"select arg_max(c, {order}) from (select {_name(CURSOR)} as c from {_name(stream.name)})")

    def restricted_fields(self, stream: Stream) -> list[str]:
        """Return the fields that the credentials may not read, as the server names them."""
        if not stream.restricted:
            return []
        found = self._connection.execute(
            f"select distinct unnest(from_json({_name(RESTRICTED)}, '[\"VARCHAR\"]')) as f from {_name(stream.name)}"
            f" where json_valid({_name(RESTRICTED)}) order by f"
        )
        return [str(name) for (name,) in found.fetchall()]

    def values_of(self, stream: Stream, pages: Sequence[Page], field: str) -> list[str]:
        """Return the distinct values of a field in a stream's records, in the order in which they come."""
        with_files = [page for page in pages if page.file is not None]
        if not with_files:
            return []
        only = stream.model_copy(update={"columns": {"child": Column(path=field)}})
        written = self._written(Column(path=field), only)
        found = self._connection.execute(
            f"select child from (select {written} as child, row_number() over () as n"
            f" from ({_records_sql(only, with_files)})) where child is not null group by child order by min(n)"
        )
        return [str(value) for (value,) in found.fetchall()]

    def make(self, feed: str, stream: Stream | None, sql: str | None) -> None:
        """Make the rows of a feed, from one stream's table or by SQL, without rows that are the same throughout.

        Raises:
            PullError: the SQL can't be carried out.
        """
        names = ", ".join(_name(name) for name in stream.columns) if stream is not None else "*"
        query = sql or f"select {names} from {_name(stream.name if stream is not None else feed)}"
        try:
            self._connection.execute(f"create or replace table made as {query}")
        except duckdb.Error as error:
            raise PullError(f"the SQL for {feed} fails ({type(error).__name__})") from None
        # Paging gives a record twice when others move; hashing tells in a tenth of the time whether it did.
        doubled = self._one("select count(*) <> count(distinct hash(made)) from made")
        if doubled:
            self._connection.execute(
                "create or replace table made as select made.* from made join (select min(rowid) as kept from made"
                " group by hash(made)) on made.rowid = kept order by made.rowid"
            )

    def leave_out_known(self, unit: Sequence[str], earlier: Sequence[Path]) -> None:
        """Leave out the records (all rows with the same `unit` columns) that are as they were delivered last.

        `earlier` are former deliveries of the same shape, oldest first.
        """
        columns = {str(row[0]) for row in self._connection.execute("describe made").fetchall()}
        if not earlier or not unit or not set(unit) <= columns:
            return
        key = ", ".join(_name(name) for name in unit)
        files = ", ".join(_literal(str(path)) for path in earlier)
        kept = ", ".join(_name(name) for name in sorted(columns))
        order = "case filename " + " ".join(f"when {_literal(str(p))} then {i}" for i, p in enumerate(earlier)) + " end"
        self._connection.execute(
            f"""
            create or replace table made as
            with now as (
                select {key}, sum(hash(r)) as content from (select {kept}, ({kept},) as r from made) group by all),
            old as (
                select {key}, {order} as place, sum(hash(r)) as content
                from (select {kept}, ({kept},) as r, filename from read_parquet([{files}], filename = true))
                semi join now using ({key}) group by all),
            known as (select {key}, arg_max(content, place) as content from old group by all)
            from made anti join (select {key} from now semi join known using ({key}, content)) using ({key})
            """
        )

    def write(self, target: Path) -> int:
        """Write the rows that were made to a Parquet file; return how many there are."""
        self._connection.execute(f"copy made to {_literal(str(target))} (format parquet, compression zstd)")
        return int(self._one("select count(*) from made"))

    def preview(self, rows: int) -> tuple[list[str], list[tuple[Any, ...]], Mapping[str, int]]:
        """Return the columns, the first rows, and how many rows have a value, by column."""
        found = self._connection.execute(f"from made limit {rows}")
        names = [str(column[0]) for column in found.description or []]
        first = found.fetchall()
        counts = self._connection.execute(
            "select count(*), " + ", ".join(f"count({_name(name)})" for name in names) + " from made"
        ).fetchone()
        assert counts is not None
        return names, first, dict(zip(["", *names], counts, strict=True))

    def _require(self, stream: Stream) -> None:
        for name, column in stream.columns.items():
            if column.required and self._one(
                f"select count(*) > 0 and count({_name(name)}) = 0 from {_name(stream.name)}"
            ):
                raise PullError(
                    f"{column.path} is in no record of {stream.name}: a field that was renamed, or that the credentials"
                    " may not read"
                )

    def _one(self, sql: str) -> Any:
        row = self._connection.execute(sql).fetchone()
        return None if row is None else row[0]

    def _written(self, column: Column, stream: Stream) -> str:
        """Return the SQL of a column's text as the contract wants it."""
        text = _literal(column.value) if column.value is not None else _taken(column.path or "", stream)
        if column.nulls:
            nulls = ", ".join(_literal(one) for one in column.nulls)
            text = f"case when trim({text}) in ({nulls}) then null else {text} end"
        if column.split is not None:
            text = f"string_split({text}, {_literal(column.split)})[{column.take + 1}]"
        text = _dated(text, column, _literal(column.zone or self._zone))
        if column.values:
            cases = " ".join(f"when {_literal(k)} then {_literal(v)}" for k, v in column.values.items())
            text = f"case {text} {cases} else {text} end"
        return text


def _dated(text: str, column: Column, zone: str) -> str:
    """What can't be read stays as it is, for landing to list."""
    if column.parse in ("unix", "unix_ms"):
        micros = f"(try_cast({text} as double) * {1e6 if column.parse == 'unix' else 1e3:.0f})::bigint"
        day = f"timezone({zone}, make_timestamptz({micros}))::date::varchar"
        return f"case when try_cast({text} as double) = 0 then null else coalesce({day}, {text}) end"
    if column.parse != "date":
        return text
    if column.format is not None:
        stamp = f"try_strptime({text}, {_literal(column.format)})"
        is_zoned = "%z" in column.format
        return f"coalesce({f'timezone({zone}, {stamp})' if is_zoned else stamp}::date::varchar, {text})"
    # a day with an offset (2018-10-01-07:00) is that day; a time with one is brought to the zone
    return (
        f"case when regexp_full_match({text}, '\\d{{4}}-\\d\\d-\\d\\d(Z|[+-]\\d\\d:?\\d\\d)?') then {text}[:10]"
        f" when regexp_matches({text}, '\\d(Z|z|[+-]\\d\\d(:?\\d\\d)?| UTC)$') and {text} like '%:%'"
        f" then coalesce(timezone({zone}, try_cast({text} as timestamptz))::date::varchar, {text})"
        f" else coalesce(try_cast({text} as timestamp)::date::varchar, {text}) end"
    )


def _taken(path: str, stream: Stream) -> str:
    """Return the SQL of a field's text; `record` is the record as JSON, or its first level in columns."""
    if path == "@key":
        return '"@key"'
    if path == "@child":
        return '"@child"'
    if path.startswith("^."):
        return f"json_extract_string(parent, {_json_path(path[2:])})"
    if _is_flat(stream):
        first, _, rest = path.partition(".")
        return f"json_extract_string({_name(first)}, {_json_path(rest)})" if rest else _name(first)
    return f"json_extract_string(record, {_json_path(path)})"


def _is_flat(stream: Stream) -> bool:
    """Whether the records are a plain list, whose fields DuckDB can read straight into columns."""
    used = [column.path or "" for column in stream.columns.values()]
    return "*" not in stream.records and "[]" not in stream.records and not any(p.startswith("^.") for p in used)


def _records_sql(stream: Stream, pages: Sequence[Page]) -> str:
    """Return the SQL of all records of the pages, in order."""
    files = ", ".join(_literal(str(page.file)) for page in pages)
    size = max(page.file.stat().st_size for page in pages if page.file is not None) + _SPARE_BYTES
    children = ""
    names = ""
    if stream.parent is not None:
        pairs = ", ".join(f"({_literal(str(page.file))}, {_literal(page.child or '')})" for page in pages)
        children = f" join (values {pairs}) as c(file, child) on c.file = filename"
        names = ', child as "@child"'
    options = f"filename = true, maximum_object_size = {size}"
    if not _is_flat(stream):
        return _nested_sql(stream, f"read_json_objects([{files}], format = 'unstructured', {options})", names, children)
    fields = _flat_fields(stream)
    if not stream.records:
        listed = ", ".join(f"{_literal(name)}: '{kind}'" for name, kind in fields.items())
        return (
            f"select *{names} from read_json([{files}], format = 'array', columns = {{{listed}}}, {options}){children}"
        )
    kind = "struct(" + ", ".join(f"{_name(name)} {kind}" for name, kind in fields.items()) + ")[]"
    first, *rest = stream.records.split(".")
    for name in reversed(rest):
        kind = f"struct({_name(name)} {kind})"
    reached = ".".join(_name(name) for name in [first, *rest])
    relation = (
        f"read_json([{files}], format = 'unstructured', columns = {{{_literal(first)}: {_literal(kind)}}}, {options})"
    )
    return f"select unnest({reached}, max_depth := 2){names} from {relation}{children}"


def _flat_fields(stream: Stream) -> dict[str, str]:
    paths = [column.path for column in stream.columns.values() if column.path]
    if stream.cursor is not None and stream.cursor.taken_from == "records":
        paths.append(stream.cursor.path)
    if stream.restricted:
        paths.append(stream.restricted)
    fields: dict[str, str] = {}
    for path in paths:
        if not path.startswith("@"):
            first, _, rest = path.partition(".")
            is_plain = not rest and fields.get(first, "varchar") == "varchar"
            fields[first] = "varchar" if is_plain else "json"
    return fields or {"id": "varchar"}


def _nested_sql(stream: Stream, relation: str, names: str, children: str) -> str:
    """Return the SQL for maps and exploded rows: one step a part of the path."""
    sql = f'select json as record, null::json as parent, null::varchar as "@key"{names} from {relation}{children}'
    carried = ', "@child"' if names else ""
    steps = stream.records.split(".") if stream.records else ["[]"]
    if not any("[]" in step or step == "*" for step in steps):
        steps[-1] += "[]"
    for step in steps:
        name = step.removesuffix("[]")
        if step == "*":
            inner = (
                f"select unnest(json_keys(record)) as k, record{carried} from ({sql})"
                " where json_type(record) = 'OBJECT'"
            )
            taken = "json_extract(record, '$.\"' || replace(k, '\"', '\\\"') || '\"')"
            sql = f'select {taken} as record, record as parent, k as "@key"{carried} from ({inner})'
            continue
        if name:
            taken = f"json_extract(record, {_json_path(name)})"
            sql = f'select {taken} as record, record as parent, "@key"{carried} from ({sql})'
        if step.endswith("[]"):
            unfolded = "unnest(from_json(record, '[\"JSON\"]'))"
            sql = (
                f"select {unfolded} as record, parent, \"@key\"{carried} from ({sql}) where json_type(record) = 'ARRAY'"
            )
    return sql


def _json_path(path: str) -> str:
    steps = "".join(f"[{part}]" if part.isdecimal() else f'."{part}"' for part in path.split("."))
    return _literal(f"${steps}")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
