"""Every number the demo organisation rests on: what the caller chooses, and rates with their standing.

Rates marked [J] are plausible defaults, not measurements; those marked [R] were read at a source. Anything
derived from them (feeds, truth) lives elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

DEFAULT_END_ON = date(2026, 10, 31)

# One site's technicians at a time: about 450 over 30 sites; sizes are lognormal between the two limits [J].
TECHNICIANS_PER_SITE = 15
SITE_SIZE_SIGMA, SITE_SIZE_LOW, SITE_SIZE_HIGH = 0.7, 4, 90
SITE_TYPES = ("community", "hospital", "specialty", "infusion")
SITE_TYPE_SHARES = (0.65, 0.20, 0.10, 0.05)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a caller chooses about the world.

    Attributes:
        sites: number of sites; None: 30, or one for every 15 of `employees`.
        years: whole years of history that end on `end_on`.
        employees: ladder technicians employed at a time; None: 15 a site.
        seed: any integer >= 0; the same seed gives the same world.
        effect: hazard ratio of the program on voluntary quits at a site from its start on; 1.0 = none.
        promotion_effect: hazard ratio of the program on promotions; None: 1.3, or 1.0 where `effect` is 1.
        mentoring_effect: hazard ratio on quits from the day a first mentorship begins on.
        ambition: whether an unmeasured trait raises mentoring and lowers quits.
        site_spread: log standard deviation of the sites' own quit levels.
        yearly_trend: change of the quit level a year, as a fraction (0 = none), 1 at the window's middle.
        end_on: last day of the history.
    """

    sites: int | None = None
    years: int = 4
    employees: int | None = None
    seed: int = 7
    effect: float = 0.75
    promotion_effect: float | None = None
    mentoring_effect: float = 0.8
    ambition: bool = True
    site_spread: float = 0.10
    yearly_trend: float = 0.0
    end_on: date = DEFAULT_END_ON

    def __post_init__(self) -> None:
        """Refuse what can't be simulated.

        Raises:
            ValueError: naming the option that is out of range.
        """
        for name, value, low in (
            ("sites", self.site_count, 1),
            ("years", self.years, 1),
            ("employees", self.technicians, 2 * self.site_count),
            ("seed", self.seed, 0),
        ):
            if value < low:
                raise ValueError(f"{name} must be at least {low}, not {value}")
        for name, ratio in (("effect", self.effect), ("mentoring_effect", self.mentoring_effect)):
            if not 0 < ratio <= 3:
                raise ValueError(f"{name} is a hazard ratio above 0 and up to 3, not {ratio}")

    @property
    def site_count(self) -> int:
        """Number of sites."""
        if self.sites is not None:
            return self.sites
        return 30 if self.employees is None else max(1, round(self.employees / TECHNICIANS_PER_SITE))

    @property
    def technicians(self) -> int:
        """Ladder technicians employed at a time."""
        return TECHNICIANS_PER_SITE * self.site_count if self.employees is None else self.employees

    @property
    def promotion_ratio(self) -> float:
        """Hazard ratio of the program on promotions."""
        if self.promotion_effect is not None:
            return self.promotion_effect
        return 1.0 if self.effect == 1.0 else 1.3


# Months simulated before the window opens, so that it opens on a settled organisation.
BURN_IN_MONTHS = 48
DAYS_A_MONTH = 365.25 / 12

# Leaving [J]: chance a month by months of tenure, up to each edge.
QUIT_EDGES = np.array([3, 6, 12, 24, 60, 120]) * DAYS_A_MONTH
QUIT_HAZARDS = np.array([6.0, 4.2, 3.0, 2.2, 1.4, 0.84, 0.72]) / 100
DISMISSAL_EDGES = np.array([6, 24]) * DAYS_A_MONTH
DISMISSAL_HAZARDS = np.array([0.8, 0.4, 0.2]) / 100
# The hazards above settle at 20.3 % voluntary a year (mean of the seasons 1.0125 included: 20.5), and a
# lower hazard of those who were mentored and of the ambitious takes more away. These factors bring the
# organisation without a program back to the 21 % that the hazards are meant to imply.
QUIT_LEVEL, QUIT_LEVEL_WITH_AMBITION = 1.09, 1.185
QUIT_SEASONS = np.array([1.15, 1, 1, 1, 1, 1, 1, 1.2, 1.2, 1, 0.8, 0.8])
HIRE_SEASONS = np.array([1, 1, 1, 1, 1, 1, 1.3, 1.3, 1.3, 1, 1, 1])
# A vacancy is filled at this chance a month; a tenth of dismissals are recorded as "other" (retirement).
FILL_HAZARD = 0.6
VACANCY_SHARE = 0.04
OTHER_SHARE = 0.15
MANAGER_QUIT_FACTOR = 0.5

# Mentoring [J]: chance a month of a first mentorship by tenure, whatever the tier or the site, and
# how strongly ambition moves it and quitting (log hazard a standard deviation).
MENTORING_UNTIL = 24 * DAYS_A_MONTH
MENTORING_HAZARD = 0.04
AMBITION_ON_MENTORING, AMBITION_ON_QUITS = 0.7, -0.4
MENTORSHIP_MEDIAN_DAYS = 180

# Certification [J]: of hires. The waits between attempts are PTCB's 60 and 60 days [R] plus time to
# prepare again; not everybody tries again. With retakes on the first allowed day by everybody, 51 % of hires
# and 72 % of those still employed would be certified by month 12, against 47 and 66 % meant.
CERTIFIED_AT_HIRE = 0.35
FIRST_EXAM_MEDIAN_MONTHS, FIRST_EXAM_SIGMA, NEVER_SITS = 6.0, 0.55, 0.10
PASS_RATES = (0.72, 0.50, 0.45)
RETAKE_WAIT_DAYS, RETAKE_MEDIAN_DAYS, RETAKES = 60, 45, 0.88
EXCPT_SHARE = 0.08
RENEWS_ON_TIME, REINSTATED_A_MONTH, CERTIFIED_ANEW_A_MONTH = 0.94, 0.12, 0.4

# Pay and class [J].
WAGES = np.array([18.50, 20.75, 23.50, 26.50, 23.75, 26.00, 31.00, 35.50])
WAGE_SIGMA, SITE_WAGE_SPREAD = 0.07, 0.08
MERIT_RATE, MERIT_MONTH = 0.03, 4
RAISE_LOW, RAISE_MODE, RAISE_HIGH = 0.04, 0.08, 0.14
PER_DIEM_SHARE, PART_TIME_SHARE = 0.12, 0.18
REHIRE_SHARE = 0.06
TRANSFERS_A_YEAR, LEAVES_A_YEAR, CLASS_CHANGES_A_YEAR = 0.06, 0.05, 0.04
LATERALS_A_YEAR, DEMOTIONS_A_YEAR, LADDER_EXITS_A_YEAR = 0.04, 0.004, 0.005

# Training [J].
LATENCY_MEDIAN_DAYS, LATENCY_SIGMA, DUE_DAYS = 12, 0.895, 30
LAST_MINUTE_SHARE, NEVER_COMPLETES = 0.15, 0.03
COURSE_FAIL_SHARE = 0.06
NEXT_COURSE_HAZARD, STERILE_HAZARD = 0.30, 0.08
EVALUATED_SHARE = 0.82
