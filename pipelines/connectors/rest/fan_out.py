"""Whom the fan-outs of a pull ask about: not those who were asked lately in vain, and in a trial only a few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from pipelines.connectors.rest.asked import Asked
from pipelines.connectors.rest.mapping import Tables
from pipelines.connectors.rest.pages import Pulled
from pipelines.connectors.rest.request import Child
from pipelines.connectors.rest.spec import SourceSpec
from pipelines.connectors.rest.stream import Stream
from pipelines.connectors.rest.trial import Sample


class FanOuts:
    """The fan-outs of one source. `everybody`: also whom the last pulls asked about."""

    def __init__(
        self, spec: SourceSpec, folder: Path, tables: Tables, sample: Sample | None, *, everybody: bool
    ) -> None:
        self._spec = spec
        self._folder = folder
        self._tables = tables
        self._sample = sample
        self._everybody = everybody
        self._children: dict[str, list[Child]] = {}
        self._notes: dict[str, Mapping[str, int]] = {}

    def children(self, stream: Stream, found: list[Child]) -> list[Child]:
        """Return which of the children found are asked about."""
        notes: dict[str, int] = {}
        if self._sample is not None:
            said: list[str] = []
            found = self._sample.of(found, said)
            notes = {f"{stream.name}: {note}": 0 for note in said}
        elif stream.again_after_days is not None and not self._everybody:
            found, notes = self._asked(stream).others(found)
        self._children[stream.name], self._notes[stream.name] = found, notes
        return found

    def noted(self, pulled: Pulled) -> Pulled:
        """Return a stream's pull with what was said of those who were not asked about again; SQL may see whom it asked
        about as `asked_<stream>`."""
        name = pulled.stream.name
        written = [*self._spec.checks, *self._spec.streams, *self._spec.combine]
        if any(f"asked_{name}" in (one.sql or "") for one in written):
            self._tables.show_asked(pulled.stream, self._children.get(name, []), pulled.skipped)
        notes = self._notes.get(pulled.stream.name, {})
        counted = Counter(pulled.notes) + Counter(notes)
        return replace(pulled, notes={note: counted[note] for note in [*pulled.notes, *notes]})

    def keep(self, pulled: Collection[Pulled]) -> None:
        """Keep whom these streams, whose feeds have landed or had no news, asked about."""
        for one in pulled:
            if one.stream.again_after_days is not None:
                self._asked(one.stream).keep(self._children.get(one.stream.name, []), one.skipped)

    def _asked(self, stream: Stream) -> Asked:
        return Asked(self._folder, stream, self._spec.base)
