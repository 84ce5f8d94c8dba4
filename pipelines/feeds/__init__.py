"""The contract as data: what every feed holds. Nothing else knows a column's type.

Belongs here: feeds, their columns, kinds, keys, ranges and references. Does not belong here: reading files,
SQL, or any rule about what the records mean.
"""

from collections.abc import Mapping
from types import MappingProxyType

from pipelines.feeds.credentials import CREDENTIALS
from pipelines.feeds.hr import HR
from pipelines.feeds.lms import LMS
from pipelines.feeds.model import IS_DELETED, Column, Feed, Kind, normalised_name
from pipelines.feeds.program import PROGRAM

__all__ = ["FEEDS", "IS_DELETED", "REQUIRED_FEEDS", "Column", "Feed", "Kind", "normalised_name"]

FEEDS: Mapping[str, Feed] = MappingProxyType({feed.name: feed for feed in (*HR, *CREDENTIALS, *LMS, *PROGRAM)})
"""Every feed of the contract by its name, in the contract's order."""

REQUIRED_FEEDS: tuple[str, ...] = tuple(feed.name for feed in FEEDS.values() if feed.is_required)
"""Feeds without which nothing can be built (a roster may stand for employees and job_history)."""
