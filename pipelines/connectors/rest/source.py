"""The pull of one source: its streams in order, and from them a delivery for each feed with news.

What fails is said for the feeds concerned; the others go on.
"""

from __future__ import annotations

import re
import shutil
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.connectors.anew import done_anew, wished_anew
from pipelines.connectors.delivery import Delivery, Origin, SourceFile
from pipelines.connectors.pulled import Preview, SourcePull
from pipelines.connectors.rest.client import Client
from pipelines.connectors.rest.failures import PullError
from pipelines.connectors.rest.fan_out import FanOuts
from pipelines.connectors.rest.landed import CURSORS, QUIET, Landed, Reached, Start, start
from pipelines.connectors.rest.mapping import Tables
from pipelines.connectors.rest.output import Output
from pipelines.connectors.rest.pages import Pulled
from pipelines.connectors.rest.pull import StreamPull, fingerprint
from pipelines.connectors.rest.request import Child
from pipelines.connectors.rest.spec import Check, SourceSpec
from pipelines.connectors.rest.stream import Stream
from pipelines.connectors.rest.trial import Sample
from pipelines.connectors.standing import forget_failure, keep_notes, note_failure

_ROWS = "rows.parquet"
_COMPARED = 50  # deliveries whose records are not landed again; an older one does no harm, it is the same record
_RESTARTS = 2


