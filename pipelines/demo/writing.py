"""Tables to files: the same table gives the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from pipelines.demo.columns import Table


def write_csv(tables: dict[Path, Table]) -> None:
    """Write each table to its file, in the order of its rows, null as an empty field."""
    with duckdb.connect(":memory:") as connection:
        for path, table in tables.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            connection.register("feed", table)
            target = str(path).replace("'", "''")
            connection.execute(f"COPY feed TO '{target}' (FORMAT csv, HEADER true)")
            connection.unregister("feed")


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write readable JSON."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
