"""The SQL that finds the records in pages of JSON and writes their fields as text.

A plain list is read straight into columns; members of maps and exploded rows go step by step along the path.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.connectors.rest.pages import Page
from pipelines.connectors.rest.stream import Column, Stream

ZONED = r"\d(Z|z|[+-]\d\d(:?\d\d)?| UTC)$"
"""What a time with a zone ends with."""

_SPARE_BYTES = 1 << 20


def written(column: Column, stream: Stream, zone: str) -> str:
    """Return the SQL of a column's text as the contract wants it."""
    text = literal(column.value) if column.value is not None else _taken(column.path or "", stream)
    if column.first:
        is_list = f"{text} like '[%' and json_valid({text})"
        text = f"case when {is_list} then json_extract_string({text}, '$[0]') else {text} end"
    if column.nulls:
        nulls = ", ".join(literal(one) for one in column.nulls)
        text = f"case when trim({text}) in ({nulls}) then null else {text} end"
    if column.split is not None:
        text = f"string_split({text}, {literal(column.split)})[{column.take + (column.take >= 0)}]"
    text = _dated(text, column, literal(column.zone or zone))
    if column.times != 1:  # what is no number stays as it is, for landing to list
        text = f"coalesce((try_cast({text} as double) * {column.times!r})::varchar, {text})"
    if column.values:
        cases = " ".join(f"when {literal(k)} then {literal(v)}" for k, v in column.values.items())
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
        stamp = f"try_strptime({text}, {literal(column.format)})"
        is_zoned = "%z" in column.format
        return f"coalesce({f'timezone({zone}, {stamp})' if is_zoned else stamp}::date::varchar, {text})"
    # a day with an offset (2018-10-01-07:00) is that day; a time with one is brought to the zone
    return (
        f"case when regexp_full_match({text}, '\\d{{4}}-\\d\\d-\\d\\d(Z|[+-]\\d\\d:?\\d\\d)?') then {text}[:10]"
        f" when regexp_matches({text}, {literal(ZONED)}) and {text} like '%:%'"
        f" then coalesce(timezone({zone}, try_cast({text} as timestamptz))::date::varchar, {text})"
        f" else coalesce(try_cast({text} as timestamp)::date::varchar, {text}) end"
    )


def _taken(path: str, stream: Stream) -> str:
    """Return the SQL of a field's text; `record` is the record as JSON, or its first level in columns."""
    if path in ("@key", "@child") or path.startswith("@child."):
        return quoted(path)
    if path.startswith("^."):
        return f"json_extract_string(parent, {_json_path(path[2:])})"
    if stream.is_plain_list:
        first, _, rest = path.partition(".")
        return f"json_extract_string({quoted(first)}, {_json_path(rest)})" if rest else quoted(first)
    return f"json_extract_string(record, {_json_path(path)})"


def records_sql(stream: Stream, pages: Sequence[Page]) -> str:
    """Return the SQL of all records of the pages, in order."""
    files = ", ".join(literal(str(page.rows)) for page in pages)
    joined, names = _children(pages)
    added = "".join(f", c{place} as {quoted(name)}" for place, name in enumerate(names))
    if stream.is_plain_list:
        listed = ", ".join(f"{literal(name)}: '{kind}'" for name, kind in _flat_fields(stream).items())
        options = f"format = 'array', columns = {{{listed}}}, filename = true"
        return f"select *{added} from read_json([{files}], {options}){joined}"
    size = max(page.longest for page in pages) + _SPARE_BYTES
    options = f"format = 'newline_delimited', filename = true, maximum_object_size = {size}"
    relation = f"read_json_objects([{files}], {options}){joined}"
    return _nested_sql(stream, relation, added, "".join(f", {quoted(name)}" for name in names))


def _children(pages: Sequence[Page]) -> tuple[str, list[str]]:
    """Return a join that adds the parts of the child that a page is of, as c0, c1, ...; and their names."""
    names = ["@child" + (f".{name}" if name else "") for name in pages[0].child or {}]
    if not names:
        return "", []
    values = ", ".join(
        f"({', '.join([literal(str(page.rows)), *map(literal, (page.child or {}).values())])})" for page in pages
    )
    listed = ", ".join(f"c{place}" for place in range(len(names)))
    return f" join (values {values}) as children(file, {listed}) on children.file = filename", names


def _flat_fields(stream: Stream) -> dict[str, str]:
    paths = [column.path for column in stream.columns.values() if column.path]
    if stream.cursor is not None and stream.cursor.taken_from == "records":
        paths.append(stream.cursor.path)
    if stream.key is not None:
        paths.append(stream.key)
    if stream.restricted:
        paths.append(stream.restricted)
    fields: dict[str, str] = {}
    for path in paths:
        if not path.startswith("@"):
            first, _, rest = path.partition(".")
            is_plain = not rest and fields.get(first, "varchar") == "varchar"
            fields[first] = "varchar" if is_plain else "json"
    return fields or {"id": "varchar"}


def _nested_sql(stream: Stream, relation: str, added: str, carried: str) -> str:
    """Return the SQL for maps and exploded rows: one step a part of the path."""
    taken = "json_extract(json, '$.v') as record, json_extract(json, '$.p') as parent"
    sql = f"select {taken}, json_extract_string(json, '$.k') as \"@key\"{added} from {relation}"
    for step in stream.way_within:
        name = step.removesuffix("[]").removesuffix("{}")
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
    return literal(f"${steps}")


def quoted(name: str) -> str:
    """Return a name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL."""
    return "'" + text.replace("'", "''") + "'"
