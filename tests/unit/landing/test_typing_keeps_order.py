"""Rows must land in file order: a plan with a join in it, as a list after IN gives, would shuffle large files."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.feeds import FEEDS, Feed
from pipelines.landing import SourceOptions
from pipelines.landing.engine import Engine
from pipelines.landing.mapping import map_columns
from pipelines.landing.typing_sql import FieldTraits, TypingSql


@pytest.mark.parametrize("feed", FEEDS.values(), ids=str)
def test_typing_is_a_copy_in_order(feed: Feed, tmp_path: Path) -> None:
    headers = [column.name for column in feed.columns] + ["is_deleted"]
    path = tmp_path / "x.csv"
    path.write_text(",".join(headers) + "\n")
    many = {column.name: {str(i): str(i) for i in range(40)} for column in feed.columns}
    source = SourceOptions(
        "s", values={feed.name: many}, sentinels=tuple(date(1900, 1, day) for day in range(1, 20)), id_prefix="p"
    )
    mapping = map_columns(feed, source, headers, "x.csv", 1)
    fields = ", ".join(f"c{i}: 'VARCHAR'" for i in range(len(headers)))
    select = ", ".join(f"c{i} AS f{i}" for i in range(len(headers)))
    sql = TypingSql(feed, source, mapping, FieldTraits({}, may_hold_nuls=True)).rows(
        f"SELECT {select} FROM read_csv('{path}', columns = {{{fields}}}, auto_detect = false)", 1
    )
    engine = Engine()
    ((_, plan),) = engine.rows(f"EXPLAIN COPY ({sql}) TO '{tmp_path}/x.parquet' (FORMAT parquet)")
    engine.close()
    assert "Batch Copy To File" in plan
    assert "Join" not in plan
