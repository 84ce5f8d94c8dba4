"""The pull of one SFTP source: what is there, what of it is whole and new, and from it a delivery for each.

What fails is said for the feeds concerned; the others go on.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import traceback
from datetime import UTC, datetime
from pathlib import Path

from pipelines.connectors.delivery import Delivery, Origin, SourceFile
from pipelines.connectors.file_names import Naming
from pipelines.connectors.pulled import SourcePull
from pipelines.connectors.sftp.failures import Changing, DropError, Unreachable, no_room
from pipelines.connectors.sftp.listing import Drop, IsLanded, Lister, Listing, shown
from pipelines.connectors.sftp.memory import Memory
from pipelines.connectors.sftp.session import Entry, Session
from pipelines.connectors.sftp.spec import SftpSpec
from pipelines.connectors.standing import forget_failure, note_failure

_SPARE_BYTES = 64 << 20


class DropPuller:
    """Pulls one source into `folder` (its own place in the pull folder). `config_dir` is where its secret files are."""

    def __init__(self, spec: SftpSpec, folder: Path, config_dir: Path, naming: Naming, is_landed: IsLanded) -> None:
        self._spec = spec
        self._folder = folder
        self.session = Session(spec, config_dir)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._memory = Memory(folder)
        self._lister = Lister(self.session, naming, self._memory, is_landed, self._local)

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
        return await self._lister.listing()

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
                {"name": shown(entry), "bytes": entry.size, "modified_at": _utc(entry.modified)}
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
            self._memory.keep(self._lister.listed)
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

    async def _fetch(self, entry: Entry, target: Path) -> None:
        """Fetch a file to its place, which it gets only when it is whole. What an earlier try left is gone on from."""
        spec = self._spec
        if entry.size > spec.max_file_bytes:
            raise DropError(f"{shown(entry)} has {entry.size:,} bytes, more than max_file_bytes")
        if target.exists():  # fetched before a crash
            return self._memory.note(entry, _digest(target))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_name(f"{entry.size}-{entry.modified}.part")
        missing = entry.size - (part.stat().st_size if part.exists() else 0)
        if missing > shutil.disk_usage(self._folder).free - _SPARE_BYTES:
            raise DropError(f"the disk of the data folder has no room for {shown(entry)} ({entry.size:,} bytes)")
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
        current = {self._local(entry).parent for entry in self._lister.listed}
        for folder in (self._folder / "files").glob("*"):
            if folder not in current:
                shutil.rmtree(folder, ignore_errors=True)


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _digest(path: Path) -> str:
    with path.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()
