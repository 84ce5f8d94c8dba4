"""The organisation as a system without event history exports it: week by week a list of who is employed.

A file a list, `roster_<day>.csv`: the first on the first day of the history, then one every seven days up to its last
day. Whoever left since the list before stands on the next one once more, with the last day and why. Who was there
before the history began has no hired_on.

Of the job history this leaves out what a weekly list cannot know: on which day between two lists a job changed,
what came and went between them, and who was on leave. The day of a rehire is on it, but the contract does not go by it.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from pipelines.demo.columns import Table, Tables, dates, pa, pc
from pipelines.demo.dates import NEVER, Ints
from pipelines.feeds import FEEDS

LIST_FEED = "roster"
REPLACED = ("employees", "job_history")
DAYS_BETWEEN_LISTS = 7
STARTS = ("hire", "rehire")


def roster_files(tables: Tables, folder: Path, *, start_on: int, end_on: int) -> dict[Path, Table]:
    """The lists between two days (numbers), by path; `tables` has the feeds that they stand for."""
    listed_on = list_days(start_on, end_on)
    lines, on_list = _lines(tables["employees"], tables["job_history"], listed_on)
    edges = np.searchsorted(on_list, np.arange(len(listed_on) + 1))
    return {
        folder / LIST_FEED / f"{LIST_FEED}_{_iso(day)}.csv": lines.slice(int(low), int(high - low))
        for day, low, high in zip(listed_on.tolist(), edges[:-1], edges[1:], strict=True)
    }


def list_days(start_on: int, end_on: int) -> Ints:
    """The days of the lists, in order."""
    return np.unique(np.append(np.arange(end_on, start_on, -DAYS_BETWEEN_LISTS), start_on))


def _iso(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _lines(employees: Table, jobs: Table, listed_on: Ints) -> tuple[Table, Ints]:
    """The lines of all lists, list by list, and the position of the list of each; jobs are in order by person."""
    ids = jobs["employee_id"].combine_chunks().dictionary_decode()
    starts_on = jobs["effective_on"].cast(pa.int32()).to_numpy().astype(np.int64)
    is_start = pc.is_in(jobs["event"], value_set=pa.array(STARTS)).to_numpy()
    is_end = pc.equal(jobs["event"], "termination").to_numpy()
    place = pc.index_in(ids, value_set=employees["employee_id"].combine_chunks().dictionary_decode()).to_numpy()
    is_first = np.append(True, place[1:] != place[:-1])

    # A row describes its person on the lists from its day to the next row's; a leaver stands on one more list.
    until = np.where(np.append(is_first[1:], True), NEVER, np.append(starts_on[1:], NEVER))
    low, high = np.searchsorted(listed_on, starts_on), np.searchsorted(listed_on, until)
    counts = np.where(is_end, np.minimum(high - low, 1), high - low)
    row = np.repeat(np.arange(len(counts)), counts)
    on_list = np.repeat(low, counts) + np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    order = np.argsort(on_list, kind="stable")
    row, on_list = row[order], on_list[order]

    employment = np.maximum.accumulate(np.where(is_first | is_start, np.arange(len(counts)), 0))
    hired_on = np.where(is_start[employment], starts_on[employment], NEVER)
    is_gone = pa.array(is_end[row])
    people, rows = employees.take(pa.array(place[row])), jobs.take(pa.array(row))
    made = {
        "as_of_on": dates(listed_on[on_list]),
        "hired_on": dates(hired_on[row]),
        "terminated_on": dates(np.where(is_end, starts_on, NEVER)[row]),
        "reason": pc.if_else(is_gone, _plain(rows["reason"]), pa.scalar(None, pa.string())),
        "full_name": people["full_name"],
        "work_email": people["work_email"],
    }
    columns = [column.name for column in FEEDS[LIST_FEED].columns]
    return pa.table({name: made[name] if name in made else rows[name] for name in columns}), on_list


def _plain(column: Table) -> Table:
    return column.combine_chunks().dictionary_decode()
