"""One pull of one stream: its pages in a folder, as received, and a list of them from which a broken pull goes on.

The folder holds `asked.json` (what was asked for, since when) and `pages.jsonl`, one line a page, written after
the page. A pull is resumed when it asks for the same thing since the same cursor and is not too old; else it starts
over.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import msgspec
import orjson

from pipelines.connectors.rest import paging as turning
from pipelines.connectors.rest.auth import ParameterAuth
from pipelines.connectors.rest.body import Body
from pipelines.connectors.rest.client import Answer, Client
from pipelines.connectors.rest.failures import Drifted, PlaceGone, PullError
from pipelines.connectors.rest.held import Members, container, write_rows
from pipelines.connectors.rest.paging import Place, Seen
from pipelines.connectors.rest.request import Child, request_for
from pipelines.connectors.rest.spec import Stream
from pipelines.connectors.rest.verdicts import Verdict, judge

_RESTARTS = 2


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
    up to when the server vouches for the list, `begun_at` when the first page was asked for, by the server's clock."""

    stream: Stream
    pages: Sequence[Page]
    cursor: str | None
    limit: str | None = None
    begun_at: datetime | None = None
    notes: Sequence[str] = ()


def fingerprint(stream: Stream) -> str:
    """Return what stands for a stream's definition: with another one, an old cursor or half a pull is of no use."""
    return hashlib.sha256(stream.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:16]


