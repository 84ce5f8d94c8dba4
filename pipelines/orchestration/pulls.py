"""Pulls every configured source, each on its own, from where its landed batches say that it left off."""

from __future__ import annotations

import gc
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.connectors.rest.source import Landed, SourcePull, SourcePuller
from pipelines.connectors.rest.spec import SourceSpec
from pipelines.landing import Catalog, Delivery, SourceOptions

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class PulledSource:
    """A source that is pulled: how, and how its deliveries are landed. `config_dir` holds its secret files."""

    spec: SourceSpec
    options: SourceOptions
    config_dir: Path
    zone: str


@dataclass(frozen=True, slots=True)
class PulledFeed:
    """What came of pulling a feed: `records` received where there was news, `failure` why it could not be pulled."""

    source: str
    feed: str
    records: int | None
    failure: str | None


@dataclass(slots=True)
class Pulls:
    """What the pulls of a sync brought. Call `clear` when the deliveries have been dealt with."""

    feeds: list[PulledFeed] = field(default_factory=list[PulledFeed])
    deliveries: list[tuple[SourceOptions, Delivery]] = field(default_factory=list[tuple[SourceOptions, Delivery]])
    notes: list[str] = field(default_factory=list[str])
    _finished: list[tuple[SourcePuller, SourcePull]] = field(default_factory=list[tuple[SourcePuller, SourcePull]])

    def add(self, source: PulledSource, puller: SourcePuller, brought: SourcePull) -> None:
        """Take in what a source brought."""
        self.deliveries += [(source.options, delivery) for delivery in brought.deliveries]
        self.notes += brought.notes
        records = {one.feed: one.origin.details["records"] for one in brought.deliveries if one.origin is not None}
        failures = {one.feed: one.reason for one in brought.failures}
        name = source.spec.name
        self.feeds += [
            PulledFeed(name, feed, records.get(feed), failures.get(feed)) for feed, *_ in source.spec.outputs()
        ]
        self._finished.append((puller, brought))

    def clear(self) -> None:
        """Remove pages that are no longer needed."""
        for puller, brought in self._finished:
            puller.clear(brought)


def pull_all(data_dir: Path, sources: Sequence[PulledSource], catalog: Catalog) -> Pulls:
    """Pull the sources side by side; one that is broken does not stop the others."""
    pulls = Pulls()
    if not sources:
        return pulls
    with _rare_collections(), ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        pullers = [
            SourcePuller(one.spec, data_dir / "pulls" / one.spec.name, one.config_dir, one.zone) for one in sources
        ]
        running = [
            pool.submit(puller.pull, lambda feed, name=one.spec.name: landed(catalog, name, feed))
            for one, puller in zip(sources, pullers, strict=True)
        ]
        for one, puller, future in zip(sources, pullers, running, strict=True):
            pulls.add(one, puller, future.result())
    return pulls


@contextmanager
def _rare_collections() -> Generator[None]:
    """Look for cyclic garbage seldom: a parsed page is many objects and no cycle, and looking took a third of it."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def landed(catalog: Catalog, source: str, feed: str) -> Landed:
    """Return from where the next pull of a feed goes on, as its newest landed batch says."""
    batches = catalog.batches_of(source, feed)
    manifests: list[tuple[Path, dict[str, Any]]] = [(one.folder, one.manifest()) for one in batches]
    pulled = [(folder, manifest) for folder, manifest in manifests if "origin" in manifest]
    if not pulled:
        return Landed()
    cursors = {name: (value[0], value[1]) for name, value in pulled[-1][1]["origin"]["cursors"].items()}
    files = [
        (manifest["origin"].get("definition", ""), folder / "raw" / manifest["files"][0]["stored_as"])
        for folder, manifest in pulled
    ]
    return Landed(cursors, files)
