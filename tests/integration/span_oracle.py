"""What a job history comes to, worked out row by row and day by day: slow, and as close to the contract's words as
possible. The models do the same in sets; tests compare the two.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Row = Mapping[str, Any]
Crosswalk = Sequence[tuple[str, date | None, str | None]]  # job_code, effective_on, tier

DAY = timedelta(days=1)
ATTRIBUTES = ("job_code", "site_id", "manager_id", "employment_class", "fte", "hourly_rate")
HIRES = ("hire", "rehire")
MONTH = timedelta(days=31)
NO_SEPARATION = frozenset({"transfer", "no show"})
"""Reasons that end a record and not an employment."""


@dataclass
class Employment:
    """One employment; `days` is the state of each of its days up to as_of_on."""

    employee: str
    number: int
    started_on: date
    start_event: str
    ended_on: date | None = None
    separation_type: str | None = None
    changes: list[tuple[date, dict[str, Any]]] = field(default_factory=list)
    days: dict[date, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class TierSpell:
    """As in core.fct_tier_spells."""

    employee: str
    employment_number: int
    tier: str
    started_on: date
    ended_on: date | None
    start_reason: str
    end_reason: str
    next_tier: str | None


def employments(employee: str, rows: Sequence[Row], crosswalk: Crosswalk, as_of_on: date) -> list[Employment]:
    """Walk through one person's rows, in order, and lay out the days of each employment."""
    found: list[Employment] = []
    current: Employment | None = None
    was_employed = False
    last_day: date | None = None
    rows = [row for row in rows if row["effective_on"] <= as_of_on]
    dropped: set[int] = set()
    absences: list[tuple[Employment, date, date]] = []
    for n, row in enumerate(rows):
        day, event = row["effective_on"], row["event"]
        if current is None:
            dropped |= _never_began(rows, n)
        if n in dropped:
            continue
        counts_on = day
        if day == last_day:
            if event not in HIRES:
                continue
            counts_on = day + DAY
            if counts_on > as_of_on:
                continue
        if current is None:
            if event not in HIRES and (event != "job_change" or was_employed):
                continue
            start_event = event if event in HIRES else "unknown"
            current = Employment(employee, len(found) + 1, counts_on, start_event)
            found.append(current)
            was_employed = True
            state: dict[str, Any] = dict.fromkeys(ATTRIBUTES) | {"employment_class": "unknown", "on_leave": False}
        stated = {name: row[name] for name in ATTRIBUTES if row.get(name) is not None}
        state = state | stated | {"leave_start": {"on_leave": True}, "leave_end": {"on_leave": False}}.get(event, {})
        current.changes.append((counts_on, state))
        back_on = _back_on(rows, n)
        if back_on:
            absences.append((current, day + DAY, back_on))
        elif event == "termination":
            current.ended_on = day + DAY
            current.separation_type = "other" if _is_bookkeeping(row) else row.get("separation_type") or "unknown"
            current = None
            last_day = day
    for employment in found:
        _lay_out(employment, crosswalk, as_of_on)
    for employment, first, end in absences:
        for day in _days(first, end):
            if day in employment.days:
                employment.days[day] |= {"on_leave": True}
    return found


def _is_bookkeeping(row: Row) -> bool:
    return row["event"] == "termination" and str(row.get("reason")).lower() in NO_SEPARATION


def _back_on(rows: Sequence[Row], n: int) -> date | None:
    """The day of the hire for which a termination ends nothing; its own where they share one."""
    day = rows[n]["effective_on"]
    if not _is_bookkeeping(rows[n]):
        return None
    if any(row["event"] in HIRES and row["effective_on"] == day for row in rows):
        return day
    later = [row["effective_on"] for row in rows[n + 1 :] if row["event"] in HIRES]
    return later[0] if later and later[0] <= day + MONTH else None


def _never_began(rows: Sequence[Row], n: int) -> set[int]:
    """Which rows from the n-th on, of somebody not employed, tell of an employment that never was."""
    day = rows[n]["effective_on"]
    today = [m for m in range(len(rows)) if rows[m]["effective_on"] == day]
    if n == today[0] and _is_mixed(rows, day):
        hires = [m for m in today if rows[m]["event"] in HIRES]
        last = max(hires[0], *(m for m in today if _is_bookkeeping(rows[m])))
        real = [m for m in hires if m > last]
        return set(range(n, real[0] if real else today[-1] + 1))
    if not _is_bookkeeping(rows[n]) or _is_mixed(rows, day) or n + 1 == len(rows) or not _back_on(rows, n):
        return set()
    hired_on = rows[n + 1]["effective_on"]
    is_hire = rows[n + 1]["event"] in HIRES and hired_on > day and not _is_mixed(rows, hired_on)
    is_last_word = n + 2 == len(rows) or rows[n + 2]["event"] in HIRES
    left_lately = any(
        row["event"] == "termination" and not _is_bookkeeping(row) and row["effective_on"] >= day - MONTH
        for row in rows[:n]
    )
    return {n, n + 1} if is_hire and is_last_word and not left_lately else set()


