"""The same exports as they would arrive day by day: dated files, the first with everything known by then.

Files are named `<feed>_<day>.csv`, so that within a feed they land in the order of the days: synced one day after
the other or all at once, the last state is the same. A record that ends (a mentorship, an opening) comes when it
begins and again when it ends. Of the job history 4 % of the rows are corrected, half of them 18 days late or more:
most come late, some come wrong at first and right later, and a termination may come with a wrong day, which is
taken back when the right one comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from pipelines.demo.columns import Table, Tables, pa, pc
from pipelines.demo.dates import NEVER, Flags, Ints
from pipelines.demo.draws import FEEDS, lognormal, stream

# The day on which a record comes to be known; and, where it has an end, that day and what is not known before.
DATED = {
    "job_history": "effective_on",
    "exit_interviews": "interviewed_on",
    "evaluations": "evaluated_on",
    "mentorships": "started_on",
    "pathway_enrollments": "started_on",
    "rewards": "granted_on",
    "openings": "opened_on",
    "credentials": "issued_on",
    "exam_attempts": "taken_on",
    "ce_credits": "earned_on",
    "assignments": "assigned_on",
    "completions": "completed_on",
    "program_costs": "incurred_on",
}
ENDING = {
    "mentorships": ("ended_on",),
    "pathway_enrollments": ("ended_on", "outcome"),
    "openings": ("filled_on", "fill_source", "filled_by", "cost"),
    "assignments": ("waived_on",),
    "credentials": ("verified_on", "verification"),
}
CORRECTED_SHARE, MEDIAN_DAYS_LATE, LATE_SIGMA = 0.04, 18, 0.8
# Of the corrected rows: this share comes late, the next comes wrong first; the rest (terminations) on a wrong day.
COMES_LATE, COMES_WRONG = 0.6, 0.3


@dataclass(frozen=True, slots=True)
class Arrival:
    """Rows of one feed: when each arrives, and when another one takes its place (NEVER: none does).

    Of the rows of one day later ones count over earlier ones.
    """

    rows: Table
    arrives_on: Ints
    until: Ints


def daily_files(tables: Tables, folder: Path, *, days: int, end_on: int, seed: int) -> dict[Path, Table]:
    """The files of `days` days that end with `end_on` (a day number), by path; what arrives later is left out."""
    first_on = end_on - days + 1
    jobs = _job_arrivals(tables["job_history"], seed)
    arrivals = {name: _arrivals(name, table) for name, table in tables.items() if name in DATED}
    arrivals["job_history"] = jobs
    arrivals["employees"] = _employee_arrivals(tables["employees"], jobs)
    files: dict[Path, Table] = {}
    for name, table in tables.items():
        arrival = arrivals.get(name) or _as_they_are(table, np.full(table.num_rows, first_on))
        day = np.maximum(arrival.arrives_on, first_on)
        # The first file holds what is known by then, not how it came to be known.
        order = np.flatnonzero(arrival.until > first_on)
        order = order[np.argsort(day[order], kind="stable")]
        sorted_rows, sorted_day = arrival.rows.take(pa.array(order)), day[order]
        for on in [first_on, *(int(d) for d in np.unique(sorted_day) if first_on < d <= end_on)]:
            low, high = np.searchsorted(sorted_day, [on, on + 1])
            files[folder / f"{name}_{_iso(on)}.csv"] = sorted_rows.slice(int(low), int(high - low))
    return files


def _as_they_are(table: Table, arrives_on: Ints) -> Arrival:
    return Arrival(table, arrives_on, np.full(len(arrives_on), NEVER))


def _iso(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _days(table: Table, column: str) -> Ints:
    """A date column as day numbers; NEVER where it is null."""
    return pc.fill_null(table[column].cast(pa.int32()), NEVER).to_numpy().astype(np.int64)


def _null_where(table: Table, column: str, mask: Flags) -> Table:
    values = table[column].combine_chunks()
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    nulled = pc.if_else(pa.array(mask), pa.scalar(None, values.type), values)
    return table.set_column(table.schema.get_field_index(column), column, nulled)


def _plain(table: Table) -> Table:
    """The table without dictionaries, so that tables can be put together."""
    columns = [c.combine_chunks() for c in table.columns]
    decoded = [c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in columns]
    return pa.table(dict(zip(table.column_names, decoded, strict=True)))


def _arrivals(name: str, table: Table) -> Arrival:
    """Every record on its day; those that end once more, with their end, on the day of the end."""
    start = _days(table, DATED[name])
    if name not in ENDING:
        return _as_they_are(table, start)
    table = _plain(table)
    end = np.maximum(_days(table, ENDING[name][0]), start)
    ends = (end < NEVER) & (end > start)
    begun = table
    for column in ENDING[name]:
        begun = _null_where(begun, column, ends)
    ended = table.filter(pa.array(ends))
    until = np.concatenate([np.where(ends, end, NEVER), np.full(ended.num_rows, NEVER)])
    return Arrival(pa.concat_tables([begun, ended]), np.concatenate([start, end[ends]]), until)


def _employee_arrivals(employees: Table, jobs: Arrival) -> Arrival:
    """Somebody is known from the day on which the first row about their job arrives."""
    ids = employees["employee_id"].combine_chunks().dictionary_decode()
    place = pc.index_in(jobs.rows["employee_id"], value_set=ids).to_numpy()
    first = np.full(employees.num_rows, NEVER)
    np.minimum.at(first, place, jobs.arrives_on)
    return _as_they_are(employees, first)


def _job_arrivals(table: Table, seed: int) -> Arrival:
    """Job rows with what is corrected: late rows, values mended later, terminations on a wrong day."""
    table = _plain(table).append_column("is_deleted", pa.array(np.zeros(table.num_rows, np.bool_)))
    start = _days(table, "effective_on")
    luck = stream(seed, FEEDS, 30).random((4, len(start)))
    late = 1 + np.floor(lognormal(luck[1], MEDIAN_DAYS_LATE - 0.5, LATE_SIGMA)).astype(np.int64)
    is_corrected = luck[0] < CORRECTED_SHARE
    is_end = pc.equal(table["event"], "termination").to_numpy()
    comes_late = is_corrected & (luck[2] < COMES_LATE)
    wrong_day = is_corrected & is_end & (luck[2] >= COMES_LATE + COMES_WRONG)
    # The first try of a termination does not say why, that of any other row states the wrong pay.
    comes_wrong = is_corrected & ~comes_late & ~wrong_day

    shift = 1 + np.floor(6 * luck[3]).astype(np.int64)
    wrong_on = start + shift
    keys = _day_keys(table["employee_id"], start)
    wrong_day &= ~np.isin(_day_keys(table["employee_id"], wrong_on), keys)
    wrong_rows = table.filter(pa.array(wrong_day))
    position = table.schema.get_field_index("effective_on")
    wrong_dates = pa.array(wrong_on[wrong_day].astype(np.int32)).cast(pa.date32())
    wrong_rows = wrong_rows.set_column(position, "effective_on", wrong_dates)
    deleted = pa.array(np.ones(wrong_rows.num_rows, np.bool_))
    taken_back = wrong_rows.set_column(table.schema.get_field_index("is_deleted"), "is_deleted", deleted)

    first_try = table.filter(pa.array(comes_wrong))
    everything = np.ones(first_try.num_rows, np.bool_)
    for column in ("separation_type", "reason"):
        first_try = _null_where(first_try, column, everything & is_end[comes_wrong])
    pay = pc.multiply(first_try["hourly_rate"], 1.1)
    first_try = first_try.set_column(
        table.schema.get_field_index("hourly_rate"), "hourly_rate", pc.round(pay, ndigits=2)
    )
    arrives_on = start + np.where(comes_late | comes_wrong | wrong_day, late, 0)
    rows = pa.concat_tables([first_try, wrong_rows, taken_back, table])
    known = arrives_on[wrong_day]
    days = [start[comes_wrong], start[wrong_day], known, arrives_on]
    until = [arrives_on[comes_wrong], known, known, np.full(len(start), NEVER)]
    return Arrival(rows, np.concatenate(days), np.concatenate(until))


def _day_keys(ids: Table, days: Ints) -> Ints:
    """A number for each person and day (ids are digits)."""
    return ids.cast(pa.int64()).to_numpy() * 1_000_000 + days
