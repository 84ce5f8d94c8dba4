"""The feeds employees and job_history, as an HRIS exports them."""

from __future__ import annotations

import numpy as np

from pipelines.demo.columns import Table, Tables, dates, numbers, pa, pick, words
from pipelines.demo.dates import Ints
from pipelines.demo.export import JOB_CODES, Export
from pipelines.demo.state import (
    BASELINE,
    CLASS,
    DEMOTION,
    HIRE,
    LADDER_EXIT,
    LATERAL,
    LEAVE_END,
    LEAVE_START,
    MANAGER,
    MERIT,
    PROMOTION,
    RECLASSIFIED,
    TERMINATION,
    TRANSFER,
    VOLUNTARY,
    Columns,
)

EVENTS = ("hire", "rehire", "job_change", "leave_start", "leave_end", "termination")
CLASSES = ("full_time", "part_time", "per_diem")
FTES = np.array([1.0, 0.6, 0.2])
SEPARATION_TYPES = ("voluntary", "involuntary", "other")
EVENT_OF = np.full(TERMINATION + 1, EVENTS.index("job_change"))
EVENT_OF[[HIRE, LEAVE_START, LEAVE_END, TERMINATION]] = [0, 3, 4, 5]
CHANGE_REASONS = {
    HIRE: "New hire",
    LEAVE_START: "Leave of absence",
    LEAVE_END: "Return from leave",
    BASELINE: "Converted from previous system",
    MANAGER: "New manager",
    MERIT: "Merit increase",
    CLASS: "Change of hours",
    TRANSFER: "Transfer",
    PROMOTION: "Promotion",
    LATERAL: "Lateral move",
    DEMOTION: "Step down",
    LADDER_EXIT: "Move to purchasing",
}
# Reasons as the HR system writes them, with their codes and shares within a type [J].
LEAVING_REASONS = (
    (
        ("Better pay elsewhere", "pay", 0.30),
        ("Career opportunity", "growth", 0.24),
        ("Workload / staffing", "workload", 0.18),
        ("Relocation", "relocation", 0.08),
        ("Return to school", "education", 0.08),
        ("Family or health", "personal", 0.07),
        ("Job abandonment", "abandonment", 0.05),
    ),
    (
        ("Attendance", "attendance", 0.40),
        ("Performance", "performance", 0.35),
        ("Policy violation", "conduct", 0.15),
        ("Position eliminated", "reduction", 0.10),
    ),
    (("Retirement", "retirement", 0.70), ("Long-term disability", "disability", 0.20), ("Deceased", "death", 0.10)),
)
REASONS = (*CHANGE_REASONS.values(), *(text for rows in LEAVING_REASONS for text, _, _ in rows))


def leaving_reasons(export: Export) -> tuple[Ints, Ints]:
    """Separation type of each employment (-1: none), and the reason's position among those of its type."""
    history = export.history
    separations = history.log.table("separations")
    types = np.full(len(history.started_on), -1)
    types[separations["employment"]] = separations["type"]
    luck = export.rng(2).random(len(types))
    reason = np.full(len(types), -1)
    for code, rows in enumerate(LEAVING_REASONS):
        of_type = types == code
        reason[of_type] = pick(luck[of_type], [share for _, _, share in rows])
    return types, reason


def _drop_stray_returns(jobs: Columns) -> Columns:
    """Without returns from leaves that began before the history."""
    of_leave = np.flatnonzero((jobs["kind"] == LEAVE_START) | (jobs["kind"] == LEAVE_END))
    kinds, employments = jobs["kind"][of_leave], jobs["employment"][of_leave]
    follows = np.append(False, (employments[1:] == employments[:-1]) & (kinds[:-1] == LEAVE_START))
    stray = of_leave[(kinds == LEAVE_END) & ~follows]
    keep = np.ones(len(jobs["kind"]), np.bool_)
    keep[stray] = False
    return {name: values[keep] for name, values in jobs.items()}


def _sequence(person: Ints, day: Ints) -> Ints:
    """Numbers rows of one person and day from 0; rows are sorted by person and day."""
    place = np.arange(len(person))
    is_new = np.append(True, (person[1:] != person[:-1]) | (day[1:] != day[:-1]))
    return place - np.maximum.accumulate(np.where(is_new, place, 0))


def _reasons(export: Export, jobs: Columns) -> tuple[Ints, Ints]:
    """Separation types (-1 where there is none) and positions in REASONS of job rows."""
    types, reason = leaving_reasons(export)
    is_end = jobs["kind"] == TERMINATION
    separation_type = np.where(is_end, types[jobs["employment"]], -1)
    offsets = len(CHANGE_REASONS) + np.cumsum([0, *(len(rows) for rows in LEAVING_REASONS)])[:-1]
    kind_reasons = np.full(TERMINATION + 1, -1)
    kind_reasons[list(CHANGE_REASONS)] = np.arange(len(CHANGE_REASONS))
    ends = offsets[separation_type] + reason[jobs["employment"]]
    return separation_type, np.where(is_end, ends, kind_reasons[jobs["kind"]])


def job_feeds(export: Export) -> Tables:
    """employees, job_history."""
    people = export.people
    order = np.argsort(np.array(people.ids), kind="stable")
    employees = pa.table(
        {
            "employee_id": words(order, people.ids),
            "full_name": words(order, people.names),
            "work_email": words(order, people.emails),
        }
    )
    jobs = export.history.jobs
    jobs = _drop_stray_returns({name: values[jobs["kind"] != RECLASSIFIED] for name, values in jobs.items()})
    rank = np.argsort(order)[people.person[jobs["employment"]]]
    rows = np.lexsort((jobs["kind"], jobs["day"], rank))
    jobs = {name: values[rows] for name, values in jobs.items()}
    return {"employees": employees, "job_history": _job_history(export, jobs)}


def _job_history(export: Export, jobs: Columns) -> Table:
    """Every row states the whole job as it is from then on, as HR systems export effective-dated rows."""
    people = export.people
    kind, employment, day = jobs["kind"], jobs["employment"], jobs["day"]
    event = EVENT_OF[kind]
    event[(kind == HIRE) & people.is_rehire[employment]] = EVENTS.index("rehire")
    is_pharmacist = export.is_pharmacist[employment]
    job = export.job_codes(jobs["tier"], jobs["site"], day, is_pharmacist)
    manager = np.where(is_pharmacist, -1, export.managers(jobs["site"], day))
    separation_type, reason = _reasons(export, jobs)
    return pa.table(
        {
            "employee_id": export.employees(employment),
            "effective_on": dates(day),
            "sequence": numbers(_sequence(people.person[employment], day)),
            "event": words(event, EVENTS),
            "job_code": words(job, JOB_CODES),
            "site_id": export.sites(jobs["site"]),
            "manager_id": export.employees(manager),
            "employment_class": words(jobs["employment_class"], CLASSES),
            "fte": numbers(FTES[jobs["employment_class"]], 1),
            "hourly_rate": numbers(jobs["rate"], 2),
            "separation_type": words(separation_type, SEPARATION_TYPES),
            "reason": words(reason, REASONS),
        }
    )


def voluntary_leavers(export: Export) -> Ints:
    """Employments on record that ended with a quit."""
    types, _ = leaving_reasons(export)
    history = export.history
    ended = history.last_day <= export.organisation.window_end
    return np.flatnonzero(history.is_on_record & ended & (types == VOLUNTARY))
