"""What SQL can't say: the effect of a program that starts site by site, and how sure its worth is.

Belongs here: pure functions over arrays, without a file, a database or a clock; every random number comes from a fixed
seed. Does not belong here: what goes into them and what is made of them, which are models of the dbt project.
"""

from pipelines.causal.compare import (
    EVENTS_NEEDED,
    MONTHS_NEEDED,
    NEVER,
    NOT_YET_NEEDED,
    SITES_NEEDED,
    TREATED_NEEDED,
    Panel,
)
from pipelines.causal.effect import Effect, staggered_effect
from pipelines.causal.worth import Costs, Range, Worth, probability_positive

__all__ = [
    "EVENTS_NEEDED",
    "MONTHS_NEEDED",
    "NEVER",
    "NOT_YET_NEEDED",
    "SITES_NEEDED",
    "TREATED_NEEDED",
    "Costs",
    "Effect",
    "Panel",
    "Range",
    "Worth",
    "probability_positive",
    "staggered_effect",
]
