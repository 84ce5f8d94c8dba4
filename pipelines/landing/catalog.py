"""What has landed and what was refused: the memory of the landing room.

A batch is `landing/<feed>/<source>/<batch_seq>/manifest.json`, a refusal `refused/<refused_id>/manifest.json`.
Opening tens of thousands of manifests takes seconds, so `landing/index.jsonl` keeps one line a batch. It is a cache:
what the folders hold is what counts, and the index is mended whenever it says otherwise.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.landing.batches import INDEXED, Batch, Refusal, batch_of, refusal_of
from pipelines.landing.configurations import CONFIGURATION, LandedConfiguration, read_configurations


class Catalog:
    """Reads the landing room of a data folder. Make a new one to see what others have landed since."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._batches: list[Batch] = []
        self._by_feed: dict[tuple[str, str], list[Batch]] = {}
        self._by_name: dict[tuple[str, str, str], Batch] = {}
        self._accepted: set[str] = set()
        for batch in sorted(_read_batches(data_dir), key=lambda batch: batch.batch_seq):
            self._note(batch)
        self._configurations = read_configurations(data_dir)
        self._refusals = {refusal.refused_id: refusal for refusal in _read_refusals(data_dir)}
        self._last_refused = {_name(refusal): refusal.refused_id for refusal in self._refusals.values()}

    def batches(self, known_at_seq: int | None = None) -> list[Batch]:
        """Landed batches in the order of batch_seq, up to and including `known_at_seq`."""
        return [batch for batch in self._batches if known_at_seq is None or batch.batch_seq <= known_at_seq]

    def batches_of(self, source: str, feed: str) -> list[Batch]:
        """Landed batches of a source and feed, oldest first."""
        return self._by_feed.get((source, feed), [])

    def refused(self) -> list[Refusal]:
        """Refusals that nothing has made good, oldest first; those somebody has acknowledged say so.

        A refusal is made good when it is accepted, when a later delivery of the same name is taken in (or refused
        in its turn), or, for a snapshot, when any later one of that source and feed is taken in.
        """
        return [refusal for refusal in self._refusals.values() if not self._is_made_good(refusal)]

    def refusal(self, refused_id: str) -> Refusal:
        """The refusal of that id; KeyError when there is none."""
        return self._refusals[refused_id]

    def is_accepted(self, refused_id: str) -> bool:
        """Whether a refused delivery has been taken in after all."""
        return refused_id in self._accepted

    def configuration(self, known_at_seq: int | None = None) -> LandedConfiguration | None:
        """The settings that were in force at `known_at_seq` (now by default): before the first landed, the first."""
        landed = [one for one in self._configurations if known_at_seq is None or one.batch_seq <= known_at_seq]
        return landed[-1] if landed else next(iter(self._configurations), None)

    def configurations(self) -> list[LandedConfiguration]:
        """All settings that have landed, oldest first."""
        return list(self._configurations)

    def newest_seq(self, landed_by: datetime | None = None) -> int:
        """The highest batch_seq, of batches and configurations that had landed by then; 0 when there is none."""
        landed = [*self._batches, *self._configurations]
        numbers = [one.batch_seq for one in landed if landed_by is None or one.landed_at <= landed_by]
        return max(numbers, default=0)

    def add_configuration(self, configuration: LandedConfiguration) -> None:
        """Note a configuration whose folder is in place."""
        self._configurations.append(configuration)

    def newest_of_name(self, source: str, feed: str, file_name: str) -> Batch | Refusal | None:
        """What became of the latest delivery of that name."""
        batch = self._by_name.get((source, feed, file_name))
        refused_id = self._last_refused.get((source, feed, file_name))
        if refused_id is not None:
            refusal = self._refusals[refused_id]
            if batch is None or refusal.after_seq >= batch.batch_seq:
                return refusal
        return batch

    def next_refused_id(self) -> str:
        """An id that no refusal has had."""
        return f"r{1 + max((int(refused_id[1:]) for refused_id in self._refusals), default=0):05d}"

    def add_batch(self, batch: Batch, manifest: Mapping[str, Any], *, to_index: bool = True) -> None:
        """Note a batch whose folder is in place; a rehearsed one never goes to the index."""
        self._note(batch)
        if to_index:
            with suppress(OSError):
                _append(self._data_dir, [manifest])

    def add_refusal(self, refusal: Refusal) -> None:
        """Note a refusal whose folder is in place, or that it has been acknowledged."""
        self._refusals[refusal.refused_id] = refusal
        self._last_refused[_name(refusal)] = max(
            refusal.refused_id, self._last_refused.get(_name(refusal), refusal.refused_id)
        )

    def _note(self, batch: Batch) -> None:
        self._batches.append(batch)
        self._by_feed.setdefault((batch.source, batch.feed), []).append(batch)
        self._by_name[_name(batch)] = batch
        if batch.accepted_refusal:
            self._accepted.add(batch.accepted_refusal)

    def _is_made_good(self, refusal: Refusal) -> bool:
        name = _name(refusal)
        of_feed = self.batches_of(refusal.source, refusal.feed)
        newest = of_feed[-1] if of_feed and refusal.mode == "snapshot" else self._by_name.get(name)
        return (
            refusal.refused_id in self._accepted
            or refusal.refused_id != self._last_refused[name]
            or (newest is not None and newest.batch_seq > refusal.after_seq)
        )