def _is_mixed(rows: Sequence[Row], day: date) -> bool:
    today = [row for row in rows if row["effective_on"] == day]
    return (
        any(row["event"] in HIRES for row in today)
        and any(_is_bookkeeping(row) for row in today)
        and all(_is_bookkeeping(row) for row in today if row["event"] == "termination")
    )


def _lay_out(employment: Employment, crosswalk: Crosswalk, as_of_on: date) -> None:
    for day in _days(employment.started_on, employment.ended_on or as_of_on + DAY):
        state = [state for since, state in employment.changes if since <= day][-1]
        employment.days[day] = state | {"tier": tier_on(state["job_code"], day, crosswalk)}


def tier_on(job_code: str | None, day: date, crosswalk: Crosswalk) -> str | None:
    """The tier that the crosswalk gives a job code on a day."""
    entries = [
        (since or date.min, tier) for code, since, tier in crosswalk if code == job_code and (since or date.min) <= day
    ]
    return max(entries, key=lambda entry: entry[0])[1] if entries else None


def _days(first: date, end: date) -> Iterator[date]:
    for n in range((end - first).days):
        yield first + n * DAY


def job_spells(employment: Employment) -> list[tuple[date, date | None, dict[str, Any]]]:
    """Runs of days in the same state."""
    starts = [day for day, state in employment.days.items() if employment.days.get(day - DAY) != state]
    ends = [*starts[1:], employment.ended_on]
    return [(start, end, employment.days[start]) for start, end in zip(starts, ends, strict=True)]


def tier_spells(employment: Employment, ranks: Mapping[str, int]) -> list[TierSpell]:
    """Runs of days in the same tier, with how each began and ended."""
    days = employment.days
    starts = [day for day in days if day - DAY not in days or days[day]["tier"] != days[day - DAY]["tier"]]
    ends = [*starts[1:], employment.ended_on]
    moves = {day: _move(days[day - DAY], days[day], ranks) for day in starts[1:]}
    spells = []
    for start, end in zip(starts, ends, strict=True):
        if days[start]["tier"] is None:
            continue
        if start == employment.started_on:
            start_reason = {"hire": "hired", "rehire": "rehired"}.get(employment.start_event, "unknown")
        else:
            start_reason = "entered_ladder" if days[start - DAY]["tier"] is None else moves[start]
        last_reason = "open" if end is None else f"separated_{employment.separation_type}"
        end_reason = moves.get(end, last_reason)
        next_tier = days[end]["tier"] if end in moves else None
        spells.append(
            TierSpell(
                employment.employee,
                employment.number,
                days[start]["tier"],
                start,
                end,
                start_reason,
                end_reason,
                next_tier,
            )
        )
    return spells


def _move(before: Mapping[str, Any], after: Mapping[str, Any], ranks: Mapping[str, int]) -> str:
    if before["job_code"] == after["job_code"]:
        return "reclassified"
    if after["tier"] is None:
        return "left_ladder"
    if before["tier"] is None:
        return "entered_ladder"
    difference = ranks[after["tier"]] - ranks[before["tier"]]
    return "promoted" if difference > 0 else "demoted" if difference < 0 else "lateral"


def headcount_walk(
    found: Iterable[Employment], ranks: Mapping[str, int], as_of_on: date
) -> dict[tuple[Any, ...], Counter[str]]:
    """The walk by (month, site, tier, class), from a list of who was where on each day."""
    walk: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    for employment in found:
        spells = tier_spells(employment, ranks)
        started = {spell.started_on: spell.start_reason for spell in spells}
        ended = {spell.ended_on: spell.end_reason for spell in spells}
        for day in employment.days:
            cell, before, after = (_cell(employment.days.get(day + n * DAY)) for n in (0, -1, 1))
            is_last_day = day + DAY == employment.ended_on
            if cell:
                here = walk[(day.replace(day=1), *cell)]
                here["person_days"] += 1
                if cell != before:
                    here[_arrival(started.get(day))] += 1
                if is_last_day:
                    here["separations_" + str(employment.separation_type)] += 1
                elif day == as_of_on or (day + DAY).day == 1:
                    here["closing"] += 1
                if (day + DAY).day == 1 and not is_last_day and day < as_of_on:
                    walk[(day + DAY, *cell)]["opening"] += 1
                if not is_last_day and day < as_of_on and cell != after:
                    out = "promotions_out" if ended.get(day + DAY) == "promoted" else "other_moves_out"
                    walk[((day + DAY).replace(day=1), *cell)][out] += 1
    return walk


def _cell(state: Mapping[str, Any] | None) -> tuple[Any, ...] | None:
    if state is None or state["tier"] is None:
        return None
    return (state["site_id"], state["tier"], state["employment_class"])


def _arrival(start_reason: str | None) -> str:
    if start_reason in ("hired", "rehired", "unknown"):
        return "hires"
    return "promotions_in" if start_reason == "promoted" else "other_moves_in"
