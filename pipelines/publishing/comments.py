"""What the tables of a release mean, as DuckDB comments on them and their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

# What the summary takes over from the analysts' file (schema, table), to name its cells and say how old the data are:
# nothing of people.
LABELS = (("core", "dim_sites"), ("core", "dim_tiers"), ("quality", "freshness"))

_RELEASE_COMMENTS = {
    "release": (
        "One row: which release this file belongs to and what it was made from.",
        {
            "release_id": "Names the release; every file of a release carries the same.",
            "published_at": "UTC time at which the release was made.",
            "previous_release_id": "The release that readers saw before; null for the first.",
            "as_of_on": "The last day that counts; facts dated later are ignored.",
            "known_at_seq": "Newest batch taken into account when a past state was asked for; else null.",
            "last_batch_seq": "Newest landed batch when the release was made.",
            "code_version": "Version of the code and models that made it.",
            "config_hash": "Hash of the settings that can change a number.",
            "attention": "Changes when a file is refused, accepted or acknowledged.",
        },
    ),
    "checks": (
        "One row a check: how each data-quality check ended for this release.",
        {
            "check_name": "Name of the check.",
            "tool": "dbt or great_expectations.",
            "table_name": "The table or feed that was checked.",
            "severity": "error stops a publish, warn does not.",
            "status": "passed, warned or failed.",
            "failures": "Rows that broke the rule; null where the check does not count rows.",
            "checked_at_seq": "Newest batch when the check last ran: unchanged tables are not checked again.",
        },
    ),
}


def describe(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], database: str) -> None:
    """Carry every description into a file of a release as a comment; `database` is its name without the ending."""
    present = {
        (schema, table)
        for schema, table in connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    }
    statements: list[str] = []
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        name = (node["schema"], node.get("alias") or node["name"])
        if database == "summary" and node["database"] == "metrics" and name in LABELS:
            name = ("main", name[1])
        elif node["database"] != database:
            continue
        if name in present:
            columns = {column: described["description"] for column, described in node["columns"].items()}
            statements += _comments(name, node["description"], columns)
    _carry_out(connection, statements)


def describe_own(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> None:
    """Say what a table means that a publish itself has made: `release` or `checks`."""
    _carry_out(connection, _comments((schema, table), *_RELEASE_COMMENTS[table]))


def _carry_out(connection: duckdb.DuckDBPyConnection, statements: Sequence[str]) -> None:
    connection.execute(";".join(["begin", *statements, "commit"]))  # one transaction: a commit costs a disk sync


def _comments(name: tuple[str, str], description: str, columns: Mapping[str, str]) -> list[str]:
    table = ".".join(f'"{part}"' for part in name)
    lines = [f"comment on table {table} is {_literal(description)}"]
    lines += [f'comment on column {table}."{column}" is {_literal(text)}' for column, text in columns.items()]
    return lines


def _literal(text: str) -> str:
    return "'" + " ".join(text.split()).replace("'", "''") + "'"
