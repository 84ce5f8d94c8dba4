"""The request for a place in a stream's list, with cursor and child in their places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pipelines.connectors.rest.exchange import Ask
from pipelines.connectors.rest.paging import Place
from pipelines.connectors.rest.since import sent
from pipelines.connectors.rest.stream import Stream

Child = Mapping[str, str]
"""What a page of a fan-out is asked for: `{"": id}`, or several parts by name."""


def request_for(stream: Stream, cursor: str | None, child: Child | None, place: Place) -> Ask:
    """Return the request for what is at `place` in the list of `child`, as far as it came after `cursor`."""
    asked: dict[str, Any] = {**stream.params} if "url" not in place else {}
    asked |= place["params"]
    if stream.cursor is not None and "url" not in place:
        asked |= sent(stream.cursor, cursor, as_json=stream.json_body is not None)
    path = stream.path or ""
    for name, value in (child or {}).items():
        path = path.replace(_hole(name), quote(value, safe=""))
    asked = _with_child(asked, child)
    form = _with_child(stream.form, child)
    json_body = _with_child(stream.json_body, child)
    return Ask(
        url=place.get("url", path),
        method=stream.method,
        params=asked if form is None and json_body is None else {},
        form=None if form is None else form | asked,
        json_body=None if json_body is None else json_body | asked,
        headers=stream.headers,
        timeout_seconds=stream.timeout_seconds,
    )


def _hole(name: str) -> str:
    return f"{{child.{name}}}" if name else "{child}"


def _with_child(value: Any, child: Child | None) -> Any:
    """Return a value of the request with the child in its places, at any depth."""
    if isinstance(value, dict):
        return {key: _with_child(inner, child) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_child(inner, child) for inner in value]
    if not isinstance(value, str):
        return value
    for name, part in (child or {}).items():
        value = value.replace(_hole(name), part)
    return value
