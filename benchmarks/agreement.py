"""Whether the yardstick did the same work: its published tables row by row against those of a sync.

python -m benchmarks.agreement DATA TARGET

DATA is the data folder of a sync of some exports, TARGET where `benchmarks.handwritten` put what it made of the same.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb


def differing_tables(data: Path, target: Path) -> list[str]:
    """Name the tables of the yardstick whose rows, keys of the one put for keys of the other, are not the sync's.

    Columns that the yardstick does not have, as those about readiness, are not looked at.
    """
    release = (data / "current").resolve()
    with duckdb.connect() as connection:
        for name, file in (
            ("published", release / "metrics.duckdb"),
            ("people", release / "restricted" / "people.duckdb"),
            ("script", target / "metrics.duckdb"),
            ("script_build", target / "build.duckdb"),
        ):
            connection.execute(f"attach '{file}' as {name} (read_only)")
        connection.execute(
            "create table keys as select directory.employee_key as published, script.employee_key as script"
            " from people.main.directory as directory join script_build.keys as script using (employee_id)"
        )
        return [
            f"core.{table}: {count:,} rows"
            for table, columns in connection.execute(
                "select table_name, list(column_name) from duckdb_columns() where database_name = 'script' group by all"
            ).fetchall()
            for (count,) in connection.execute(_differing_rows(table, columns)).fetchall()
            if count
        ]


def _differing_rows(table: str, columns: list[str]) -> str:
    keys = [column for column in columns if column.endswith("_key")]
    translated = ", ".join(f"{name}s.published as {name}" if name in keys else f"theirs.{name}" for name in columns)
    joins = " ".join(f"left join keys as {key}s on {key}s.script = theirs.{key}" for key in keys)
    script = f"select {translated} from script.{table} as theirs {joins}"
    published = f"select {', '.join(columns)} from published.core.{table}"
    return f"""select count(*) from (
        (({script}) except all ({published})) union all (({published}) except all ({script}))
    )"""


if __name__ == "__main__":
    differing = differing_tables(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(differing) or "The same rows in every table.")
    sys.exit(1 if differing else 0)
