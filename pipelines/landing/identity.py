"""Whether a delivery still names the people whom earlier ones named: ids that a spreadsheet has changed.

Zeros lost in front, `.0` at the end, an apostrophe, an exponent: each makes everybody on a list a stranger, and a list
of strangers reads as everybody leaving and as many coming. Nothing is mended here unasked: the gate says which setting
would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.feeds import FEEDS
from pipelines.landing.batches import Batch
from pipelines.landing.engine import Engine, file_literal, literal
from pipelines.landing.ids_sql import IdRule, changed_id
from pipelines.landing.options import Mode, SourceOptions

HR_FEEDS = ("employees", "job_history", "roster")
"""Feeds that say who there is."""
LEAST_PEOPLE = 2
UNKNOWN_SHARE = 0.3
"""Above this share of unknown people a rule is looked for that would make them known."""
MENDED_SHARE = 0.9
"""So many of all people have to be known by a rule for it to be the reason."""


@dataclass(frozen=True, slots=True)
class Strangers:
    """How many of a delivery's people are known, and the rule by which nine in ten are.

    Strangers whom no rule makes known may be new, each of them: a delivery of hires, a list of long ago.
    """

    people: int
    known: int
    compared_with: str
    rule: IdRule
    known_by_rule: int


def strangers(
    engine: Engine, source: SourceOptions, feed: str, mode: Mode, rows: Path, batches: Sequence[Batch]
) -> Strangers | None:
    """What is odd about whom a delivery names; None where nothing is.

    `batches` are all that have landed, of every source, in order. A list of people (a roster, a snapshot) is compared
    with the last one, everything else with all whom HR feeds or this feed have named.
    """
    column = next((c.landed_as for c in FEEDS[feed].columns if c.is_person and c.required), None)
    if column is None or feed in source.persons:
        return None
    mine = [batch for batch in batches if batch.source == source.name and batch.feed == feed]
    people = _people(engine, "delivered", [rows], column)
    if people < LEAST_PEOPLE:
        return None
    enough = (1 - UNKNOWN_SHARE) * people
    compared_with = "what has landed of people"
    is_list = feed == "roster" or mode == "snapshot"
    before = 0
    if mine:  # most deliveries name those whom the last one named: cheaper to ask than everybody
        before = _people(engine, "known", [mine[-1].folder / "rows.parquet"], column)
        if _known(engine) >= enough:
            return None
    if is_list and mine:
        compared_with = f"the last one ({mine[-1].file_name})"
    else:
        before = _everybody(engine, batches, mine, column)
    if not before or (known := _known(engine)) >= enough:
        return None
    rule, known_by_rule = _mending_rule(engine, source.id_prefix, people)
    return Strangers(people, known, compared_with, rule, known_by_rule) if rule else None


def _people(engine: Engine, table: str, files: Sequence[Path], column: str) -> int:
    """Put the distinct people of these rows into a table; how many there are."""
    named = ", ".join(file_literal(file) for file in files)
    engine.connection.execute(
        f'CREATE OR REPLACE TEMP TABLE {table} AS SELECT DISTINCT "{column}" AS person FROM read_parquet([{named}], '
        f'union_by_name = true, hive_partitioning = false) WHERE "{column}" IS NOT NULL AND NOT is_deleted'
    )
    return int(engine.row(f"SELECT count(*) FROM {table}")[0])


def _everybody(engine: Engine, batches: Sequence[Batch], mine: Sequence[Batch], column: str) -> int:
    """Put everybody whom HR feeds, or this feed of this source, have named into the table `known`; how many."""
    hr = [batch.folder / "rows.parquet" for batch in batches if batch.feed in HR_FEEDS]
    if not hr:
        return 0
    _people(engine, "known", hr, "employee_id")
    if mine and mine[0].feed not in HR_FEEDS:
        own = ", ".join(file_literal(batch.folder / "rows.parquet") for batch in mine)
        engine.connection.execute(
            f'INSERT INTO known SELECT DISTINCT "{column}" FROM read_parquet([{own}], union_by_name = true, '
            f'hive_partitioning = false) WHERE "{column}" IS NOT NULL AND "{column}" NOT IN (SELECT person FROM known)'
        )
    return int(engine.row("SELECT count(*) FROM known")[0])


def _known(engine: Engine) -> int:
    return int(engine.row("SELECT count(*) FROM delivered SEMI JOIN known USING (person)")[0])


def _mending_rule(engine: Engine, prefix: str, people: int) -> tuple[IdRule | None, int]:
    """The simplest rule that makes nine in ten of the delivered people known, and how many; None when none does."""
    bare = f"substr(person, {len(prefix) + 1})"
    widths = engine.rows(
        rf"SELECT length({bare}) AS width FROM known WHERE regexp_full_match({bare}, '\d+') "
        "GROUP BY width ORDER BY count(*) DESC, width DESC LIMIT 1"
    )
    plain = [IdRule(), IdRule(whole=True), IdRule(apostrophe=True), IdRule(whole=True, apostrophe=True)]
    padded = [IdRule(int(widths[0][0]), rule.whole, rule.apostrophe) for rule in plain] if widths else []
    for rule in sorted([*plain[1:], *padded], key=lambda rule: len(rule.parts())):
        person = f"{literal(prefix)} || {changed_id(bare, rule)}"
        known = int(engine.row(f"SELECT count(*) FROM delivered WHERE {person} IN (SELECT person FROM known)")[0])
        if known >= MENDED_SHARE * people:
            return rule, known
    return None, 0
