"""Pulls that failed and have not succeeded since, and what is known to be missing of the others.

Reading them takes no HTTP or SSH library.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_ENDING = ".failed.json"
_NOTES = "notes.json"


@dataclass(frozen=True, slots=True)
class Failure:
    """A feed that could not be pulled, and why; `since` is when it failed first (UTC)."""

    source: str
    feed: str
    reason: str
    since: datetime


def note_failure(folder: Path, source: str, feed: str, reason: str) -> Failure:
    """Keep a failure in a source's place in the pull folder until the feed is pulled again.

    It has been failing since the first time.
    """
    note = folder / f"{feed}{_ENDING}"
    since = datetime.now(UTC)
    if note.exists():
        since = datetime.fromisoformat(json.loads(note.read_text(encoding="utf-8"))["since"])
    note.write_text(json.dumps({"since": since.isoformat(), "reason": reason}), encoding="utf-8")
    return Failure(source, feed, reason, since)


def forget_failure(folder: Path, feed: str) -> None:
    """Note that a feed could be pulled."""
    (folder / f"{feed}{_ENDING}").unlink(missing_ok=True)


def keep_notes(folder: Path, notes: Sequence[str]) -> None:
    """Keep what people should know of a source's last pull, for as long as it holds."""
    file = folder / _NOTES
    if notes:
        file.write_text(json.dumps([*notes]), encoding="utf-8")
    else:
        file.unlink(missing_ok=True)


def standing_notes(data_dir: Path) -> list[str]:
    """Return what people should know of the last pull of each source of a data folder."""
    files = sorted((data_dir / "pulls").glob(f"*/{_NOTES}"))
    return [str(note) for file in files for note in json.loads(file.read_text(encoding="utf-8"))]


def forget_others(data_dir: Path, configured: Collection[tuple[str, str]]) -> None:
    """Forget failures and notes of feeds that are no longer `configured` (source, feed): nobody can mend them now."""
    for one in standing_failures(data_dir):
        if (one.source, one.feed) not in configured:
            forget_failure(data_dir / "pulls" / one.source, one.feed)
    for file in (data_dir / "pulls").glob(f"*/{_NOTES}"):
        if file.parent.name not in {source for source, _ in configured}:
            file.unlink()


def standing_failures(data_dir: Path) -> list[Failure]:
    """Return the feeds of a data folder whose last pull failed."""
    found: list[Failure] = []
    for note in sorted((data_dir / "pulls").glob(f"*/*{_ENDING}")):
        noted = json.loads(note.read_text(encoding="utf-8"))
        since = datetime.fromisoformat(noted["since"])
        found.append(Failure(note.parent.name, note.name.removesuffix(_ENDING), noted["reason"], since))
    return found
