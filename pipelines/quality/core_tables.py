"""What the core tables must be: entities, spans and events.

A rule here is an error only where our own models could break it. What a source may have stated wrongly (a mentorship
that ends before it starts) warns: it must not hold up the publish until somebody mends an export.
"""

from pipelines.quality.results import Severity
from pipelines.quality.rules import in_order, one_of, within
from pipelines.quality.table import Table
from pipelines.quality.table_identities import at_most, implies, spans_do_not_overlap

_SEPARATIONS = ("voluntary", "involuntary", "other", "unknown")
_MOVES = ("promoted", "demoted", "lateral", "reclassified")
_STATED_SPAN = in_order("started_on", "ended_on", strictly=True, severity=Severity.WARNING)

CORE_TABLES = {
    "dim_employees": Table(("employee_key", "is_active", "is_history_incomplete")),
    "dim_sites": Table(("site_id",)),
    "dim_tiers": Table(("tier", "rank", "track")),
    "dim_tier_paths": Table(("from_tier", "to_tier")),
    "dim_tier_requirements": Table(("to_tier", "requirement_id", "kind")),
    "dim_courses": Table(("course_id",)),
    "dim_skills": Table(("skill_id",)),
    "dim_credential_types": Table(("credential_code",)),
    "dim_competencies": Table(("competency_id",)),
    "dim_months": Table(("month", "quarter", "last_day_on")),
    "fct_employments": Table(
        ("employee_key", "employment_number", "start_event"),
        (
            spans_do_not_overlap(),
            one_of("start_event", ("hire", "rehire", "unknown")),
            one_of("separation_type", _SEPARATIONS),
            implies(
                "ended_has_type",
                "ended_on is not null",
                "separation_type is not null",
                ("ended_on", "separation_type"),
            ),
        ),
    ),
    "fct_job_spells": Table(("employee_key", "employment_number"), (spans_do_not_overlap(),)),
    "fct_tier_spells": Table(
        ("employee_key", "employment_number", "tier", "days", "start_reason", "end_reason"),
        (
            spans_do_not_overlap(),
            within("days", 1, None),
            one_of("start_reason", ("hired", "rehired", "unknown", "entered_ladder", *_MOVES)),
            one_of("end_reason", (*(f"separated_{kind}" for kind in _SEPARATIONS), *_MOVES, "left_ladder", "open")),
            implies("open_has_no_end", "end_reason = 'open'", "ended_on is null", ("end_reason", "ended_on")),
            implies("ended_says_why", "ended_on is not null", "end_reason <> 'open'", ("end_reason", "ended_on")),
        ),
    ),
    "fct_promotions": Table(
        ("employee_key", "promoted_on", "from_tier", "to_tier"),
        (
            within("days_in_from_tier", 1, None),
            implies("tier_changed", "true", "from_tier <> to_tier", ("from_tier", "to_tier")),
            *at_most("requirements_total", "requirements_met"),
            in_order("ready_on", "promoted_on", strictly=False),
        ),
    ),
    "fct_separations": Table(
        ("employee_key", "last_day_on", "separation_type"),
        (one_of("separation_type", _SEPARATIONS), within("tenure_days", 1, None)),
    ),
    "fct_readiness_spells": Table(
        ("employee_key", "from_tier", "to_tier"),
        tuple(at_most("requirements_total", "requirements_met")),
    ),
    "fct_training_assignments": Table(
        known=("employee_key", "course_id", "assigned_on", "status", "is_required", "is_counted"),
        rules=(
            one_of("status", ("completed_on_time", "completed_late", "waived", "excused", "overdue", "open")),
            in_order("assigned_on", "completed_on", strictly=False),
            implies("counted_is_required", "is_counted", "is_required", ("is_counted", "is_required")),
            implies(
                "completed_says_when",
                "status in ('completed_on_time', 'completed_late')",
                "completed_on is not null",
                ("status", "completed_on"),
            ),
        ),
    ),
    "fct_completions": Table(known=("employee_key", "course_id", "completed_on")),
    "fct_evaluations": Table(known=("employee_key", "competency_id", "evaluated_on", "score")),
    "fct_credentials": Table(known=("employee_key", "credential_code", "issued_on", "status")),
    "fct_exam_attempts": Table(known=("employee_key", "exam_code", "taken_on", "is_practice")),
    "fct_ce_credits": Table(known=("employee_key", "earned_on", "hours", "topic")),
    "fct_mentorships": Table(known=("mentor_key", "mentee_key"), rules=(_STATED_SPAN,)),
    "fct_pathway_enrollments": Table(known=("employee_key", "pathway"), rules=(_STATED_SPAN,)),
    "fct_openings": Table(known=("opening_id", "site_id", "job_code", "opened_on")),
    "fct_program_costs": Table(known=("incurred_on", "category", "amount_usd")),
}