class SourcePuller:
    """Pulls one source into `folder` (its own place in the pull folder). `config_dir` is where its secret files are;
    with a `sample` no more than that is asked for."""

    def __init__(
        self, spec: SourceSpec, folder: Path, config_dir: Path, zone: str, sample: Sample | None = None
    ) -> None:
        self._spec = spec
        self._folder = folder
        self._sample = sample
        self._client = Client(spec, config_dir)
        self._tables = Tables(zone, folder / ".spill")
        self._done: dict[str, Pulled | PullError] = {}
        self._outputs = {one[0]: Output(*one) for one in spec.outputs()}
        self._landed: dict[str, Landed] = {}
        self._find_landed: Callable[[str], Landed] = lambda _: Landed()
        self._anew = wished_anew(folder)
        self._fan_outs = FanOuts(spec, folder, self._tables, sample, everybody=bool(self._anew))
        self._stopped: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def pull(self, landed: Callable[[str], Landed]) -> SourcePull:
        """Pull every feed; `landed` says what has landed of one. Whatever breaks is a failure of the feed, said."""
        result = SourcePull()
        quiet: dict[str, Any] = {}
        try:
            self._find_landed = landed
            for feed, output in self._outputs.items():
                try:
                    delivery, cursors = self._feed(output, result.notes)
                except Exception as error:  # noqa: BLE001 - one broken feed must not stop the others
                    result.failures.append(note_failure(self._folder, self._spec.name, feed, self._reason(error)))
                    continue
                forget_failure(self._folder, feed)
                if delivery is not None:
                    result.deliveries.append(delivery)
                elif cursors:
                    quiet[feed] = cursors
            # A feed without news lands nothing that could say how far it was asked for: what lands beside it does.
            result.deliveries = [_telling(one, quiet) for one in result.deliveries]
            result.requests_made = self.requests_made
            keep_notes(self._folder, result.notes)
        finally:
            self.close()
        return result

    def clear(self, result: SourcePull) -> None:
        """Remove the pages of what has been dealt with. What a broken feed has so far stays for the next pull."""
        failed = {failure.feed for failure in result.failures}
        done_anew(self._folder, self._outputs.keys() - failed)
        brought = {one.feed for one in result.deliveries}
        landed = {feed for feed in brought if len(self._find_landed(feed).files) > len(self._really(feed).files)}
        settled = self._outputs.keys() - failed - (brought - landed)
        done = [one for one in self._done.values() if isinstance(one, Pulled)]
        self._fan_outs.keep([one for one in done if settled.issuperset(self._feeds_of(one.stream))])
        # what a check has refused may be mended before the next pull, which must not go by these pages
        wanted = {one.name for feed in failed - self._stopped for one in self._needed(self._outputs[feed])}
        for name in self._done.keys() - wanted:
            shutil.rmtree(self._folder / name, ignore_errors=True)
        for rows in self._folder.glob(f"*.{_ROWS}"):
            rows.unlink()

    def preview(self, feed: str, rows: int) -> Preview:
        """Pull one feed, of which nothing has landed, and show what its first records become; a failure is its
        `reason`."""
        notes: list[str] = []
        try:
            self._feed(self._outputs[feed], notes)
        except Exception as error:  # noqa: BLE001 - what nobody foresaw is said like the rest
            return Preview(feed, notes=notes, reason=self._reason(error))
        return Preview(feed, *self._tables.preview(rows), notes)

    @property
    def requests_made(self) -> int:
        """How many requests there were so far."""
        return self._client.requests_made

    def close(self) -> None:
        """Close connections and DuckDB."""
        self._client.close()
        self._tables.close()

    def _feed(self, output: Output, notes: list[str]) -> tuple[Delivery | None, Mapping[str, Any]]:
        """Return what is new of a feed, and the cursors from which the next pull of it goes on."""
        feed, landed = output.feed, self._of(output.feed)
        earlier = [file for definition, file in landed.files if definition == output.definition]
        cursors: dict[str, Reached] = {}
        pulled: list[Pulled] = []
        for stream in self._needed(output):
            one = self._stream(stream)
            pulled.append(one)
            if stream.cursor is not None:
                began = self._start(stream)
                found = self._tables.next_cursor(one) if stream.cursor.taken_from == "records" else one.cursor
                found = found or began.value
                if found is not None:
                    marks = self._tables.marks_at(stream, found)
                    cursors[stream.name] = Reached(found, fingerprint(stream), marks)
            restricted = self._tables.restricted_fields(stream)
            notes += [f"{self._spec.name}, {feed}: {note}" for note in one.said]
            if restricted:
                listed = ", ".join(restricted)
                notes.append(f"{self._spec.name}, {feed}: the credentials may not read {listed}: they stay unknown")
        notes += [f"{self._spec.name}, {feed}: {note}" for note in self._checked(output)]
        self._show_landed(output.sql)
        is_whole = output.mode in ("snapshot", "window")
        self._tables.make(feed, output.streams[0] if output.sql is None else None, output.sql, in_order=is_whole)
        if output.mode in ("delta", "by_employee"):  # the others mean that what is missing is gone
            self._tables.leave_out_known(feed, output.unit, earlier[-_COMPARED:])
        if output.mode == "delta" and self._anew.get(feed):
            self._tables.take_back_others(output.unit, [file for _, file in self._really(feed).files], feed)
        target = self._folder / f"{feed}.{_ROWS}"
        count = self._tables.write(target)
        written = {name: one.written() for name, one in cursors.items()}
        if not count and output.mode != "snapshot":
            target.unlink()
            return None, written
        origin = Origin(
            details={
                "source": self._spec.name,
                "pulled_at": datetime.now(UTC).isoformat(timespec="seconds"),
                CURSORS: written,
                "definition": output.definition,
                "records": sum(page.count for one in pulled for page in one.pages),
            },
            received=tuple(page.file for one in pulled for page in one.pages if page.file is not None),
        )
        files = (SourceFile(f"{feed} (pulled)", target, "parquet"),)
        return Delivery(feed, f"{feed} (pulled)", files, origin), written

    def _checked(self, output: Output) -> list[str]:
        """Return what the feed's checks say of what came. Raises PullError where one of them stops it."""
        notes: list[str] = []
        for check in self._checks(output.feed):
            self._show_landed(check.sql)
            said = self._tables.said(check.sql)
            if said and check.then == "stop":
                self._stopped.add(output.feed)
                raise PullError("; ".join(said))
            notes += said
        return notes

    def _stream(self, stream: Stream) -> Pulled:
        """Pull a stream once, however many feeds want it. What it rests on has been pulled."""
        done = self._done.get(stream.name)
        if isinstance(done, PullError):
            raise done
        if done is not None:
            return done
        try:
            if stream.sql is not None:
                self._show_landed(stream.sql)
                self._tables.derive(stream)
                pulled = Pulled(stream, (), None)
            else:
                children: list[Child] | None = None
                if stream.parent is not None:
                    parent = self._spec.stream(stream.parent.stream)
                    found = self._tables.children_of(parent, self._stream(parent).pages, stream.parent.places)
                    children = self._fan_outs.children(stream, found)
                pulled = self._fan_outs.noted(self._pages(stream, children))
        except PullError as error:
            failed = PullError(f"{stream.name}: {error}")
            self._done[stream.name] = failed
            raise failed from None
        self._done[stream.name] = pulled
        return pulled

    def _pages(self, stream: Stream, children: Sequence[Child] | None) -> Pulled:
        """Pull a stream's pages and make its table; anew when a record moved from one page to another meanwhile.

        One that is on two pages the second time too is what the server has.
        """
        folder, before, began = self._folder / stream.name, 0, self._start(stream)
        most_pages = None if self._sample is None else self._sample.pages
        most_seen = None if self._sample is None else self._sample.seen_of(stream, self._spec)
        for _ in range(_RESTARTS + 1):
            pulled = StreamPull(self._client, stream, folder, began.value, children, most_pages).run()
            try:
                moved = self._tables.add(pulled, began, most_seen)
            except PullError:  # it may be mended before the next pull, which must not go by these pages
                shutil.rmtree(folder)
                raise
            if moved in (0, before):
                return pulled
            shutil.rmtree(folder)
            before = moved
        raise PullError(f"records kept moving between pages, {_RESTARTS + 1} times")

    def _start(self, stream: Stream) -> Start:
        """Return from where no feed made of the stream misses anything."""
        feeds = [self._of(feed) for feed in self._feeds_of(stream)]
        return start(stream.cursor, fingerprint(stream), feeds, stream.name)

    def _checks(self, feed: str) -> list[Check]:
        return [one for one in self._spec.checks if feed in one.feeds and (self._sample is not None or not one.trial)]

    def _feeds_of(self, stream: Stream) -> list[str]:
        return [feed for feed, output in self._outputs.items() if stream in self._needed(output)]

    def _needed(self, output: Output) -> list[Stream]:
        besides = [name for check in self._checks(output.feed) for name in check.streams]
        return self._spec.needed([*besides, *(one.name for one in output.streams)])

    def _of(self, feed: str) -> Landed:
        """Return what has landed of a feed, as the pull goes by it: nothing where it is to be pulled anew."""
        return Landed() if feed in self._anew else self._really(feed)

    def _really(self, feed: str) -> Landed:
        if feed not in self._landed:
            self._landed[feed] = self._find_landed(feed)
        return self._landed[feed]

    def _show_landed(self, sql: str | None) -> None:
        """Make the tables of landed rows that the SQL names."""
        for feed, output in self._outputs.items():
            if sql is not None and re.search(rf"\blanded_{feed}\b", sql):
                self._tables.add_landed(feed, output.unit, [file for _, file in self._of(feed).files])

    def _reason(self, error: Exception) -> str:
        """Say why a feed failed. Of what nobody foresaw only the kind and the place: its text may hold anything."""
        if isinstance(error, PullError):
            return self._client.keyring.redact(str(error))
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        return f"an unexpected {type(error).__name__} ({where}): please report it"


def _telling(delivery: Delivery, quiet: Mapping[str, Any]) -> Delivery:
    """Return a delivery whose manifest says how far the feeds without news were asked for."""
    if not quiet or delivery.origin is None:
        return delivery
    return replace(delivery, origin=replace(delivery.origin, details={**delivery.origin.details, QUIET: quiet}))
