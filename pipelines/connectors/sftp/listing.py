"""What is on the server: every file of the folder, put together to deliveries, whole or not yet, new or known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.connectors.delivery import Delivery, SourceFile, Unmatched
from pipelines.connectors.file_names import Naming, Place, printable
from pipelines.connectors.files import as_deliveries, landing_order, source_file
from pipelines.connectors.sftp.completeness import looked_at, sort_out
from pipelines.connectors.sftp.memory import Memory
from pipelines.connectors.sftp.session import Entry, Session
from pipelines.connectors.sftp.spec import BySettling

IsLanded = Callable[[str, str, Sequence[tuple[str, str]]], bool]
"""Called with feed, delivery and its files (name and sha256): are these what landed last under that name?"""

_LONGEST_WAIT = 120


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


class Lister:
    """Lists what a session's server holds, as `naming` understands it and with what `memory` knows of earlier looks.

    `local` says where a file is put when it is fetched.
    """

    def __init__(
        self, session: Session, naming: Naming, memory: Memory, is_landed: IsLanded, local: Callable[[Entry], Path]
    ) -> None:
        self._session = session
        self._spec = session.spec
        self._naming = naming
        self._memory = memory
        self._is_landed = is_landed
        self._local = local
        self.listed: list[Entry] = []

    async def listing(self) -> Listing:
        """Look what is there. Raises DropError."""
        self.listed, unmatched = await self._look()
        found = sort_out(self.listed, self._spec, self._memory.looks)
        self._memory.looks = looked_at(self.listed, self._memory.looks)
        rule = self._spec.complete
        if isinstance(rule, BySettling) and found.waiting and rule.seconds <= _LONGEST_WAIT:
            await asyncio.sleep(rule.seconds)
            self.listed, unmatched = await self._look()
            found = sort_out(self.listed, self._spec, self._memory.looks)
            self._memory.looks = looked_at(self.listed, self._memory.looks)
        unmatched += [Unmatched(shown(one), "it marks a file that is not there") for one in found.stray]
        listing = self._grouped([*found.whole, *found.waiting], found.waiting, unmatched)
        listing.ignored = [shown(one) for one in found.ignored]
        return listing

    async def _look(self) -> tuple[list[Entry], list[Unmatched]]:
        """List the folder, the folders of feeds in it and their deliveries."""
        files: list[Entry] = []
        unmatched: list[Unmatched] = []
        folders: list[tuple[str, ...]] = [()]
        while folders:
            for entry in await self._session.entries(folders.pop()):
                if entry.kind == "file":
                    files.append(entry)
                elif entry.kind != "folder":
                    unmatched.append(Unmatched(shown(entry), "it is a link or no regular file, and is not followed"))
                elif len(entry.path) > 2:
                    unmatched.append(Unmatched(shown(entry), "a delivery's folder holds files only"))
                elif self._naming.folder(entry.path) is None:
                    unmatched.append(
                        Unmatched(shown(entry), "no feed has this name; folders are named for the feed they hold")
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
                by_name[shown(entry)] = entry
                placed.append((place, source_file(place, shown(entry), self._local(entry))))
            else:
                unmatched.append(Unmatched(shown(entry), place))
        drops: list[Drop] = []
        for delivery in sorted(as_deliveries(placed), key=landing_order):
            parts = tuple(by_name[file.name] for file in delivery.files)
            reason = next((f"{shown(one)}: {waiting[one]}" for one in parts if one in waiting), None)
            sums = [(shown(one), self._memory.sum_of(one)) for one in parts]
            known = [(name, digest) for name, digest in sums if digest is not None]
            has_landed = len(known) == len(sums) and self._is_landed(delivery.feed, delivery.name, known)
            drops.append(Drop(delivery, parts, reason, has_landed))
        return Listing(drops, unmatched)


def shown(entry: Entry) -> str:
    """Return a file's name as it can be shown."""
    return printable(entry.name)
