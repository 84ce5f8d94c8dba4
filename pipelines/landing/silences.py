"""What somebody acknowledged of a silence: that through a day there were no more records than are known."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AcknowledgedSilence:
    """That a feed of a source (None: all of them) had nothing more through a day. `after_seq` was the newest batch_seq
    then: a past state does not know of it."""

    source: str
    feed: str | None
    through: date
    after_seq: int


def acknowledge_silence(data_dir: Path, silence: AcknowledgedSilence) -> None:
    """Note it; the caller holds the lock of the data folder."""
    line = {
        "source": silence.source, "feed": silence.feed, "through": silence.through.isoformat(),
        "after_seq": silence.after_seq, "acknowledged_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    with _file(data_dir).open("a", encoding="utf-8") as writer:
        writer.write(json.dumps(line) + "\n")


def acknowledged_silences(data_dir: Path, known_at_seq: int | None = None) -> list[AcknowledgedSilence]:
    """Return what has been acknowledged, oldest first, by the batch `known_at_seq`."""
    file = _file(data_dir)
    if not file.exists():
        return []
    noted = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    found = [
        AcknowledgedSilence(one["source"], one["feed"], date.fromisoformat(one["through"]), one["after_seq"])
        for one in noted
    ]
    return [one for one in found if known_at_seq is None or one.after_seq <= known_at_seq]


def _file(data_dir: Path) -> Path:
    return data_dir / "acknowledged.jsonl"
