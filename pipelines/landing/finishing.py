"""The last pass over typed rows: leaves out what is quarantined, and what job histories need done to them."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.feeds import Feed
from pipelines.landing.engine import AS_PARQUET, Engine, file_literal, target_literal
from pipelines.landing.options import SourceOptions

MOVED_TERMINATION_SEQUENCE = 1_000_000
"""Added to the sequence of a termination that is moved to the day before: it comes after that day's other rows."""


def finished_rows(
    engine: Engine,
    feed: Feed,
    source: SourceOptions,
    typed: Sequence[Path],
    target: Path,
    batch_seq: int,
    quarantining_mask: int,
    *,
    is_clean: bool,
) -> None:
    """Make rows.parquet of the typed files. A single clean file is done already and is only moved."""
    relation = f"read_parquet([{', '.join(map(file_literal, typed))}], hive_partitioning = false)"
    replaced = [f"{batch_seq}::BIGINT AS batch_seq"]
    if feed.name == "job_history" and _is_unfinished(engine, relation, source):
        replaced += _job_history(source)
    if feed.name == "roster" and source.termination_date_is_first_day_off:
        replaced.append("(terminated_on - 1)::DATE AS terminated_on")
    if is_clean and len(typed) == 1 and len(replaced) == 1:
        typed[0].rename(target)
        return
    engine.connection.execute(
        f"""COPY (
            SELECT * EXCLUDE (file_order) REPLACE ({", ".join(replaced)})
            FROM (SELECT *, row_number() OVER () AS file_order FROM {relation})
            WHERE batch_seq > 0 OR (-batch_seq) & {quarantining_mask} = 0
            ORDER BY file_order
        ) TO {target_literal(target)} {AS_PARQUET}"""
    )


def _is_unfinished(engine: Engine, relation: str, source: SourceOptions) -> bool:
    unnumbered = engine.row(f"SELECT count(*) FROM {relation} WHERE sequence IS NULL")[0]
    return bool(unnumbered) or source.termination_date_is_first_day_off


def _job_history(source: SourceOptions) -> list[str]:
    """Number what has no sequence, after what has one, by employee and day as delivered; then move terminations."""
    day = "PARTITION BY employee_id, effective_on"
    sequence = (
        f"coalesce(sequence, coalesce(max(sequence) OVER ({day}), -1)"
        f" + row_number() OVER ({day}, sequence IS NULL ORDER BY file_order))"
    )
    if not source.termination_date_is_first_day_off:
        return [f"({sequence})::INTEGER AS sequence"]
    moved = "event = 'termination'"
    return [
        f"({sequence} + CASE WHEN {moved} THEN {MOVED_TERMINATION_SEQUENCE} ELSE 0 END)::INTEGER AS sequence",
        f"(effective_on - CASE WHEN {moved} THEN 1 ELSE 0 END)::DATE AS effective_on",
    ]
