"""The pages of one stream's pull on disk: as received, with a list of them from which a broken pull goes on.

The folder holds `asked.json` (what was asked for, since when) and `pages.jsonl`, one line a page, written after
the page. A pull is resumed when it asks for the same thing since the same cursor and is not too old; else it starts
over.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

from pipelines.connectors.rest.paging import Place, Seen
from pipelines.connectors.rest.request import Child
from pipelines.connectors.rest.stream import Stream

Line = dict[str, Any]
"""What is noted of a page: plain JSON."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a complete pull and the fan-out's child it is of: the answer as received, and where its records are
    to be read (both None where there are none), in lines of at most `longest` bytes where they are no plain list."""

    file: Path | None
    rows: Path | None
    child: Child | None
    count: int
    longest: int


@dataclass(frozen=True, slots=True)
class Pulled:
    """A complete pull. `cursor` is what the body or a header says is the next one (None: see the records), `limit`
    up to when the server vouches for the list, `begun_at` when the first page was asked for, by the server's clock.
    `notes` are what people should know, with the number of children that it is true of (0: no child). `skipped` has
    the note of each child (by its `mark`) that was passed over."""

    stream: Stream
    pages: Sequence[Page]
    cursor: str | None
    limit: str | None = None
    begun_at: datetime | None = None
    notes: Mapping[str, int] = field(default_factory=dict[str, int])
    skipped: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])

    @property
    def said(self) -> list[str]:
        """Return the notes in words."""
        return [f"{note} ({count:,})" if count else note for note, count in self.notes.items()]


class PageLog:
    """The list of pages in a folder. Several children's pages may be noted at the same time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lines: list[Line] = []
        self._newest = 0
        self._lock = Lock()

    def begin(self, wanted: Mapping[str, Any], resume_hours: float) -> None:
        """Read what an earlier try left, when it asked for the same; else clear the folder."""
        asked = self.folder / "asked.json"
        try:
            noted = json.loads(asked.read_text(encoding="utf-8"))
            age = datetime.now(UTC) - datetime.fromisoformat(noted.pop("started_at"))
            if noted == wanted and age < timedelta(hours=resume_hours):
                self._lines = self._whole_lines()
                self._newest = max((line["number"] for line in self._lines), default=0)
                return
        except (OSError, ValueError, KeyError):
            pass
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o700)
        asked.write_text(json.dumps({**wanted, "started_at": datetime.now(UTC).isoformat()}), encoding="utf-8")

    def new_number(self) -> int:
        """Return the number of the next page: none has had it."""
        with self._lock:
            self._newest += 1
            return self._newest

    def note(self, line: Line) -> None:
        """Note a page whose files are whole."""
        with self._lock:
            with (self.folder / "pages.jsonl").open("ab") as writer:
                writer.write(orjson.dumps(line) + b"\n")
            self._lines.append(line)

    def forget(self, child: Child | None) -> None:
        """Drop the pages of a child."""
        with self._lock:
            self._lines = [line for line in self._lines if line["child"] != child]
            self._write(self._lines)

    def by_child(self) -> dict[str, list[Line]]:
        """Return the pages of each child (by its `mark`), in the order in which they were fetched."""
        found: dict[str, list[Line]] = {}
        for line in self._lines:
            found.setdefault(mark(line["child"]), []).append(line)
        return found

    def complete(self, stream: Stream, children: Sequence[Child | None]) -> Pulled:
        """Return the pull that all pages make, in the order of the children."""
        begun = self.by_child()
        lines = [line for child in children for line in begun.get(mark(child), [])]
        pages = [
            Page(self._path(line["file"]), self._path(line["rows"]), line["child"], line["count"], line["longest"])
            for line in lines
        ]
        counted = Counter(line["note"] for line in lines if line["note"] and line["child"] is not None)
        notes = {**{line["note"]: 0 for line in lines if line["note"]}, **counted}
        skipped = {mark(line["child"]): line["note"] for line in lines if line.get("is_skipped")}
        if not lines:
            return Pulled(stream, pages, None)
        begun_at = min(datetime.fromisoformat(line["asked_at"]) for line in lines)
        return Pulled(stream, pages, lines[0]["cursor"], lines[0]["limit"], begun_at, notes, skipped)

    def _path(self, name: str | None) -> Path | None:
        return self.folder / name if name else None

    def _whole_lines(self) -> list[Line]:
        """Return the pages noted; a line cut short by a crash ends the list, and the file is mended."""
        lines: list[Line] = []
        file = self.folder / "pages.jsonl"
        for text in file.read_bytes().split(b"\n") if file.exists() else []:
            try:
                line = orjson.loads(text)
            except orjson.JSONDecodeError:
                break
            if any(line[kind] and not (self.folder / line[kind]).exists() for kind in ("file", "rows")):
                break
            lines.append(line)
        self._write(lines)
        return lines

    def _write(self, lines: Sequence[Line]) -> None:
        (self.folder / "pages.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))


def seen_of(lines: Sequence[Line]) -> list[Seen]:
    """Return what the pages noted have shown."""
    return [Seen(**line["seen"]) for line in lines if line["seen"] is not None]


def place_after(lines: Sequence[Line]) -> Place | None:
    """Return where to go on after the pages noted, or None at the end of the list."""
    return lines[-1]["next"]


def mark(child: Child | None) -> str:
    """Return what stands for a child."""
    return json.dumps(child)
