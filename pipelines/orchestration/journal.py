"""What the last sync did, kept beside the data for `rxladder status` and for the person who is woken."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_FILE = "last_sync.json"


@dataclass(frozen=True, slots=True)
class LastSync:
    """How the last sync went. `ended_at` is None when it was cut short (killed, or still at work)."""

    started_at: datetime
    ended_at: datetime | None
    error: str | None
    release_id: str | None


def begin(data_dir: Path) -> None:
    """Note that a sync has begun."""
    _write(data_dir, {"started_at": _now()})


def end(data_dir: Path, release_id: str | None, error: BaseException | None) -> None:
    """Note how the sync ended."""
    noted = json.loads((data_dir / _FILE).read_text(encoding="utf-8"))
    message = None if error is None else str(error) or type(error).__name__
    _write(data_dir, {**noted, "ended_at": _now(), "error": message, "release_id": release_id})


def last_sync(data_dir: Path) -> LastSync | None:
    """Return how the last sync went, or None when there was none."""
    file = data_dir / _FILE
    if not file.exists():
        return None
    noted: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    ended = noted.get("ended_at")
    return LastSync(
        datetime.fromisoformat(noted["started_at"]),
        datetime.fromisoformat(ended) if ended else None,
        noted.get("error"),
        noted.get("release_id"),
    )


def _now() -> str:
    return datetime.now(UTC).replace(microsecond=0).isoformat()


def _write(data_dir: Path, content: dict[str, Any]) -> None:
    part = data_dir / f".{_FILE}.part"
    part.write_text(json.dumps(content), encoding="utf-8")
    part.replace(data_dir / _FILE)
