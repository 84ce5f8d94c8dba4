"""Whom a fan-out has asked about, kept in the source's place in the pull folder: not every pull has to ask anew.

It is kept only once all feeds made of it have landed or had no news. When the file is lost, everybody is asked once
more and nothing else happens.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.connectors.rest.pages import mark
from pipelines.connectors.rest.request import Child
from pipelines.connectors.rest.stream import Stream

_ENDING = ".asked.json"


class Asked:
    """What a stream's `again_after_days` rests on. `base` is the address that is asked."""

    def __init__(self, folder: Path, stream: Stream, base: str) -> None:
        self._file = folder / f"{stream.name}{_ENDING}"
        self._days = stream.again_after_days or 0
        definition = base + stream.model_dump_json(exclude_defaults=True)
        self._made_by = hashlib.sha256(definition.encode()).hexdigest()[:16]
        self._known = self._read()

    def _read(self) -> dict[str, tuple[str, str | None]]:
        try:
            noted = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if noted.get("made_by") != self._made_by:
            return {}
        oldest = (datetime.now(UTC) - timedelta(days=self._days)).isoformat()
        return {child: (one[0], one[1]) for child, one in noted["children"].items() if one[0] > oldest}

    def others(self, children: Sequence[Child]) -> tuple[list[Child], dict[str, int]]:
        """Return the children to ask about, and how many of the rest were passed over, by what was said of them."""
        left = [child for child in children if mark(child) not in self._known]
        said = Counter(note for child in children if (note := self._known.get(mark(child), ("", None))[1]))
        return left, dict(said)

    def keep(self, children: Iterable[Child], skipped: Mapping[str, str | None]) -> None:
        """Note that these children were asked about, and what was said of those that were passed over."""
        now = datetime.now(UTC).isoformat()
        known = self._known | {mark(child): (now, skipped.get(mark(child))) for child in children}
        if not known:
            self._file.unlink(missing_ok=True)
            return
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps({"made_by": self._made_by, "children": known}), encoding="utf-8")
        part.replace(self._file)
