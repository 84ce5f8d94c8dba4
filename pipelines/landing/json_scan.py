"""JSON: one object a line, or one array of objects."""

import json

import duckdb
import numpy as np

from pipelines.feeds import normalised_name
from pipelines.landing.engine import Engine, file_literal, literal
from pipelines.landing.faults import unreadable
from pipelines.landing.receive import Text
from pipelines.landing.records import Positions, json_array_lines, line_records
from pipelines.landing.scan import Broken
from pipelines.landing.typing_sql import FieldTraits

_MOST_PARSED_BYTES = 64 << 20


class JsonScan:
    """One NDJSON file, or one JSON array. `ids` are the normalised headers of columns that hold ids."""

    def __init__(
        self,
        engine: Engine,
        text: Text,
        file_name: str,
        *,
        is_array: bool,
        object_bytes: int,
        ids: frozenset[str] = frozenset(),
    ) -> None:
        self.header_line: int | None = None
        self.broken: Broken | None = None
        self.preamble: tuple[str, ...] = ()
        self._is_array = is_array
        self._text = text
        beginning = _first_character(text)
        if is_array and beginning != "[":
            what = "one object" if beginning == "{" else "no array"
            raise unreadable(
                file_name,
                f"it holds {what}, where an array of records is expected",
                "Write [{...}, {...}], or one record a line and end the name in .ndjson",
                line=1,
            )
        if not is_array and beginning == "[":
            raise unreadable(
                file_name,
                "it holds an array, where one record a line is expected",
                "End its name in .json, or write one record a line",
                line=1,
            )
        reading = "format = 'array'" if is_array else "format = 'newline_delimited', ignore_errors = true"
        self._relation = (
            f"read_json_objects({file_literal(text.path)}, {reading}, compression = 'uncompressed', "
            f"maximum_object_size = {object_bytes}, hive_partitioning = false)"
        )
        try:
            self.headers = _keys(engine, self._relation)
        except duckdb.InvalidInputException as error:
            _refuse_malformed(text, file_name)
            raise error  # what it is, the caller finds in the message
        self._may_nest = not _is_plain(text)
        self._ids = ids
        self.traits = FieldTraits(
            {},
            trimming=text.trimming,
            may_hold_nuls=self._may_nest,
            may_hold_exponents=text.has_exponents or self._may_nest,
            marks_no_ids=True,
        )

    def fields(self, *, is_numbered: bool = False) -> str:
        """See Scan."""
        paths = [literal("/" + h.replace("~", "~0").replace("/", "~1")) for h in self.headers]
        names = ", ".join(self._field(i, path) for i, path in enumerate(paths))
        read = f"json, json_extract_string(json, [{', '.join(paths)}]::VARCHAR[]) AS v"
        if not is_numbered:
            return f"SELECT {names or 'NULL AS f0'} FROM (SELECT {read} FROM {self._relation})"
        broken = (
            "CASE WHEN json IS NULL THEN 'it is not valid JSON' "
            "WHEN json_type(json) <> 'OBJECT' THEN 'it is not a JSON object' END"
        )
        return (
            f"SELECT {names or 'NULL AS f0'}, n, raw, broken FROM (SELECT {read}, row_number() OVER () - 1 AS n, "
            f"json::VARCHAR AS raw, {broken} AS broken FROM {self._relation})"
        )

    def _field(self, position: int, path: str) -> str:
        """A key's value as text. What is a value of no column has a NUL before it, which fits none: an object or a
        list; and, where an id belongs, true, false, and a number with a fraction or of uncertain digits.
        """
        value = f"v[{position + 1}]"
        unfit = f"chr(0) || {value}"
        cases = ""
        if self._may_nest:
            looks_nested = f"({value} LIKE '{{%' OR {value} LIKE '[%')"
            cases += f"WHEN {looks_nested} AND json_type(json, {path}) IN ('OBJECT', 'ARRAY') THEN {unfit} "
        if normalised_name(self.headers[position]) in self._ids:
            cases += f"WHEN {value} IN ('true', 'false') AND json_type(json, {path}) = 'BOOLEAN' THEN {unfit} "
            number = f"try_cast({value} AS DOUBLE)"
            whole = f"{number} = floor({number}) AND abs({number}) < 1e15"
            cases += (
                f"WHEN contains({value}, '.') AND json_type(json, {path}) = 'DOUBLE' "
                f"THEN CASE WHEN {whole} THEN {number}::BIGINT::VARCHAR ELSE {unfit} END "
            )
        return f"{f'CASE {cases}ELSE {value} END' if cases else value} AS f{position}"

    def settle(self, accepted: int) -> bool:
        """Every line and every element gives a row, if an empty one."""
        return True

    def lines_of(self, ordinals: Positions) -> Positions:
        """See Scan."""
        if not self._is_array:
            return line_records(self._text.path).lines[ordinals]
        if self._text.lines <= 1:
            return np.ones(len(ordinals), dtype=np.int64)
        return json_array_lines(self._text.path)[ordinals]


def _first_character(text: Text) -> str:
    with text.path.open("rb") as reader:
        beginning = reader.read(1 << 16).removeprefix(b"\xef\xbb\xbf").lstrip()
    return chr(beginning[0]) if beginning else ""


def _refuse_malformed(text: Text, file_name: str) -> None:
    """Refuse a file with the line where its JSON goes wrong; not the largest, which would have to fit in memory."""
    if text.path.stat().st_size > _MOST_PARSED_BYTES:
        return
    try:
        json.loads(text.path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except json.JSONDecodeError as error:
        reason = f"it is not valid JSON ({error.msg}, character {error.colno})"
        raise unreadable(file_name, reason, "Write it again and deliver it once more", line=error.lineno) from error
    except RecursionError as error:
        raise unreadable(file_name, "its values are nested too deeply", "Write an array of flat records") from error


def _is_plain(text: Text) -> bool:
    """Whether a look at the bytes rules out nested values and escaped characters, as it does for most exports."""
    braces = 0
    with text.path.open("rb") as reader:
        while chunk := reader.read(1 << 20):
            braces += chunk.count(b"{")
            if b"\\" in chunk or b"[" in chunk[1:] or braces > text.lines:
                return False
    return not text.has_nuls


def _keys(engine: Engine, relation: str) -> tuple[str, ...]:
    """Every key of every record: one that only a late record has counts too."""
    rows: list[tuple[str]] = engine.rows(f"SELECT DISTINCT unnest(json_keys(json)) AS key FROM {relation} ORDER BY key")
    return tuple(key for (key,) in rows)
