"""What a pull of a source brings, whichever way it is reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.connectors.delivery import Delivery
from pipelines.connectors.standing import Failure


@dataclass(slots=True)
class SourcePull:
    """What a pull of a source brought. `notes` tell people what they should know: restricted fields, files that are
    not complete yet. `requests_made` counts requests to an HTTP interface."""

    deliveries: list[Delivery] = field(default_factory=list[Delivery])
    failures: list[Failure] = field(default_factory=list[Failure])
    notes: list[str] = field(default_factory=list[str])
    requests_made: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """What a feed would bring: columns, first rows, how many rows have a value by column ("": all rows), or why not."""

    feed: str
    columns: Sequence[str] = ()
    rows: Sequence[tuple[Any, ...]] = ()
    filled: Mapping[str, int] = field(default_factory=dict[str, int])
    notes: Sequence[str] = ()
    reason: str | None = None
