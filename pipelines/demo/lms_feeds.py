"""The feeds of the learning system: catalogue, assignments, completions."""

from __future__ import annotations

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.columns import Table, Tables, dates, flags, from_rows, numbers, pa, record_ids, words
from pipelines.demo.dates import NEVER, Flags, Floats, Ints, month_start
from pipelines.demo.draws import normal
from pipelines.demo.export import IS_HOSPITAL_LIKE, Export
from pipelines.demo.ladder import COURSES, ITEM_COURSES, OUTSIDE, REQUALIFY_COURSES
from pipelines.demo.state import Columns
from pipelines.demo.training import latencies

COURSE_IDS = [course for course, *_ in COURSES]
ONBOARDING, PRIVACY, HAZARDOUS, EXAM_PREPARATION, UPDATE = (
    COURSE_IDS.index(course) for course in ("CR-100", "CR-110", "CR-120", "CR-200", "CR-500")
)
WAIVED_SHARE, UPDATE_SHARE = 0.01, 0.35
CATALOGUE = ("course_id", "title", "category", "skill_id", "duration_hours", "seat_cost")


def lms_feeds(export: Export) -> Tables:
    """courses, assignments, completions."""
    rows = _everything_assigned(export)
    return {
        "courses": from_rows(CATALOGUE, COURSES),
        "assignments": _assignments(export, rows),
        "completions": _completions(export, rows),
    }


def _everything_assigned(export: Export) -> Columns:
    """Courses that decide about promotions, as simulated, and the others, made up here."""
    rows = export.history.log.table("training")
    keep = export.history.is_on_record[rows["employment"]]
    rows = {name: values[keep] for name, values in rows.items()}
    again = [COURSE_IDS.index(REQUALIFY_COURSES.get(item, course)) for item, course in enumerate(ITEM_COURSES)]
    first = [COURSE_IDS.index(course) for course in ITEM_COURSES]
    course = np.where(rows["is_requalification"], np.array(again)[rows["item"]], np.array(first)[rows["item"]])
    ladder: Columns = {name: rows[name] for name in ("employment", "assigned_on", "completed_on", "has_passed")}
    ladder |= {"again_on": rows["again_on"], "course": course, "is_required": np.ones(len(course), np.bool_)}
    others = _others(export)
    merged = {name: np.concatenate([ladder[name], others[name]]) for name in ladder}
    order = np.lexsort((merged["course"], merged["employment"], merged["assigned_on"]))
    return {name: values[order] for name, values in merged.items()}


def _others(export: Export) -> Columns:
    """Onboarding, yearly compliance, exam preparation and quarterly updates."""
    history, organisation = export.history, export.organisation
    log = history.log.table("employments")
    hired = history.is_on_record & history.has_known_start
    last_day = np.minimum(history.last_day, organisation.window_end)
    rng = export.rng(8)
    parts: list[tuple[Ints, Ints, int, bool]] = []

    def assign(employment: Ints, day: Ints, course: int, *, is_required: bool = True) -> None:
        there = (day <= last_day[employment]) & (day >= history.started_on[employment])
        parts.append((employment[there], day[there], course, is_required))

    newcomers = np.flatnonzero(hired)
    assign(newcomers, history.started_on[newcomers] + rng.integers(0, 5, len(newcomers)), ONBOARDING)
    candidates = np.flatnonzero(hired & ~log["is_certified"] & (log["tier"] != OUTSIDE))
    wait = 25 + rng.integers(0, 40, len(candidates))
    assign(candidates, history.started_on[candidates] + wait, EXAM_PREPARATION)
    everybody = np.flatnonzero(history.is_on_record)
    handles = np.flatnonzero(history.is_on_record & IS_HOSPITAL_LIKE[organisation.site_type[log["site"]]])
    for number in range(organisation.first_month, organisation.last_month + 1):
        first = month_start(number)
        if number % 12 == 0:  # January
            assign(everybody, np.full(len(everybody), first + 7), PRIVACY)
        if number % 12 == 5:  # June
            assign(handles, np.full(len(handles), first + 7), HAZARDOUS)
        if number % 3 == 0:
            some = everybody[rng.random(len(everybody)) < UPDATE_SHARE]
            assign(some, np.full(len(some), first + 14), UPDATE, is_required=False)
    employment = np.concatenate([part[0] for part in parts])
    assigned_on = np.concatenate([part[1] for part in parts])
    takes = latencies(rng.random(len(employment)))
    return {
        "employment": employment,
        "assigned_on": assigned_on,
        "completed_on": np.where(takes < NEVER, assigned_on + takes, NEVER),
        "has_passed": np.ones(len(employment), np.bool_),
        "again_on": np.full(len(employment), NEVER),
        "course": np.concatenate([np.full(len(part[0]), part[2]) for part in parts]),
        "is_required": np.concatenate([np.full(len(part[0]), part[3]) for part in parts]),
    }


def _assignments(export: Export, rows: Columns) -> Table:
    history, organisation = export.history, export.organisation
    last_day = np.minimum(history.last_day[rows["employment"]], organisation.window_end)
    assigned_on = rows["assigned_on"]
    keep = (assigned_on >= organisation.window_start) & (assigned_on <= last_day)
    luck = export.rng(9).random(len(assigned_on))
    waived_on = assigned_on + 5 + np.floor(1500 * luck).astype(np.int64)
    is_waived = (luck < WAIVED_SHARE) & (rows["completed_on"] == NEVER) & (waived_on <= last_day)
    waived_on[~is_waived] = NEVER
    is_required = rows["is_required"].astype(np.bool_)
    return pa.table(
        {
            "assignment_id": record_ids("AS", int(keep.sum())),
            "employee_id": export.employees(rows["employment"][keep]),
            "course_id": words(rows["course"][keep], COURSE_IDS),
            "assigned_on": dates(assigned_on[keep]),
            "due_on": dates(np.where(is_required, assigned_on + p.DUE_DAYS, NEVER)[keep]),
            "is_required": flags(is_required[keep]),
            "waived_on": dates(waived_on[keep]),
        }
    )


def _completions(export: Export, rows: Columns) -> Table:
    history = export.history
    tried = [rows["completed_on"], rows["again_on"]]
    day = np.concatenate(tried)
    employment, course = np.tile(rows["employment"], 2), np.tile(rows["course"], 2)
    passed: Flags = np.concatenate([rows["has_passed"], np.ones(len(rows["again_on"]), np.bool_)])
    keep = day <= np.minimum(history.last_day[employment], export.organisation.window_end)
    luck: Floats = normal(export.rng(10).random(len(day)))
    score = np.where(passed, np.clip(88 + 6 * luck, 70, 100), np.clip(60 + 5 * luck, 30, 69))
    order = np.flatnonzero(keep)
    order = order[np.lexsort((course[order], employment[order], day[order]))]
    hours = np.array([course_hours for *_, course_hours, _ in COURSES])
    return pa.table(
        {
            "completion_id": record_ids("CM", len(order)),
            "employee_id": export.employees(employment[order]),
            "course_id": words(course[order], COURSE_IDS),
            "completed_on": dates(day[order]),
            "score": numbers(score[order], 0),
            "passed": flags(passed[order]),
            "hours": numbers((hours[course] * (0.9 + 0.2 * np.abs(luck) / 3))[order], 1),
        }
    )