def _name(outcome: Batch | Refusal) -> tuple[str, str, str]:
    return outcome.source, outcome.feed, outcome.file_name


def _read_batches(data_dir: Path) -> list[Batch]:
    there = dict(_batch_folders(data_dir))
    indexed = _read_index(data_dir)
    known = {entry["batch_seq"]: entry for entry in indexed or []}
    is_sound = indexed is not None and known.keys() <= there.keys()
    if not is_sound:
        known = {}
    for seq in sorted(there.keys() - known.keys()):
        known[seq] = json.loads(Path(there[seq], "manifest.json").read_bytes())
    batches = [batch_of(entry, data_dir) for entry in known.values()]
    if known and (not is_sound or len(known) != len(indexed or [])):
        with suppress(OSError):  # a reader without the right to write does without the cache
            _replace_index(data_dir, known.values())
    return batches


def _batch_folders(data_dir: Path) -> Iterator[tuple[int, str]]:
    for feed_name, feed in _folders(str(data_dir / "landing")):
        if feed_name == CONFIGURATION:
            continue
        for _, source in _folders(feed):
            for name, batch in _folders(source):
                if name.isdecimal():
                    yield int(name), batch


def _folders(folder: str) -> list[tuple[str, str]]:
    """Name and path of every folder in a folder; as texts, since there may be tens of thousands."""
    try:
        with os.scandir(folder) as entries:
            return [(e.name, e.path) for e in entries if not e.name.startswith(".") and e.is_dir()]
    except FileNotFoundError:
        return []


def _index(data_dir: Path) -> Path:
    return data_dir / "landing" / "index.jsonl"


def _read_index(data_dir: Path) -> list[dict[str, Any]] | None:
    """The indexed batches; None when there is no index, or one cut short by a crash or of another version."""
    try:
        lines = _index(data_dir).read_text(encoding="utf-8").splitlines()
        entries: list[dict[str, Any]] = json.loads(f"[{','.join(lines)}]")  # at once: twice as fast as line by line
    except (OSError, ValueError):
        return None
    return entries if all(entry.keys() == set(INDEXED) for entry in entries) else None


def _append(data_dir: Path, manifests: Iterable[Mapping[str, Any]]) -> None:
    with _index(data_dir).open("a", encoding="utf-8") as writer:
        writer.writelines(_line(manifest) for manifest in manifests)


def _replace_index(data_dir: Path, manifests: Iterable[Mapping[str, Any]]) -> None:
    aside = _index(data_dir).with_suffix(f".{os.getpid()}")
    with aside.open("w", encoding="utf-8") as writer:
        writer.writelines(_line(manifest) for manifest in manifests)
    aside.replace(_index(data_dir))


def _line(manifest: Mapping[str, Any]) -> str:
    return json.dumps({name: manifest[name] for name in INDEXED}) + "\n"


def _read_refusals(data_dir: Path) -> list[Refusal]:
    return [
        refusal_of(json.loads(Path(folder, "manifest.json").read_bytes()), Path(folder))
        for _, folder in sorted(_folders(str(data_dir / "refused")))
    ]
