"""The pull of one source: its streams in order, and from them a delivery for each feed with news.

What fails is said for the feeds concerned; the others go on.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.connectors.delivery import Delivery, Origin, SourceFile
from pipelines.connectors.rest.client import Client
from pipelines.connectors.rest.failures import PullError
from pipelines.connectors.rest.mapping import Tables
from pipelines.connectors.rest.pull import Pulled, StreamPull, fingerprint
from pipelines.connectors.rest.spec import Mode, SourceSpec, Stream
from pipelines.connectors.rest.standing import Failure
from pipelines.feeds import FEEDS

_ROWS = "rows.parquet"


@dataclass(frozen=True, slots=True)
class Landed:
    """What has landed of a feed: `cursors` by stream with the stream's fingerprint, and the deliveries' own files."""

    cursors: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    files: Sequence[Path] = ()


@dataclass(slots=True)
class SourcePull:
    """What a pull of a source brought. `notes` tell people what they should know: restricted fields."""

    deliveries: list[Delivery] = field(default_factory=list[Delivery])
    failures: list[Failure] = field(default_factory=list[Failure])
    notes: list[str] = field(default_factory=list[str])
    requests_made: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """What a feed would bring: columns, first rows, how many rows have a value by column ("": all rows), or why not."""

    feed: str
    columns: Sequence[str] = ()
    rows: Sequence[tuple[Any, ...]] = ()
    filled: Mapping[str, int] = field(default_factory=dict[str, int])
    notes: Sequence[str] = ()
    reason: str | None = None


def previews(spec: SourceSpec, folder: Path, config_dir: Path, zone: str, rows: int = 5) -> list[Preview]:
    """Pull each feed of a source into `folder` and return what its first records become."""
    puller = SourcePuller(spec, folder, config_dir, zone)
    try:
        return [puller.preview(feed, rows) for feed, *_ in spec.outputs()]
    finally:
        puller.close()


class SourcePuller:
    """Pulls one source into `folder` (its own place in the pull folder). `config_dir` is where its secret files are."""

    def __init__(self, spec: SourceSpec, folder: Path, config_dir: Path, zone: str) -> None:
        self._spec = spec
        self._folder = folder
        self._client = Client(spec, config_dir)
        self._tables = Tables(zone)
        self._done: dict[str, Pulled | PullError] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def pull(self, landed: Callable[[str], Landed]) -> SourcePull:
        """Pull every feed; `landed` says what has landed of one."""
        result = SourcePull()
        try:
            for feed, mode, streams, sql in self._spec.outputs():
                try:
                    delivery = self._feed(feed, mode, streams, sql, landed(feed), result.notes)
                except PullError as error:
                    reason = self._client.keyring.redact(str(error))
                    result.failures.append(self._failed(feed, reason))
                    continue
                (self._folder / f"{feed}.failed.json").unlink(missing_ok=True)
                if delivery is not None:
                    result.deliveries.append(delivery)
            result.requests_made = self._client.requests_made
        finally:
            self._client.close()
            self._tables.close()
        return result

    def clear(self, result: SourcePull) -> None:
        """Remove the pages of what has been dealt with. What a broken stream has so far stays for the next pull."""
        broken = {name for name, done in self._done.items() if isinstance(done, PullError)}
        wanted = broken | {
            stream.parent.stream for stream in self._spec.streams if stream.name in broken and stream.parent
        }
        for name in self._done.keys() - wanted:
            shutil.rmtree(self._folder / name, ignore_errors=True)
        for rows in self._folder.glob(f"*.{_ROWS}"):
            rows.unlink()

    def preview(self, feed: str, rows: int) -> Preview:
        """Pull one feed from its beginning and show what its first records become; a failure is its `reason`."""
        notes: list[str] = []
        try:
            _, mode, streams, sql = next(one for one in self._spec.outputs() if one[0] == feed)
            self._feed(feed, mode, streams, sql, Landed(), notes)
        except PullError as error:
            return Preview(feed, reason=self._client.keyring.redact(str(error)))
        return Preview(feed, *self._tables.preview(rows), notes)

    def close(self) -> None:
        """Close connections and DuckDB."""
        self._client.close()
        self._tables.close()

    def _feed(
        self, feed: str, mode: Mode, streams: Sequence[Stream], sql: str | None, landed: Landed, notes: list[str]
    ) -> Delivery | None:
        cursors: dict[str, tuple[str, str]] = {}
        pulled: list[Pulled] = []
        for stream in streams:
            since = landed.cursors.get(stream.name)
            start = since[0] if since is not None and since[1] == fingerprint(stream) else None
            one = self._stream(stream, start)
            pulled.append(one)
            if stream.cursor is not None:
                is_from_records = stream.cursor.taken_from == "records"
                found = self._tables.next_cursor(stream) if is_from_records else one.cursor
                if found is not None or start is not None:
                    cursors[stream.name] = (found or start or "", fingerprint(stream))
            restricted = self._tables.restricted_fields(stream)
            if restricted:
                listed = ", ".join(restricted)
                notes.append(f"{self._spec.name}, {feed}: the credentials may not read {listed}: they stay unknown")
        self._tables.make(feed, streams[0] if sql is None else None, sql)
        if mode != "snapshot":
            is_same = all(landed.cursors.get(s.name, ("", fingerprint(s)))[1] == fingerprint(s) for s in streams)
            self._tables.leave_out_known(_unit(feed, mode, streams, sql), landed.files if is_same else ())
        target = self._folder / f"{feed}.{_ROWS}"
        count = self._tables.write(target)
        if not count and mode != "snapshot":
            target.unlink()
            return None
        origin = Origin(
            details={
                "source": self._spec.name,
                "pulled_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "cursors": {name: list(value) for name, value in cursors.items()},
                "records": sum(page.count for one in pulled for page in one.pages),
            },
            received=tuple(page.file for one in pulled for page in one.pages if page.file is not None),
        )
        return Delivery(feed, f"{feed} (pulled)", (SourceFile(f"{feed} (pulled)", target, "parquet"),), origin)

    def _stream(self, stream: Stream, cursor: str | None) -> Pulled:
        """Pull a stream once, however many feeds want it."""
        done = self._done.get(stream.name)
        if isinstance(done, PullError):
            raise done
        if done is not None:
            return done
        try:
            children: list[str] | None = None
            if stream.parent is not None:
                parent = self._spec.stream(stream.parent.stream)
                children = self._tables.values_of(parent, self._stream(parent, None).pages, stream.parent.field)
            pulled = StreamPull(self._client, stream, self._folder / stream.name, cursor, children).run()
            self._tables.add(pulled)
        except PullError as error:
            failed = PullError(f"{stream.name}: {error}")
            self._done[stream.name] = failed
            raise failed from None
        self._done[stream.name] = pulled
        return pulled

    def _failed(self, feed: str, reason: str) -> Failure:
        """Keep a failure until the feed is pulled again; it has been failing since the first."""
        note = self._folder / f"{feed}.failed.json"
        since = datetime.now(UTC)
        if note.exists():
            since = datetime.fromisoformat(json.loads(note.read_text(encoding="utf-8"))["since"])
        note.write_text(json.dumps({"since": since.isoformat(), "reason": reason}), encoding="utf-8")
        return Failure(self._spec.name, feed, reason, since)


def _unit(feed: str, mode: Mode, streams: Sequence[Stream], sql: str | None) -> tuple[str, ...]:
    """Return the columns that say which rows are replaced together."""
    if mode == "by_employee":
        return ("employee_id",)
    contract = FEEDS[feed]
    if sql is None and not set(contract.key) <= streams[0].columns.keys():
        return contract.natural_key
    return contract.key
