"""How sources name people: by employee id, by work e-mail, or by ids of their own that confirmed links explain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from pipelines.feeds.credentials import CREDENTIALS
from pipelines.feeds.hr import HR
from pipelines.feeds.lms import LMS
from pipelines.feeds.model import Feed
from pipelines.feeds.program import PROGRAM

Persons = Literal["employee_id", "work_email", "links"]
"""What the person columns of a feed hold: employee ids; work e-mails; ids that only `person_links` can explain."""

WHO_IS_WHO = ("employees", "job_history", "roster", "person_links")
"""Feeds that say who is who, and so name people by employee id whatever else their source does."""


def persons_by_feed(setting: str | Mapping[str, str], id_prefix: str = "") -> dict[str, Persons]:
    """Return how each feed names people, without those that do so by employee id.

    Args:
        setting: one way for the whole source, or feed -> way (feeds that are not named: by employee id).
        id_prefix: the source's prefix of employee ids.

    Raises:
        ValueError: there is no such way or feed, or the feed has no choice.
    """
    named = _feeds_with_persons((*HR, *CREDENTIALS, *LMS, *PROGRAM))
    stated = dict.fromkeys(set(named) - set(WHO_IS_WHO), setting) if isinstance(setting, str) else setting
    ways: dict[str, Persons] = {way: way for way in get_args(Persons)}
    found: dict[str, Persons] = {}
    for feed, way in stated.items():
        if way not in ways:
            raise ValueError(f"persons: {way!r} is none of {', '.join(ways)}")
        if feed not in named:
            raise ValueError(f"persons: {feed!r} is no feed with people in it; those are {', '.join(named)}")
        if way != "employee_id" and feed in WHO_IS_WHO:
            raise ValueError(f"persons: {feed} says who is who, so it is by employee_id; leave it out")
        if way != "employee_id":
            found[feed] = ways[way]
    if found and id_prefix:
        raise ValueError("persons: id_prefix is put before employee ids; make feeds without any a source of their own")
    return found


def _feeds_with_persons(feeds: Iterable[Feed]) -> list[str]:
    return [feed.name for feed in feeds if any(column.is_person for column in feed.columns)]
