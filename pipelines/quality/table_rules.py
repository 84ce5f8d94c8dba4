"""Suites for the published tables: the rules listed for each, and those that its columns' names imply."""

from collections.abc import Collection, Iterator, Mapping

from pipelines.quality.core_tables import CORE_TABLES
from pipelines.quality.mart_tables import MART_TABLES
from pipelines.quality.rules import Rule, Suite, not_null, quoted, refers_to, unique
from pipelines.quality.table import Grain, Table
from pipelines.quality.table_conventions import conventional_rules

DATABASE = "metrics"  # the name under which the file being checked is attached

TABLES: Mapping[str, Table] = {
    **{f"core.{name}": table for name, table in CORE_TABLES.items()},
    **{f"marts.{name}": table for name, table in MART_TABLES.items()},
}

# Column: the table that lists it. A row may point at nothing (it loads, and is counted as an orphan): a warning.
_REFERENCES = {
    "course_id": "core.dim_courses",
    "site_id": "core.dim_sites",
    "tier": "core.dim_tiers",
    "employee_key": "core.dim_employees",
}


def table_suites(
    columns: Mapping[str, Mapping[str, str]], names: Collection[str], grains: Mapping[str, Grain]
) -> list[Suite]:
    """Return a suite for each of the tables `names` ("marts.tier_tenure").

    `columns` gives, for every table of the file, its columns' types by name; `grains` what a row is, where that is
    declared. A named table that is not in the file gets a suite all the same, which will fail to find it.
    """
    return [
        Suite(name, f"{DATABASE}.{quoted(schema)}.{quoted(table)}", tuple(_rules(name, columns, grains.get(name))))
        for name in names
        for schema, _, table in [name.partition(".")]
    ]


def _rules(name: str, columns: Mapping[str, Mapping[str, str]], grain: Grain | None) -> Iterator[Rule]:
    """Yield the rules of one table; where two sources give the same one, the first stands."""
    seen: set[str] = set()
    for rule in _all_rules(name, columns, grain):
        if rule.name not in seen:
            seen.add(rule.name)
            yield rule


def _all_rules(name: str, columns: Mapping[str, Mapping[str, str]], grain: Grain | None) -> Iterator[Rule]:
    table = TABLES.get(name, Table())
    if grain is not None:
        yield unique(grain.columns)
        for column in grain.columns:
            if column not in grain.nullable:
                yield not_null(column)
    for column in table.known:
        yield not_null(column)
    yield from table.rules
    own = columns.get(name, {})
    yield from conventional_rules(own)
    if name.startswith("core."):
        for column, target in _REFERENCES.items():
            if column in own and target in columns and target != name:
                relation = ".".join([DATABASE, *map(quoted, target.split("."))])
                yield refers_to(column, relation, column, f"every {column} is found in {target}")
