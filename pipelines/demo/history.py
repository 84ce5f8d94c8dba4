"""What the log of a world amounts to: employments on record and job events in order.

The log is written month by month without regard for what comes later in it; here events after somebody's last day, or
after the history ends, drop out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipelines.demo.dates import NEVER, Flags, Ints
from pipelines.demo.state import (
    BASELINE,
    HIRE,
    LEAVE_END,
    LEAVE_START,
    MANAGER,
    TERMINATION,
    Columns,
    Log,
    World,
)

CHANGE_NOTHING = (MANAGER, LEAVE_START, LEAVE_END, TERMINATION)
STATE_COLUMNS = ("tier", "site", "employment_class", "rate")


@dataclass(frozen=True)
class History:
    """One world, read from `world.log`.

    Arrays over employments are indexed by the employment's number.
    """

    world: World

    @property
    def log(self) -> Log:
        """The log that it is read from."""
        return self.world.log

    @cached_property
    def started_on(self) -> Ints:
        """First day of each employment."""
        return self.log.table("employments")["started_on"]

    @cached_property
    def last_day(self) -> Ints:
        """Last day of each employment; NEVER where it goes on at the end of the history."""
        table = self.log.table("separations")
        days = np.full(len(self.started_on), NEVER)
        days[table["employment"]] = table["last_day"]
        return np.where(days <= self.world.organisation.window_end, days, NEVER)

    @cached_property
    def is_on_record(self) -> Flags:
        """Whether the employment reaches into the history at all."""
        organisation = self.world.organisation
        reaches = self.last_day >= organisation.window_start
        return reaches & (self.started_on <= organisation.window_end)

    @cached_property
    def has_known_start(self) -> Flags:
        """Whether the hire lies within the history."""
        return self.started_on >= self.world.organisation.window_start

    def during_employment(self, table: str, day: str, *, from_window: bool = True) -> Columns:
        """Rows of a log table whose `day` somebody on record was employed, and the history reaches."""
        rows = self.log.table(table)
        employment, days = rows["employment"], rows[day]
        organisation = self.world.organisation
        keep = self.is_on_record[employment] & (days <= np.minimum(self.last_day[employment], organisation.window_end))
        keep &= (days >= self.started_on[employment]) & ((days >= organisation.window_start) | (not from_window))
        return {name: values[keep] for name, values in rows.items()}

    @cached_property
    def jobs(self) -> Columns:
        """Job events by employment and time, with the state after each; first a hire, or the first day on record."""
        rows = self.during_employment("jobs", "day")
        started_on = self.started_on[rows["employment"]]
        keep = (rows["kind"] != HIRE) | (rows["day"] == started_on)
        keep &= (rows["kind"] == HIRE) | (rows["kind"] == TERMINATION) | (rows["day"] > started_on)
        keep |= rows["kind"] == BASELINE
        rows = {name: values[keep] for name, values in rows.items()}
        order = np.lexsort((rows["kind"], rows["day"], rows["employment"]))
        rows = {name: values[order] for name, values in rows.items()}
        # Some events are logged before others of their month that come first: what they do not change is what it was
        # after the row before.
        place = np.arange(len(order))
        standing = np.maximum.accumulate(np.where(np.isin(rows["kind"], CHANGE_NOTHING), 0, place))
        return {name: values[standing] if name in STATE_COLUMNS else values for name, values in rows.items()}

    @cached_property
    def job_ends(self) -> Ints:
        """For each row of `jobs`, the first day on which it no longer describes the employment."""
        jobs = self.jobs
        is_last = np.append(jobs["employment"][1:] != jobs["employment"][:-1], True)
        following = np.append(jobs["day"][1:], 0)
        end = np.minimum(self.last_day[jobs["employment"]], self.world.organisation.window_end) + 1
        return np.where(is_last | (jobs["kind"] == TERMINATION), end, following)
