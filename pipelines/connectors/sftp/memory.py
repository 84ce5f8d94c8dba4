"""What is remembered of a server between pulls, beside the data: nothing that could get ahead of what has landed.

`sums` says which bytes (sha256) a file of a name, size and time had when it was fetched, `looks` since when a file has
been seen unchanged. Whether those bytes have landed is asked of the landed batches alone: without this file everything
is fetched again, and nothing lands twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipelines.connectors.sftp.completeness import Looks
from pipelines.connectors.sftp.session import Entry


class Memory:
    """The memory of one source, in its place in the pull folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "remembered.json"
        self._sums: dict[str, tuple[int, int, str]] = {}
        self.looks: Looks = {}
        try:
            found: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
            self._sums = {name: (one[0], one[1], one[2]) for name, one in found["sums"].items()}
            self.looks = {name: (one[0], one[1], one[2]) for name, one in found["looks"].items()}
        except (OSError, ValueError, KeyError, IndexError):
            return  # none yet, or cut short by a crash

    def sum_of(self, entry: Entry) -> str | None:
        """Return the sha256 of a file as it is now, if it has been fetched before."""
        size, modified, digest = self._sums.get(entry.name, (-1, -1, ""))
        return digest if (size, modified) == (entry.size, entry.modified) else None

    def note(self, entry: Entry, digest: str) -> None:
        """Take note of what was fetched."""
        self._sums[entry.name] = (entry.size, entry.modified, digest)

    def keep(self, listed: Iterable[Entry]) -> None:
        """Write down what is known of the files that are there."""
        names = {entry.name for entry in listed}
        sums = {name: one for name, one in self._sums.items() if name in names}
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps({"sums": sums, "looks": self.looks}), encoding="utf-8")
        part.replace(self._file)
