"""Nonsense in every column of every feed, one at a time: each is listed where it stands, and none passes for an empty
field where an empty field means something.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.feeds import FEEDS, Column, Feed, Kind
from pipelines.landing import Limits, SourceOptions
from tests.integration.landing_kit import Drop, quarantined, repaired, rows

GOOD = 10
PATIENT = SourceOptions("anyone", limits=Limits(quarantine_share=1.0))
NONSENSE: dict[Kind, Any] = {
    Kind.TEXT: {"nested": [1]},
    Kind.INTEGER: "1.5",
    Kind.NUMBER: "about 1",
    Kind.MONEY: "$20",
    Kind.DATE: "sometime",
    Kind.BOOLEAN: "rather not",
    Kind.ENUM: "what?",
}


def good_value(column: Column, number: int) -> str:
    """A value that fits the column; texts and dates of another record differ."""
    match column.kind:
        case Kind.TEXT:
            return f"{column.name}-{number}"
        case Kind.DATE:
            return f"2024-01-{number + 1:02d}"
        case Kind.BOOLEAN:
            return "yes"
        case Kind.ENUM:
            return column.values[0]
        case Kind.INTEGER | Kind.NUMBER | Kind.MONEY:
            return "1"


def record(feed: Feed, number: int, **replaced: Any) -> str:
    return json.dumps({c.name: good_value(c, number) for c in feed.columns} | replaced)


def loses_its_row(feed: Feed, column: Column) -> bool:
    return column.required or column.name in (*feed.key, *feed.natural_key) or bool(column.empty_means)


@pytest.mark.parametrize("feed", FEEDS.values(), ids=lambda feed: feed.name)
def test_nonsense_in_any_column_is_listed_and_passes_for_nothing(feed: Feed, tmp_path: Path) -> None:
    bad = [(GOOD + i, column) for i, column in enumerate(feed.columns)]
    lines = [record(feed, i) for i in range(GOOD)]
    lines += [record(feed, i, **{column.name: NONSENSE[column.kind]}) for i, column in bad]
    batch = Drop(tmp_path, PATIENT).batch(f"{feed.name}.ndjson", "\n".join(lines) + "\n")

    lost = [(i + 1, column.name) for i, column in bad if loses_its_row(feed, column)]
    assert [(line, name) for line, name, _, _ in quarantined(batch)] == lost
    mended = [(i + 1, column.name) for i, column in bad if not loses_its_row(feed, column)]
    assert [(line, name) for line, name, _, _ in repaired(batch)] == mended
    said = {name: reason for _, name, _, reason in (*quarantined(batch), *repaired(batch))}
    assert all(column.empty_means in said[column.name] for _, column in bad if not column.required)

    kept = [column for _, column in bad if not loses_its_row(feed, column)]
    assert batch.row_count == GOOD + len(kept)
    if kept:
        names = ", ".join(f'"{column.landed_as}"' for column in kept)
        for i, row in enumerate(rows(batch, names)[GOOD:]):
            assert row[i] == ("unknown" if "unknown" in kept[i].values else None), kept[i].name


@pytest.mark.parametrize("feed", FEEDS.values(), ids=lambda feed: feed.name)
def test_a_date_that_nobody_means_is_listed_in_any_column(feed: Feed, tmp_path: Path) -> None:
    dates = [column for column in feed.columns if column.kind is Kind.DATE]
    if not dates:
        return
    days = ("0000-01-01", "0001-01-01", "0202-03-04", "1929-12-31", "2101-01-01", "9999-12-30", "20260-01-01")
    bad = [(column, day) for column in dates for day in days]
    lines = [record(feed, 0), *(record(feed, 1 + i % 25, **{column.name: day}) for i, (column, day) in enumerate(bad))]
    batch = Drop(tmp_path, PATIENT).batch(f"{feed.name}.ndjson", "\n".join(lines) + "\n")
    listed = sorted((line, name, value) for line, name, value, _ in (*quarantined(batch), *repaired(batch)))
    assert listed == [(2 + i, column.name, day) for i, (column, day) in enumerate(bad)]


@pytest.mark.parametrize("feed", FEEDS.values(), ids=lambda feed: feed.name)
def test_an_empty_field_and_a_sentinel_keep_their_meaning(feed: Feed, tmp_path: Path) -> None:
    """Where a field may be empty, neither is listed."""
    optional = [column for column in feed.columns if not column.required and column.name not in feed.key]
    lines = [record(feed, 0)]
    lines += [record(feed, 1 + i, **{column.name: ""}) for i, column in enumerate(optional)]
    lines += [record(feed, 20, **{c.name: "9999-12-31"}) for c in optional if c.kind is Kind.DATE]
    batch = Drop(tmp_path, PATIENT).batch(f"{feed.name}.ndjson", "\n".join(lines) + "\n")
    assert (batch.row_count, batch.quarantined_count, batch.repaired_count) == (len(lines), 0, 0)
