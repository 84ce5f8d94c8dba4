"""The pull of one SFTP source: what is there, what of it is whole and new, and from it a delivery for each.

What fails is said for the feeds concerned; the others go on.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipelines.connectors.delivery import Delivery, Origin, SourceFile, Unmatched
from pipelines.connectors.file_names import Naming, Place, printable
from pipelines.connectors.files import as_deliveries, landing_order, source_file
from pipelines.connectors.pulled import SourcePull
from pipelines.connectors.sftp.completeness import looked_at, sort_out
from pipelines.connectors.sftp.failures import Changing, DropError, Unreachable, no_room
from pipelines.connectors.sftp.memory import Memory
from pipelines.connectors.sftp.session import Entry, Session
from pipelines.connectors.sftp.spec import BySettling, SftpSpec
from pipelines.connectors.standing import forget_failure, note_failure

IsLanded = Callable[[str, str, Sequence[tuple[str, str]]], bool]
"""Called with feed, delivery and its files (name and sha256): are these what landed last under that name?"""

_LONGEST_WAIT = 120
_SPARE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Drop:
    """A delivery on the server. `waiting` says why it is not whole yet (None: it is), `has_landed` that it is the
    newest of its name here."""

    delivery: Delivery
    entries: tuple[Entry, ...]
    waiting: str | None
    has_landed: bool


@dataclass(slots=True)
class Listing:
    """What is on the server: deliveries in the order in which they land, what is none, and what is being written."""

    drops: list[Drop] = field(default_factory=list[Drop])
    unmatched: list[Unmatched] = field(default_factory=list[Unmatched])
    ignored: list[str] = field(default_factory=list[str])


class DropPuller:
    """Pulls one source into `folder` (its own place in the pull folder). `config_dir` is where its secret files are."""

    def __init__(self, spec: SftpSpec, folder: Path, config_dir: Path, naming: Naming, is_landed: IsLanded) -> None:
        self._spec = spec
        self._folder = folder
        self._naming = naming
        self._is_landed = is_landed
        self.session = Session(spec, config_dir)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._memory = Memory(folder)
        self._listed: list[Entry] = []

    def pull(self) -> SourcePull:
        """Fetch every delivery that is whole and has not landed. Whatever breaks is a failure of the feed, said."""
        return self.session.run(self._pull())

    def clear(self, brought: SourcePull) -> None:
        """Remove the files of what has been dealt with. What is half fetched stays for the next pull."""
        for delivery in brought.deliveries:
            for file in delivery.files:
                shutil.rmtree(file.path.parent, ignore_errors=True)

    async def listing(self) -> Listing:
        """Look what is there. Raises DropError."""
        self._listed, unmatched = await self._look()
        found = sort_out(self._listed, self._spec, self._memory.looks)
        self._memory.looks = looked_at(self._listed, self._memory.looks)
        rule = self._spec.complete
        if isinstance(rule, BySettling) and found.waiting and rule.seconds <= _LONGEST_WAIT:
            await asyncio.sleep(rule.seconds)
            self._listed, unmatched = await self._look()
            found = sort_out(self._listed, self._spec, self._memory.looks)
            self._memory.looks = looked_at(self._listed, self._memory.looks)
        unmatched += [Unmatched(_name(one), "it marks a file that is not there") for one in found.stray]
        listing = self._grouped([*found.whole, *found.waiting], found.waiting, unmatched)
        listing.ignored = [_name(one) for one in found.ignored]
        return listing

    async def fetch(self, drop: Drop) -> Delivery:
        """Fetch the files of a delivery.

        Raises:
            Changing: one of them is being written.
            DropError: one can't be had now.
        """
        files: list[SourceFile] = []
        for entry, file in zip(drop.entries, drop.delivery.files, strict=True):
            await self._fetch(entry, file.path)
            files.append(file)
        details = {
            "source": self._spec.name,
            "pulled_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": [
                {"name": _name(entry), "bytes": entry.size, "modified_at": _utc(entry.modified)}
                for entry in drop.entries
            ],
        }
        return Delivery(drop.delivery.feed, drop.delivery.name, tuple(files), Origin(details))

    def said(self, error: Exception) -> str:
        """Say why something failed. Of what nobody foresaw only the kind and the place: its text may hold anything."""
        if isinstance(error, DropError):
            return self.session.keyring.redact(str(error))
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        return f"an unexpected {type(error).__name__} ({where}): please report it"

    async def _pull(self) -> SourcePull:
        result = SourcePull()
        reasons: dict[str, str] = {}
        try:
            await self._bring(result, reasons)
        except Exception as error:  # noqa: BLE001 - one broken source must not stop the others
            reasons |= {feed: reasons.get(feed, self.said(error)) for feed in self._spec.feeds}
        finally:
            await self.session.close()
        for feed in self._spec.feeds:
            if feed in reasons:
                result.failures.append(note_failure(self._folder, self._spec.name, feed, reasons[feed]))
            else:
                forget_failure(self._folder, feed)
        return result

    async def _bring(self, result: SourcePull, reasons: dict[str, str]) -> None:
        found = await self.listing()
        result.notes += [f"{self._spec.name}: not read: {one.name}: {one.reason}" for one in found.unmatched]
        try:
            for place, drop in enumerate(found.drops):
                if drop.waiting is not None:
                    result.notes.append(f"{self._spec.name}: not whole yet: {drop.delivery.name}: {drop.waiting}")
                elif not drop.has_landed:
                    try:
                        await self._take(drop, result, reasons)
                    except Unreachable as error:
                        missing = {one.delivery.feed for one in found.drops[place:] if not one.has_landed}
                        reasons |= {feed: reasons.get(feed, self.said(error)) for feed in missing}
                        return
        finally:
            self._memory.keep(self._listed)
            self._forget_parts()

    async def _take(self, drop: Drop, result: SourcePull, reasons: dict[str, str]) -> None:
        feed = drop.delivery.feed
        try:
            result.deliveries.append(await self.fetch(drop))
        except Changing:
            result.notes.append(f"{self._spec.name}: not whole yet: {drop.delivery.name}: it changed while it came")
        except Unreachable:
            raise
        except DropError as error:
            reasons.setdefault(feed, self.said(error))

    async def _look(self) -> tuple[list[Entry], list[Unmatched]]:
        """List the folder, the folders of feeds in it and their deliveries."""
        files: list[Entry] = []
        unmatched: list[Unmatched] = []
        folders: list[tuple[str, ...]] = [()]
        while folders:
            for entry in await self.session.entries(folders.pop()):
                if entry.kind == "file":
                    files.append(entry)
                elif entry.kind != "folder":
                    unmatched.append(Unmatched(_name(entry), "it is a link or no regular file, and is not followed"))
                elif len(entry.path) > 2:
                    unmatched.append(Unmatched(_name(entry), "a delivery's folder holds files only"))
                elif self._naming.folder(entry.path) is None:
                    unmatched.append(
                        Unmatched(_name(entry), "no feed has this name; folders are named for the feed they hold")
                    )
                else:
                    folders.append(entry.path)
        return sorted(files, key=lambda entry: entry.path), unmatched

    def _grouped(self, entries: Sequence[Entry], waiting: dict[Entry, str], unmatched: list[Unmatched]) -> Listing:
        placed: list[tuple[Place, SourceFile]] = []
        by_name: dict[str, Entry] = {}
        for entry in entries:
            place = self._naming.place(entry.path)
            if isinstance(place, Place) and place.feed not in self._spec.feeds:
                place = f"it is of {place.feed}, which is not among the source's `feeds`"
            if isinstance(place, Place):
                by_name[_name(entry)] = entry
                placed.append((place, source_file(place, _name(entry), self._local(entry))))
            else:
                unmatched.append(Unmatched(_name(entry), place))
        drops: list[Drop] = []
        for delivery in sorted(as_deliveries(placed), key=landing_order):
            parts = tuple(by_name[file.name] for file in delivery.files)
            reason = next((f"{_name(one)}: {waiting[one]}" for one in parts if one in waiting), None)
            sums = [(_name(one), self._memory.sum_of(one)) for one in parts]
            known = [(name, digest) for name, digest in sums if digest is not None]
            has_landed = len(known) == len(sums) and self._is_landed(delivery.feed, delivery.name, known)
            drops.append(Drop(delivery, parts, reason, has_landed))
        return Listing(drops, unmatched)

    async def _fetch(self, entry: Entry, target: Path) -> None:
        """Fetch a file to its place, which it gets only when it is whole. What an earlier try left is gone on from."""
        spec = self._spec
        if entry.size > spec.max_file_bytes:
            raise DropError(f"{_name(entry)} has {entry.size:,} bytes, more than max_file_bytes")
        if target.exists():  # fetched before a crash
            return self._memory.note(entry, _digest(target))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_name(f"{entry.size}-{entry.modified}.part")
        missing = entry.size - (part.stat().st_size if part.exists() else 0)
        if missing > shutil.disk_usage(self._folder).free - _SPARE_BYTES:
            raise DropError(f"the disk of the data folder has no room for {_name(entry)} ({entry.size:,} bytes)")
        try:
            part.touch(mode=0o600)
            await self.session.fetch(entry, part)
            with part.open("rb") as reader:
                os.fsync(reader.fileno())
            self._memory.note(entry, _digest(part))
            part.rename(target)
        except Changing:
            part.unlink(missing_ok=True)
            raise
        except OSError as error:
            raise no_room(error) from None

    def _local(self, entry: Entry) -> Path:
        """Return where a file is put: in a folder for its name, size and time, so that another version has another."""
        version = f"{entry.name}\0{entry.size}\0{entry.modified}"
        folder = hashlib.sha256(version.encode("utf-8", "surrogateescape")).hexdigest()[:24]
        return self._folder / "files" / folder / (re.sub(r"[^A-Za-z0-9._-]", "_", entry.path[-1])[-80:] or "file")

    def _forget_parts(self) -> None:
        """Remove what has been fetched of files that are no longer there, or not so."""
        current = {self._local(entry).parent for entry in self._listed}
        for folder in (self._folder / "files").glob("*"):
            if folder not in current:
                shutil.rmtree(folder, ignore_errors=True)


def _name(entry: Entry) -> str:
    return printable(entry.name)


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _digest(path: Path) -> str:
    with path.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()
