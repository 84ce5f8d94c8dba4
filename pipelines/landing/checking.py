"""Rehearses a drop folder: what would become of it if it were landed now. Leaves the data folder as it is."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.connectors.delivery import Unmatched
from pipelines.feeds import FEEDS
from pipelines.landing.batches import Batch, Outcome
from pipelines.landing.engine import Engine, file_literal
from pipelines.landing.options import SourceOptions
from pipelines.landing.receive import Progress
from pipelines.landing.room import Landing, silent

_MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Orphans:
    """Records of a feed whose `column` holds what `references` ("courses.course_id") does not know.

    `count` counts records, `examples` are some of the unknown values.
    """

    feed: str
    column: str
    references: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found; a batch's problems and unknown columns are in the batch."""

    outcomes: tuple[Outcome, ...]
    orphans: tuple[Orphans, ...]
    unmatched: tuple[Unmatched, ...]


def check(
    data_dir: Path,
    source: SourceOptions,
    drop_dir: Path,
    progress: Progress = silent,
    *,
    memory_limit: str = "1.5GB",
) -> Report:
    """Read and judge everything in `drop_dir`, known or new, against what has landed in `data_dir`.

    Orphans are looked for among what the folder holds and all that has landed. Raises FileNotFoundError or
    NotADirectoryError when there is no such folder.
    """
    with tempfile.TemporaryDirectory(prefix="rxladder-check-") as scratch:
        landing = Landing(data_dir, scratch_dir=Path(scratch), memory_limit=memory_limit)
        landed_before = landing.catalog.batches()
        plan = landing.plan(source, drop_dir)
        deliveries = sorted({*plan.deliveries, *plan.known}, key=lambda d: (d.feed, d.name))
        outcomes = tuple(landing.land(source, delivery, progress=progress) for delivery in deliveries)
        landing.close()
        checked = [outcome for outcome in outcomes if isinstance(outcome, Batch)]
        engine = Engine(memory_limit=memory_limit)
        orphans = tuple(_orphans(engine, source, checked, [*landed_before, *checked]))
        engine.close()
    return Report(outcomes, orphans, plan.unmatched)


def _orphans(
    engine: Engine, source: SourceOptions, checked: Sequence[Batch], known: Sequence[Batch]
) -> Iterator[Orphans]:
    for feed in FEEDS.values():
        rows = _rows(checked, feed.name)
        for column in feed.columns if rows else ():
            if column.is_person and feed.name in source.persons:  # no employee id: the warehouse finds whose it is
                continue
            target, _, key = (column.references or "").partition(".")
            there = _rows(known, target)
            if not there:  # a feed that nobody delivers makes no orphans
                continue
            value = f'"{column.landed_as}"'
            found, examples = engine.row(
                f"SELECT count(*), list(DISTINCT {value} ORDER BY {value})[:{_MOST_EXAMPLES}] FROM {rows} "
                f"WHERE NOT is_deleted AND {value} IS NOT NULL "
                f'AND {value} NOT IN (SELECT "{key}" FROM {there} WHERE "{key}" IS NOT NULL)'
            )
            if found:
                yield Orphans(feed.name, column.name, str(column.references), found, tuple(examples))


def _rows(batches: Sequence[Batch], feed: str) -> str:
    files = ", ".join(file_literal(batch.folder / "rows.parquet") for batch in batches if batch.feed == feed)
    return f"read_parquet([{files}], union_by_name = true, hive_partitioning = false)" if files else ""
