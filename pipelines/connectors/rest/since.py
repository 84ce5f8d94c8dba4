"""The cursor as a parameter: written as the interface wants it, with what the look-back takes off."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

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
    try:
        match cursor.format:
            case "unix":
                return min(known, key=float)
            case "iso" | "date":
                return min(known, key=datetime.fromisoformat)
            case "text":
                return None
    except (ValueError, TypeError):  # no time, or naive ones among others
        return None


def _parameter(cursor: Cursor, value: str, as_json: bool) -> dict[str, Any]:
    text = cursor.template.replace("{cursor}", value)
    return {cursor.parameter: orjson.loads(text) if as_json and text[:1] in ("[", "{") else text}


def _looked_back(cursor: Cursor, value: str) -> str:
    if cursor.format == "text" or not cursor.look_back_seconds:
        return value
    back = timedelta(seconds=cursor.look_back_seconds)
    try:
        if cursor.format == "unix":
            return f"{float(value) - cursor.look_back_seconds:.0f}"
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise PullError(f"the cursor is no {cursor.format} time: see cursor.path and cursor.format") from None
    if cursor.format == "date":
        return (moment - back).date().isoformat()
    earlier = moment - back
    if moment.tzinfo is None:
        return earlier.isoformat(sep=value[10])  # naive in, naive out: as the server writes it
    return earlier.astimezone(UTC).isoformat().replace("+00:00", "Z")