class StreamPull:
    """The pull of one stream into its folder; `run` gives the complete pull or raises."""

    def __init__(
        self, client: Client, stream: Stream, folder: Path, cursor: str | None, children: Sequence[Child] | None
    ) -> None:
        self._client = client
        self._stream = stream
        self._folder = folder
        self._cursor = cursor
        self._children: list[Child | None] = [None] if children is None else [*children]
        self._lines: list[dict[str, Any]] = []
        self._rules = [*stream.errors, *client.spec.errors]

    def run(self) -> Pulled:
        """Fetch what is missing.

        Raises:
            PullError: it can't be completed now; what has been fetched stays for the next try.
        """
        self._resume()
        begun = self._by_child()
        for child in self._children:
            self._list(child, begun.get(_mark(child), []))
        pages = [
            Page(
                self._path(line["file"]),
                self._path(line["rows"]),
                line["child"],
                line["seen"]["count"],
                line["longest"],
            )
            for line in self._lines
        ]
        notes = sorted({line["note"] for line in self._lines if line["note"]})
        if not self._lines:
            return Pulled(self._stream, pages, None, notes=notes)
        told = self._lines[0]
        begun_at = datetime.fromisoformat(told["asked_at"])
        return Pulled(self._stream, pages, told["cursor"], told["limit"], begun_at, notes)

    def _by_child(self) -> Mapping[str, list[dict[str, Any]]]:
        begun: dict[str, list[dict[str, Any]]] = {}
        for line in self._lines:
            begun.setdefault(_mark(line["child"]), []).append(line)
        return begun

    def _list(self, child: Child | None, begun: list[dict[str, Any]]) -> None:
        """Fetch the list of one child (or the only one), going on after the pages that it has; anew when it moved, or
        when the place to go on from is gone."""
        for restart in range(_RESTARTS + 1):
            try:
                return self._pages(child, begun)
            except PlaceGone:
                if not begun:
                    raise
                self._forget(child)
                begun = []
            except Drifted as moved:
                self._forget(child)
                begun = []
                if restart == _RESTARTS:
                    raise PullError(f"records kept moving between pages, {restart + 1} times: {moved}") from None

    def _pages(self, child: Child | None, begun: list[dict[str, Any]]) -> None:
        place: Place | None = begun[-1]["next"] if begun else turning.first(self._stream.paging)
        seen = [Seen(**line["seen"]) for line in begun]
        while place is not None:
            place = self._page(child, place, seen)
        turning.check_complete(self._stream.paging, seen)

    def _page(self, child: Child | None, place: Place, seen: list[Seen]) -> Place | None:
        name = f"{len(self._lines) + 1:06d}.json"
        target = self._folder / name
        found = Verdict(None)

        def judged(answer: Answer) -> None:
            nonlocal found
            found = judge(answer, self._stream, self._rules)

        ask = request_for(self._stream, self._cursor, child, place)
        began = time.monotonic()
        answer = self._client.get(ask, target, judged)
        asked_at = _asked_at(answer, time.monotonic() - began)
        following: Place | None = None
        rows, longest = name, 0
        if found.body is not None and found.then is None:
            where, members = container(found.body, self._stream)
            seen.append(self._look(found.body, where, members, answer))
            if where or found.body.is_marked or not self._stream.is_plain_list:
                rows = f"{name.removesuffix('.json')}.rows.json"
                longest = write_rows(self._folder / rows, found.body, where, members, self._stream)
            following = turning.following(self._stream.paging, place, seen, self._client.resolve(ask.url))
            if following and "url" in following:
                following["url"] = self._client.led_to(following["url"])
                following["url"] = turning.without_secrets(following["url"], self._secret_parameters())
        else:
            target.unlink()
        line = {
            "file": name if found.then is None else None,
            "rows": rows if found.then is None else None,
            "longest": longest,
            "child": child,
            "next": following,
            "seen": asdict(seen[-1]) if found.then is None else {"count": 0, "digest": "", "head": "", "tail": ""},
            "cursor": self._told_cursor(found.body, answer),
            "limit": self._limit(answer),
            "asked_at": asked_at.isoformat(),
            "note": found.note,
        }
        with (self._folder / "pages.jsonl").open("ab") as writer:
            writer.write(orjson.dumps(line) + b"\n")
        self._lines.append(line)
        return following

    def _path(self, name: str | None) -> Path | None:
        return self._folder / name if name else None

    def _look(self, body: Body, where: str, members: Members, answer: Answer) -> Seen:
        paging = self._stream.paging
        overlap = paging.overlap
        records = [*members] if overlap else []
        return Seen(
            len(members),
            hashlib.sha256(body.bytes_of(where) or b"").hexdigest(),
            _digest([msgspec.json.decode(record) for record in records[:overlap]]) if overlap else "",
            _digest([msgspec.json.decode(record) for record in records[-overlap:]]) if overlap else "",
            **turning.look(paging, body, answer.next_link),
        )

    def _told_cursor(self, body: Body | None, answer: Answer) -> str | None:
        cursor = self._stream.cursor
        if cursor is None or cursor.taken_from == "records":
            return None
        if cursor.taken_from == "header":
            return answer.headers.get(cursor.path)
        told = None if body is None else body.dig(cursor.path)
        return None if told is None else str(told)

    def _limit(self, answer: Answer) -> str | None:
        cursor = self._stream.cursor
        return answer.headers.get(cursor.limit_header) if cursor is not None and cursor.limit_header else None

    def _secret_parameters(self) -> set[str]:
        auth = self._client.spec.auth
        return {auth.parameter} if isinstance(auth, ParameterAuth) else set()

    def _resume(self) -> None:
        """Read what an earlier try left, when it asked for the same; else clear the folder."""
        wanted = {
            "stream": fingerprint(self._stream),
            "cursor": self._cursor,
            "base": self._client.spec.base,
            "children": _digest(self._children),
        }
        asked = self._folder / "asked.json"
        try:
            noted = json.loads(asked.read_text(encoding="utf-8"))
            age = datetime.now(UTC) - datetime.fromisoformat(noted.pop("started_at"))
            if noted == wanted and age < timedelta(hours=self._client.spec.resume_hours):
                self._lines = _whole_lines(self._folder)
                return
        except (OSError, ValueError, KeyError):
            pass
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, mode=0o700)
        asked.write_text(json.dumps({**wanted, "started_at": datetime.now(UTC).isoformat()}), encoding="utf-8")

    def _forget(self, child: Child | None) -> None:
        """Drop the pages of a child; they are the last ones."""
        self._lines = [line for line in self._lines if line["child"] != child]
        _write(self._folder, self._lines)


def _whole_lines(folder: Path) -> list[dict[str, Any]]:
    """Return the pages noted; a line cut short by a crash ends the list, and the file is mended."""
    lines: list[dict[str, Any]] = []
    file = folder / "pages.jsonl"
    for text in file.read_bytes().split(b"\n") if file.exists() else []:
        try:
            line = orjson.loads(text)
        except orjson.JSONDecodeError:
            break
        if any(line[kind] and not (folder / line[kind]).exists() for kind in ("file", "rows")):
            break
        lines.append(line)
    _write(folder, lines)
    return lines


def _write(folder: Path, lines: list[dict[str, Any]]) -> None:
    (folder / "pages.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))


def _asked_at(answer: Answer, seconds: float) -> datetime:
    """Return when the answer was asked for, or a little before: by the server's clock, or ours where it has none."""
    try:
        told = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        told = datetime.now(UTC)
    return told.replace(tzinfo=told.tzinfo or UTC) - timedelta(seconds=seconds + 1)


def _digest(records: Any) -> str:
    return hashlib.sha256(orjson.dumps(records)).hexdigest()


def _mark(child: Child | None) -> str:
    return json.dumps(child)
