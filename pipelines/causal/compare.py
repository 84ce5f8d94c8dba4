"""Which sites and months can be compared, and whether they suffice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# The least that the simulations of benchmarks/proof_effect.py showed to carry an honest interval: with 12, 16 or 20
# sites, promotions that nothing had changed were called changed in 8 to 10 % of organisations.
SITES_NEEDED = 24
TREATED_NEEDED = 8
NOT_YET_NEEDED = 4
MONTHS_NEEDED = 12
EVENTS_NEEDED = 20

NEVER = 10**9  # no month is as late


@dataclass(frozen=True, slots=True)
class Panel:
    """Sites by months, one entry a site and month with person-time.

    Attributes:
        site: number of the site, from 0.
        month: number of the month (any origin).
        start: month in which the site's program starts, NEVER where it has not.
        person_years: person-time in the month.
        treated_person_years: of that, from the day of the start on.
        events: events in the month.
    """

    site: Ints
    month: Ints
    start: Ints
    person_years: Floats
    treated_person_years: Floats
    events: Floats

    def where(self, keep: NDArray[np.bool_]) -> Panel:
        """Return the entries to keep, with sites numbered anew."""
        numbers: Any = np.unique(self.site[keep], return_inverse=True)[1]
        return Panel(
            numbers.astype(np.int64),
            self.month[keep],
            self.start[keep],
            self.person_years[keep],
            self.treated_person_years[keep],
            self.events[keep],
        )

    @property
    def sites(self) -> int:
        """Number of sites."""
        return int(self.site.max()) + 1 if len(self.site) else 0

    @property
    def is_untouched(self) -> NDArray[np.bool_]:
        """Whether the month lies before the month of the start."""
        return self.month < self.start

    def total(self, values: Floats) -> Floats:
        """Return the sum of `values` (one an entry) of each site."""
        return np.bincount(self.site, values, self.sites).astype(np.float64)

    def starts(self) -> Ints:
        """Return the start of each site."""
        starts = np.full(self.sites, NEVER)
        starts[self.site] = self.start
        return starts


@dataclass(frozen=True, slots=True)
class Comparison:
    """The part of a panel that can be compared.

    `shortfall` says what is missing, None when nothing is.
    """

    panel: Panel
    sites_treated: int
    sites_not_yet: int
    shortfall: str | None


def comparison(panel: Panel) -> Comparison:
    """Keep sites watched before their own start, and months in which enough sites had not started yet.

    Of a panel that falls short, everything is kept.
    """
    panel = panel.where(panel.person_years > 0)
    before = panel.total(np.where(panel.is_untouched, panel.person_years, 0.0))
    panel = panel.where(before[panel.site] > 0)
    begun = np.sort(panel.starts()[panel.total(panel.treated_person_years) > 0])
    if len(begun) < TREATED_NEEDED:
        return _short(panel, len(begun), TREATED_NEEDED, "treated site", "treated sites")
    waiting = int((panel.is_untouched & (panel.month == begun[TREATED_NEEDED - 1])).sum())
    if waiting < NOT_YET_NEEDED:
        what = f"not yet started when {TREATED_NEEDED} had"
        return _short(panel, waiting, NOT_YET_NEEDED, f"site {what}", f"sites {what}")
    if panel.sites < SITES_NEEDED:
        return _short(panel, panel.sites, SITES_NEEDED, "site to compare", "sites to compare")
    months, counts = np.unique(panel.month[panel.is_untouched], return_counts=True)
    compared = panel.where(panel.month <= months[counts >= NOT_YET_NEEDED].max())
    found = len(np.unique(compared.month))
    if found < MONTHS_NEEDED:
        return _short(panel, found, MONTHS_NEEDED, "month compared", "months compared")
    events = int(compared.events[compared.treated_person_years == 0].sum())
    if events < EVENTS_NEEDED:
        return _short(panel, events, EVENTS_NEEDED, "event without the program", "events without the program")
    return Comparison(compared, *_counts(compared), None)


def _short(panel: Panel, found: int, needed: int, one: str, many: str) -> Comparison:
    return Comparison(panel, *_counts(panel), f"{found} {one if found == 1 else many}, {needed} needed")


def _counts(panel: Panel) -> tuple[int, int]:
    """Return the number of sites with treated person-time, and without."""
    treated = int((panel.total(panel.treated_person_years) > 0).sum())
    return treated, panel.sites - treated
