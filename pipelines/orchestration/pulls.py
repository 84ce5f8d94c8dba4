"""Pulls every configured source, each on its own, from where its landed batches say that it left off."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pipelines.connectors.pulled import SourcePull
from pipelines.connectors.rest.landed import CURSORS, QUIET, Landed, Reached
from pipelines.connectors.rest.source import SourcePuller
from pipelines.connectors.rest.spec import SourceSpec
from pipelines.connectors.sftp.spec import SftpSpec
from pipelines.landing import Catalog, Delivery, Landing, SourceOptions


@dataclass(frozen=True, slots=True)
class PulledSource:
    """A source that is pulled: how, and how its deliveries are landed. `config_dir` holds its secret files; `at_once`
    says how many sources may be pulled at the same time."""

    spec: SourceSpec | SftpSpec
    options: SourceOptions
    config_dir: Path
    zone: str
    at_once: int = 4


@dataclass(frozen=True, slots=True)
class PulledFeed:
    """What came of pulling a feed: how many records or files were `received` where there was news, and as `failure`
    why it could not be pulled."""

    source: str
    feed: str
    received: int | None
    failure: str | None
    counted: str = "records"


class Puller(Protocol):
    """Pulls one source, whichever way it is reached."""

    def clear(self, brought: SourcePull, /) -> None:
        """Remove what is no longer needed of what was brought."""
        ...


@dataclass(slots=True)
class Pulls:
    """What the pulls of a sync brought. Call `clear` when the deliveries have been dealt with."""

    feeds: list[PulledFeed] = field(default_factory=list[PulledFeed])
    deliveries: list[tuple[SourceOptions, Delivery]] = field(default_factory=list[tuple[SourceOptions, Delivery]])
    notes: list[str] = field(default_factory=list[str])
    _finished: list[tuple[Puller, SourcePull]] = field(default_factory=list[tuple[Puller, SourcePull]])

    def add(self, source: PulledSource, puller: Puller, brought: SourcePull) -> None:
        """Take in what a source brought."""
        self.deliveries += [(source.options, delivery) for delivery in brought.deliveries]
        self.notes += brought.notes
        received: dict[str, int] = {}
        for one in brought.deliveries:
            details = one.origin.details if one.origin is not None else {}
            received[one.feed] = received.get(one.feed, 0) + int(details.get("records", len(one.files)))
        failures = {one.feed: one.reason for one in brought.failures}
        name, counted = source.spec.name, "files" if source.spec.kind == "sftp" else "records"
        self.feeds += [
            PulledFeed(name, feed, received.get(feed), failures.get(feed), counted) for feed in source.spec.feeds
        ]
        self._finished.append((puller, brought))

    def clear(self) -> None:
        """Remove pages that are no longer needed."""
        for puller, brought in self._finished:
            puller.clear(brought)


def pull_all(data_dir: Path, sources: Sequence[PulledSource], room: Landing) -> Pulls:
    """Pull the sources side by side; one that is broken does not stop the others. `room` says what has landed."""
    pulls = Pulls()
    if not sources:
        return pulls
    with _rare_collections(), ThreadPoolExecutor(max_workers=min(one.at_once for one in sources)) as pool:
        pullers = [_puller(one, data_dir / "pulls" / one.spec.name, room) for one in sources]
        running = [pool.submit(pull) for _, pull in pullers]
        for one, (puller, _), future in zip(sources, pullers, running, strict=True):
            pulls.add(one, puller, future.result())
    return pulls


def _puller(source: PulledSource, folder: Path, room: Landing) -> tuple[Puller, Callable[[], SourcePull]]:
    """Return what pulls a source, and its pull."""
    spec, options = source.spec, source.options
    if isinstance(spec, SourceSpec):
        puller = SourcePuller(spec, folder, source.config_dir, source.zone)
        return puller, lambda: puller.pull(lambda feed: landed(room.catalog, spec, feed))
    from pipelines.connectors.sftp.source import DropPuller

    def is_landed(feed: str, delivery: str, received: Sequence[tuple[str, str]]) -> bool:
        return room.is_newest(options, feed, delivery, received)

    drop_puller = DropPuller(spec, folder, source.config_dir, options.naming, is_landed)
    return drop_puller, drop_puller.pull


@contextmanager
def _rare_collections() -> Generator[None]:
    """Look for cyclic garbage seldom: a parsed page is many objects and no cycle, and looking took a third of it."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def landed(catalog: Catalog, spec: SourceSpec, feed: str) -> Landed:
    """Return from where the next pull of a feed goes on: as its newest landed batch says, or a newer one of the same
    source that landed when this feed had no news."""
    reached: Mapping[str, Any] = {}
    newest, files = 0, list[tuple[str, Path]]()
    for batch in catalog.batches_of(spec.name, feed):
        manifest = batch.manifest()
        origin: Mapping[str, Any] = manifest.get("origin", {})
        if CURSORS in origin:
            files.append((origin.get("definition", ""), batch.folder / "raw" / manifest["files"][0]["stored_as"]))
            newest, reached = batch.batch_seq, origin[CURSORS]
    others = [one for other in spec.feeds if other != feed for one in catalog.batches_of(spec.name, other)]
    later = [one for one in others if one.batch_seq > newest]
    for batch in sorted(later, key=lambda one: one.batch_seq, reverse=True):
        told = batch.manifest().get("origin", {}).get(QUIET, {}).get(feed)
        if told is not None:
            reached = told
            break
    return Landed({name: Reached.read(value) for name, value in reached.items()}, files)
