"""What the makers of feeds share: the history, who is who, and random numbers of their own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipelines.demo.columns import Column, words
from pipelines.demo.dates import Ints, month_start
from pipelines.demo.draws import FEEDS, stream
from pipelines.demo.history import History
from pipelines.demo.ladder import OUTSIDE, T2, TIERS
from pipelines.demo.moves import INFUSION, reclassified_month
from pipelines.demo.organisation import Organisation
from pipelines.demo.parameters import SITE_TYPES
from pipelines.demo.people import People, identify

# Job codes: two for each tier (stores; hospitals and the like), then three apart.
TIER_JOBS = tuple(f"PT{number}" for number in ("1", "2", "3", "L", "C1", "C2", "S", "M"))
JOB_CODES = (*(f"{code}0" for code in TIER_JOBS), *(f"{code}5" for code in TIER_JOBS), "PT2I", "BUY1", "RPH1")
INFUSION_JOB, BUYER_JOB, PHARMACIST_JOB = len(JOB_CODES) - 3, len(JOB_CODES) - 2, len(JOB_CODES) - 1
IS_HOSPITAL_LIKE = np.array([name in ("hospital", "infusion") for name in SITE_TYPES])


@dataclass(frozen=True)
class Export:
    """One world on its way to its feeds."""

    history: History

    @property
    def organisation(self) -> Organisation:
        """The organisation that the history is of."""
        return self.history.world.organisation

    @cached_property
    def people(self) -> People:
        """Who is who."""
        return identify(self.history)

    @property
    def reclassified_on(self) -> int:
        """First day on which the crosswalk counts infusion technicians II as clinical."""
        return month_start(reclassified_month(self.history.world))

    @cached_property
    def site_ids(self) -> list[str]:
        """Ids of the sites."""
        width = max(3, len(str(self.organisation.sites)))
        return [f"{number:0{width}d}" for number in range(1, self.organisation.sites + 1)]

    def rng(self, number: int) -> np.random.Generator:
        """Random numbers for one feed."""
        return stream(self.history.world.scenario.seed, FEEDS, number)

    def employees(self, employments: Ints) -> Column:
        """Employee ids of employments; null for -1 and for those not on record."""
        person = np.where(employments >= 0, self.people.person[employments], -1)
        return words(person, self.people.ids)

    def sites(self, sites: Ints) -> Column:
        """Site ids of sites."""
        return words(sites, self.site_ids)

    def job_codes(self, tiers: Ints, sites: Ints, days: Ints, is_pharmacist: Ints) -> Ints:
        """Positions in JOB_CODES of the jobs in these tiers at these sites, given on these days."""
        site_type = self.organisation.site_type[sites]
        code = np.where(IS_HOSPITAL_LIKE[site_type], tiers + len(TIERS), tiers)
        code = np.where((tiers == T2) & (site_type == INFUSION) & (days < self.reclassified_on), INFUSION_JOB, code)
        return np.where(tiers == OUTSIDE, np.where(is_pharmacist, PHARMACIST_JOB, BUYER_JOB), code)

    @cached_property
    def is_pharmacist(self) -> Ints:
        """Whether each employment is that of a pharmacist in charge."""
        return self.history.log.table("employments")["tier"] == OUTSIDE

    def managers(self, sites: Ints, days: Ints) -> Ints:
        """The pharmacist in charge of each site on each day (the last one, while there is none); -1: none on record."""
        employments = np.flatnonzero(self.is_pharmacist)
        keys = self.history.log.table("employments")["site"][employments] * 10_000_000 + (
            self.history.started_on[employments] + 1_000_000
        )
        order = np.argsort(keys)
        place = np.searchsorted(keys[order], sites * 10_000_000 + days + 1_000_000, side="right") - 1
        found = employments[order][np.maximum(place, 0)]
        fits = (place >= 0) & (self.history.log.table("employments")["site"][found] == sites)
        return np.where(fits & self.history.is_on_record[found], found, -1)
