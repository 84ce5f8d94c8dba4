"""Sites, their seats and when the program starts where: what is fixed before anybody is hired."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.demo.dates import NEVER, Flags, Floats, Ints, day_number, month_start
from pipelines.demo.draws import ORGANISATION, normal, stream
from pipelines.demo.ladder import LIMITED_SHARES
from pipelines.demo.parameters import (
    SITE_SIZE_HIGH,
    SITE_SIZE_LOW,
    SITE_SIZE_SIGMA,
    SITE_TYPE_SHARES,
    SITE_TYPES,
    SITE_WAGE_SPREAD,
    VACANCY_SHARE,
    Scenario,
)

WAVES = 5


@dataclass(frozen=True, slots=True)
class Organisation:
    """Sites (arrays with one entry a site) and seats (one entry a seat).

    Attributes:
        window_start: first day of the history; window_end: its last.
        first_month: month of window_start, counted from January 1970; last_month: that of window_end.
        site_type: position in SITE_TYPES.
        program_start: day on which the program starts; NEVER where it has not.
        wage_factor, quit_factor: the site's level against the mean.
        limited_targets: posts of each limited tier (rows as in LIMITED) a site.
        seat_site: the site of a seat; the last seats, one a site, are the pharmacists in charge.
    """

    window_start: int
    window_end: int
    first_month: int
    last_month: int
    sizes: Ints
    site_type: Ints
    program_start: Ints
    wage_factor: Floats
    quit_factor: Floats
    limited_targets: Ints
    seat_site: Ints
    is_manager_seat: Flags

    @property
    def sites(self) -> int:
        """Number of sites."""
        return len(self.sizes)


def _sizes(rng: np.random.Generator, sites: int, seats: int) -> Ints:
    """Lognormal sizes in random order that add up to `seats`, each at least 2."""
    quantiles = normal((np.arange(sites) + 0.5) / sites)
    shape = np.clip(14 * np.exp(SITE_SIZE_SIGMA * quantiles), SITE_SIZE_LOW, SITE_SIZE_HIGH)
    edges = np.round(np.cumsum(shape) * (seats - 2 * sites) / shape.sum()).astype(np.int64)
    return rng.permutation(2 + np.diff(edges, prepend=0))


def _program_starts(rng: np.random.Generator, sites: int, first_month: int, months: int) -> Ints:
    """Starts in waves between a quarter and three quarters of the history; one site in six has none yet."""
    wave_months = first_month + np.round(np.linspace(0.25, 0.75, WAVES) * months).astype(np.int64)
    starts = np.array([*(month_start(int(month)) for month in wave_months), NEVER])
    return starts[rng.permutation(np.arange(sites) % (WAVES + 1))]


def found(scenario: Scenario) -> Organisation:
    """The organisation of a scenario."""
    rng = stream(scenario.seed, ORGANISATION)
    sites, months = scenario.site_count, 12 * scenario.years
    last_month = (scenario.end_on.year - 1970) * 12 + scenario.end_on.month - 1
    first_month = last_month - months + 1
    sizes = _sizes(rng, sites, max(2 * sites, round(scenario.technicians / (1 - VACANCY_SHARE))))
    type_edges = np.round(np.cumsum(SITE_TYPE_SHARES) * sites)
    site_type = np.searchsorted(type_edges, np.arange(sites), side="right").clip(max=len(SITE_TYPES) - 1)
    spread = scenario.site_spread * rng.standard_normal(sites) - scenario.site_spread**2 / 2
    cumulative = np.cumsum(sizes)[None, :] * np.array(LIMITED_SHARES)[:, None]
    managers = np.arange(sites)
    return Organisation(
        window_start=month_start(first_month),
        window_end=day_number(scenario.end_on),
        first_month=first_month,
        last_month=last_month,
        sizes=sizes,
        site_type=rng.permutation(site_type),
        program_start=_program_starts(rng, sites, first_month, months),
        wage_factor=1 + SITE_WAGE_SPREAD * rng.uniform(-1, 1, sites),
        quit_factor=np.exp(spread),
        limited_targets=np.diff(np.floor(cumulative + 0.5).astype(np.int64), prepend=0),
        seat_site=np.concatenate([np.repeat(np.arange(sites), sizes), managers]),
        is_manager_seat=np.concatenate([np.zeros(int(sizes.sum()), np.bool_), np.ones(sites, np.bool_)]),
    )
