"""The feeds that the ladder's owners keep: the ladder itself, its sites, rules, costs, targets and assumptions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from pipelines.demo.columns import Table, Tables, dates, from_rows, numbers, pa, record_ids, words
from pipelines.demo.dates import ALWAYS, NEVER, Ints, add_months, month_start
from pipelines.demo.export import INFUSION_JOB, JOB_CODES, TIER_JOBS, Export
from pipelines.demo.job_feeds import LEAVING_REASONS
from pipelines.demo.ladder import (
    ASKED_COMPETENCY,
    COMPETENCIES,
    EVALUATION_AVERAGE,
    EVALUATION_MONTHS,
    ITEM_COURSES,
    ITEM_FOR,
    ITEMS,
    MONTHS_BELOW,
    SKILLS,
    T1,
    TIER_PATHS,
    TIER_ROWS,
    TIERS,
)
from pipelines.demo.parameters import SITE_TYPES
from pipelines.demo.promotions import COMPETENCY_MONTHS

STATES = np.array(["TX", "OH", "IL", "PA", "NC", "TX", "OH", "GA"])
REGIONS = {"TX": "South", "NC": "South", "GA": "South", "OH": "Midwest", "IL": "Midwest", "PA": "East"}
TRAINEE_STATES = ("OH", "TX")
PLACES = (
    *("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fern", "Gable", "Harbor", "Ivy", "Juniper", "Kestrel", "Lark"),
    *("Maple", "Northgate", "Oak", "Pine", "Quarry", "River", "Sage", "Tern", "Union", "Valley", "Willow", "Yarrow"),
)
STREETS = ("Street", "Avenue", "Square", "Park", "Crossing", "Commons", "Heights", "Landing")
CREDENTIAL_TYPES = (
    ("CPhT", "Certified Pharmacy Technician", "PTCB", None, 24, 20),
    ("CPhT-Adv", "Advanced Certified Pharmacy Technician", "PTCB", "CPhT", 24, 25),
    ("CSPT", "Compounded Sterile Preparation Technician", "PTCB", None, 12, 5),
    ("ExCPT", "Certified Pharmacy Technician (ExCPT)", "NHA", "CPhT", 24, 20),
    ("CPR", "Basic life support", "American Heart Association", None, 24, None),
    ("TRAINEE", "State trainee registration", "State board", None, None, None),
)
CREDENTIAL_CODES = tuple(code for code, *_ in CREDENTIAL_TYPES)
CE_RULES = (
    ("CPhT", "technician", None, 15, None),
    ("CPhT", "law", None, 1, None),
    ("CPhT", "patient_safety", None, 1, None),
    ("CPhT", "pharmacist", None, None, 5),
    ("CPhT-Adv", "law", None, 1, None),
    ("CPhT-Adv", "patient_safety", None, 1, None),
    ("ExCPT", "law", None, 1, None),
    ("ExCPT", "patient_safety", None, 1, None),
    ("CSPT", "sterile_compounding", None, 5, None),
)
CERTIFICATION_RULES = (
    ("company_12", "CPhT", 12, None, "hire", None),
    ("company_18", "CPhT", 18, None, "ladder_entry", None),
    ("state_oh", "CPhT", 18, "OH", "registration", "TRAINEE"),
    ("state_tx", "CPhT", 24, "TX", "registration", "TRAINEE"),
)
ROI_ASSUMPTIONS = (
    ("replacement_cost", 6000, 9000, 20000, "made-up default; hard costs alone about 6,000 (drugtopics.com)"),
    ("benefits_load", 0.20, 0.25, 0.30, "made-up default; usual range of employer loads, to confirm"),
    ("exam_fee", 129, 129, 129, "PTCE fee, ptcb.org"),
    ("mentor_hours_per_month", 1, 2, 4, "made-up default"),
    ("external_fill_cost", 3500, 4700, 7000, "made-up range around 4,700 a hire (drugtopics.com)"),
    ("internal_fill_cost", 400, 900, 1500, "made-up default"),
)
TARGETS = (
    ("voluntary_turnover_rate_12m", 0.18),
    ("promotion_rate_12m", 0.12),
    ("completed_on_time_rate", 0.90),
    ("certified_in_time_rate", 0.60),
    ("ready_waiting_over_90", 10),
)


def program_feeds(export: Export) -> Tables:
    """All fourteen feeds of the group program."""
    start = date(1970, 1, 1) + timedelta(days=export.organisation.window_start)
    reasons = [(text, code, True) for rows in LEAVING_REASONS for text, code, _ in rows]
    skills = ("skill_id", "name", "track", "requalify_months", "fail_suspends")
    types = ("credential_code", "name", "issuer", "satisfies", "renewal_months", "ce_hours")
    rules = ("rule_id", "credential_code", "months", "state", "clock", "registration_code")
    paths = [(TIERS[low], TIERS[high]) for low, high in TIER_PATHS]
    return {
        "sites": _sites(export),
        "tiers": from_rows(("tier", "title", "track", "rank", "is_entry"), TIER_ROWS),
        "tier_paths": from_rows(("from_tier", "to_tier"), paths),
        "job_tiers": from_rows(("job_code", "effective_on", "tier"), _job_tiers(export)),
        "tier_requirements": _requirements(export),
        "skills": from_rows(skills, SKILLS),
        "credential_types": from_rows(types, CREDENTIAL_TYPES),
        "ce_rules": from_rows(("credential_code", "topic", "audience", "min_hours", "max_hours"), CE_RULES),
        "certification_rules": from_rows(rules, CERTIFICATION_RULES),
        "program_costs": _program_costs(export),
        "roi_assumptions": from_rows(("name", "low", "central", "high", "source"), ROI_ASSUMPTIONS),
        "targets": from_rows(
            ("metric", "site_id", "target", "effective_on"), [(name, None, value, start) for name, value in TARGETS]
        ),
        "separation_reasons": from_rows(("reason", "reason_code", "is_separation"), reasons),
        "person_links": pa.table(
            {
                **{name: pa.array([], pa.string()) for name in ("source", "person", "employee_id")},
                **{name: pa.array([], pa.date32()) for name in ("valid_from_on", "valid_to_on")},
            }
        ),
    }


def _sites(export: Export) -> Table:
    organisation = export.organisation
    number = np.arange(organisation.sites)
    names = [
        f"{PLACES[place % len(PLACES)]} {STREETS[place // len(PLACES) % len(STREETS)]}"
        + ("" if place < len(PLACES) * len(STREETS) else f" {place // (len(PLACES) * len(STREETS)) + 1}")
        for place in range(organisation.sites)
    ]
    states = STATES[number % len(STATES)]
    opened = organisation.window_start - export.rng(17).integers(400, 7000, organisation.sites)
    started = np.where(organisation.program_start <= organisation.window_end, organisation.program_start, NEVER)
    return pa.table(
        {
            "site_id": export.sites(number),
            "name": names,
            "region": [REGIONS[state] for state in states.tolist()],
            "state": pa.array(states.tolist()),
            "site_type": words(organisation.site_type, SITE_TYPES),
            "opened_on": dates(opened),
            "closed_on": dates(np.full(organisation.sites, NEVER)),
            "program_started_on": dates(started),
        }
    )


def _job_tiers(export: Export) -> list[tuple[Any, ...]]:
    """The crosswalk: infusion technicians II count as clinical from a day half-way through on."""
    reclassified = date(1970, 1, 1) + timedelta(days=export.reclassified_on)
    rows: list[tuple[Any, ...]] = [
        (JOB_CODES[place], None, TIERS[place % len(TIER_JOBS)]) for place in range(2 * len(TIER_JOBS))
    ]
    rows += [(JOB_CODES[INFUSION_JOB], None, "T2"), (JOB_CODES[INFUSION_JOB], reclassified, "C1")]
    return [*rows, *((code, None, None) for code in JOB_CODES[INFUSION_JOB + 1 :])]


def _requirements(export: Export) -> Table:
    """What each tier asks for; what looks back in time holds once there is that much history to look at."""
    start = np.array([export.organisation.window_start])

    def after(months: int) -> Ints:
        return add_months(start, months)

    always = np.array([ALWAYS])
    skills = {skill for skill, *_ in SKILLS}
    rows: list[tuple[str, str, str, float | None, Ints]] = []
    for tier in range(T1 + 1, len(TIERS)):
        item = ITEM_FOR[tier]
        course = ("skill", ITEMS[item]) if ITEMS[item] in skills else ("course", ITEM_COURSES[item])
        rows.append((TIERS[tier], "credential", "CPhT", None, always))
        rows.append((TIERS[tier], course[0], course[1], None, always))
        rows.append((TIERS[tier], "months_in_tier", "", float(MONTHS_BELOW[tier]), after(int(MONTHS_BELOW[tier]))))
        rows.append(
            (
                TIERS[tier],
                "evaluation_average",
                str(EVALUATION_MONTHS),
                float(EVALUATION_AVERAGE[tier]),
                after(EVALUATION_MONTHS),
            )
        )
        if tier in ASKED_COMPETENCY:
            competency, least = ASKED_COMPETENCY[tier]
            rows.append((TIERS[tier], "competency", COMPETENCIES[competency][0], least, after(COMPETENCY_MONTHS)))
    return pa.table(
        {
            "tier": [tier for tier, *_ in rows],
            "requirement_id": [f"RQ{number:02d}" for number in range(1, len(rows) + 1)],
            "kind": [kind for _, kind, *_ in rows],
            "target": [target or None for _, _, target, *_ in rows],
            "threshold": [threshold for *_, threshold, _ in rows],
            "effective_on": dates(np.concatenate([effective for *_, effective in rows])),
            "retired_on": dates(np.full(len(rows), NEVER)),
        }
    )


def _program_costs(export: Export) -> Table:
    """A start-up cost at each site's start; a platform fee of the whole organisation every quarter from then on."""
    organisation = export.organisation
    started = np.flatnonzero(organisation.program_start <= organisation.window_end)
    starts = organisation.program_start[started]
    months = range(organisation.first_month, organisation.last_month + 1)
    quarters = np.array([month_start(month) for month in months if month % 3 == 0])
    quarters = quarters[quarters >= starts.min(initial=NEVER)]
    fee = round(1500 + 18 * float(organisation.sizes.sum()) / 4)
    day = np.concatenate([starts, quarters, quarters])
    category = np.concatenate([np.zeros(len(starts)), np.ones(len(quarters)), np.full(len(quarters), 2)])
    amount = np.concatenate(
        [900 + 35.0 * organisation.sizes[started], np.full(len(quarters), fee), np.full(len(quarters), fee // 3)]
    )
    site = np.concatenate([started, np.full(2 * len(quarters), -1)])
    order = np.lexsort((site, category, day))
    return pa.table(
        {
            "cost_id": record_ids("PC", len(order)),
            "incurred_on": dates(day[order]),
            "category": words(category[order].astype(np.int64), ("launch", "platform", "content")),
            "amount": numbers(amount[order], 2),
            "site_id": export.sites(site[order]),
        }
    )
