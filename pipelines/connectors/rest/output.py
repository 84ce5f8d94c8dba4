"""A feed that a source delivers, and what it is made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pipelines.connectors.rest.pull import fingerprint
from pipelines.connectors.rest.stream import Mode, Stream
from pipelines.feeds import FEEDS


@dataclass(frozen=True, slots=True)
class Output:
    """A feed of a source; `sql` where it takes any to make it of the streams."""

    feed: str
    mode: Mode
    streams: list[Stream]
    sql: str | None

    @property
    def definition(self) -> str:
        """Return what stands for how the feed is made."""
        return hashlib.sha256("".join([*map(fingerprint, self.streams), self.sql or ""]).encode()).hexdigest()[:16]

    @property
    def unit(self) -> tuple[str, ...]:
        """Return the columns that say which rows are replaced together."""
        contract = FEEDS[self.feed]
        if self.mode == "by_employee":
            return ("employee_id",)
        if self.sql is None and not set(contract.key) <= self.streams[0].columns.keys():
            return contract.natural_key
        return contract.key
