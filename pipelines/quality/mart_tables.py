"""What the marts must be: grain, sums that add up, parts within wholes."""

from pipelines.quality.rules import adds_up, one_of, within
from pipelines.quality.table import Table
from pipelines.quality.table_identities import (
    at_most,
    closing_is_next_opening,
    implies,
    incidences,
    sum_at_most,
    walk_balances,
)

_BY_TYPE = tuple(f"separations_{kind}" for kind in ("voluntary", "involuntary", "other", "unknown"))
_SEPARATIONS_ADD_UP = adds_up("separations_add_up", "separations", " + ".join(_BY_TYPE), ("separations", *_BY_TYPE))
_TENURE = (*at_most("spells", "open_spells"), *incidences((180, 365, 730)))

MART_TABLES = {
    "headcount_walk_by_month": Table(
        ("month", "tier", "employment_class", "person_days", "opening", "closing"),
        (walk_balances(), closing_is_next_opening(), within("closing", 0, None), within("opening", 0, None)),
    ),
    "turnover_by_month": Table(("month", "tier", "person_years"), (_SEPARATIONS_ADD_UP,)),
    "turnover_by_class": Table(
        ("month", "employment_class", "person_years"),
        (_SEPARATIONS_ADD_UP,),
    ),
    "turnover_by_reason": Table(("quarter", "separation_reason"), (_SEPARATIONS_ADD_UP,)),
    "new_hire_attrition": Table(
        ("cohort_month", "days", "hires"),
        tuple(at_most("hires", "left", "left_voluntarily")),
    ),
    "promotions_by_month": Table(("month", "tier", "promotions", "person_years")),
    "tier_tenure": Table(("tier", "spells"), _TENURE),
    "tier_tenure_by_site": Table(("tier", "spells"), _TENURE),
    "tier_tenure_by_entry_year": Table(("tier", "entry_year", "spells"), _TENURE),
    "tier_tenure_curve": Table(("tier", "days", "at_risk")),
    "tier_tenure_curve_by_site": Table(("tier", "days", "at_risk")),
    "tier_tenure_curve_by_entry_year": Table(("tier", "entry_year", "days", "at_risk")),
    "promotion_readiness": Table(
        ("employee_key", "from_tier", "to_tier"),
        (
            *at_most("requirements_total", "requirements_met"),
            within("days_waiting", 0, None),
            implies("ready_says_since_when", "is_ready", "ready_on is not null", ("is_ready", "ready_on")),
        ),
    ),
    "training_completion_by_month": Table(
        ("month", "assignments_due"),
        (
            *at_most("assignments_due", "completed", "completed_on_time"),
            *at_most("completed", "completed_within_30_days"),
        ),
    ),
    "training_matrix": Table(
        ("employee_key", "skill_id"),  # without a completions feed nobody knows the status
        (one_of("status", ("suspended", "expiring", "current", "in_progress", "expired", "missing")),),
    ),
    "certification_by_cohort": Table(
        ("rule_id", "cohort_month", "entrants"),
        (
            *at_most("entrants", "matured", "certified_in_time", "certified_primary_source"),
            sum_at_most(("certified_in_time", "left_uncertified"), "matured"),
        ),
    ),
    "credential_renewals": Table(
        ("employee_key", "credential_code", "expires_on", "status"),
        (one_of("status", ("lapsed", "due", "current")),),
    ),
    "mentorship_effect": Table(("outcome",)),
}
