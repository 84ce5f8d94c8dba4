"""Faults in what learning systems export: assignments, completions, and an old system with keys of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np

from pipelines.demo.sheets import CORRECTED, FLAGGED, LINKED, MAPPED, QUARANTINED, Ledger, Row, Sheet

RETIRED_COURSE = "CR-045"
OLD_FORMAT = "%m/%d/%Y"


def spoil_lms(
    sheets: dict[str, Sheet],
    links: Sheet,
    ledger: Ledger,
    settings: dict[str, dict[str, Any]],
    rng: np.random.Generator,
) -> list[Sheet]:
    """Spoil assignments and completions; returns the files that come later, and those of the old system."""
    completions = sheets["completions"]
    old = _old_system(sheets, links, ledger, settings["lms_old"], rng)
    mended = Sheet("lms", "completions_2", completions.columns)
    _shift_days(completions, mended, ledger, rng)
    _lose_zeros(completions, ledger, settings["lms"], rng)
    _add_strays(sheets, ledger, rng)
    for token in completions.choose(rng, 0.01, 20):
        added = completions.add(completions.rows[token])
        ledger.note("duplicate_completion", CORRECTED, completions, added, "completion_id", note="counts once")
    trailer = completions.add({"completion_id": "TOTAL", "employee_id": str(len(completions.rows))})
    ledger.note("truncated_resent_or_trailer", QUARANTINED, completions, trailer, "completion_id", note="trailer row")
    # What was extracted once more, faults included but not those mended meanwhile.
    untouched = [row for token, row in completions.rows.items() if token not in completions.touched]
    resent = Sheet("lms", "completions_3", completions.columns, dict(enumerate(untouched[-300:])))
    ledger.note("truncated_resent_or_trailer", CORRECTED, resent, None, note="sent once before; counts once")
    return [old, mended, resent, _reset_due_dates(sheets["assignments"], ledger, rng)]


def _moved(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _old_system(
    sheets: dict[str, Sheet], links: Sheet, ledger: Ledger, settings: dict[str, Any], rng: np.random.Generator
) -> Sheet:
    """Completions from a system that knows people by e-mail, some by one that changed, and writes MM/DD/YYYY."""
    completions, employees = sheets["completions"], sheets["employees"]
    emails = {row["employee_id"]: row["work_email"] for row in employees.rows.values()}
    old = Sheet("lms_old", "completions", completions.columns)
    chosen = completions.choose(rng, 0.03, 150)
    changed = {person for person in emails if rng.random() < 0.2}
    linked: set[str] = set()
    for token in chosen:
        row = completions.rows.pop(token)
        person = row["employee_id"]
        name, _, domain = emails[person].partition("@")
        email = f"{name}.was@{domain}" if person in changed else emails[person]
        if person in changed and person not in linked:
            linked.add(person)
            links.add({"source": old.source, "person": email, "employee_id": person})
        day = date.fromisoformat(row["completed_on"])
        added = old.add({**row, "employee_id": email, "completed_on": day.strftime(OLD_FORMAT)})
        kept = "an address that changed" if person in changed else "their address"
        ledger.note("lms_keyed_by_email", LINKED, old, added, "employee_id", person, kept)
    # A few rows written in another way: unreadable in this format, so set aside rather than guessed at.
    late = [token for token, row in old.rows.items() if int(row["completed_on"][3:5]) > 12]
    wrong = [late[place] for place in rng.choice(len(late), 6, replace=False)]
    for number, token in enumerate(wrong):
        row = old.rows[token]
        month, day, year = row["completed_on"].split("/")
        serial = (date(int(year), int(month), int(day)) - date(1899, 12, 30)).days
        row["completed_on"] = str(serial) if number % 2 else f"{day}/{month}/{year}"
        ledger.note("date_format", QUARANTINED, old, token, "completed_on", f"{year}-{month}-{day}")
        ledger.faults = [
            f for f in ledger.faults if not (f.kind == "lms_keyed_by_email" and f.sheet is old and f.token == token)
        ]
    for token, row in old.rows.items():
        if token not in wrong:
            month, day, year = row["completed_on"].split("/")
            ledger.note("date_format", MAPPED, old, token, "completed_on", f"{year}-{month}-{day}")
    settings |= {"date_formats": [OLD_FORMAT], "persons": "work_email"}
    return old


def _shift_days(completions: Sheet, mended: Sheet, ledger: Ledger, rng: np.random.Generator) -> None:
    """Times in UTC cut to a date: evening completions land on the next day, until they are sent again."""
    for token in completions.choose(rng, 0.005, 15):
        row = completions.rows[token]
        mended.add(dict(row))
        meant = row["completed_on"]
        row["completed_on"] = _moved(meant, 1)
        ledger.note(
            "utc_shift", CORRECTED, completions, token, "completed_on", meant, "sent again in completions_2.csv"
        )


def _lose_zeros(completions: Sheet, ledger: Ledger, settings: dict[str, Any], rng: np.random.Generator) -> None:
    lost: dict[str, str] = {}
    zeros = [token for token, row in completions.rows.items() if row["employee_id"].startswith("0")]
    for token in completions.choose(rng, 0.005, 15, zeros):
        row = completions.rows[token]
        meant = row["employee_id"]
        row["employee_id"] = meant.lstrip("0")
        lost[row["employee_id"]] = meant
        ledger.note("leading_zeros_lost", MAPPED, completions, token, "employee_id", meant)
    settings["values"] = {"completions": {"employee_id": lost}}


def _add_strays(sheets: dict[str, Sheet], ledger: Ledger, rng: np.random.Generator) -> None:
    """Completions before the hire, and of a course that the catalogue no longer has."""
    completions = sheets["completions"]
    hired: dict[str, str] = {}
    for row in sheets["job_history"].rows.values():
        if row["event"] == "hire":
            hired.setdefault(row["employee_id"], row["effective_on"])

    def stray(person: str, number: int, course: str, day: str) -> int:
        row: Row = {"completion_id": f"CM-STRAY{number}", "employee_id": person, "course_id": course}
        return completions.add({**row, "completed_on": day, "score": "90", "passed": "true", "hours": "1.0"})

    known = {row["employee_id"] for row in completions.rows.values()} & set(hired)
    persons: Iterable[Any] = rng.choice(sorted(known), 10, replace=False)
    for number, person in enumerate(map(str, persons)):
        if number % 2:
            token = stray(person, number, "CR-500", _moved(hired[person], -int(rng.integers(5, 30))))
            ledger.note(
                "completion_before_hire", FLAGGED, completions, token, "completed_on", note="kept, never in time"
            )
        else:
            token = stray(person, number, RETIRED_COURSE, _moved(hired[person], 10))
            ledger.note("retired_course", FLAGGED, completions, token, "course_id", note="listed as an orphan")


def _reset_due_dates(assignments: Sheet, ledger: Ledger, rng: np.random.Generator) -> Sheet:
    """Assignments sent again with a later due date; the first one goes on counting."""
    again = Sheet("lms", "assignments_2", assignments.columns)
    due = [token for token, row in assignments.rows.items() if row["due_on"]]
    for token in assignments.choose(rng, 0.01, 20, due):
        row = assignments.rows[token]
        added = again.add({**row, "due_on": _moved(row["due_on"], 30)})
        ledger.note("due_date_reset", FLAGGED, again, added, "due_on", row["due_on"], "counted as due_moved")
    return again
