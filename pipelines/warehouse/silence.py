"""Has a feed fallen silent, or is it only quiet? The one test of it, over how many records there are of each day.

Silent is what had at least 20 records in the year up to its newest one and has brought none since for more than 7 days,
for longer than three times its longest silence of that year, and for so long that chance would give it less than once
in a thousand. Chance is a Poisson count at the feed's own rate, its records of that year over the whole year: a history
shorter than that is no hurry, and a first upload of many records is not taken for the pace of what follows.

A monthly feed (its records come together, so three times its longest silence is a quarter of a year) is silent when a
whole calendar month has brought none, where its usual month has 7 or more days with records and it was never silent for
a month: seven in a month is the rate at which chance gives an empty one less than once in a thousand. Before that month
is over it is not, so a feed that is three weeks past its last delivery is left alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

YEAR = 365
FEWEST_RECORDS = 20
_FEWEST_DAYS = 7
_TIMES_LONGEST = 3
_CHANCE = 0.001
_MONTHLY_DAYS = 7
_SHORTEST_MONTH = 28

RecordDays = Sequence[tuple[date, int]]
"""How many records there are of each day that has any, oldest first."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence that is none of chance: its newest record, how many there were in the year up to it, the longest
    silence of that year, and how long it has lasted."""

    newest_on: date
    records: int
    longest_days: int
    days: int


def silence(days: RecordDays, through: date, told_through: date | None = None) -> Silence | None:
    """Return the silence that records which are believed to be all through a day end in; None where it is none.

    Args:
        days: how many records there are of each day; those after `through` do not count.
        through: the day through which they would be all.
        told_through: the day through which somebody said that there were none.
    """
    year = _last_year(days, through)
    records = sum(count for _, count in year)
    if records < FEWEST_RECORDS:
        return None
    newest = year[-1][0]
    longest = max(((later - day).days for (day, _), (later, _) in pairwise(year)), default=0)
    since = max(newest, told_through or newest)
    lasted = (through - since).days
    is_chance = math.exp(-records * lasted / YEAR) >= _CHANCE
    is_silent = lasted > _FEWEST_DAYS and lasted > _TIMES_LONGEST * longest and not is_chance
    had_each_month = longest < _SHORTEST_MONTH
    if is_silent or (had_each_month and _missed_its_month([day for day, _ in year], since, through)):
        return Silence(newest, records, longest, (through - newest).days)
    return None


def _last_year(days: RecordDays, through: date) -> RecordDays:
    known = [one for one in days if one[0] <= through]
    return [one for one in known if one[0] > known[-1][0] - timedelta(days=YEAR)]


def _missed_its_month(active: Sequence[date], since: date, through: date) -> bool:
    """Whether a whole calendar month after `since` is over, where the usual one has many days with records."""
    month = _next_month(since)
    if _next_month(month) > through + timedelta(days=1):
        return False
    whole = list[int]()
    before = _next_month(active[0])
    while before < _next_month(active[-1]):
        whole.append(sum(day.year == before.year and day.month == before.month for day in active))
        before = _next_month(before)
    return len(whole) >= 3 and median(whole) >= _MONTHLY_DAYS


def _next_month(day: date) -> date:
    """Return the first day of the month after a day's."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
