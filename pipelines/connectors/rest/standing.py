"""Pulls that failed and have not succeeded since; reading them takes no HTTP library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Failure:
    """A feed that could not be pulled, and why; `since` is when it failed first (UTC)."""

    source: str
    feed: str
    reason: str
    since: datetime


def standing_failures(data_dir: Path) -> list[Failure]:
    """Return the feeds of a data folder whose last pull failed."""
    found: list[Failure] = []
    for note in sorted((data_dir / "pulls").glob("*/*.failed.json")):
        noted = json.loads(note.read_text(encoding="utf-8"))
        since = datetime.fromisoformat(noted["since"])
        found.append(Failure(note.parent.name, note.name.removesuffix(".failed.json"), noted["reason"], since))
    return found
