"""How sure a program's worth is: Monte Carlo over the effect and the assumptions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.causal.compare import Floats

DRAWS = 10_000
SEED = 20250617
_NORMAL = 3.919927969080108  # width of a 95 % interval in standard deviations


@dataclass(frozen=True, slots=True)
class Range:
    """An assumption: drawn from the triangular distribution over its low, central and high value."""

    low: float
    central: float
    high: float

    def draw(self, random: np.random.Generator) -> Floats:
        """Return DRAWS values."""
        low, central, high = sorted((self.low, self.central, self.high))
        return random.triangular(low, central, high, DRAWS) if high > low else np.full(DRAWS, central)


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs in US dollars at the central assumptions, by the assumption that they are in proportion to.

    `loaded` grows with 1 + benefits load, `mentoring` with that and with mentor hours, `exams` with the fee of an exam.
    """

    fixed: float
    loaded: float
    mentoring: float
    exams: float


@dataclass(frozen=True, slots=True)
class Worth:
    """What the worth of a program rests on.

    Attributes:
        effect: separations per treated person-year (negative = fewer): lower limit of the 95 % interval, estimate,
            upper limit. The draws are normal around the estimate, as wide as the interval.
        person_years: treated person-time.
        costs: what was spent.
        internal_fills: posts filled from within.
        entry_refill_cost: dollars to fill the post that an internal fill leaves; None: as much as one from outside.
        replacement_cost, benefits_load, exam_fee, mentor_hours, external_fill_cost, internal_fill_cost: assumptions.
    """

    effect: Range
    person_years: float
    costs: Costs
    internal_fills: float
    entry_refill_cost: float | None
    replacement_cost: Range
    benefits_load: Range
    exam_fee: Range
    mentor_hours: Range
    external_fill_cost: Range
    internal_fill_cost: Range


def probability_positive(worth: Worth) -> float:
    """Return the share of draws in which benefits exceed costs. The same input always gives the same share."""
    random = np.random.default_rng(SEED)
    effect = random.normal(worth.effect.central, (worth.effect.high - worth.effect.low) / _NORMAL, DRAWS)
    replacement = worth.replacement_cost.draw(random)
    load = (1 + worth.benefits_load.draw(random)) / (1 + worth.benefits_load.central)
    exam = _relative(worth.exam_fee, random)
    hours = _relative(worth.mentor_hours, random)
    external = worth.external_fill_cost.draw(random)
    internal = worth.internal_fill_cost.draw(random)
    refill = external if worth.entry_refill_cost is None else worth.entry_refill_cost
    benefits = -effect * worth.person_years * replacement + worth.internal_fills * (external - internal - refill)
    costs = (
        worth.costs.fixed + worth.costs.loaded * load + worth.costs.mentoring * load * hours + worth.costs.exams * exam
    )
    return float(np.mean(benefits > costs))


def _relative(assumption: Range, random: np.random.Generator) -> Floats:
    """Return draws in units of the central value; ones where that is zero, since a line in proportion to it is too."""
    draws = assumption.draw(random)
    return draws / assumption.central if assumption.central else np.ones(DRAWS)
