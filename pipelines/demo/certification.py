"""Exams, certificates and their cycles of two years."""

from __future__ import annotations

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.dates import ALWAYS, NEVER, Flags, Ints, add_months
from pipelines.demo.draws import Draws, lognormal
from pipelines.demo.state import Month, World

CYCLE_MONTHS = 24
FIRST, RENEWED, REINSTATED, ANEW = range(4)


def certify_hires(world: World, u: Draws, seats: Ints, hired_on: Ints, is_certified: Flags) -> None:
    """Settle on the day of hire when, if ever, each becomes certified; whoever leaves before that never does."""
    state = world.state
    since = hired_on - 20 - np.floor(680 * u["certified_since"][seats]).astype(np.int64)
    certified_on = np.where(is_certified, since, _sit_exams(world, u, seats, hired_on, ~is_certified))
    certified_on[world.organisation.is_manager_seat[seats]] = NEVER
    until = add_months(certified_on, CYCLE_MONTHS)
    state.certified_on[seats] = certified_on
    state.certified_until[seats] = np.where(certified_on < NEVER, until, ALWAYS)
    state.cycle_ends[seats] = ALWAYS
    log_cycles(world, seats[certified_on < NEVER], certified_on[certified_on < NEVER], FIRST)


def _sit_exams(world: World, u: Draws, seats: Ints, hired_on: Ints, sits: Flags) -> Ints:
    """Days on which the first pass of up to three attempts falls; NEVER without one. Logs the attempts."""
    months = lognormal(u["first_exam"][seats], p.FIRST_EXAM_MEDIAN_MONTHS, p.FIRST_EXAM_SIGMA)
    day = hired_on + np.maximum(7, np.floor(months * p.DAYS_A_MONTH)).astype(np.int64)
    passed_on = np.full(len(seats), NEVER)
    sits = sits & (u["never_sits"][seats] >= p.NEVER_SITS) & ~world.organisation.is_manager_seat[seats]
    for attempt, rate in enumerate(p.PASS_RATES, start=1):
        passes = u[f"pass_{attempt}"][seats] < rate
        world.log.add(
            "exams",
            employment=world.state.employment[seats][sits],
            day=day[sits],
            attempt=np.full(int(sits.sum()), attempt),
            has_passed=passes[sits],
            luck=u[f"pass_{attempt}"][seats][sits],
        )
        passed_on = np.where(sits & passes, day, passed_on)
        if attempt < len(p.PASS_RATES):
            sits = sits & ~passes & (u[f"tries_{attempt + 1}"][seats] < p.RETAKES)
            wait = p.RETAKE_WAIT_DAYS + lognormal(u[f"retake_{attempt}"][seats], p.RETAKE_MEDIAN_DAYS, 0.5)
            day = day + np.floor(wait).astype(np.int64)
    return passed_on


def log_cycles(world: World, seats: Ints, issued_on: Ints, kind: int) -> None:
    """Log cycles that end when these occupants' certificates now do."""
    world.log.add(
        "cycles",
        employment=world.state.employment[seats],
        issued_on=issued_on,
        expires_on=world.state.certified_until[seats],
        kind=np.full(len(seats), kind),
    )


def renew(world: World, month: Month, u: Draws) -> None:
    """Renew what expires this month, or let it lapse; reinstate some of what lapsed within the year.

    A reinstated certificate gets only the rest of the cycle that it missed. Whoever is still there when the year for
    that is over sits the exam again: nobody works on for years with a certificate that lapsed.
    """
    state = world.state
    is_due = state.is_employed & (state.certified_until >= month.first) & (state.certified_until <= month.last)
    renews = u["renewal"] < p.RENEWS_ON_TIME
    seats = np.flatnonzero(is_due & renews)
    expired = state.certified_until[seats]
    state.certified_until[seats] = add_months(expired, CYCLE_MONTHS)
    log_cycles(world, seats, expired + 1, RENEWED)
    lapsing = np.flatnonzero(is_due & ~renews)
    state.cycle_ends[lapsing] = add_months(state.certified_until[lapsing], CYCLE_MONTHS)

    is_lapsed = (state.cycle_ends > ALWAYS) & (state.certified_until < month.first)
    is_late = state.certified_until > month.first - 365
    back = np.flatnonzero(state.is_employed & is_lapsed & is_late & (u["renewal"] < p.REINSTATED_A_MONTH))
    days = month.first + np.floor(28 * u["renewal"][back] / p.REINSTATED_A_MONTH).astype(np.int64)
    state.certified_on[back] = days
    state.certified_until[back] = state.cycle_ends[back]
    state.cycle_ends[back] = ALWAYS
    log_cycles(world, back, days, REINSTATED)

    is_over = state.is_employed & is_lapsed & ~is_late
    again = np.flatnonzero(is_over & (u["renewal"] < p.CERTIFIED_ANEW_A_MONTH))
    days = month.first + np.floor(28 * u["renewal"][again] / p.CERTIFIED_ANEW_A_MONTH).astype(np.int64)
    state.certified_on[again] = days
    state.certified_until[again] = add_months(days, CYCLE_MONTHS)
    state.cycle_ends[again] = ALWAYS
    log_cycles(world, again, days, ANEW)
