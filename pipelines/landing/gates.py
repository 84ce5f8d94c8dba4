"""When a delivery that could be read is refused all the same: too much lost, too little there, a column gone blank."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pipelines.landing.batches import Batch
from pipelines.landing.faults import Fault
from pipelines.landing.options import Limits, Mode
from pipelines.landing.reading import Reading

CHANCE = 1e-5
"""How unlikely a fall in a fill rate has to be, as chance alone, to be taken for damage in a batch of new records."""


ShareSeenIn = Callable[[Batch], float]
"""Gives the share of the new rows whose key a batch has too."""


def first_fault(
    file: str,
    mode: Mode,
    reading: Reading,
    earlier: Sequence[Batch],
    share_seen_in: ShareSeenIn,
    limits: Limits,
    now: datetime,
) -> Fault | None:
    """The first gate that a delivery does not pass, or None. `earlier` are batches of its source and feed in order."""
    return (
        _too_much_lost(file, reading, limits)
        or (_shrunk(file, reading, earlier, limits, now) if mode == "snapshot" else None)
        or _gone_blank(file, mode, reading, earlier, share_seen_in, limits)
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


def _gone_blank(
    file: str, mode: Mode, reading: Reading, earlier: Sequence[Batch], share_seen_in: ShareSeenIn, limits: Limits
) -> Fault | None:
    """Against the newest batch of the source and feed.

    A snapshot, and a delivery that repeats known records, must not lose values, whatever their number. A batch of
    new records differs from the one before by nature: a fall in it counts when chance can't explain it.
    """
    if not earlier or not reading.live_row_count:
        return None
    measure = earlier[-1]
    rows_before, filled_before = measure.live_row_count, measure.filled
    if not rows_before:
        return None
    rows = reading.live_row_count
    for column, filled in reading.filled.items():
        before = filled_before.get(column, 0)
        if before / rows_before - filled / rows <= limits.fill_rate_points + 1e-9:
            continue
        if mode == "snapshot" or _chance(filled, rows, before, rows_before) < CHANCE or share_seen_in(measure) >= 0.5:
            return Fault(
                "fill_rate",
                file,
                f"the column is filled in {filled / rows:.0%} of {rows:,} rows, in {before / rows_before:.0%} of the "
                f"batch before ({measure.file_name}, batch {measure.batch_seq}): a fall of more than "
                f"{limits.fill_rate_points * 100:g} points",
                "If that is right, accept it; else see whether the export still gives the column, under which name",
                column=column,
            )
    return None


def _chance(filled: int, rows: int, filled_before: int, rows_before: int) -> float:
    """Probability that so few of the filled fields, or fewer, fall into the new batch when all rows are shuffled."""
    total, total_filled = rows + rows_before, filled + filled_before

    def log_choose(n: int, k: int) -> float:
        return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

    # the terms shrink fast below `filled`, which lies far under its expectation
    fewest = max(0, total_filled - rows_before, filled - 2000)
    return sum(
        math.exp(log_choose(rows, k) + log_choose(rows_before, total_filled - k) - log_choose(total, total_filled))
        for k in range(fewest, filled + 1)
    )
