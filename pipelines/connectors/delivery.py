"""What a connector hands to landing: one delivery for one feed, as files on disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

Format = Literal["csv", "ndjson", "json", "parquet", "xlsx", "zip"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a delivery.

    `name` is printable and says which file it was, relative to the drop folder; `path` is where its bytes are. A zip
    holds several files of the delivery. `dated` is the date that the source's `names` find in the name.
    """

    name: str
    path: Path
    format: Format
    is_gzipped: bool = False
    is_encrypted: bool = False
    dated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a pulled delivery comes from. `details` go into its manifest: among them the cursors from which the next
    pull goes on, so that a cursor can't get ahead of what has landed. `received` are the answers as received.
    """

    details: Mapping[str, Any]
    received: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What arrived at once for one feed: it becomes one batch, whole or not at all.

    `name` identifies it among the deliveries of its source and feed: the same name with the same bytes is not
    landed twice in a row.
    """

    feed: str
    name: str
    files: tuple[SourceFile, ...]
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Something in a drop folder that is not a delivery, and why."""

    name: str
    reason: str
