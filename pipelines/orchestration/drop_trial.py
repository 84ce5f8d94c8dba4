"""Tries an SFTP source without landing anything: is it the server, what lies there, what would be taken, what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from pipelines.connectors.pulled import Preview
from pipelines.connectors.sftp.failures import Changing, DropError
from pipelines.connectors.sftp.listing import Drop, Listing
from pipelines.connectors.sftp.session import Session
from pipelines.connectors.sftp.source import DropPuller
from pipelines.connectors.sftp.spec import SftpSpec
from pipelines.feeds import FEEDS
from pipelines.landing import Batch, Delivery, Landing, SourceOptions
from pipelines.landing.faults import few

_MOST_LINES = 20


@dataclass(slots=True)
class Trial:
    """What was found: `said` is for people, line by line."""

    said: list[str] = field(default_factory=list[str])
    previews: list[Preview] = field(default_factory=list[Preview])


def try_drop(
    spec: SftpSpec, options: SourceOptions, data_dir: Path, folder: Path, config_dir: Path, rows: int = 5
) -> Trial:
    """Look at a source, fetch the newest whole delivery of each feed into `folder`, and land it there for show."""
    room = Landing(data_dir, scratch_dir=folder / "landed")
    return Session.run(_try(spec, options, room, folder, config_dir, rows))


async def _try(
    spec: SftpSpec, options: SourceOptions, room: Landing, folder: Path, config_dir: Path, rows: int
) -> Trial:
    trial = Trial()

    def is_landed(feed: str, name: str, received: Sequence[tuple[str, str]]) -> bool:
        return room.is_newest(options, feed, name, received)

    puller = DropPuller(spec, folder / "drop", config_dir, options.naming, is_landed)
    try:
        found = await puller.listing()
        trial.said.append(f"{spec.host} is the server that is pinned ({puller.session.shown[-1]})")
        trial.said += _listed(spec, found)
        newest = {drop.delivery.feed: drop for drop in found.drops if drop.waiting is None}
        for feed in spec.feeds:
            trial.previews.append(await _preview(feed, newest.get(feed), puller, options, room, rows))
    except DropError as error:
        trial.previews += [Preview(feed, reason=puller.said(error)) for feed in spec.feeds[len(trial.previews) :]]
    finally:
        await puller.session.close()
        room.close()
    return trial


async def _preview(
    feed: str, drop: Drop | None, puller: DropPuller, options: SourceOptions, room: Landing, rows: int
) -> Preview:
    if drop is None:
        return Preview(feed, notes=["no whole delivery is there"])
    try:
        delivery = await puller.fetch(drop)
    except Changing:
        return Preview(feed, notes=[f"{drop.delivery.name} is being written"])
    except DropError as error:
        return Preview(feed, reason=puller.said(error))
    return _rehearsed(delivery, options, room, rows)


def _rehearsed(delivery: Delivery, options: SourceOptions, room: Landing, rows: int) -> Preview:
    outcome = room.land(options, delivery)
    if not isinstance(outcome, Batch):
        return Preview(delivery.feed, reason=f"it would be refused: {outcome.reason}")
    name, feed = delivery.name, FEEDS[delivery.feed]
    notes = [f"{name}: {one.kind}: {one.column or 'row'}: {one.reason} ({one.count})" for one in outcome.problems]
    if outcome.unknown_columns:
        notes.append(f"{name}: not in the contract: {few(outcome.unknown_columns)}")
    columns = [column.landed_as for column in feed.columns if outcome.filled[column.name]]
    listed = ", ".join(f'"{column}"' for column in columns)
    with duckdb.connect() as connection:
        file = str(outcome.folder / "rows.parquet")
        shown: list[tuple[Any, ...]] = connection.execute(
            f"select {listed or 'null'} from read_parquet($1, hive_partitioning = false) limit {rows}", [file]
        ).fetchall()
    filled: Mapping[str, int] = {column.landed_as: outcome.filled[column.name] for column in feed.columns}
    return Preview(feed.name, columns, shown, {**filled, "": outcome.live_row_count}, notes)


def _listed(spec: SftpSpec, found: Listing) -> list[str]:
    """Say of each thing in the folder what would become of it; of many, of the last ones."""
    whole = [drop for drop in found.drops if drop.waiting is None]
    lines = [f"{drop.delivery.name}: {_size(drop):,} bytes, to be fetched for {drop.delivery.feed}" for drop in whole]
    lines += [f"{drop.delivery.name}: not whole yet: {drop.waiting}" for drop in found.drops if drop.waiting]
    lines += [f"{one.name}: not read: {one.reason}" for one in found.unmatched]
    lines += [f"{name}: being written, by its name (ignore)" for name in found.ignored]
    left_out = len(lines) - _MOST_LINES
    head = f"{spec.folder}: {len(whole):,} whole deliveries, {len(lines) - len(whole):,} other things"
    return [head, *([f"... and {left_out:,} more"] if left_out > 0 else []), *lines[-_MOST_LINES:]]


def _size(drop: Drop) -> int:
    return sum(entry.size for entry in drop.entries)
