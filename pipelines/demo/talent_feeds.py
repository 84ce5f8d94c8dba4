"""The HR feeds around the job: evaluations, mentorships, pathways, rewards, openings, exit interviews."""

from __future__ import annotations

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.columns import Table, Tables, dates, flags, from_rows, numbers, pa, pick, record_ids, words
from pipelines.demo.dates import NEVER, Ints
from pipelines.demo.draws import lognormal
from pipelines.demo.export import JOB_CODES, Export
from pipelines.demo.job_feeds import LEAVING_REASONS, leaving_reasons, voluntary_leavers
from pipelines.demo.ladder import COMPETENCIES, LEAD, LIMITED, T1, T2, T3, TIERS
from pipelines.demo.state import PROMOTION

INTERVIEWED_SHARE, SAME_REASON_SHARE = 0.65, 0.8
PATHWAYS = ("tech_to_manager", "rotation", "clinical_floater")
REWARDS = ("bonus", "tuition", "conference", "paid_ce")
REWARD_USD = np.array([250, 1500, 900, 120])
SOURCES = ("internal", "external", "agency")
SOURCE_USD = np.array([900, 4700, 6200])
COMMENTS = (
    "Liked the team; the schedule changed too often.",
    "Was offered a lead post elsewhere.",
    "Could not see what the next step would be.",
    "Pay for the same work is higher across the street.",
)


def talent_feeds(export: Export) -> Tables:
    """evaluations, competencies, mentorships, pathway_enrollments, rewards, openings, exit_interviews."""
    names = ("competency_id", "name", "tier", "is_checklist_item")
    return {
        "exit_interviews": _exit_interviews(export),
        "evaluations": _evaluations(export),
        "competencies": from_rows(names, [(c, name, TIERS[tier], item) for c, name, tier, item in COMPETENCIES]),
        "mentorships": _mentorships(export),
        "pathway_enrollments": _pathways(export),
        "rewards": _rewards(export),
        "openings": _openings(export),
    }


def _exit_interviews(export: Export) -> Table:
    rng = export.rng(3)
    leavers = voluntary_leavers(export)
    luck = rng.random((5, len(leavers)))
    is_held = luck[0] < INTERVIEWED_SHARE
    day = export.history.last_day[leavers] - np.floor(8 * luck[1]).astype(np.int64)
    day = np.maximum(day, export.organisation.window_start)
    _, reason = leaving_reasons(export)
    texts = [text for text, *_ in LEAVING_REASONS[0]]
    told = np.where(luck[2] < SAME_REASON_SHARE, reason[leavers], np.floor(len(texts) * luck[3]).astype(np.int64))
    visibility = np.clip(np.round(3.4 - 1.2 * (told == 1) + 1.5 * (luck[4] - 0.5)), 1, 5).astype(np.int64)
    order = np.flatnonzero(is_held)
    order = order[np.lexsort((leavers[order], day[order]))]
    comment = np.where(luck[4] < 0.3, np.floor(len(COMMENTS) * luck[1]).astype(np.int64), -1)
    return pa.table(
        {
            "employee_id": export.employees(leavers[order]),
            "interviewed_on": dates(day[order]),
            "primary_reason": words(told[order], texts),
            "growth_visibility": numbers(visibility[order]),
            "would_return": flags(luck[3][order] < 0.45),
            "comments": words(comment[order], COMMENTS),
        }
    )


def _evaluations(export: Export) -> Table:
    rows = export.history.during_employment("evaluations", "day")
    order = np.lexsort((rows["employment"], rows["day"]))
    rows = {name: values[order] for name, values in rows.items()}
    return pa.table(
        {
            "evaluation_id": record_ids("EV", len(order)),
            "employee_id": export.employees(rows["employment"]),
            "evaluated_on": dates(rows["day"]),
            "competency_id": words(rows["competency"], [c for c, *_ in COMPETENCIES]),
            "score": numbers(rows["score"], 1),
            "evaluator_id": export.employees(export.managers(rows["site"], rows["day"])),
        }
    )


def _mentorships(export: Export) -> Table:
    history = export.history
    rows = history.log.table("mentorships")
    mentor, mentee, start = rows["mentor"], rows["mentee"], rows["started_on"]
    keep = history.is_on_record[mentor] & history.is_on_record[mentee]
    keep &= start <= np.minimum(history.last_day[mentee], export.organisation.window_end)
    mentor, mentee, start = mentor[keep], mentee[keep], start[keep]
    lasts = 30 + lognormal(export.rng(4).random(len(start)), p.MENTORSHIP_MEDIAN_DAYS - 30, 0.5)
    end = np.minimum(start + np.floor(lasts).astype(np.int64), 1 + history.last_day[mentor])
    end = np.minimum(end, 1 + history.last_day[mentee])
    end[end > export.organisation.window_end] = NEVER
    order = np.lexsort((mentee, start))
    return pa.table(
        {
            "mentorship_id": record_ids("MT", len(order)),
            "mentor_id": export.employees(mentor[order]),
            "mentee_id": export.employees(mentee[order]),
            "started_on": dates(start[order]),
            "ended_on": dates(np.maximum(end, start + 1)[order]),
        }
    )


