"""What a release lists of records that point at nothing or contradict each other, for people to read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

MUCH = 0.05
"""From this share of a feed's records on, ids that nobody describes are no slip, but another list or numbering."""
# Of people the ids stay restricted: of them no example is shown.
_ORPHANS = """
    with delivered as (
        select feed, sum(row_count) as records
        from (
            select feed, case when mode = 'snapshot' then max(row_count) else sum(row_count) end as row_count
            from published.quality.batches group by feed, source, mode
        )
        group by feed
    )
    select feed, kind, sum(record_count)::bigint,
        list(missing_id order by missing_id) filter (kind not in ('employee', 'manager'))[:5],
        sum(record_count) > $1 * any_value(records)
    from published.quality.orphans left join delivered using (feed) group by feed, kind order by feed, kind"""

_CONTRADICTIONS = """
    select coalesce(feed, 'people'), kind, count(*) from published.quality.contradictions
    group by all order by all"""


@dataclass(frozen=True)
class Orphans:
    """Records of a feed that name something of a kind that nothing describes."""

    feed: str
    kind: str
    count: int
    examples: tuple[str, ...]
    is_much: bool


@dataclass(frozen=True)
class Contradictions:
    """Records of a feed that contradict others or themselves in one way."""

    feed: str
    kind: str
    count: int


@dataclass(frozen=True)
class Unclean:
    """What a release lists of either."""

    orphans: tuple[Orphans, ...]
    contradictions: tuple[Contradictions, ...]


def unclean(metrics: Path) -> Unclean:
    """Return what a published file lists; nothing of one that an older version wrote."""
    with duckdb.connect() as connection:
        connection.execute("attach $1 as published (read_only)", [str(metrics)])
        is_there = (
            "select count(*) from duckdb_columns() where table_name = 'contradictions' and column_name = 'subject'"
        )
        if connection.execute(is_there).fetchall() == [(0,)]:
            return Unclean((), ())
        orphans = connection.execute(_ORPHANS, [MUCH]).fetchall()
        contradictions = connection.execute(_CONTRADICTIONS).fetchall()
    return Unclean(
        tuple(
            Orphans(feed, kind, count, tuple(examples or ()), bool(is_much))
            for feed, kind, count, examples, is_much in orphans
        ),
        tuple(Contradictions(*row) for row in contradictions),
    )
