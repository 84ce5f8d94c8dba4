"""Through which day each feed of each source tells, from which on, and because of what: `control.coverage`.

A function of what has landed, the settings and what somebody acknowledged; never of the clock, so that a past state can
be made again. A batch tells through, the first that fits: the day that the setting `covers` says; the date in its
file's name; the day before it landed, or its pull did, where the organisation is. A roster tells of its own days. That
is believed while the records agree (`silence`).

Declared are a setting (a day, `file_date`, or `landed`: somebody says that the files always tell all), a date in a
file's name, the day of a list, an acknowledgement, and the pull of an API, which was asked that day and answered. That
a file landed is none: nobody said of which day it tells. What is neither declared nor long enough silent, and whose
newest record is older than the day it would tell through, is `unvouched`.

A source is silent when all its dated feeds together are; the largest alone says nothing of the others, so those need
as many records as a feed does to be judged. A feed that fell silent before the others, when they went on, did so alone:
it covers through its own newest record and is left out of what is asked of the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.connectors.file_names import NamePattern
from pipelines.feeds import FEEDS
from pipelines.landing import Batch
from pipelines.warehouse.silence import FEWEST_RECORDS, YEAR, RecordDays, Silence, silence

LATE_DAYS = 31
_HR_FEEDS = ("job_history", "roster")
_DECLARED = frozenset({"setting", "file_name", "list_day", "acknowledged", "pulled"})
_DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)")
_IN_WORDS = {
    "setting": "as the setting `covers` says",
    "file_name": "the date in the file's name",
    "landed": "the day before it landed",
    "pulled": "the day before it was pulled",
    "list_day": "the day of the newest list",
    "newest_record": "the day of its newest record",
    "acknowledged": "somebody acknowledged that there were no records",
}


@dataclass(frozen=True, slots=True)
class CoverageSettings:
    """What the settings say of it. `covers` maps (source, feed) to a day, `file_date` or `landed`; `covers_from` a
    source to its first day; `names` a source to the patterns of its files' names by feed; `pulled` are the sources that
    are asked over HTTP."""

    zone: str = "UTC"
    covers: Mapping[tuple[str, str], date | str] = field(default_factory=dict[tuple[str, str], date | str])
    covers_from: Mapping[str, date] = field(default_factory=dict[str, date])
    names: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict[str, Mapping[str, Sequence[str]]])
    pulled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Covered:
    """One row of control.coverage.

    `told_through_on` is the day before records were asked whether they agree, `silence_of` whether the feed itself or
    all of its source is silent. `newest_record_on` and the figures of the silence are null where there are none;
    `reason` is a sentence.
    """

    source: str
    feed: str
    covers_from_on: date | None
    covers_through_on: date
    told_through_on: date
    basis: str
    newest_record_on: date | None
    silence_of: str | None
    is_silent: bool
    is_unvouched: bool
    is_late: bool
    is_acknowledged: bool
    silent_days: int | None
    longest_silence_days: int | None
    record_count: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Told:
    """How far a feed would tell, before its records are asked."""

    through: date
    basis: str
    days: RecordDays
    acknowledged: date | None

    @property
    def newest(self) -> date | None:
        """The day of its newest record by then."""
        return max((day for day, _ in self.days if day <= self.through), default=None)


def coverage(
    batches: Sequence[Batch],
    days: Mapping[tuple[str, str], RecordDays],
    settings: CoverageSettings,
    acknowledged: Mapping[tuple[str, str | None], date],
    quiet: Mapping[tuple[str, str], datetime] | None = None,
    as_of_on: date | None = None,
) -> list[Covered]:
    """Return how far each dated feed of each source tells.

    Args:
        batches: the landed batches that count, in order.
        days: how many records there are of each day, by source and feed (`record_days`).
        settings: what the settings say.
        acknowledged: the day through which somebody said that a feed of a source, or with None the whole source, had
            no more records than are known.
        quiet: when a source that was pulled last said that a feed has nothing new.
        as_of_on: the last day that counts, where a person named one: whether a feed fell silent later is not asked.
    """
    by_feed: dict[str, dict[str, list[Batch]]] = {}
    for batch in batches:
        if FEEDS[batch.feed].date_column is not None:
            by_feed.setdefault(batch.source, {}).setdefault(batch.feed, []).append(batch)
    found: list[Covered] = []
    for source, feeds in sorted(by_feed.items()):
        told = {
            feed: _told(own, days.get((source, feed), ()), settings, acknowledged, (quiet or {}).get((source, feed)))
            for feed, own in sorted(feeds.items())
        }
        firsts = [batch.window_from for batch in feeds.get("roster", ()) if batch.window_from is not None]
        found += _source(source, told, settings.covers_from.get(source), min(firsts, default=None), as_of_on)
    return _with_late(found, acknowledged)


def default_as_of(covered: Sequence[Covered]) -> date | None:
    """Return the last day that every HR source covers, the late ones left out; None where there is none."""
    by_source = _hr_days(covered)
    newest = max(by_source.values(), default=None)
    return None if newest is None else min(day for day in by_source.values() if (newest - day).days <= LATE_DAYS)


def _hr_days(covered: Sequence[Covered]) -> dict[str, date]:
    days: dict[str, date] = {}
    for one in covered:
        if one.feed in _HR_FEEDS:
            days[one.source] = max(one.covers_through_on, days.get(one.source, date.min))
    return days


def _with_late(covered: list[Covered], acknowledged: Mapping[tuple[str, str | None], date]) -> list[Covered]:
    days = _hr_days(covered)
    newest = max(days.values(), default=date.min)
    return [
        replace(one, is_late=True, is_acknowledged=one.is_acknowledged or (one.source, None) in acknowledged)
        if one.feed in _HR_FEEDS and (newest - days[one.source]).days > LATE_DAYS
        else one
        for one in covered
    ]


def _told(
    batches: Sequence[Batch],
    days: RecordDays,
    settings: CoverageSettings,
    acknowledged: Mapping[tuple[str, str | None], date],
    quiet: datetime | None,
) -> _Told:
    source, feed, zone = batches[0].source, batches[0].feed, ZoneInfo(settings.zone)
    notes = [acknowledged[key] for key in ((source, feed), (source, None)) if key in acknowledged]
    through, basis = _through(feed, batches, settings, lambda moment: moment.astimezone(zone).date(), quiet)
    if basis == "newest_record":
        through = max((day for day, _ in days), default=through)
    return _Told(through, basis, days, max(notes, default=None))


def _through(
    feed: str,
    batches: Sequence[Batch],
    settings: CoverageSettings,
    local: Callable[[datetime], date],
    quiet: datetime | None,
) -> tuple[date, str]:
    source, landed = batches[0].source, {local(batch.landed_at) for batch in batches}
    setting = settings.covers.get((source, feed))
    if isinstance(setting, date):
        return setting, "setting"
    if setting == "landed":
        return max(landed) - timedelta(days=1), "setting"
    if feed == "roster":
        lists = [min(batch.window_to, local(batch.landed_at)) for batch in batches if batch.window_to is not None]
        return max(lists, default=max(landed)), "list_day"
    if source in settings.pulled:
        asked = max(landed) if quiet is None else max(*landed, local(quiet))
        return asked - timedelta(days=1), "pulled"
    return _by_files(batches, settings, local, is_by_name=setting == "file_date")


def _by_files(
    batches: Sequence[Batch], settings: CoverageSettings, local: Callable[[datetime], date], *, is_by_name: bool
) -> tuple[date, str]:
    """Return how far files tell, by the dates in their names or the days on which they landed."""
    landed = {local(batch.landed_at) for batch in batches}
    dated = [(batch, named) for batch in batches if (named := _date_in(batch, settings)) is not None]
    # A history delivered without a date in its name, together with dated files, does not tell beyond them.
    undated = landed - {local(batch.landed_at) for batch, _ in dated}
    by_name = max((min(named, local(batch.landed_at)) for batch, named in dated), default=None)
    by_landing = max(undated, default=None)
    if is_by_name:
        return (by_name, "setting") if by_name is not None else (max(landed) - timedelta(days=1), "newest_record")
    if by_landing is None or (by_name is not None and by_name >= by_landing - timedelta(days=1)):
        assert by_name is not None
        return by_name, "file_name"
    return by_landing - timedelta(days=1), "landed"


def _date_in(batch: Batch, settings: CoverageSettings) -> date | None:
    """Return the date in a delivery's name, as the source's own patterns or anybody would read it."""
    for pattern in settings.names.get(batch.source, {}).get(batch.feed, ()):
        _, dated = NamePattern(pattern).dated(batch.file_name.rsplit("/", 1)[-1])
        if dated is not None:
            return dated.date()
    for match in reversed(list(_DATE_IN_NAME.finditer(batch.file_name))):
        try:
            return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
    return None


def _source(
    source: str, told: Mapping[str, _Told], covers_from: date | None, first_list: date | None, as_of_on: date | None
) -> list[Covered]:
    """Return the feeds of a source, its silence and theirs considered."""
    asked = {feed: one for feed, one in told.items() if feed != "roster"}
    silent = {feed: _silence(one.days, one.through, one.acknowledged, as_of_on) for feed, one in asked.items()}
    alone = {feed for feed, own in silent.items() if own is not None and _fell_alone(feed, own, asked, as_of_on)}
    # What somebody acknowledged is explained, and says nothing of the others.
    noted = {feed for feed, one in asked.items() if one.newest and one.acknowledged and one.newest < one.acknowledged}
    ended = _source_silence({feed: one for feed, one in asked.items() if feed not in alone | noted}, as_of_on)
    rows: list[Covered] = []
    for feed, one in told.items():
        own = silent.get(feed)
        end, found, of_whom = one.through, None, ""
        if feed in asked and feed not in alone | noted and ended is not None and ended.newest_on < one.through:
            end, found, of_whom = ended.newest_on, ended, f"all that {source} tells"
        elif own is not None:
            end, found, of_whom = own.newest_on, own, feed
        if found is not None and one.acknowledged is not None:
            end = max(end, min(one.acknowledged, one.through))
        first = covers_from or (first_list if feed == "roster" else None)
        rows.append(_row(source, feed, one, first, end, found, of_whom))
    return rows


def _silence(days: RecordDays, through: date, told_through: date | None, as_of_on: date | None) -> Silence | None:
    """Return the silence as of the last day that counts; none where records came after that day."""
    if as_of_on is None or as_of_on >= through:
        return silence(days, through, told_through)
    is_alive = any(as_of_on < day <= through for day, _ in days)
    return None if is_alive else silence(days, as_of_on, told_through)


def _fell_alone(feed: str, own: Silence, asked: Mapping[str, _Told], as_of_on: date | None) -> bool:
    """Whether the others of the source told of days when this feed had been silent for longer than it ever was."""
    last = as_of_on or date.max
    others = [
        day for other, one in asked.items() if other != feed for day, _ in one.days if day <= min(last, one.through)
    ]
    newest = max(others, default=own.newest_on)
    return (newest - own.newest_on).days > own.longest_days


def _source_silence(asked: Mapping[str, _Told], as_of_on: date | None) -> Silence | None:
    """Return the silence of all these feeds together."""
    by_feed = {feed: {day: count for day, count in one.days if day <= one.through} for feed, one in asked.items()}
    merged: dict[date, int] = {}
    for days in by_feed.values():
        for day, count in days.items():
            merged[day] = merged.get(day, 0) + count
    since = max(merged, default=date.min) - timedelta(days=YEAR) if merged else date.min
    counts = sorted(sum(count for day, count in days.items() if day > since) for days in by_feed.values())
    if sum(counts[:-1]) < FEWEST_RECORDS:
        return None
    return _silence(sorted(merged.items()), max(one.through for one in asked.values()), None, as_of_on)


def _row(
    source: str, feed: str, told: _Told, first: date | None, end: date, found: Silence | None, of_whom: str
) -> Covered:
    newest = told.newest
    is_told = told.acknowledged is not None and found is None and newest is not None and newest < told.acknowledged
    basis = "newest_record" if found is not None else "acknowledged" if is_told else told.basis
    is_unvouched = basis not in _DECLARED and found is None and (newest is None or newest < end)
    why = _IN_WORDS[basis]
    if found is not None:
        why = (
            f"{of_whom} has been silent for {found.days:,} days since {_day(found.newest_on)}, where the longest"
            f" silence of the year before was {found.longest_days:,} days and there were {found.records:,} records"
        )
    return Covered(
        source=source,
        feed=feed,
        covers_from_on=first,
        covers_through_on=end,
        told_through_on=told.through,
        basis=basis,
        newest_record_on=newest,
        silence_of=None if found is None else "feed" if of_whom == feed else "source",
        is_silent=found is not None,
        is_unvouched=is_unvouched,
        is_late=False,
        is_acknowledged=told.acknowledged is not None and found is None,
        silent_days=found.days if found else None,
        longest_silence_days=found.longest_days if found else None,
        record_count=found.records if found else None,
        reason=f"{feed} of {source} is known through {_day(end)}: {why}",
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def as_rows(covered: Sequence[Covered]) -> list[dict[str, Any]]:
    """Return the rows as control.coverage takes them."""
    return [asdict(one) for one in covered]
