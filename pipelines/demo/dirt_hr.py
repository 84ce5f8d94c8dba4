"""Faults in what the HRIS exports, those in job histories above all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np

from pipelines.demo.dirt_people import return_under_new_ids, use_sentinels, vary_names
from pipelines.demo.sheets import CORRECTED, FLAGGED, MAPPED, Ledger, Row, Sheet

RENAMED_JOB, RENAMED_TO = "PT20", "PHT-II"
MERGED_SITE_WAS = "OLD-"
REASON_AGAINST_TYPE = "Attendance"


def spoil_hr(
    sheets: dict[str, Sheet],
    links: Sheet,
    ledger: Ledger,
    settings: dict[str, Any],
    rng: np.random.Generator,
    end_on: int,
) -> list[Sheet]:
    """Spoil employees, job_history, mentorships and openings; returns the files that come later."""
    employees, jobs = sheets["employees"], sheets["job_history"]
    end = date(1970, 1, 1) + timedelta(days=end_on)
    # This HRIS does not number the rows of a day.
    jobs.columns.remove("sequence")
    for row in jobs.rows.values():
        del row["sequence"]
    later = Sheet("hris", "job_history_2", [*jobs.columns, "is_deleted"])
    values: dict[str, dict[str, dict[str, str]]] = {"employees": {}, "job_history": {}}
    settings |= {
        "modes": {"employees": "snapshot"},
        "termination_date_is_first_day_off": True,
        "values": values,
    }
    histories = _by_person(jobs)
    return_under_new_ids(employees, jobs, histories, links, ledger, rng)
    people = _Jobs(jobs, histories, rng, end)
    _plant_extra_rows(people, later, ledger)
    _split_rows(people, ledger)
    _promote_in_retrospect(people, later, ledger)
    _spoil_reasons(people, ledger)
    _rename(people, ledger, values["job_history"])
    _move_terminations(jobs, ledger)
    _move_terminations(later, None)
    use_sentinels(sheets, ledger, rng)
    return [later, *vary_names(employees, ledger, rng)]


def _by_person(jobs: Sheet) -> dict[str, list[int]]:
    histories: dict[str, list[int]] = {}
    for token, row in jobs.rows.items():
        histories.setdefault(row["employee_id"], []).append(token)
    return histories


class _Jobs:
    """Job rows by person, to find places where a fault does nothing but what it is meant to."""

    def __init__(self, jobs: Sheet, histories: dict[str, list[int]], rng: np.random.Generator, end: date) -> None:
        self.sheet, self.histories, self.rng, self.end = jobs, histories, rng, end
        self.spoiled = {person for person, history in histories.items() if jobs.touched.intersection(history)}

    def row(self, token: int) -> Row:
        return self.sheet.rows[token]

    def day(self, token: int) -> date:
        return date.fromisoformat(self.row(token)["effective_on"])

    def choose(self, share: float, least: int, fits: Callable[[list[int], int], bool]) -> list[int]:
        """Rows that fit (`fits(history, place)`), at most one a person and none of a person with a fault."""
        free: list[int] = []
        for person, history in self.histories.items():
            if person in self.spoiled:
                continue
            places = [place for place in range(len(history)) if fits(history, place)]
            if places:
                free.append(history[places[int(self.rng.integers(len(places)))]])
        chosen = self.sheet.choose(self.rng, share, least, free)
        self.spoiled.update(self.row(token)["employee_id"] for token in chosen)
        return chosen

    def gap_after(self, history: list[int], place: int) -> int:
        """Days from a row to the person's next one, or to the end of the history."""
        following = self.day(history[place + 1]) if place + 1 < len(history) else self.end
        return (following - self.day(history[place])).days

    def is_last(self, history: list[int], place: int) -> bool:
        return place == len(history) - 1

    def shares_its_day(self, history: list[int], place: int) -> bool:
        day = self.row(history[place])["effective_on"]
        return sum(self.row(token)["effective_on"] == day for token in history) > 1


def _plant_extra_rows(jobs: _Jobs, later: Sheet, ledger: Ledger) -> None:
    sheet = jobs.sheet

    def active(history: list[int], place: int) -> bool:
        return jobs.is_last(history, place) and jobs.row(history[place])["event"] != "termination"

    for token in jobs.choose(0.001, 4, active):
        day = jobs.end + timedelta(days=int(jobs.rng.integers(10, 90)))
        raised = f"{float(jobs.row(token)['hourly_rate']) * 1.04:.2f}"
        row = {
            "effective_on": day.isoformat(),
            "hourly_rate": raised,
            "event": "job_change",
            "reason": "Merit increase",
        }
        added = sheet.add({**jobs.row(token), **row})
        ledger.note(
            "future_dated_row", FLAGGED, sheet, added, "effective_on", note="kept; does not count before its day"
        )

    def calm(history: list[int], place: int) -> bool:
        return jobs.row(history[place])["event"] == "job_change" and jobs.gap_after(history, place) > 40

    for token in jobs.choose(0.001, 4, calm):
        day = (jobs.day(token) + timedelta(days=int(jobs.rng.integers(5, 30)))).isoformat()
        gone = {"effective_on": day, "event": "termination", "separation_type": "voluntary", "reason": "Relocation"}
        added = sheet.add({**jobs.row(token), **gone})
        sheet.move_after(added, token)
        later.add({**sheet.rows[added], "is_deleted": "true"})
        ledger.note("rescinded_termination", CORRECTED, sheet, added, "event", note="taken back by job_history_2.csv")
    for token in jobs.choose(0.001, 4, calm):
        day = (jobs.day(token) + timedelta(days=int(jobs.rng.integers(5, 30)))).isoformat()
        added = sheet.add({**jobs.row(token), "effective_on": day, "event": "hire", "reason": "New hire"})
        sheet.move_after(added, token)
        ledger.note(
            "overlapping_assignment", FLAGGED, sheet, added, "event", note="hire_while_employed: taken as a job_change"
        )

    def gone_for_good(history: list[int], place: int) -> bool:
        is_end = jobs.is_last(history, place) and jobs.row(history[place])["event"] == "termination"
        return is_end and jobs.gap_after(history, place) > 40

    for token in jobs.choose(0.001, 4, gone_for_good):
        day = (jobs.day(token) + timedelta(days=int(jobs.rng.integers(10, 30)))).isoformat()
        row = {"effective_on": day, "event": "job_change", "separation_type": "", "reason": "Merit increase"}
        added = sheet.add({**jobs.row(token), **row})
        sheet.move_after(added, token)
        ledger.note("gap", FLAGGED, sheet, added, "event", note="after_leaving: ignored, nobody is employed")


