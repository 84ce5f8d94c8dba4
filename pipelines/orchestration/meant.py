"""What somebody has said is meant, kept beside the data: days on which many left, and how far what is published goes.

`meant.json` is written when something is said or published; without it nothing stops that would not stop otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

_FILE = "meant.json"


@dataclass(frozen=True, slots=True)
class Meant:
    """What a person says is meant when they ask for a sync: sources whose ids mean others now, another employee key, a
    date that goes back or lies far ahead, and days on which many people left."""

    new_ids: Collection[str] = ()
    new_employee_key: bool = False
    dates: bool = False
    leavers_on: Collection[date] = ()


def accepted_leaver_days(data_dir: Path) -> set[date]:
    """Return the days on which, as somebody has said, many people did leave."""
    return {date.fromisoformat(day) for day in _read(data_dir).get("leavers_on", ())}


def accept_leaver_days(data_dir: Path, days: Collection[date]) -> None:
    """Keep that many people did leave on these days."""
    known = accepted_leaver_days(data_dir)
    if not known.issuperset(days):
        _write(data_dir, {"leavers_on": sorted(day.isoformat() for day in known.union(days))})


def default_as_of(data_dir: Path) -> date | None:
    """Return the last day that counts in what was last published without naming one."""
    found = _read(data_dir).get("default_as_of_on")
    return date.fromisoformat(found) if found else None


def keep_default_as_of(data_dir: Path, as_of_on: date) -> None:
    """Keep the last day that counts in what has just been published without naming one."""
    if default_as_of(data_dir) != as_of_on:
        _write(data_dir, {"default_as_of_on": as_of_on.isoformat()})


def _read(data_dir: Path) -> dict[str, Any]:
    file = data_dir / _FILE
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _write(data_dir: Path, change: dict[str, Any]) -> None:
    part = data_dir / f".{_FILE}.part"
    part.write_text(json.dumps(_read(data_dir) | change), encoding="utf-8")
    part.replace(data_dir / _FILE)
