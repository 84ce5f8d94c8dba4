"""What has landed of a feed, as far as the next pull goes on from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.connectors.rest.asking import Cursor
from pipelines.connectors.rest.since import oldest

CURSORS = "cursors"
"""Under which key the origin in a manifest has how far the feed's own streams were asked for."""
QUIET = "quiet"
"""The same, by feed, for the source's feeds that had no news in that pull."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a stream has landed: the cursor, the stream's fingerprint, and, where only news is taken, what stands for
    the records of the cursor's own moment."""

    value: str
    made_by: str
    marks: frozenset[str] = frozenset()

    def written(self) -> list[Any]:
        """Return it as it goes into a manifest."""
        return [self.value, self.made_by, *([sorted(self.marks)] if self.marks else [])]

    @classmethod
    def read(cls, written: Sequence[Any]) -> Reached:
        """Return what `written` wrote."""
        return cls(written[0], written[1], frozenset(written[2] if len(written) > 2 else ()))


@dataclass(frozen=True, slots=True)
class Landed:
    """What has landed of a feed: how far each stream has, and the deliveries' own files, oldest first, each with the
    definition it was made by."""

    cursors: Mapping[str, Reached] = field(default_factory=dict[str, Reached])
    files: Sequence[tuple[str, Path]] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """From where a stream is asked for: the cursor (None: the beginning), and the marks of what is known of its own
    moment."""

    value: str | None = None
    marks: frozenset[str] = frozenset()


def start(cursor: Cursor | None, made_by: str, feeds: Sequence[Landed], name: str) -> Start:
    """Return the start from which no feed made of the stream `name` misses anything."""
    if cursor is None:
        return Start()
    found = [landed.cursors.get(name) for landed in feeds]
    reached = [one if one is not None and one.made_by == made_by else None for one in found]
    value = oldest(cursor, [None if one is None else one.value for one in reached])
    marks = [one.marks for one in reached if one is not None and one.value == value]
    return Start(value, frozenset.intersection(*marks) if marks else frozenset())