def _split_rows(jobs: _Jobs, ledger: Ledger) -> None:
    """A promotion as two rows of one day, job and pay, in a file that has no sequence."""

    def promotion(history: list[int], place: int) -> bool:
        is_promotion = jobs.row(history[place])["reason"] == "Promotion"
        return is_promotion and place > 0 and not jobs.shares_its_day(history, place)

    for token in jobs.choose(0.002, 5, promotion):
        history = jobs.histories[jobs.row(token)["employee_id"]]
        before = jobs.row(history[history.index(token) - 1])
        added = jobs.sheet.add({**jobs.row(token)})
        jobs.sheet.move_after(added, token)
        jobs.row(token)["hourly_rate"] = before["hourly_rate"]
        for place, row in enumerate((token, added)):
            ledger.note(
                "several_rows_a_day", CORRECTED, jobs.sheet, row, "sequence", str(place), "numbered in the file's order"
            )


def _promote_in_retrospect(jobs: _Jobs, later: Sheet, ledger: Ledger) -> None:
    """Promotions that the first file does not know of, with months in between that were closed."""

    def months_ago(history: list[int], place: int) -> bool:
        row = jobs.row(history[place])
        ago = (jobs.end - jobs.day(history[place])).days
        is_alone = not jobs.shares_its_day(history, place)
        return row["reason"] == "Promotion" and jobs.is_last(history, place) and is_alone and 60 < ago < 400

    for token in jobs.choose(0.001, 4, months_ago):
        row = jobs.sheet.rows.pop(token)
        added = later.add({**row, "is_deleted": "false"})
        ledger.note("retroactive_promotion", CORRECTED, later, added, "effective_on", row["effective_on"])


def _spoil_reasons(jobs: _Jobs, ledger: Ledger) -> None:
    sheet = jobs.sheet

    def quits(history: list[int], place: int) -> bool:
        return jobs.row(history[place])["separation_type"] == "voluntary"

    for number, token in enumerate(jobs.choose(0.004, 8, quits)):
        row = sheet.rows[token]
        meant = row["separation_type"]
        row["reason"] = "" if number % 2 else "Other"
        if number % 2:
            row["separation_type"] = ""
            ledger.note("reason_blank_or_other", FLAGGED, sheet, token, "separation_type", meant, "counts as unknown")
        else:
            ledger.note("reason_blank_or_other", FLAGGED, sheet, token, "reason", note="counts as the reason other")
    for token in jobs.choose(0.002, 4, quits):
        sheet.rows[token]["reason"] = REASON_AGAINST_TYPE
        note = "the type counts, the reason stays as written"
        ledger.note("reason_against_type", FLAGGED, sheet, token, "reason", note=note)


def _rename(jobs: _Jobs, ledger: Ledger, values: dict[str, dict[str, str]]) -> None:
    """A job code that was renamed half a year ago, and a site that has been merged into another since."""
    sheet = jobs.sheet
    since = jobs.end - timedelta(days=183)
    site = sorted({row["site_id"] for row in sheet.rows.values()})[0]
    values["job_code"] = {RENAMED_TO: RENAMED_JOB}
    values["site_id"] = {MERGED_SITE_WAS + site: site}
    for token, row in sheet.rows.items():
        if row["job_code"] == RENAMED_JOB and jobs.day(token) >= since:
            row["job_code"] = RENAMED_TO
            ledger.note("job_code_renamed", MAPPED, sheet, token, "job_code", RENAMED_JOB)
        if row["site_id"] == site and jobs.day(token) < since:
            row["site_id"] = MERGED_SITE_WAS + site
            ledger.note("site_merged", MAPPED, sheet, token, "site_id", site)


def _move_terminations(sheet: Sheet, ledger: Ledger | None) -> None:
    """This HRIS writes the first day off, not the last day worked; a setting says so."""
    for token, row in sheet.rows.items():
        if row["event"] == "termination":
            last_day = row["effective_on"]
            row["effective_on"] = (date.fromisoformat(last_day) + timedelta(days=1)).isoformat()
            if ledger:
                ledger.note("termination_off_by_one", MAPPED, sheet, token, "effective_on", last_day)
