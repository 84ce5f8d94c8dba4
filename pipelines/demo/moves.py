"""Everything else that happens in a job: merit raises, leaves, transfers, class changes, moves off the path."""

from __future__ import annotations

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.dates import ALWAYS, Flags, Ints
from pipelines.demo.draws import Draws, lognormal
from pipelines.demo.ladder import C1, OUTSIDE, T1, T2, T3
from pipelines.demo.state import (
    CLASS,
    DEMOTION,
    LADDER_EXIT,
    LATERAL,
    LEAVE_END,
    LEAVE_START,
    MERIT,
    RECLASSIFIED,
    TRANSFER,
    Month,
    World,
)

INFUSION = p.SITE_TYPES.index("infusion")
SECOND_HALF = 15


def raise_pay(world: World, month: Month, u: Draws) -> None:
    """Merit raises on the first day of April, about 3 %, for all who have been there for three months."""
    state = world.state
    if month.of_year != p.MERIT_MONTH - 1:
        return
    seats = np.flatnonzero(state.is_employed & (state.started_on < month.first - 90))
    growth = 1 + p.MERIT_RATE * (0.5 + u["merit"][seats])
    state.rate[seats] = np.round(state.rate[seats] * growth, 2)
    world.log_jobs(seats, np.full(len(seats), month.first), MERIT)


def reclassify(world: World, month: Month) -> None:
    """Half-way through, infusion technicians II are counted as clinical from then on: the crosswalk changes, no job."""
    if month.number != reclassified_month(world):
        return
    state = world.state
    is_infusion = state.is_employed & (world.organisation.site_type[state.site] == INFUSION)
    seats = np.flatnonzero(is_infusion & (state.tier == T2))
    state.tier[seats] = C1
    world.log_jobs(seats, np.full(len(seats), month.first), RECLASSIFIED)


def reclassified_month(world: World) -> int:
    """The month, counted from January 1970, on whose first day the crosswalk changes."""
    return (world.organisation.first_month + world.organisation.last_month + 1) // 2


def go_on_leave(world: World, month: Month, u: Draws, leaves_on: Ints) -> None:
    """Leaves of two months or so; the way back is logged with them."""
    state = world.state
    day = month.first + np.floor(28 * u["leave_day"]).astype(np.int64)
    is_away = state.is_employed & (u["leave"] < p.LEAVES_A_YEAR / 12) & (state.back_from_leave == ALWAYS)
    seats = np.flatnonzero(is_away & (day > state.started_on) & (day < leaves_on))
    back = day[seats] + 7 + np.floor(lognormal(u["leave_days"][seats], 56, 0.5)).astype(np.int64)
    state.back_from_leave[seats] = back
    world.log_jobs(seats, day[seats], LEAVE_START)
    world.log_jobs(seats, back, LEAVE_END)


def move(world: World, month: Month, u: Draws, leaves_on: Ints, was_promoted: Flags) -> None:
    """One move at most for those who were not promoted, in the second half of the month."""
    state, organisation = world.state, world.organisation
    day = month.first + SECOND_HALF + np.floor(12 * u["move_day"]).astype(np.int64)
    is_there = state.is_on_ladder & ~was_promoted & (day > state.started_on) & (day < leaves_on)
    edges = np.cumsum([p.LATERALS_A_YEAR, p.DEMOTIONS_A_YEAR, p.LADDER_EXITS_A_YEAR]) / 12
    lot = np.searchsorted(edges, u["move"], side="right")

    def settle(mask: Flags, kind: int, tiers: Ints | int) -> None:
        seats = np.flatnonzero(mask)
        state.tier[seats] = tiers
        state.tier_since[seats] = day[seats]
        world.log_jobs(seats, day[seats], kind)

    tier = state.tier.copy()
    settle(is_there & (lot == 0) & (tier == T3), LATERAL, C1)
    is_demoted = is_there & (lot == 1) & ((tier == T2) | (tier == T3))
    settle(is_demoted, DEMOTION, np.where(tier == T3, T2, T1)[is_demoted])
    settle(is_there & (lot == 2) & (tier != T1), LADDER_EXIT, OUTSIDE)

    is_free = is_there & (lot == len(edges))
    if organisation.sites > 1:
        other = np.floor((organisation.sites - 1) * u["transfer_to"]).astype(np.int64)
        other += other >= state.site
        goes = is_free & (u["transfer"] < p.TRANSFERS_A_YEAR / 12)
        seats = np.flatnonzero(goes)
        state.site[seats] = other[seats]
        world.log_jobs(seats, day[seats], TRANSFER)
        is_free &= ~goes
    seats = np.flatnonzero(is_free & (u["class_change"] < p.CLASS_CHANGES_A_YEAR / 12))
    now = state.employment_class[seats]
    state.employment_class[seats] = np.where(now == 0, 1, 0)
    world.log_jobs(seats, day[seats], CLASS)