def _promoted(export: Export) -> tuple[Ints, Ints, Ints]:
    """Employments, days and new tiers of the promotions on record."""
    jobs = export.history.jobs
    is_promotion = jobs["kind"] == PROMOTION
    return jobs["employment"][is_promotion], jobs["day"][is_promotion], jobs["tier"][is_promotion]


def _pathways(export: Export) -> Table:
    """Some of those promoted set out on a pathway within months, and most complete it within a year."""
    employment, day, tier = _promoted(export)
    luck = export.rng(5).random((4, len(employment)))
    start = day + 20 + np.floor(150 * luck[0]).astype(np.int64)
    end = start + 120 + np.floor(240 * luck[1]).astype(np.int64)
    last_day = np.minimum(export.history.last_day[employment], export.organisation.window_end)
    keep = (luck[2] < 0.3) & (start <= last_day) & (tier != T1)
    leads = np.isin(tier, (T3, LEAD, *LIMITED))
    pathway = np.where(leads & (luck[3] < 0.6), 0, np.where(luck[3] < 0.75, 1, 2))
    completes = luck[2] < 0.22
    end[end > last_day] = NEVER
    order = np.flatnonzero(keep)
    order = order[np.lexsort((employment[order], start[order]))]
    outcome = np.where(end == NEVER, -1, np.where(completes, 0, 1))
    return pa.table(
        {
            "enrollment_id": record_ids("PW", len(order)),
            "employee_id": export.employees(employment[order]),
            "pathway": words(pathway[order], PATHWAYS),
            "started_on": dates(start[order]),
            "ended_on": dates(end[order]),
            "outcome": words(outcome[order], ("completed", "withdrawn")),
        }
    )


def _rewards(export: Export) -> Table:
    """A bonus for most promotions, and later something towards learning."""
    employment, day, tier = _promoted(export)
    luck = export.rng(6).random((3, len(employment)))
    employment, day = np.tile(employment, 2), np.concatenate([day, day + 90 + np.floor(200 * luck[0]).astype(np.int64)])
    learning = 1 + pick(luck[1], (0.25, 0.25, 0.5))
    kind = np.concatenate([np.zeros(len(tier), np.int64), learning])
    keep = np.concatenate([luck[2] < 0.7, luck[2] > 0.5])
    keep &= day <= np.minimum(export.history.last_day[employment], export.organisation.window_end)
    scale = np.tile(np.where(tier == T2, 1.0, 2.0), 2)
    order = np.flatnonzero(keep)
    order = order[np.lexsort((kind[order], employment[order], day[order]))]
    return pa.table(
        {
            "reward_id": record_ids("RW", len(order)),
            "employee_id": export.employees(employment[order]),
            "granted_on": dates(day[order]),
            "kind": words(kind[order], REWARDS),
            "amount": numbers((REWARD_USD[kind] * scale)[order], 2),
        }
    )


def _openings(export: Export) -> Table:
    """Filled ones of the history, and those still open on its last day."""
    organisation, state = export.organisation, export.history.world.state
    rows = export.history.log.table("openings")
    in_window = (rows["opened_on"] >= organisation.window_start) & (rows["opened_on"] <= organisation.window_end)
    rows = {name: values[in_window] for name, values in rows.items()}
    seats = np.flatnonzero(~state.is_employed & ~organisation.is_manager_seat)
    posts, sites = np.nonzero(state.requisition_since < NEVER)
    count = len(seats) + len(sites)
    site = np.concatenate([rows["site"], organisation.seat_site[seats], sites])
    tier = np.concatenate([rows["tier"], np.full(len(seats), T1), np.array(LIMITED)[posts]])
    opened = np.concatenate([rows["opened_on"], state.vacant_since[seats], state.requisition_since[posts, sites]])
    filled = np.concatenate([rows["filled_on"], np.full(count, NEVER)])
    employment = np.concatenate([rows["employment"], np.full(count, -1)])
    source = np.concatenate([rows["source"], np.full(count, -1)])
    is_open = filled > organisation.window_end
    filled[is_open], employment[is_open], source[is_open] = NEVER, -1, -1
    keep = (opened >= organisation.window_start) & (opened <= organisation.window_end)
    order = np.flatnonzero(keep)
    order = order[np.lexsort((tier[order], site[order], opened[order]))]
    job = export.job_codes(tier, site, np.full(len(tier), organisation.window_end), np.zeros(len(tier), np.int64))
    cost = SOURCE_USD[source] * (0.8 + 0.4 * export.rng(7).random(len(source)))
    return pa.table(
        {
            "opening_id": record_ids("RQ", len(order)),
            "site_id": export.sites(site[order]),
            "job_code": words(job[order], JOB_CODES),
            "opened_on": dates(opened[order]),
            "filled_on": dates(filled[order]),
            "fill_source": words(source[order], SOURCES),
            "filled_by": export.employees(employment[order]),
            "cost": numbers(cost[order], 2, present=source[order] >= 0),
        }
    )
