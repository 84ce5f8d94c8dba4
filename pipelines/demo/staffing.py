"""Hiring into vacant seats, and the requisitions of the few posts above T3."""

from __future__ import annotations

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.certification import certify_hires
from pipelines.demo.dates import NEVER, Flags, Ints
from pipelines.demo.draws import Draws, normal
from pipelines.demo.ladder import CLINICAL_SHARES, LIMITED, OUTSIDE, T1, T2, T3
from pipelines.demo.state import HIRE, MANAGER, Month, World

INTERNAL, EXTERNAL, AGENCY = range(3)
CLINICAL_BY_TYPE = np.array([CLINICAL_SHARES[name] for name in p.SITE_TYPES])
# Tiers at which a few of the certified are hired; the rest start at T1, since a working ladder fills its own rungs.
HIRED_AT_T3, HIRED_AT_T2 = 0.01, 0.05
# A limited post is advertised outside after so many days without a promotion, and half of the site's next hires fit.
OUTSIDE_AFTER_DAYS, FITS_LIMITED = 60, 0.6
AGENCY_SHARE = 0.15


def first_of_each_site(seats: Ints, sites: Ints) -> Ints:
    """One of `seats` a site: the first."""
    return seats[np.unique(sites[seats], return_index=True)[1]]


def place(world: World, u: Draws, seats: Ints, days: Ints, tiers: Ints, is_certified: Flags) -> None:
    """Fill vacant seats with new people hired on `days` (arrays with one entry of `seats` each)."""
    state, organisation = world.state, world.organisation
    site = organisation.seat_site[seats]
    state.employment[seats] = state.employments + np.arange(len(seats))
    state.employments += len(seats)
    state.started_on[seats] = days
    state.site[seats] = site
    state.tier[seats] = tiers
    state.tier_since[seats] = days
    shares = u["class"][seats]
    state.employment_class[seats] = np.where(
        organisation.is_manager_seat[seats],
        0,
        np.select([shares < p.PER_DIEM_SHARE, shares < p.PER_DIEM_SHARE + p.PART_TIME_SHARE], [2, 1], 0),
    )
    level = (1 + p.MERIT_RATE) ** ((days - organisation.window_end) / 365.25)
    wage = np.where(tiers == OUTSIDE, 58.0, p.WAGES[tiers])
    noise = np.exp(p.WAGE_SIGMA * normal(u["wage"][seats]))
    state.rate[seats] = np.round(wage * level * organisation.wage_factor[site] * noise, 2)
    state.ambition[seats] = normal(u["ambition"][seats])
    state.ability[seats] = normal(u["ability"][seats])
    state.is_clinical[seats] = u["clinical"][seats] < CLINICAL_BY_TYPE[organisation.site_type[site]]
    world.log.add(
        "employments",
        employment=state.employment[seats],
        started_on=days,
        is_certified=is_certified,
        tier=tiers,
        site=site,
        ability=state.ability[seats],
    )
    certify_hires(world, u, seats, days, is_certified)
    world.log_jobs(seats, days, HIRE)


def hire(world: World, month: Month, u: Draws) -> None:
    """Fill some of the seats that were vacant when the month began, each on a day of its own."""
    state, organisation = world.state, world.organisation
    hazard = p.FILL_HAZARD * p.HIRE_SEASONS[month.of_year] / p.DAYS_A_MONTH
    day = month.first + np.floor(-np.log1p(-u["fill"]) / hazard).astype(np.int64)
    # Pharmacists in charge come in the first half of a month, so that people who transfer later meet the new one.
    last = np.where(organisation.is_manager_seat, month.first + 13, month.last)
    seats = np.flatnonzero(~state.is_employed & (state.vacant_since <= month.first) & (day <= last))
    is_manager = organisation.is_manager_seat[seats]
    is_certified = (u["certified"][seats] < p.CERTIFIED_AT_HIRE) & ~is_manager
    level = u["hire_tier"][seats]
    tiers = np.select([~is_certified, level < HIRED_AT_T3, level < HIRED_AT_T2], [T1, T3, T2], T1)
    tiers[is_manager] = OUTSIDE
    is_limited = _fill_limited(world, month, u, seats, day[seats], tiers)
    is_certified |= is_limited
    vacant_since = state.vacant_since[seats]
    place(world, u, seats, day[seats], tiers, is_certified)
    plain = ~is_limited & ~is_manager
    world.log.add(
        "openings",
        site=organisation.seat_site[seats][plain],
        tier=tiers[plain],
        opened_on=vacant_since[plain],
        filled_on=day[seats][plain],
        employment=state.employment[seats][plain],
        source=np.where(u["hire_tier"][seats] > 1 - AGENCY_SHARE, AGENCY, EXTERNAL)[plain],
    )
    _follow_managers(world, seats[is_manager], day)


def _fill_limited(world: World, month: Month, u: Draws, seats: Ints, days: Ints, tiers: Ints) -> Flags:
    """Give some of the hires a limited post (changes `tiers`); returns which."""
    state, organisation = world.state, world.organisation
    is_limited = np.zeros(len(seats), np.bool_)
    site = organisation.seat_site[seats]
    for row, tier in enumerate(LIMITED):
        since = state.requisition_since[row]
        fits = (since[site] <= month.first - OUTSIDE_AFTER_DAYS) & (u["hire_tier"][seats] < FITS_LIMITED)
        chosen = first_of_each_site(np.flatnonzero(fits & ~is_limited & (tiers != OUTSIDE)), site)
        tiers[chosen] = tier
        is_limited[chosen] = True
        world.log.add(
            "openings",
            site=site[chosen],
            tier=tiers[chosen],
            opened_on=since[site[chosen]],
            filled_on=days[chosen],
            employment=state.employments + chosen,
            source=np.full(len(chosen), EXTERNAL),
        )
        since[site[chosen]] = NEVER
    return is_limited


def _follow_managers(world: World, manager_seats: Ints, day: Ints) -> None:
    """Log that everybody at a site has its new pharmacist in charge as manager."""
    state, organisation = world.state, world.organisation
    arrived = np.full(organisation.sites, NEVER)
    arrived[organisation.seat_site[manager_seats]] = day[manager_seats]
    met = np.where(state.is_employed, arrived[state.site], NEVER)
    team = np.flatnonzero((state.started_on < met) & (met < NEVER) & ~organisation.is_manager_seat)
    world.log_jobs(team, met[team], MANAGER)


def open_requisitions(world: World, month: Month) -> None:
    """Open a requisition for each limited post that stands empty, close those that no longer do."""
    state, organisation = world.state, world.organisation
    for row, tier in enumerate(LIMITED):
        held = np.bincount(state.site[state.tier == tier], minlength=organisation.sites)
        is_short = held < organisation.limited_targets[row]
        since = state.requisition_since[row]
        since[~is_short] = NEVER
        since[is_short & (since == NEVER)] = month.last + 1
