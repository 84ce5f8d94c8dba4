"""Who sits where in one world, and the log of what happened to them.

State arrays have one entry a seat and describe its present occupant. Days are numbers (see dates); NEVER and
ALWAYS stand for what has not happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.demo.dates import ALWAYS, NEVER, Flags, Floats, Ints
from pipelines.demo.ladder import ASKED_COMPETENCY, EVALUATION_MONTHS, ITEMS, LIMITED, OUTSIDE
from pipelines.demo.organisation import Organisation
from pipelines.demo.parameters import Scenario

# Kinds of job event in the order in which they stand on one day.
(HIRE, BASELINE, RECLASSIFIED, MANAGER, MERIT, LEAVE_END, CLASS, TRANSFER, PROMOTION, LATERAL, DEMOTION) = range(11)
LADDER_EXIT, LEAVE_START, TERMINATION = 11, 12, 13
VOLUNTARY, INVOLUNTARY, OTHER = range(3)

Columns = dict[str, NDArray[Any]]


class Log:
    """Events gathered as arrays, table by table, and handed out as one array a column."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Columns]] = {}

    def add(self, table: str, **columns: NDArray[Any]) -> None:
        """Keep these rows; every call for a table brings the same columns, of one length."""
        self._parts.setdefault(table, []).append(columns)

    def table(self, name: str) -> Columns:
        """All rows of a table that has rows, in the order in which they were added."""
        parts = self._parts[name]
        return {column: np.concatenate([part[column] for part in parts]) for column in parts[0]}

    def copy(self) -> Log:
        """A log that goes its own way from here on; the rows so far are shared."""
        twin = Log()
        twin._parts = {name: list(parts) for name, parts in self._parts.items()}
        return twin


@dataclass(slots=True)
class State:
    """The occupant of every seat."""

    employment: Ints
    vacant_since: Ints
    started_on: Ints
    site: Ints
    tier: Ints
    tier_since: Ints
    employment_class: Ints
    rate: Floats
    ambition: Floats
    ability: Floats
    is_clinical: Flags
    mentored_on: Ints
    back_from_leave: Ints
    certified_on: Ints
    certified_until: Ints
    # Where a lapsed certificate's next cycle would have ended.
    cycle_ends: Ints
    # By item (see ladder.ITEMS): the latest pass, the first day on which it no longer holds, the latest assignment.
    passed_on: Ints
    passed_until: Ints
    assigned_on: Ints
    # By month of the moving average.
    score_sums: Floats
    score_counts: Floats
    # By competency that is asked for by name: the latest score.
    asked_scores: Floats
    # Months in a row in which all that the next tier asks for was met.
    months_ready: Ints
    # By limited tier, and site instead of seat.
    requisition_since: Ints
    employments: int = 0

    @property
    def is_employed(self) -> Flags:
        """Whether somebody sits there."""
        return self.employment >= 0

    @property
    def is_on_ladder(self) -> Flags:
        """Whether somebody in a tier sits there."""
        return self.tier >= 0

    def clear(self, seats: Ints, vacant_since: Ints) -> None:
        """Empty these seats, as if nobody had ever sat there."""
        for name, value in _VACANT.items():
            getattr(self, name)[..., seats] = value
        self.vacant_since[seats] = vacant_since

    def copy(self) -> State:
        """The same state in arrays of its own."""
        return State(
            **{name: getattr(self, name).copy() for name in _VACANT},
            requisition_since=self.requisition_since.copy(),
            employments=self.employments,
        )


# What an empty seat holds; the value's type is the array's.
_VACANT: dict[str, int | float | bool] = {
    "employment": -1,
    "vacant_since": ALWAYS,
    "started_on": NEVER,
    "site": -1,
    "tier": OUTSIDE,
    "tier_since": NEVER,
    "employment_class": 0,
    "rate": 0.0,
    "ambition": 0.0,
    "ability": 0.0,
    "is_clinical": False,
    "mentored_on": NEVER,
    "back_from_leave": ALWAYS,
    "certified_on": NEVER,
    "certified_until": ALWAYS,
    "cycle_ends": ALWAYS,
    "passed_on": NEVER,
    "passed_until": ALWAYS,
    "assigned_on": ALWAYS,
    "score_sums": 0.0,
    "score_counts": 0.0,
    "asked_scores": 0.0,
    "months_ready": 0,
}
_ROWS = {
    **dict.fromkeys(("passed_on", "passed_until", "assigned_on"), len(ITEMS)),
    **dict.fromkeys(("score_sums", "score_counts"), EVALUATION_MONTHS),
    "asked_scores": len(ASKED_COMPETENCY),
}


def empty_state(organisation: Organisation) -> State:
    """Every seat vacant for as long as anybody can remember."""
    seats = len(organisation.seat_site)
    arrays: dict[str, Any] = {}
    for name, value in _VACANT.items():
        shape = (_ROWS[name], seats) if name in _ROWS else (seats,)
        arrays[name] = np.full(shape, value, dtype=np.int64 if type(value) is int else type(value))
    return State(**arrays, requisition_since=np.full((len(LIMITED), organisation.sites), NEVER))


@dataclass(slots=True)
class World:
    """One run of history: with the program or without it, up to the month simulated last."""

    scenario: Scenario
    organisation: Organisation
    has_program: bool
    state: State
    log: Log

    def fork(self, *, has_program: bool) -> World:
        """The same past, going on with or without the program."""
        return World(
            scenario=self.scenario,
            organisation=self.organisation,
            has_program=has_program,
            state=self.state.copy(),
            log=self.log.copy(),
        )

    def is_treated(self, sites: Ints, day: int) -> Flags:
        """Whether the program runs at these sites on `day`."""
        return self.has_program & (self.organisation.program_start[sites] <= day)

    def log_jobs(self, seats: Ints, days: Ints, kind: int) -> None:
        """Log a job event with the occupants' state after it."""
        state = self.state
        self.log.add(
            "jobs",
            employment=state.employment[seats],
            day=days,
            kind=np.full(len(seats), kind, np.int64),
            tier=state.tier[seats],
            site=state.site[seats],
            employment_class=state.employment_class[seats],
            rate=state.rate[seats],
        )


@dataclass(frozen=True, slots=True)
class Month:
    """The calendar month being simulated: counted from January 1970, with its first and last day."""

    number: int
    first: int
    last: int
    is_burn_in: bool

    @property
    def of_year(self) -> int:
        """0 for January to 11."""
        return self.number % 12
