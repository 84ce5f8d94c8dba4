"""When a feed has fallen silent, and when it is only quiet."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from pipelines.warehouse.silence import Silence, silence

FIRST = date(2024, 1, 1)


def every(days: int, records: int, first: date = FIRST) -> list[tuple[date, int]]:
    return [(first + timedelta(days=days * n), 1) for n in range(records)]


def at_random(a_year: float, days: int, draw: random.Random) -> list[tuple[date, int]]:
    """Return the records of a feed that has so many a year, by chance alone."""
    counts = [sum(draw.random() < a_year / 365 / 8 for _ in range(8)) for _ in range(days)]
    return [(FIRST + timedelta(days=n), count) for n, count in enumerate(counts) if count]


def test_completions_every_second_day_that_stop_are_silent_after_more_than_a_week_and_what_chance_allows() -> None:
    days = every(2, 205)
    newest = days[-1][0]
    # 183 records a year: chance gives a silence of 14 days (0.0009) less than once in a thousand, of 13 (0.0015) not.
    assert silence(days, newest + timedelta(days=13)) is None
    assert silence(days, newest + timedelta(days=14)) == Silence(newest, 183, 2, 14)


def test_a_feed_that_has_been_as_silent_before_is_not() -> None:
    days = every(1, 60) + every(1, 60, FIRST + timedelta(days=90))  # 31 days without any between them
    newest = days[-1][0]
    assert silence(days, newest + timedelta(days=93)) is None
    assert silence(days, newest + timedelta(days=94)) is not None


def test_fewer_than_twenty_records_a_year_are_never_silent() -> None:
    days = every(19, 40)
    assert sum(count for day, count in days if day > days[-1][0] - timedelta(days=365)) == 20
    assert silence(days[-19:], days[-1][0] + timedelta(days=2000)) is None


def test_records_after_the_day_asked_about_do_not_count_and_an_acknowledgement_begins_anew() -> None:
    days = every(1, 200)
    newest = days[-1][0]
    later = [*days, (newest + timedelta(days=100), 1)]
    assert silence(later, newest + timedelta(days=50)) == Silence(newest, 200, 1, 50)
    assert silence(later, newest + timedelta(days=100)) is None
    told = newest + timedelta(days=50)
    assert silence(days, told, told) is None
    assert silence(days, told + timedelta(days=12), told) is None  # chance: 200 x 12 / 365 = 6.6
    assert silence(days, told + timedelta(days=13), told) == Silence(newest, 200, 1, 63)


def test_a_monthly_feed_is_silent_when_its_month_brought_none_and_not_three_weeks_after_its_last_delivery() -> None:
    # Evaluations of the first seven days of each month: 23 or 24 days without any are usual.
    days = [(date(2025, month, day), 3) for month in range(1, 13) for day in range(1, 8)]
    assert silence(days, date(2025, 12, 28)) is None
    assert silence(days, date(2026, 1, 30)) is None
    assert silence(days, date(2026, 1, 31)) == Silence(date(2025, 12, 7), 252, 25, 55)
    six_days = [(day, count) for day, count in days if day.day < 7]
    assert silence(six_days, date(2026, 1, 31)) is None
    with_a_month_off = [(day, count) for day, count in days if day.month != 7]
    assert silence(with_a_month_off, date(2026, 1, 31)) is None


@pytest.mark.parametrize("a_year", [6, 15, 30, 60])
def test_small_feeds_raise_no_alarm_in_thirty_years(a_year: float) -> None:
    """Asked every day of thirty years, as a sync would; feeds of 12 to 60 people."""
    draw = random.Random(a_year)
    days = at_random(a_year, 30 * 365, draw)
    alarms = 0
    for n in range(400, 30 * 365, 3):
        today = FIRST + timedelta(days=n)
        recent = [one for one in days if today - timedelta(days=800) <= one[0] <= today]
        alarms += silence(recent, today) is not None
    assert alarms == 0


def test_twelve_people_without_an_event_for_sixty_days_raise_no_alarm() -> None:
    days = every(18, 20)
    assert silence(days, days[-1][0] + timedelta(days=60)) is None


def test_a_dead_source_of_sixty_people_is_noticed_in_about_twelve_days() -> None:
    """Its feeds together have some 350 records a year where its job history alone has 60."""
    draw, waits = random.Random(60), []
    for _ in range(20):
        days = at_random(350, 500, draw)
        newest = days[-1][0]
        waits.append(next(n for n in range(200) if silence(days, newest + timedelta(days=n)) is not None))
    assert 8 <= sum(waits) / len(waits) <= 25
