"""Lists of who is employed that are too short to be whole: whoever is not on a list counts as gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pipelines.landing.batches import Batch
from pipelines.landing.engine import Engine, file_literal
from pipelines.landing.options import Limits, Mode
from pipelines.landing.reading import Reading


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A list with `people` on it, and the list of an earlier day with so many more (`measure`)."""

    as_of_on: date
    people: int
    measure: int
    measure_on: date


def first_shrunk_list(
    engine: Engine, rows: Path, reading: Reading, earlier: Sequence[Batch], mode: Mode, limits: Limits
) -> Shrunk | None:
    """The first list in `rows` under the share of the one before it, or of the largest of the days before; or None.

    Lists are put in order by their days. Batches that speak of the same day make one list, unless the newer replaces
    the older (`mode`). A list that somebody accepted although it had shrunk is the new measure.
    """
    accepted = [i for i, batch in enumerate(earlier) if batch.accepted_refusal]
    measures = _near(reading, earlier[accepted[-1] if accepted else 0 :], limits)
    older = "true" if mode == "delta" else "as_of_on NOT IN (SELECT as_of_on FROM delivered)"
    known = "".join(
        f" UNION ALL SELECT as_of_on, employee_id FROM {_read(batch.folder / 'rows.parquet')} WHERE {older}"
        for batch in measures
    )
    found = engine.rows(
        f"""WITH delivered AS (SELECT as_of_on, employee_id FROM {_read(rows)}),
        lists AS (
            SELECT as_of_on, count(DISTINCT employee_id) AS people
            FROM (FROM delivered{known}) GROUP BY as_of_on
        ),
        compared AS (
            SELECT *,
                {{'people': lag(people) OVER (ORDER BY as_of_on), 'as_of_on': lag(as_of_on) OVER (ORDER BY as_of_on)}}
                    AS before,
                max({{'people': people, 'as_of_on': as_of_on}}) OVER (
                    ORDER BY as_of_on
                    RANGE BETWEEN INTERVAL {limits.snapshot_days} DAY PRECEDING AND INTERVAL 1 DAY PRECEDING
                ) AS largest
            FROM lists
        )
        SELECT as_of_on, people, measure.people, measure.as_of_on
        FROM (SELECT *, unnest([before, largest]) AS measure FROM compared)
        WHERE as_of_on IN (SELECT as_of_on FROM delivered) AND people < {limits.snapshot_share} * measure.people
        ORDER BY as_of_on, measure.people DESC LIMIT 1"""
    )
    return Shrunk(*found[0]) if found else None


def _near(reading: Reading, earlier: Sequence[Batch], limits: Limits) -> list[Batch]:
    """The batches with lists of the days in question, and with the last list before them."""
    if reading.window_from is None or reading.window_to is None:
        return []
    since, until = reading.window_from - timedelta(days=limits.snapshot_days), reading.window_to
    dated = [(batch.window_from, batch.window_to, batch) for batch in earlier if batch.window_from and batch.window_to]
    near = [batch for first, last, batch in dated if last >= since and first <= until]
    last_on = max((last for _, last, _ in dated if last < since), default=None)
    return near + [batch for _, last, batch in dated if last == last_on]


def _read(path: Path) -> str:
    return f"(SELECT * FROM read_parquet({file_literal(path)}) WHERE NOT is_deleted)"
