"""The settings in force, landed like a batch: with a batch_seq, as bytes that never change, so that a past state can
be made again with the settings of its time.

The first of a data folder has the number 0 when it lands before anything else, so that the batches count from 1; a
later one takes the next number. Each is `landing/configuration/settings/<batch_seq>/` with raw/configuration.json and
manifest.json. It is no batch of any feed, and no table lists it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

CONFIGURATION = "configuration"
"""The name in the place of a feed's."""

STORED_AS = "configuration.json"
_SOURCE = "settings"


@dataclass(frozen=True, slots=True)
class LandedConfiguration:
    """A configuration that has landed; `landed_at` is UTC, `sha256` that of its bytes."""

    batch_seq: int
    sha256: str
    landed_at: datetime
    folder: Path

    def content(self) -> dict[str, Any]:
        """Return the settings."""
        return json.loads((self.folder / "raw" / STORED_AS).read_bytes())


def configuration_path(data_dir: Path, batch_seq: int) -> Path:
    """Where a configuration has its folder."""
    return data_dir / "landing" / CONFIGURATION / _SOURCE / f"{batch_seq:010d}"


def configuration_manifest(content: bytes, batch_seq: int, now: datetime) -> dict[str, Any]:
    """Return what is written down of a configuration when it lands."""
    return {
        "source": _SOURCE,
        "feed": CONFIGURATION,
        "batch_seq": batch_seq,
        "sha256": sha256(content).hexdigest(),
        "bytes": len(content),
        "landed_at": now.astimezone(UTC).isoformat(timespec="seconds"),
    }


def configuration_of(manifest: dict[str, Any], folder: Path) -> LandedConfiguration:
    """Return a configuration from its manifest."""
    landed_at = datetime.fromisoformat(manifest["landed_at"])
    return LandedConfiguration(manifest["batch_seq"], manifest["sha256"], landed_at, folder)


def read_configurations(data_dir: Path) -> list[LandedConfiguration]:
    """Return what has landed, oldest first."""
    folders = sorted(configuration_path(data_dir, 0).parent.glob("[0-9]*"))
    return [configuration_of(json.loads((folder / "manifest.json").read_bytes()), folder) for folder in folders]
