"""Who is promoted: those who meet everything the next tier asks for, some time later."""

from __future__ import annotations

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.dates import NEVER, Flags, Ints, add_months
from pipelines.demo.draws import Draws, triangular
from pipelines.demo.ladder import (
    ASKED_COMPETENCY,
    EVALUATION_AVERAGE,
    ITEM_FOR,
    LIMITED,
    MONTHS_BELOW,
    NEXT_TIER,
    NEXT_TIER_IF_CLINICAL,
    OUTSIDE,
    PROMOTION_HAZARDS,
)
from pipelines.demo.staffing import INTERNAL, first_of_each_site
from pipelines.demo.state import PROMOTION, Month, World

# Promotions take effect on one of the first fifteen days of a month, evaluations come after the twentieth: an average
# over six months holds the same scores on each of those days.
LAST_DAY = 15
# Whoever has waited longer is likelier to be next, and nobody waits for years: in the end a post is made for them.
MONTHS_UNTIL_TWICE_AS_LIKELY, MOST_MONTHS_WAITED = 4, 18
# Competencies asked for by name count only once evaluations of a year have been kept.
COMPETENCY_MONTHS = 12


def next_tiers(world: World) -> Ints:
    """The tier above each occupant's; OUTSIDE where there is none."""
    state = world.state
    tier = np.where(state.is_clinical, NEXT_TIER_IF_CLINICAL[state.tier], NEXT_TIER[state.tier])
    return np.where(state.is_on_ladder, tier, OUTSIDE)


def meets_requirements(world: World, month: Month, target: Ints, day: Ints) -> Flags:
    """Whether each occupant meets all that `target` asks for on `day`."""
    state, organisation = world.state, world.organisation
    seats = np.arange(len(target))
    item = ITEM_FOR[target]
    count = state.score_counts.sum(axis=0)
    average = state.score_sums.sum(axis=0) / np.maximum(count, 1)
    is_ready = (
        (target != OUTSIDE)
        & (day >= add_months(state.tier_since, MONTHS_BELOW[target]))
        & (state.certified_on <= day)
        & (state.certified_until >= day)
        & (state.passed_on[item, seats] <= day)
        & (state.passed_until[item, seats] > day)
        & (count > 0)
        & (average >= EVALUATION_AVERAGE[target])
    )
    if month.is_burn_in or month.number >= organisation.first_month + COMPETENCY_MONTHS:
        for row, (tier, (_, least)) in enumerate(ASKED_COMPETENCY.items()):
            is_ready &= (target != tier) | (state.asked_scores[row] >= least)
    return is_ready


def promote(world: World, month: Month, u: Draws, leaves_on: Ints) -> Flags:
    """Promote some of those who are ready; returns which seats."""
    state = world.state
    target = next_tiers(world)
    day = month.first + np.floor(LAST_DAY * u["promotion_day"]).astype(np.int64)
    hazard = np.where(target == OUTSIDE, 0, PROMOTION_HAZARDS[target])
    hazard *= np.where(world.is_treated(state.site, month.first), world.scenario.promotion_ratio, 1.0)
    is_ready = meets_requirements(world, month, target, day)
    state.months_ready[:] = np.where(is_ready, state.months_ready + 1, 0)
    hazard *= 1 + state.months_ready / MONTHS_UNTIL_TWICE_AS_LIKELY
    has_waited = state.months_ready > MOST_MONTHS_WAITED
    hazard[has_waited] = 1
    is_chosen = is_ready & (u["promotion"] < hazard) & (day < leaves_on) & (day > state.back_from_leave)
    for row, tier in enumerate(LIMITED):
        since = state.requisition_since[row]
        is_candidate = is_chosen & (target == tier)
        fits = np.flatnonzero(is_candidate & ((since[state.site] <= day) | has_waited))
        winners = first_of_each_site(fits[np.lexsort((u["promotion"][fits], -state.months_ready[fits]))], state.site)
        is_chosen &= ~is_candidate
        is_chosen[winners] = True
        sites = state.site[winners]
        world.log.add(
            "openings",
            site=sites,
            tier=target[winners],
            opened_on=np.minimum(since[sites], day[winners]),
            filled_on=day[winners],
            employment=state.employment[winners],
            source=np.full(len(winners), INTERNAL),
        )
        since[sites] = NEVER
    seats = np.flatnonzero(is_chosen)
    state.tier[seats] = target[seats]
    state.tier_since[seats] = day[seats]
    growth = 1 + triangular(u["raise"][seats], p.RAISE_LOW, p.RAISE_MODE, p.RAISE_HIGH)
    state.rate[seats] = np.round(state.rate[seats] * growth, 2)
    world.log_jobs(seats, day[seats], PROMOTION)
    return is_chosen
