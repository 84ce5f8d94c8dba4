"""What weekly lists tell of a job history, worked out person by person: slow, and close to the contract's words.

The lists name everybody who was employed since the list before, with the last day where it is over; so of an
employment they show the days of the lists in it, and its last day.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from tests.integration.span_oracle import ATTRIBUTES, HIRES

Row = dict[str, Any]


def told_by_lists(history: Sequence[Row], lists: Sequence[date]) -> list[Row]:
    """The rows of one person that come of comparing `lists`; `history` is in order, and every row states all."""
    told: list[Row] = []
    for rows in _employments(history):
        first, last = rows[0], rows[-1]
        start, end = first["effective_on"], last["effective_on"] if last["event"] == "termination" else None
        seen = seen_days(start, end, lists)
        counts_from = start
        if first["event"] == "rehire":  # the later of hired_on and the first list, if it is not over by then
            counts_from = max(start, seen[0])
        for before, day in pairwise([None, *seen]):
            state = _state(rows, day)
            if before is None:
                told.append(state | {"event": first["event"], "effective_on": counts_from})
            elif state != _state(rows, before):
                told.append(state | {"event": "job_change", "effective_on": day})
        if end is not None:
            told.append({**_state(rows, end), "event": "termination", "effective_on": end,
                         "separation_type": last["separation_type"]})  # fmt: skip
    return told


def seen_days(start: date, end: date | None, lists: Sequence[date]) -> list[date]:
    """The days of an employment that lists show."""
    listed = list(lists[bisect_left(lists, start) :])
    if end is None:
        return listed
    return [*(day for day in listed if day < end), end]


def _employments(history: Sequence[Row]) -> list[list[Row]]:
    found: list[list[Row]] = []
    for row in history:
        if not found or row["event"] in HIRES:
            found.append([])
        found[-1].append(row)
    return found


def _state(rows: Sequence[Row], day: date) -> Row:
    last = [row for row in rows if row["effective_on"] <= day][-1]
    return {name: last.get(name) for name in ATTRIBUTES}
