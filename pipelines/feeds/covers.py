"""The setting `covers`: through which day a feed of a source tells what happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from pipelines.feeds.credentials import CREDENTIALS
from pipelines.feeds.hr import HR
from pipelines.feeds.lms import LMS
from pipelines.feeds.program import PROGRAM

Covers = date | Literal["file_date", "landed"]
"""A day, or where to take it from: the date in the file's name, or the day before the file landed."""


def check_covers(covers: Iterable[str]) -> None:
    """Raise ValueError where `covers` names something that is no feed, or a feed without dates."""
    dates = {feed.name: feed.date_column for feed in (*HR, *CREDENTIALS, *LMS, *PROGRAM)}
    for feed in covers:
        if feed not in dates:
            raise ValueError(f"there is no feed {feed!r}")
        if dates[feed] is None:
            raise ValueError(f"{feed} has no dates, so there is no day that it covers")
