"""One request and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `url` is absolute or relative to the base; `params` go in the query."""

    url: str
    method: str = "GET"
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    form: Mapping[str, Any] | None = None
    json_body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the body is in a file."""

    status: int
    headers: Mapping[str, str]
    next_link: str | None
    body: Path

    @property
    def content_type(self) -> str:
        """The media type, without parameters, in lower case."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
