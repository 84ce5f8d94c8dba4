"""The regression behind the effect: wave x year-since-start effects, month effects, shrunken site levels.

Rates of sites by months are weighted by person-time. Site levels are random, not fixed: how far they differ beyond
chance is measured before the program starts, and each site's own past counts accordingly. That keeps sites chosen for
a bad year from seeming to recover; fixed levels would also make the interval a quarter wider. Wave and year since start
have effects of their own, so effects that grow, fade or differ between waves do not leak into the months; the
estimate is their mean by treated person-time. The fit and its interval are diff-diff's wild cluster bootstrap,
restricted to the null and inverted, with whole sites drawn.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from diff_diff import wild_bootstrap_se  # pyright: ignore[reportUnknownVariableType]

from pipelines.causal.compare import NEVER, Floats, Ints, Panel

DRAWS = 999
SEED = 20250617
# Sites beyond this number are pooled with others of the same start: the bootstrap's cost grows with their square.
MOST_SITES = 200
# A wave of its own needs this many sites, or its effect would fit their chance away.
SITES_A_WAVE = 8


@dataclass(frozen=True, slots=True)
class Fit:
    """An estimate with its 95 % interval and the p-value of no effect."""

    estimate: float
    low: float
    high: float
    p_value: float


def fit_effect(panel: Panel) -> Fit | None:
    """Fit a panel of comparable sites and months; None when the bootstrap gives no finite interval."""
    if panel.sites > MOST_SITES:
        panel = pooled(panel)
    rate = panel.events / panel.person_years
    columns = _quasi_demeaned(panel, np.column_stack([rate, _effects(panel), _dummies(panel.month)]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result: Any = wild_bootstrap_se(
            columns[:, 1:],
            columns[:, 0],
            np.empty(0),
            panel.site,
            coefficient_index=0,
            n_bootstrap=DRAWS,
            weight_type="webb",
            seed=SEED,
        )
    estimate = float(result.se * result.t_stat_original)
    low, high = float(result.ci_lower), float(result.ci_upper)
    return Fit(estimate, low, high, float(result.p_value)) if np.isfinite([estimate, low, high]).all() else None


def pooled(panel: Panel) -> Panel:
    """Return the panel with sites of the same start dealt into pools, about MOST_SITES in all."""
    starts = panel.starts()
    _, wave, sizes = np.unique(starts, return_inverse=True, return_counts=True)
    pools = np.maximum(1, np.round(MOST_SITES * sizes / len(starts))).astype(np.int64)
    order = np.argsort(wave, kind="stable")
    place = np.empty(len(starts), np.int64)
    place[order] = np.arange(len(starts)) - (np.cumsum(sizes) - sizes)[wave[order]]
    pool = (np.cumsum(pools) - pools)[wave] + place % pools[wave]
    cells, entry = np.unique(np.column_stack([pool[panel.site], panel.month]), axis=0, return_inverse=True)
    start = np.full(int(pools.sum()), NEVER)
    start[pool] = starts
    return Panel(
        cells[:, 0],
        cells[:, 1],
        start[cells[:, 0]],
        *(
            np.bincount(entry, values).astype(np.float64)
            for values in (panel.person_years, panel.treated_person_years, panel.events)
        ),
    )


def variances(panel: Panel) -> tuple[float, float]:
    """Return what untouched months show: variance of a rate times person-years, and variance of site levels.

    The second is DerSimonian and Laird's: what site means differ by beyond the first.
    """
    untouched = panel.where(panel.is_untouched)
    years = untouched.person_years
    _, month = np.unique(untouched.month, return_inverse=True)
    rate = untouched.events / years
    of_month = np.bincount(month, untouched.events) / np.bincount(month, years)
    of_site = untouched.total(years)
    level = untouched.total(years * (rate - of_month[month])) / of_site
    residual = rate - of_month[month] - level[untouched.site]
    freedom = max(1, len(rate) - len(of_month) - untouched.sites + 1)
    noise = float((years * residual**2).sum() / freedom)
    if noise < 1e-12:
        return 1.0, 0.0
    excess = float((of_site * level**2).sum() / noise) - (untouched.sites - 1)
    scale = float(of_site.sum() - (of_site**2).sum() / of_site.sum())
    return noise, max(0.0, excess * noise / scale) if scale > 0 else 0.0


def _quasi_demeaned(panel: Panel, columns: Floats) -> Floats:
    """Return columns in which errors of random site levels are independent and of one variance."""
    noise, spread = variances(panel)
    years = panel.total(panel.person_years)
    share = 1 - np.sqrt(noise / (noise + spread * years))
    means = np.column_stack([panel.total(panel.person_years * column) / years for column in columns.T])
    return np.sqrt(panel.person_years)[:, None] * (columns - share[panel.site, None] * means[panel.site])


def _effects(panel: Panel) -> Floats:
    """Return regressors of which the first has the mean effect for its coefficient.

    They span one effect for each wave and year since start (first, later), in proportion to the treated part of the
    person-time.
    """
    dose = panel.treated_person_years / panel.person_years
    is_later = (panel.month - panel.start >= 12).astype(np.int64)
    cell = 2 * waves(panel.starts())[panel.site] + is_later
    cells = _dummies(np.where(dose > 0, cell, -1))[:, 1:] * dose[:, None]
    share = (panel.person_years[:, None] * cells).sum(axis=0)
    # With coefficients b on (dose, contrasts) the effect of cell k is b0 + bk; weighted by person-time the bk cancel.
    contrasts = cells[:, 1:] - cells[:, :1] * (share[1:] / share[0])
    return np.column_stack([dose, contrasts])


def waves(starts: Ints) -> Ints:
    """Return 1 for starts in the later half where both halves have enough sites, else 0; NEVER counts in neither."""
    begun = starts[starts < NEVER]
    middle = np.quantile(begun, 0.5, method="lower")
    if min(int((begun > middle).sum()), int((begun <= middle).sum())) < SITES_A_WAVE:
        return np.zeros(len(starts), np.int64)
    return ((starts > middle) & (starts < NEVER)).astype(np.int64)


def _dummies(values: Ints) -> Floats:
    return (values[:, None] == np.unique(values)).astype(np.float64)
