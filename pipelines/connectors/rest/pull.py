"""One pull of one stream: page after page, of each child of a fan-out, until all is there or the pull breaks."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import msgspec
import orjson

from pipelines.connectors.rest import paging as turning
from pipelines.connectors.rest.auth import ParameterAuth
from pipelines.connectors.rest.body import Body
from pipelines.connectors.rest.client import Client
from pipelines.connectors.rest.exchange import Answer
from pipelines.connectors.rest.failures import Drifted, PlaceGone, PullError
from pipelines.connectors.rest.held import Members, container, write_rows
from pipelines.connectors.rest.pages import Line, PageLog, Pulled, mark, place_after, seen_of
from pipelines.connectors.rest.paging import Place, Seen
from pipelines.connectors.rest.request import Child, request_for
from pipelines.connectors.rest.stream import Stream
from pipelines.connectors.rest.verdicts import Verdict, judge

_RESTARTS = 2
_SORT = "have the list sorted by what stays the same (an id) where it comes from"
_TWICE = f"records came on two pages each time; if the source does not have them twice, others are missing: {_SORT}"


def fingerprint(stream: Stream) -> str:
    """Return what stands for a stream's definition: with another one, an old cursor or half a pull is of no use."""
    return hashlib.sha256(stream.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:16]


class StreamPull:
    """The pull of one stream into its folder; `run` gives the complete pull or raises.

    With `most_pages` it ends after so many of each list: for a trial.
    """

    def __init__(
        self,
        client: Client,
        stream: Stream,
        folder: Path,
        cursor: str | None,
        children: Sequence[Child] | None,
        most_pages: int | None = None,
    ) -> None:
        self._client = client
        self._stream = stream
        self._log = PageLog(folder)
        self._cursor = cursor
        self._children: list[Child | None] = [None] if children is None else [*children]
        self._most_pages = most_pages
        self._rules = [*stream.errors, *client.spec.errors]
        self._notes: dict[str, int] = {}

    def run(self) -> Pulled:
        """Fetch what is missing.

        Raises:
            PullError: it can't be completed now; what has been fetched stays for the next try.
        """
        wanted = {
            "stream": fingerprint(self._stream),
            "cursor": self._cursor,
            "base": self._client.spec.base,
            "children": _digest(self._children),
        }
        self._log.begin(wanted, self._client.spec.resume_hours)
        begun = self._log.by_child()
        tasks = [(child, begun.get(mark(child), [])) for child in self._children]
        if self._at_once == 1:
            for child, lines in tasks:
                self._list(child, lines)
        else:
            self._side_by_side(tasks)
        pulled = self._log.complete(self._stream, self._children)
        return replace(pulled, notes={**pulled.notes, **self._notes})

    @property
    def _at_once(self) -> int:
        """How many children's lists are fetched at the same time. One where the answer itself says how far it goes: the
        first child's has to be the first that is asked for."""
        cursor = self._stream.cursor
        is_told = cursor is not None and (cursor.taken_from != "records" or cursor.limit_header is not None)
        return 1 if is_told else min(self._client.spec.connections, max(1, len(self._children)))

    def _side_by_side(self, tasks: Sequence[tuple[Child | None, list[Line]]]) -> None:
        """Fetch several children's lists at the same time. When one breaks, those under way end and no other begins."""
        with ThreadPoolExecutor(max_workers=self._at_once) as pool:
            running = [pool.submit(self._list, child, lines) for child, lines in tasks]
            wait(running, return_when=FIRST_EXCEPTION)
            pool.shutdown(wait=True, cancel_futures=True)
        for one in running:
            if not one.cancelled():
                one.result()

    def _list(self, child: Child | None, begun: list[Line]) -> None:
        """Fetch the list of one child (or the only one), going on after the pages that it has; anew when it moved, or
        when the place to go on from is gone."""
        repeated: frozenset[int] = frozenset()
        for restart in range(_RESTARTS + 1):
            try:
                return self._pages(child, begun)
            except PlaceGone:
                if not begun:
                    raise
                self._log.forget(child)
                begun = []
            except Drifted as moved:
                if moved.repeated and moved.repeated == repeated:  # the server has them twice
                    self._notes[f"{len(repeated):,} {_TWICE}"] = 0
                    return
                repeated = moved.repeated
                self._log.forget(child)
                begun = []
                if restart == _RESTARTS:
                    raise PullError(f"records kept moving between pages, {restart + 1} times: {moved}") from None

    def _pages(self, child: Child | None, begun: list[Line]) -> None:
        place: Place | None = place_after(begun) if begun else turning.first(self._stream.paging)
        seen = seen_of(begun)
        while place is not None:
            place = self._page(child, place, seen)
            if place is not None and self._most_pages is not None and len(seen) >= self._most_pages:
                return
        turning.check_complete(self._stream.paging, seen)
        repeated = turning.on_two_pages(seen)
        if repeated:
            raise Drifted(f"{len(repeated):,} came on two pages, so others may not have come: {_SORT}", repeated)

    def _page(self, child: Child | None, place: Place, seen: list[Seen]) -> Place | None:
        number = self._log.new_number()
        name = f"{number:06d}.json"
        target = self._log.folder / name
        found = Verdict(None)

        def judged(answer: Answer) -> None:
            nonlocal found
            found = judge(answer, self._stream, self._rules)

        ask = request_for(self._stream, self._cursor, child, place)
        began = time.monotonic()
        answer = self._client.get(ask, target, judged)
        asked_at = _asked_at(answer, time.monotonic() - began)
        following: Place | None = None
        shown: Seen | None = None
        rows, longest = name, 0
        if found.body is not None and found.then is None:
            where, members = container(found.body, self._stream)
            shown = self._look(found.body, where, members, answer)
            seen.append(shown)
            if where or found.body.is_marked or not self._stream.is_plain_list:
                rows = f"{number:06d}.rows.json"
                longest = write_rows(self._log.folder / rows, found.body, where, members, self._stream)
            following = turning.following(self._stream.paging, place, seen, self._client.host.resolve(ask.url))
            if following and "url" in following:
                following["url"] = self._client.host.led_to(following["url"])
                following["url"] = turning.without_secrets(following["url"], self._secret_parameters())
        else:
            target.unlink()
        self._log.note(
            {
                "number": number,
                "file": name if found.then is None else None,
                "rows": rows if found.then is None else None,
                "longest": longest,
                "child": child,
                "is_skipped": found.then == "skip",
                "next": following,
                "seen": None if shown is None else asdict(shown),
                "count": 0 if shown is None else shown.count,
                "cursor": self._told_cursor(found.body, answer),
                "limit": self._limit(answer),
                "asked_at": asked_at.isoformat(),
                "note": found.note,
            }
        )
        return following

    def _look(self, body: Body, where: str, members: Members, answer: Answer) -> Seen:
        paging = self._stream.paging
        overlap = paging.overlap
        by_number = paging.kind in ("page", "offset") and not overlap and self._stream.watched_key is None
        every = members.values() if isinstance(members, Mapping) else members
        records = [*every] if overlap or by_number else []
        return Seen(
            len(members),
            hashlib.sha256(body.bytes_of(where) or b"").hexdigest(),
            _digest([msgspec.json.decode(record) for record in records[:overlap]]) if overlap else "",
            _digest([msgspec.json.decode(record) for record in records[-overlap:]]) if overlap else "",
            **turning.look(paging, body, answer.next_link),
            marks=[_mark(bytes(record)) for record in records] if by_number else [],
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


def _mark(record: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(record, digest_size=7).digest())


def _asked_at(answer: Answer, seconds: float) -> datetime:
    """Return when the answer was asked for, or a little before: by the server's clock, or ours where it has none."""
    try:
        told = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        told = datetime.now(UTC)
    return told.replace(tzinfo=told.tzinfo or UTC) - timedelta(seconds=seconds + 1)


def _digest(records: Any) -> str:
    return hashlib.sha256(orjson.dumps(records)).hexdigest()
