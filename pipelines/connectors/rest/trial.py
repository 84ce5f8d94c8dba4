"""How little of a source is asked for to see whether it can be pulled, and what its records become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.connectors.rest.request import Child
from pipelines.connectors.rest.spec import SourceSpec
from pipelines.connectors.rest.stream import Stream


@dataclass(frozen=True, slots=True)
class Sample:
    """The most that a trial asks for: `pages` of each list, `children` of each fan-out, and of a stream from which SQL
    finds whom to ask about the first `records`."""

    pages: int = 1
    children: int = 3
    records: int = 10

    @classmethod
    def wanted(cls, spec: SourceSpec) -> Sample:
        """Return how much a source's `trial` asks for."""
        return cls(spec.trial.pages, spec.trial.children, spec.trial.records)

    def of(self, children: Sequence[Child], notes: list[str]) -> list[Child]:
        """Return the children that are asked about, spread over all of them, and note how many there are."""
        if not children:
            notes.append("not tried: nothing in the first records leads to it")
        elif len(children) > self.children:
            notes.append(f"tried for {self.children} of the first {len(children):,} that lead to it")
            return [children[place * len(children) // self.children] for place in range(self.children)]
        return [*children]

    def seen_of(self, stream: Stream, spec: SourceSpec) -> int | None:
        """Return how many records of a stream SQL sees; None = all that came."""
        return self.records if any(stream.name in other.uses for other in spec.streams) else None
