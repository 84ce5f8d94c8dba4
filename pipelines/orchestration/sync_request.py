"""What a sync is asked for, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from pipelines import landing, publishing
from pipelines.orchestration.meant import Meant

if TYPE_CHECKING:  # a sync of files alone does without any HTTP library
    from pipelines.orchestration.pulls import PulledSource

Progress = Callable[[str, float, float | None], None]
"""Called with (what is being done, how much is done, of how much or None)."""


class SyncError(Exception):
    """A sync that cannot go on; the message says what to do. What is published stays as it was."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A source's options and the folder its exports are dropped in."""

    options: landing.SourceOptions
    folder: Path


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """What to sync.

    `as_of_on` is the last day that counts; None for the last one that every HR source covers. `known_at_seq` leaves out
    batches that landed later. `configuration` holds, as JSON, every setting that can change a number. `keep_releases`
    counts releases. `configured_pulls` are the (source, feed) of all sources that are pulled, whether now or not; None
    where they were not looked at. `meant` is what would stop the sync if nobody had said that it is meant.
    """

    data_dir: Path
    drops: Sequence[Drop]
    as_of_on: date | None
    known_at_seq: int | None
    employee_key: SecretStr | None
    configuration: bytes
    keep_releases: int
    memory_limit: str
    pulled: Sequence[PulledSource] = ()
    configured_pulls: Collection[tuple[str, str]] | None = None
    meant: Meant = field(default_factory=Meant)


@dataclass(slots=True)
class SyncOutcome:
    """How a sync ended. `release` is None when there was nothing to publish; `seconds` is time by step."""

    deliveries: list[landing.Outcome] = field(default_factory=list[landing.Outcome])
    unmatched: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    release: publishing.Release | None = None
    failed_checks: list[publishing.CheckRow] = field(default_factory=list[publishing.CheckRow])
    seconds: dict[str, float] = field(default_factory=dict[str, float])
