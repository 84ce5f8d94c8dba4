"""The results of every check that stands for a build, whichever tool ran it.

A sync runs again only the checks of what changed; the others keep the result they had. The table lives in the
build database, which is where it belongs when a build is made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipelines.publishing import CHECK_ROWS, CheckRow, as_json
from pipelines.quality import CheckResult, Grain
from pipelines.warehouse import NodeResult

_STATUS = {"pass": "passed", "success": "passed", "warn": "warned", "fail": "failed"}


def from_dbt(results: Iterable[NodeResult], manifest: Mapping[str, Any], batch_seq: int) -> list[CheckRow]:
    """Return the data tests among dbt's results; a skipped one is no result."""
    rows: list[CheckRow] = []
    for result in results:
        if result.kind == "test" and result.status in _STATUS:
            node = manifest["nodes"][result.unique_id]
            rows.append(
                CheckRow(
                    check_name=str(node["name"]),
                    tool="dbt",
                    table_name=tested_table(node, manifest) or "",
                    severity=str(node["config"]["severity"]).lower(),
                    status=_STATUS[result.status],
                    failures=result.failures,
                    checked_at_seq=batch_seq,
                )
            )
    return rows


def from_quality(results: Iterable[CheckResult], batch_seq: int) -> list[CheckRow]:
    """Return Great Expectations' results as rows."""
    return [
        CheckRow(
            check_name=result.name,
            tool="great_expectations",
            table_name=result.suite,
            severity="error" if result.severity == "error" else "warn",
            status="passed" if result.passed else "failed" if result.severity == "error" else "warned",
            failures=result.unexpected_count,
            checked_at_seq=batch_seq,
        )
        for result in results
    ]


def grains(manifest: Mapping[str, Any]) -> dict[str, Grain]:
    """Return what a row is of each table of the analysts' file for which a `grain` test of dbt's declares it."""
    found: dict[str, Grain] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "grain":
            said = node["test_metadata"]["kwargs"]
            table = tested_table(node, manifest)
            if table is not None:
                found[table] = Grain(tuple(said["columns"]), tuple(said.get("nullable", ())))
    return found


def tested_table(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> str | None:
    """Return schema.table of the model a dbt test is attached to, or None for a test of several at once."""
    tested = node.get("attached_node") or next(
        (name for name in node["depends_on"]["nodes"] if name in manifest["nodes"]), None
    )
    if tested is None or tested not in manifest["nodes"]:
        return None
    model = manifest["nodes"][tested]
    return f"{model['schema']}.{model['name']}"


def keep(build: Path, rows: Sequence[CheckRow]) -> list[CheckRow]:
    """Put new results in place of the old ones of the same checks; return all that stand."""
    with duckdb.connect(str(build)) as connection:
        connection.execute(
            "create table if not exists control.check_results (check_name varchar, tool varchar, table_name varchar,"
            " severity varchar, status varchar, failures bigint, checked_at_seq bigint)"
        )
        given = {"rows": as_json(rows)}
        connection.execute(
            f"delete from control.check_results as old using ({CHECK_ROWS}) as new"
            " where old.check_name = new.check_name and old.tool = new.tool and old.table_name = new.table_name",
            given,
        )
        connection.execute(f"insert into control.check_results {CHECK_ROWS}", given)
        found = connection.execute("select * from control.check_results order by table_name, tool, check_name")
        return [CheckRow(*row) for row in found.fetchall()]
