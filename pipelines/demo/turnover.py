"""Mentorships that begin and people who leave, each on a day of its own.

A hazard runs through the month by days, and changes on the very day on which a mentorship begins: exposure counted
in whole months would itself look like an effect.
"""

from __future__ import annotations

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.dates import NEVER, Flags, Floats, Ints
from pipelines.demo.draws import Draws
from pipelines.demo.ladder import T2, T3
from pipelines.demo.state import INVOLUNTARY, OTHER, TERMINATION, VOLUNTARY, Month, World


def first_day(since: Ints, last: int, rate: Floats, patience: Floats, change_on: Ints, ratio: float) -> Ints:
    """The day on which a hazard uses up somebody's patience; NEVER when not by `last`.

    Args:
        since: first day at risk. last: last day at risk.
        rate: hazard a day. change_on: from this day on it is `ratio` times as high.
        patience: standard exponential deviates.
    """
    before = np.clip(change_on, since, last + 1) - since
    used = rate * before
    with np.errstate(divide="ignore", invalid="ignore"):
        days = np.where(patience < used, patience / rate, before + (patience - used) / (rate * ratio))
    day = since + np.floor(np.minimum(days, 1000)).astype(np.int64)
    return np.where(day <= last, day, NEVER)


def quit_rates(world: World, month: Month, tenure: Floats) -> Floats:
    """Chance a day of quitting, mentoring apart."""
    state, organisation, scenario = world.state, world.organisation, world.scenario
    rate = p.QUIT_HAZARDS[np.searchsorted(p.QUIT_EDGES, tenure, side="right")] / p.DAYS_A_MONTH
    rate = rate * p.QUIT_SEASONS[month.of_year] * organisation.quit_factor[state.site]
    if scenario.ambition:
        weight = p.AMBITION_ON_QUITS
        rate *= p.QUIT_LEVEL_WITH_AMBITION * np.exp(weight * state.ambition - weight**2 / 2)
    else:
        rate *= p.QUIT_LEVEL
    middle = (organisation.first_month + organisation.last_month) / 2
    rate *= (1 + scenario.yearly_trend) ** ((max(month.number, organisation.first_month) - middle) / 12)
    rate[organisation.is_manager_seat] *= p.MANAGER_QUIT_FACTOR
    rate[world.is_treated(state.site, month.first) & state.is_on_ladder] *= scenario.effect
    return rate


def separate(world: World, month: Month, u: Draws) -> Ints:
    """Begin mentorships, let people leave; last days worked, NEVER for those who stay the month."""
    state = world.state
    since = np.maximum(state.started_on, month.first)
    tenure = (since + month.last) / 2 - state.started_on
    tenure[~state.is_employed] = 0
    quit_rate = np.where(state.is_employed, quit_rates(world, month, tenure), 0)
    dismissal_rate = p.DISMISSAL_HAZARDS[np.searchsorted(p.DISMISSAL_EDGES, tenure, side="right")]
    dismissal_rate = np.where(state.is_employed, dismissal_rate / p.DAYS_A_MONTH, 0)
    never = np.full(len(since), NEVER)
    dismissed_on = first_day(since, month.last, dismissal_rate, -np.log1p(-u["dismissal"]), never, 1.0)

    def quits() -> Ints:
        return first_day(
            since, month.last, quit_rate, -np.log1p(-u["quit"]), state.mentored_on, world.scenario.mentoring_effect
        )

    _begin_mentorships(world, month, u, since, tenure, stays=np.minimum(quits(), dismissed_on) == NEVER)
    quit_on = quits()
    leaves_on = np.minimum(quit_on, dismissed_on)
    seats = np.flatnonzero(leaves_on < NEVER)
    world.log_jobs(seats, leaves_on[seats], TERMINATION)
    is_quit = quit_on[seats] <= dismissed_on[seats]
    is_other = u["separation"][seats] < p.OTHER_SHARE
    world.log.add(
        "separations",
        employment=state.employment[seats],
        last_day=leaves_on[seats],
        type=np.where(is_quit, VOLUNTARY, np.where(is_other, OTHER, INVOLUNTARY)),
        luck=u["separation"][seats],
    )
    return leaves_on


def _begin_mentorships(world: World, month: Month, u: Draws, since: Ints, tenure: Floats, stays: Flags) -> None:
    """Pair newer people with seniors of their site who stay (`stays`: without a mentorship begun now).

    Who gets a mentor depends on tenure and ambition alone, not on tier, site or program. Where a site has
    no senior, nobody does.
    """
    state = world.state
    rate = np.full(len(since), p.MENTORING_HAZARD / p.DAYS_A_MONTH)
    if world.scenario.ambition:
        weight = p.AMBITION_ON_MENTORING
        rate *= np.exp(weight * state.ambition - weight**2 / 2)
    is_open = state.is_on_ladder & (state.mentored_on == NEVER) & (tenure < p.MENTORING_UNTIL)
    never = np.full(len(since), NEVER)
    day = first_day(since, month.last, np.where(is_open, rate, 0), -np.log1p(-u["mentored"]), never, 1.0)
    is_senior = (state.tier >= T3) | ((state.tier == T2) & (tenure >= p.MENTORING_UNTIL))
    pool = np.flatnonzero(is_senior & stays & (day == NEVER) & (state.started_on < month.first))
    pool = pool[np.argsort(state.site[pool], kind="stable")]
    counts = np.bincount(state.site[pool], minlength=world.organisation.sites)
    offsets = np.cumsum(counts) - counts
    mentees = np.flatnonzero(day < NEVER)
    mentees = mentees[counts[state.site[mentees]] > 0]
    sites = state.site[mentees]
    mentors = pool[offsets[sites] + np.floor(u["mentor"][mentees] * counts[sites]).astype(np.int64)]
    state.mentored_on[mentees] = day[mentees]
    world.log.add(
        "mentorships",
        mentor=state.employment[mentors],
        mentee=state.employment[mentees],
        started_on=day[mentees],
    )
