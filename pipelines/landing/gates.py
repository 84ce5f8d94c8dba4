"""When a delivery that could be read is refused all the same: too much lost, too little there, a column gone blank."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pipelines.landing.batches import Batch
from pipelines.landing.faults import Fault
from pipelines.landing.identity import Strangers
from pipelines.landing.options import Limits, Mode
from pipelines.landing.reading import Reading
from pipelines.landing.rosters import Shrunk

Repeated = Callable[[Batch, str], tuple[float, float]]
"""Gives the share of the new records that a batch has too, and by how much the share of those with a value in a column
has fallen among them."""


def first_fault(
    feed: str,
    file: str,
    mode: Mode,
    reading: Reading,
    earlier: Sequence[Batch],
    repeated: Repeated,
    shrunk: Shrunk | None,
    strange: Strangers | None,
    limits: Limits,
    now: datetime,
) -> Fault | None:
    """The first gate that a delivery does not pass, or None.

    `earlier` are batches of its source and feed in order, `shrunk` is the first list of a roster that is too short,
    `strange` says of ids that changed their shape.
    """
    return (
        _too_much_lost(file, reading, limits)
        or _others_named(file, strange)
        or (_shrunk(file, reading, earlier, limits, now) if mode == "snapshot" else None)
        or _list_shrunk(file, shrunk, limits)
        or (_nobody_listed(file, reading, earlier) if feed == "roster" else None)
        or _gone_blank(file, mode, reading, earlier, repeated, limits)
    )


def _too_much_lost(file: str, reading: Reading, limits: Limits) -> Fault | None:
    if reading.lost_lines <= limits.quarantine_share * reading.all_lines:
        return None
    example = reading.first_quarantined
    first = f"; the first: {example.reason}" if example else ""
    return Fault(
        "quarantine_share",
        example.file if example else file,
        f"{reading.lost_lines:,} of {reading.all_lines:,} rows ({reading.lost_lines / reading.all_lines:.1%}) can't "
        f"be used, more than {limits.quarantine_share:.0%}{first}",
        "Mend the rows and deliver it again, or set the source's columns, values or date formats",
        line=example.line if example else None,
        column=example.column if example else None,
        value=example.value if example else None,
    )


def _shrunk(file: str, reading: Reading, earlier: Sequence[Batch], limits: Limits, now: datetime) -> Fault | None:
    """Against the last one, and against the largest of the last days: a list may also shrink night by night.

    A snapshot that somebody accepted although it had shrunk is the new measure: what came before it does not count.
    """
    if not earlier:
        return None
    accepted = [i for i, batch in enumerate(earlier) if batch.accepted_refusal]
    measures = earlier[accepted[-1] if accepted else 0 :]
    since = now - timedelta(days=limits.snapshot_days)
    recent = [batch for batch in measures if batch.landed_at >= since]
    for measure, which in (
        (measures[-1], "the last one accepted"),
        (max(recent, key=lambda batch: batch.row_count, default=None), f"the largest in {limits.snapshot_days} days"),
    ):
        if measure is not None and reading.row_count < limits.snapshot_share * measure.row_count:
            return Fault(
                "shrunk",
                file,
                f"the snapshot holds {reading.row_count:,} rows, under {limits.snapshot_share:.0%} of the "
                f"{measure.row_count:,} of {which} ({measure.file_name}, batch {measure.batch_seq})",
                "If it is complete, accept it; if it was cut short, deliver it again",
            )
    return None


def _others_named(file: str, strange: Strangers | None) -> Fault | None:
    """A list of strangers would read as everybody leaving and as many coming; records of strangers count for nobody."""
    if strange is None:
        return None
    known = f"{strange.known:,} of its {strange.people:,} people are known from {strange.compared_with}"
    return Fault(
        "ids",
        file,
        f"only {known}; with {strange.rule.in_words()}, {strange.known_by_rule:,} are: the ids have changed their "
        "shape, as in a spreadsheet that takes them for numbers",
        f"Deliver it again with the ids as text, or set `ids: {strange.rule}` for the source in the settings, which "
        "does so to every file of it. If these really are other people, accept it",
        column="employee_id",
    )


def _list_shrunk(file: str, found: Shrunk | None, limits: Limits) -> Fault | None:
    """A list cut short would end the employment of everybody who is not on it."""
    if found is None:
        return None
    return Fault(
        "shrunk",
        file,
        f"the list of {found.as_of_on} holds {found.people:,} people, under {limits.snapshot_share:.0%} of the "
        f"{found.measure:,} of {found.measure_on}",
        "If it is complete, accept it; if it was cut short, deliver it again; if a day's list comes in several files, "
        "join them with the source's parts",
    )


def _nobody_listed(file: str, reading: Reading, earlier: Sequence[Batch]) -> Fault | None:
    """A list without a line says of no day who was there."""
    if reading.row_count or not earlier:
        return None
    return Fault("shrunk", file, "the list names nobody", "Deliver it again; if nobody is left, nothing needs a list")


def _gone_blank(
    file: str, mode: Mode, reading: Reading, earlier: Sequence[Batch], repeated: Repeated, limits: Limits
) -> Fault | None:
    """A fall of a column's fill rate, against the newest batch of the source and feed, and of the same name.

    A snapshot must not lose values, whatever their number, nor may records that a delivery repeats. Batches of new
    records differ by nature (a day of hires, a day of terminations, courses not yet due): there it is damage when
    the column is no longer delivered, or when every one of many rows is blank. One value of three that is gone is no
    damage yet.
    """
    if not earlier or not reading.live_row_count:
        return None
    same_name = next((batch for batch in reversed(earlier) if batch.file_name == file), earlier[-1])
    for before in (earlier[-1], same_name):
        fallen = [name for name in reading.filled if _fall(reading, before, name) > limits.fill_rate_points + 1e-9]
        if not fallen:
            continue
        for column in fallen:
            share, fall = (1.0, _fall(reading, before, column)) if mode == "snapshot" else repeated(before, column)
            lost = fall * share * reading.live_row_count
            is_enough = lost > limits.fill_rate_values - 0.5 or not reading.filled[column]
            is_lost = share >= 0.5 and fall > limits.fill_rate_points + 1e-9 and is_enough
            is_gone = column in reading.absent_columns
            is_all_blank = not reading.filled[column] and _is_many(
                reading.live_row_count, before.live_row_count, limits
            )
            if is_lost or is_gone or is_all_blank:
                return _blank(file, reading, before, column, limits)
    return None


def _fall(reading: Reading, before: Batch, column: str) -> float:
    rate = before.fill_rates.get(column)
    return 0.0 if rate is None else rate - reading.filled[column] / reading.live_row_count


def _is_many(rows: int, rows_before: int, limits: Limits) -> bool:
    return min(rows, rows_before) >= limits.fill_rate_rows


def _blank(file: str, reading: Reading, before: Batch, column: str, limits: Limits) -> Fault:
    rows = reading.live_row_count
    return Fault(
        "fill_rate",
        file,
        f"the column is filled in {reading.filled[column] / rows:.0%} of {rows:,} rows, in "
        f"{before.filled[column] / before.live_row_count:.0%} of the batch before ({before.file_name}, batch "
        f"{before.batch_seq}): a fall of more than {limits.fill_rate_points * 100:g} points",
        "If that is right, accept it; else see whether the export still gives the column, under which name",
        column=column,
    )
