"""The cursor as a parameter: written as the interface wants it, with what the look-back takes off."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from pipelines.connectors.rest.asking import Cursor
from pipelines.connectors.rest.failures import PullError


def sent(cursor: Cursor, value: str | None, *, as_json: bool = False) -> dict[str, Any]:
    """Return the parameter that asks for what came after `value`; nothing when there is no value to start from.

    Raises:
        PullError: the value is no time of the cursor's format.
    """
    if value is None:
        return {} if cursor.initial is None else _parameter(cursor, cursor.initial, as_json)
    return _parameter(cursor, _looked_back(cursor, value), as_json)


def oldest(cursor: Cursor, values: Collection[str | None]) -> str | None:
    """Return the value from which nothing after any of `values` is missed; None (the beginning) when one can't tell."""
    if None in values or not values:
        return None
    known = {value for value in values if value is not None}
    if len(known) == 1:
        return known.pop()
    if cursor.format == "text":
        return None
    try:
        return min(known, key=lambda value: _moment(cursor, value))
    except (ValueError, TypeError):  # no time, or naive ones among others
        return None


def _parameter(cursor: Cursor, value: str, as_json: bool) -> dict[str, Any]:
    text = cursor.template.replace("{cursor}", value)
    return {cursor.parameter: orjson.loads(text) if as_json and text[:1] in ("[", "{") else text}


def _looked_back(cursor: Cursor, value: str) -> str:
    form = cursor.send_as or cursor.format
    back = timedelta(seconds=cursor.look_back_seconds)
    if not cursor.inclusive:
        back += timedelta(days=1) if form == "date" else timedelta(seconds=1)
    if cursor.format == "text" or (not back and form == cursor.format != "date"):
        return value
    try:
        earlier = _moment(cursor, value) - back
    except ValueError:
        raise PullError(f"the cursor is no {cursor.format} time: see cursor.path and cursor.format") from None
    if form == "date":
        return earlier.date().isoformat()
    if form != "iso":
        if earlier.tzinfo is None:
            earlier = earlier.replace(tzinfo=ZoneInfo(cursor.zone) if cursor.zone else UTC)
        return f"{earlier.timestamp() * (1000 if form == 'unix_ms' else 1):.0f}"
    if earlier.tzinfo is None:  # naive in, naive out: as the server writes it
        return earlier.isoformat(sep=value[10] if value[10:] else "T")
    return earlier.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(cursor: Cursor, value: str) -> datetime:
    if cursor.format in ("unix", "unix_ms"):
        return datetime.fromtimestamp(float(value) / (1000 if cursor.format == "unix_ms" else 1), UTC)
    return datetime.fromisoformat(value)
