"""The SQL that finds the next cursor among what the records say, in the column `c` as the server wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipelines.connectors.rest.asking import Cursor
from pipelines.connectors.rest.records_sql import ZONED, literal


def greatest_sql(cursor: Cursor, rows: str, zone: str, begun_at: datetime | None) -> str:
    """Return the SQL of the greatest cursor in `rows` that is no later than the pull began."""
    moment = _moment(cursor, zone)
    is_past = "true"
    if cursor.format != "text" and begun_at is not None:
        is_past = f"{moment} <= {literal(begun_at.isoformat())}::timestamptz"
    return f"select arg_max(c, {moment}) from {rows} where {is_past}"


def least_sql(cursor: Cursor, values: Sequence[str], zone: str) -> str:
    """Return the SQL of the least of some cursors."""
    rows = ", ".join(f"({literal(value)})" for value in values)
    return f"select arg_min(c, {_moment(cursor, zone)}) from (values {rows}) as found(c)"


def _moment(cursor: Cursor, zone: str) -> str:
    """Return the SQL of the time that a cursor means; null where it is none."""
    zone = literal(cursor.zone or zone)
    if cursor.format == "iso":
        naive = f"timezone({zone}, try_cast(c as timestamp))"
        return f"case when regexp_matches(c, {literal(ZONED)}) then try_cast(c as timestamptz) else {naive} end"
    if cursor.format in ("unix", "unix_ms"):
        factor = 1e6 if cursor.format == "unix" else 1e3
        return f"make_timestamptz((try_cast(c as double) * {factor:.0f})::bigint)"
    return f"timezone({zone}, try_cast(c[:10] as date)::timestamp)" if cursor.format == "date" else "c"
