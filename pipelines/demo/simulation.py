"""The history of one organisation, twice: with the program and without it, from the same random numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.certification import RENEWED, log_cycles, renew
from pipelines.demo.dates import NEVER, month_start
from pipelines.demo.draws import Draws
from pipelines.demo.evaluations import evaluate
from pipelines.demo.ladder import ITEM_FOR, LEAD, LIMITED, M1, OUTSIDE, T1, T2, T3
from pipelines.demo.moves import go_on_leave, move, raise_pay, reclassify
from pipelines.demo.organisation import Organisation, found
from pipelines.demo.parameters import Scenario
from pipelines.demo.promotions import promote
from pipelines.demo.staffing import hire, open_requisitions, place
from pipelines.demo.state import BASELINE, Log, Month, World, empty_state
from pipelines.demo.training import log_training, train
from pipelines.demo.turnover import separate


@dataclass(frozen=True, slots=True)
class Simulation:
    """Both worlds of a scenario; `actual` is the one that is exported."""

    scenario: Scenario
    organisation: Organisation
    actual: World
    without_program: World


def simulate(scenario: Scenario) -> Simulation:
    """Simulate a scenario in memory (30 sites and 4 years: well under a second)."""
    organisation = found(scenario)
    past = World(scenario, organisation, False, empty_state(organisation), Log())
    _settle(past)
    for number in range(organisation.first_month - p.BURN_IN_MONTHS, organisation.first_month):
        _run_month(past, number)
    _open_window(past)
    actual, without_program = past.fork(has_program=True), past
    for world in (actual, without_program):
        for number in range(organisation.first_month, organisation.last_month + 1):
            _run_month(world, number)
    return Simulation(scenario, organisation, actual, without_program)


def _run_month(world: World, number: int) -> None:
    """Live through one month."""
    organisation = world.organisation
    month = Month(number, month_start(number), month_start(number + 1) - 1, number < organisation.first_month)
    u = Draws(world.scenario.seed, number, len(organisation.seat_site))
    reclassify(world, month)
    raise_pay(world, month, u)
    hire(world, month, u)
    leaves_on = separate(world, month, u)
    train(world, month, u)
    renew(world, month, u)
    was_promoted = promote(world, month, u, leaves_on)
    move(world, month, u, leaves_on, was_promoted)
    go_on_leave(world, month, u, leaves_on)
    evaluate(world, month, u, leaves_on)
    seats = np.flatnonzero(leaves_on < NEVER)
    world.state.clear(seats, leaves_on[seats] + 1)
    world.state.back_from_leave[world.state.back_from_leave < month.first] = -NEVER
    open_requisitions(world, month)


def _settle(world: World) -> None:
    """Seat people with the tenures and tiers that years of hiring and leaving settle at."""
    organisation, state = world.organisation, world.state
    start = organisation.first_month - p.BURN_IN_MONTHS
    u = Draws(world.scenario.seed, start - 1, len(organisation.seat_site))
    days = np.arange(40 * 365)
    rate = p.QUIT_HAZARDS[np.searchsorted(p.QUIT_EDGES, days, side="right")]
    rate = (rate + p.DISMISSAL_HAZARDS[np.searchsorted(p.DISMISSAL_EDGES, days, side="right")]) / p.DAYS_A_MONTH
    stays = np.cumsum(np.exp(-np.cumsum(rate)))
    tenure = np.searchsorted(stays / stays[-1], u["fill"])
    # Longer there, higher up: the shares 38/34/18 of tiers I to III by a rank blurred with chance.
    rank = np.argsort(np.argsort(np.log1p(tenure) + u["hire_tier"])) / len(tenure)
    tiers = np.select([rank < 0.40, rank < 0.78], [T1, T2], T3)
    site_seats = np.concatenate([[0], np.cumsum(organisation.sizes)[:-1]])
    taken = np.zeros(organisation.sites, np.int64)
    for row, tier in enumerate(LIMITED):
        for turn in range(int(organisation.limited_targets[row].max())):
            sites = np.flatnonzero(organisation.limited_targets[row] > turn)
            tiers[site_seats[sites] + taken[sites]] = tier
            taken[sites] += 1
    tiers[organisation.is_manager_seat] = OUTSIDE
    started_on = month_start(start) - 1 - tenure
    is_certified = (tiers > T1) | (u["certified"] < 0.5)
    seats = np.arange(len(tiers))
    place(world, u, seats, started_on, tiers, is_certified & (tiers != OUTSIDE))
    state.tier_since[:] = started_on + tenure // 2
    for tier in (T2, T3, LEAD, M1):
        has_passed = tiers >= tier
        state.passed_on[ITEM_FOR[tier], has_passed] = state.tier_since[has_passed]
        state.passed_until[ITEM_FOR[tier], has_passed] = NEVER
        seats = np.flatnonzero(has_passed)
        items, days = np.full(len(seats), ITEM_FOR[tier]), state.tier_since[seats]
        passes = np.ones(len(seats), np.bool_)
        log_training(world, seats, items, ~passes, days - 20, days, passes, np.full(len(seats), NEVER))
    # Certificates of long ago were renewed since.
    cycle = 730
    behind = np.maximum(0, (month_start(start) - state.certified_until) // cycle + 1)
    is_old = is_certified & (tiers != OUTSIDE)
    state.certified_until[is_old] += (behind * cycle)[is_old]
    renewed = np.flatnonzero(is_old & (behind > 0))
    log_cycles(world, renewed, state.certified_until[renewed] - cycle, RENEWED)


def _open_window(world: World) -> None:
    """The first day on record: everybody's job as it stands, and nothing of what was scored before."""
    state = world.state
    state.asked_scores[:] = 0
    seats = np.flatnonzero(state.is_employed)
    world.log_jobs(seats, np.full(len(seats), world.organisation.window_start), BASELINE)
