"""What a connector hands to landing: one delivery for one feed, as files on disk."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Format = Literal["csv", "ndjson", "json", "parquet", "xlsx"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a delivery.

    `name` is printable and says which file it was, relative to the drop folder; `path` is where its bytes are.
    """

    name: str
    path: Path
    format: Format
    is_gzipped: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """What arrived at once for one feed: it becomes one batch, whole or not at all.

    `name` identifies it among the deliveries of its source and feed: the same name with the same bytes is not
    landed twice in a row.
    """

    feed: str
    name: str
    files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Something in a drop folder that is not a delivery, and why."""

    name: str
    reason: str
