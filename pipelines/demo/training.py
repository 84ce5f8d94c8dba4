"""Courses that decide about promotions: the next tier's, the site's, and requalification."""

from __future__ import annotations

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.dates import ALWAYS, NEVER, Flags, Floats, Ints, add_months
from pipelines.demo.draws import Draws, lognormal
from pipelines.demo.ladder import HISTORY, IMMUNIZATION, ITEM_FOR, ITEM_MONTHS, OUTSIDE, STERILE
from pipelines.demo.promotions import next_tiers
from pipelines.demo.state import Month, World

# A lapsing skill is assigned again so many days before its last one.
REQUALIFY_AHEAD_DAYS = 35
# Site types whose technicians all need aseptic technique sooner or later: hospital and infusion.
STERILE_TYPES = np.array([False, True, False, True])
ASSIGNED_AGAIN_AFTER_DAYS = 75


def latencies(uniform: Floats) -> Ints:
    """Days from assignment to completion: lognormal, a spike in the last three days, some NEVER."""
    spike = (uniform - p.NEVER_COMPLETES) / p.LAST_MINUTE_SHARE
    plain = (uniform - p.NEVER_COMPLETES - p.LAST_MINUTE_SHARE) / (1 - p.NEVER_COMPLETES - p.LAST_MINUTE_SHARE)
    slow = np.floor(lognormal(np.clip(plain, 0, 1 - 1e-9), p.LATENCY_MEDIAN_DAYS, p.LATENCY_SIGMA))
    days = np.where(spike < 1, p.DUE_DAYS - np.floor(3 * np.clip(spike, 0, 1)), slow).astype(np.int64)
    return np.where(uniform < p.NEVER_COMPLETES, NEVER, days)


def train(world: World, month: Month, u: Draws) -> None:
    """Assign this month's courses and settle when they are completed and passed."""
    state = world.state
    # The day of the month on which a seat's courses are assigned.
    day = month.first + np.arange(len(state.tier)) % 25
    is_there = state.is_on_ladder & (state.started_on < month.first) & (state.back_from_leave < month.first)

    target = next_tiers(world)
    item = ITEM_FOR[target]
    lacks = state.passed_until[item, np.arange(len(item))] == ALWAYS
    wanted = is_there & (target != OUTSIDE) & lacks & (u["next_course"] < p.NEXT_COURSE_HAZARD)
    seats = np.flatnonzero(wanted)
    _assign(world, seats, item[seats], day, u["latency_next"], u["passed_next"])

    needs_sterile = STERILE_TYPES[world.organisation.site_type[state.site]]
    lacks = state.passed_until[STERILE] == ALWAYS
    seats = np.flatnonzero(is_there & needs_sterile & lacks & (u["role_course"] < p.STERILE_HAZARD))
    _assign(world, seats, np.full(len(seats), STERILE), day, u["latency_role"], u["passed_role"])

    for item, name in ((STERILE, "sterile"), (IMMUNIZATION, "immunization"), (HISTORY, "history")):
        until = state.passed_until[item]
        is_lapsing = (until > ALWAYS) & (until <= month.last + REQUALIFY_AHEAD_DAYS)
        seats = np.flatnonzero(is_there & is_lapsing)
        _assign(world, seats, np.full(len(seats), item), day, u[f"latency_{name}"], u[f"passed_{name}"])


def _assign(world: World, seats: Ints, items: Ints, day: Ints, latency: Floats, luck: Floats) -> None:
    """Assign a course each to seats that have it not on their list already."""
    state = world.state
    is_free = state.assigned_on[items, seats] < day[seats] - ASSIGNED_AGAIN_AFTER_DAYS
    seats, items = seats[is_free], items[is_free]
    assigned_on = day[seats]
    takes = latencies(latency[seats])
    completed_on = np.where(takes < NEVER, assigned_on + takes, NEVER)
    chance = luck[seats] / p.COURSE_FAIL_SHARE
    fails = (chance < 1) & (completed_on < NEVER)
    # A failed course is taken again one to three weeks later; one in ten of those is not.
    again_on = np.where(fails & (chance > 0.1), completed_on + 7 + np.floor(14 * chance).astype(np.int64), NEVER)
    passed_on = np.where(fails, again_on, completed_on)
    was_requalification = state.passed_until[items, seats] > ALWAYS
    state.assigned_on[items, seats] = assigned_on
    done = passed_on < NEVER
    # The old pass is given up a little early here where the new one is still to come: nobody is promoted on
    # a skill that a reader of the exports would not find valid.
    state.passed_on[items[done], seats[done]] = passed_on[done]
    state.passed_until[items[done], seats[done]] = add_months(passed_on[done], ITEM_MONTHS[items[done]])
    failed = fails & ~done
    state.passed_on[items[failed], seats[failed]] = NEVER
    log_training(world, seats, items, was_requalification, assigned_on, completed_on, ~fails, again_on)


def log_training(
    world: World,
    seats: Ints,
    items: Ints,
    is_requalification: Flags,
    assigned_on: Ints,
    completed_on: Ints,
    has_passed: Flags,
    again_on: Ints,
) -> None:
    """Log assignments and how they end: the day of a first try, whether it passed, the day of a second, passed one."""
    world.log.add(
        "training",
        employment=world.state.employment[seats],
        item=items,
        is_requalification=is_requalification,
        assigned_on=assigned_on,
        completed_on=completed_on,
        has_passed=has_passed,
        again_on=again_on,
    )
