"""What is written down about a landed batch and about a refusal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from pipelines.landing.faults import Fault
from pipelines.landing.options import Mode


@dataclass(frozen=True, slots=True)
class Problem:
    """How often something was wrong with a column (None: with whole rows)."""

    kind: Literal["quarantined", "repaired"]
    column: str | None
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One landed batch. Its folder holds rows.parquet, raw/, manifest.json and perhaps the two lists of problems.

    `file_name` identifies the delivery within source and feed; `sha256` and `bytes` cover all its files. `landed_at`
    is UTC. `live_row_count` leaves out rows that remove a record; `filled` counts, by column, the live rows with a
    value. `accepted_refusal` is the refusal that somebody overruled to land it.
    """

    batch_seq: int
    source: str
    feed: str
    mode: Mode
    file_name: str
    sha256: str
    bytes: int
    landed_at: datetime
    row_count: int
    live_row_count: int
    quarantined_count: int
    repaired_count: int
    conflict_count: int
    window_from: date | None
    window_to: date | None
    filled: Mapping[str, int]
    unknown_columns: tuple[str, ...]
    problems: tuple[Problem, ...]
    accepted_refusal: str | None
    data_dir: Path

    @property
    def folder(self) -> Path:
        """Where the batch is."""
        return batch_path(self.data_dir, self.feed, self.source, self.batch_seq)

    @property
    def fill_rates(self) -> dict[str, float | None]:
        """The share of live rows that have a value, by column; None without rows."""
        rows = self.live_row_count
        return {column: count / rows if rows else None for column, count in self.filled.items()}

    def manifest(self) -> dict[str, Any]:
        """Everything written down when it landed."""
        return json.loads((self.folder / "manifest.json").read_bytes())


@dataclass(frozen=True, slots=True)
class Refusal:
    """A delivery refused whole; its folder keeps the bytes. `after_seq` was the newest batch_seq at that time.

    `options_sha256` tells the source's settings then: with others, the same file is worth another try.
    """

    refused_id: str
    source: str
    feed: str
    mode: Mode
    file_name: str
    sha256: str
    bytes: int
    refused_at: datetime
    after_seq: int
    fault: Fault
    options_sha256: str
    acknowledged_at: datetime | None
    folder: Path

    @property
    def reason(self) -> str:
        """File, line, column and value where they exist, what is wrong, and the cure."""
        return str(self.fault)


Outcome = Batch | Refusal
"""What became of a delivery."""

INDEXED = (
    "batch_seq", "source", "feed", "mode", "file_name", "sha256", "bytes", "landed_at", "row_count", "live_row_count",
    "quarantined_count", "repaired_count", "conflict_count", "window_from", "window_to", "filled", "unknown_columns",
    "problems", "accepted_refusal",
)  # fmt: skip
"""The part of a batch's manifest that a Batch is made of."""


def batch_path(data_dir: Path, feed: str, source: str, batch_seq: int) -> Path:
    """Where a batch has its folder."""
    return data_dir / "landing" / feed / source / f"{batch_seq:010d}"


def batch_of(manifest: Mapping[str, Any], data_dir: Path) -> Batch:
    """A batch from its manifest, or from the part that `INDEXED` names. Raises KeyError when that is not whole."""
    kept: dict[str, Any] = {name: manifest[name] for name in INDEXED}
    kept["landed_at"] = datetime.fromisoformat(kept["landed_at"])
    for name in ("window_from", "window_to"):
        kept[name] = date.fromisoformat(kept[name]) if kept[name] else None
    kept["unknown_columns"] = tuple(kept["unknown_columns"])
    kept["problems"] = tuple(Problem(**problem) for problem in kept["problems"])
    return Batch(**kept, data_dir=data_dir)


def refusal_of(manifest: Mapping[str, Any], folder: Path) -> Refusal:
    """A refusal from its manifest and the note, if there is one, that somebody has acknowledged it."""
    note = folder / "acknowledged_at"
    return Refusal(
        refused_id=manifest["refused_id"],
        source=manifest["source"],
        feed=manifest["feed"],
        mode=manifest["mode"],
        file_name=manifest["file_name"],
        sha256=manifest["sha256"],
        bytes=manifest["bytes"],
        refused_at=datetime.fromisoformat(manifest["refused_at"]),
        after_seq=manifest["after_seq"],
        fault=Fault(**manifest["fault"]),
        options_sha256=manifest["options_sha256"],
        acknowledged_at=datetime.fromisoformat(note.read_text(encoding="utf-8")) if note.exists() else None,
        folder=folder,
    )
