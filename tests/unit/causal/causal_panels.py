"""Made-up panels: sites by months, with Poisson events."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipelines.causal import NEVER, Panel

Effect = Callable[[np.ndarray, np.ndarray], np.ndarray]


def make(
    starts: list[int],
    *,
    months: int = 36,
    years: float = 1.0,
    rate: float = 0.2,
    spread: float = 0.0,
    effect: Effect | float = 0.0,
    seed: int | None = 1,
) -> Panel:
    """A panel with a season common to all sites.

    `years` is the person-time a month; `effect` the change of the rate, or a function of (months since start, start).
    Without a `seed`, events are their own expectation.
    """
    sites = len(starts)
    random = np.random.default_rng(seed)
    site, month = (axis.ravel() for axis in np.indices((sites, months)))
    start = np.array(starts)[site]
    is_treated = month >= start
    change = effect(month - start, start) if callable(effect) else np.full(len(site), effect)
    expected = rate * (1 + 0.2 * np.sin(month)) + spread * random.standard_normal(sites)[site] + is_treated * change
    person_years = np.full(len(site), years)
    mean = np.clip(expected, 0, None) * person_years
    events = mean if seed is None else random.poisson(mean).astype(np.float64)
    return Panel(site, month, start, person_years, person_years * is_treated, events)


def staggered(sites: int, waves: tuple[int, ...] = (10, 16, 22, NEVER)) -> list[int]:
    return [waves[number % len(waves)] for number in range(sites)]
