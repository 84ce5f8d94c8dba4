"""The golden files as they might also have come: other formats, other rows, in parts, with phantoms."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb
import openpyxl

from pipelines.feeds import FEEDS, Kind
from pipelines.landing.options import Mode
from tests.integration.cli import GOLDEN

Row = dict[str, str]

FEED_NAMES = sorted(file.stem for file in (GOLDEN / "feeds").glob("*.csv"))
SNAPSHOTS = {"employees", "exam_attempts", "exit_interviews", "mentorships", "sites", "skills", "job_tiers"} | {
    feed for feed in FEED_NAMES if FEEDS[feed].group == "program" and feed not in {"program_costs", "tiers"}
}
MODES: Mapping[str, Mode] = {
    **dict.fromkeys(sorted(SNAPSHOTS), "snapshot"),
    **dict.fromkeys(("completions", "evaluations", "program_costs"), "window"),
    **dict.fromkeys(("ce_credits", "credentials", "job_history", "rewards"), "by_employee"),
}
"""For feeds whose golden file is all there is, in the mode's sense: it takes phantoms back."""
PHANTOM_SHARE = 0.1  # of a file's rows: more, and the snapshot without them would be refused as shrunk


def golden_rows(feed: str) -> list[Row]:
    """The rows of a golden file, everything as text."""
    with (GOLDEN / "feeds" / f"{feed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def phantoms(feed: str) -> list[Row]:
    """Some records that are not in a feed of `MODES`: copies of its first, under keys of their own."""
    if feed not in MODES or feed == "tier_paths":  # a path to a tier that is none needs a person
        return []
    rows = golden_rows(feed)
    name = next(column for column in reversed(FEEDS[feed].key) if column in rows[0])
    kind = next(column.kind for column in FEEDS[feed].columns if column.name == name)
    return [{**row, name: _another(row[name], kind)} for row in rows[: max(1, int(len(rows) * PHANTOM_SHARE))]]


def _another(value: str, kind: Kind) -> str:
    if kind is Kind.INTEGER:
        return str(int(value) + 7)
    if kind is Kind.DATE:
        return (date.fromisoformat(value or "2024-01-01") + timedelta(days=1)).isoformat()
    return f"{value}-phantom"


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """Plain CSV, as the contract has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_delimited(rows, ","), encoding="utf-8")


def write_changed(folder: Path) -> None:
    """Golden files with other values for some of the same records, in fields that had one; and phantoms."""
    # Phantoms come with others, or the columns they fill would be taken for what is always filled.
    changed = {feed: golden_rows(feed)[:100] for feed in MODES}

    def every_third(feed: str, **values: str) -> None:
        changed[feed] = golden_rows(feed)
        for row in changed[feed][::3]:
            row.update({name: value for name, value in values.items() if row[name]})

    every_third("job_history", site_id="S01", employment_class="per_diem")
    every_third("completions", passed="false")
    every_third("evaluations", score="1")
    every_third("credentials", status="revoked")
    every_third("sites", region="Elsewhere")
    every_third("employees", full_name="Somebody Else")
    for feed, rows in changed.items():
        write_csv(folder / f"{feed}.csv", [*rows, *phantoms(feed)])


def _delimited(rows: Sequence[Row], delimiter: str, header: Callable[[str], str] = str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow([header(name) for name in rows[0]])
    writer.writerows(row.values() for row in rows)
    return text.getvalue()


def _as_csv_gz(path: Path, rows: Sequence[Row]) -> None:
    path.write_bytes(gzip.compress(_delimited(rows, ",").encode("utf-8-sig")))


def _as_semicolons(path: Path, rows: Sequence[Row]) -> None:
    path.write_text(_delimited(rows, ";", lambda name: name.replace("_", " ").title()), encoding="utf-16")


def _as_tsv(path: Path, rows: Sequence[Row]) -> None:
    path.write_text(_delimited(rows, "\t", str.upper).replace("\n", "\r\n"), encoding="utf-8", newline="")


def _as_ndjson(path: Path, rows: Sequence[Row]) -> None:
    path.write_text("".join(json.dumps(_stated(row)) + "\n" for row in rows), encoding="utf-8")


def _as_jsonl_gz(path: Path, rows: Sequence[Row]) -> None:
    path.write_bytes(gzip.compress("".join(json.dumps(_stated(row)) + "\n" for row in rows).encode()))


def _as_json(path: Path, rows: Sequence[Row]) -> None:
    path.write_text(json.dumps([_stated(row) for row in rows], indent=1), encoding="utf-8")


def _stated(row: Row) -> Mapping[str, str | None]:
    return {name: value or None for name, value in row.items()}


def _as_parquet(path: Path, rows: Sequence[Row]) -> None:
    """Typed as the contract types it."""
    types = {column.name: column.kind.duckdb_type for column in FEEDS[path.name.split("-")[0]].columns}
    casts = ", ".join(f"cast(nullif(item->>'{name}', '') as {types[name]}) as {name}" for name in rows[0])
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select {casts} from (select unnest(cast($rows as json[])) as item)) to '{path}' (format parquet)",
            {"rows": json.dumps(rows)},
        )


def _as_xlsx(path: Path, rows: Sequence[Row]) -> None:
    """Dates as dates and numbers as numbers, as a person keeps them; ids as text."""
    kinds = {column.name: column.kind for column in FEEDS[path.name.split("-")[0]].columns}
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([_cell(value, kinds[name]) for name, value in row.items()])
    book.save(path)


def _cell(value: str, kind: Kind) -> object:
    if not value:
        return None
    if kind is Kind.DATE:
        return date.fromisoformat(value)
    if kind in {Kind.INTEGER, Kind.NUMBER, Kind.MONEY}:
        return float(value)
    return value.lower() == "true" if kind is Kind.BOOLEAN else value


FORMATS: Mapping[str, Callable[[Path, Sequence[Row]], None]] = {
    "csv": write_csv,
    "csv.gz": _as_csv_gz,
    "ndjson": _as_ndjson,
    "parquet": _as_parquet,
    "xlsx": _as_xlsx,
    "tsv": _as_tsv,
    "jsonl.gz": _as_jsonl_gz,
    "json": _as_json,
    "semicolons.csv": _as_semicolons,
}
"""Writers by the end of the file's name; a name is <feed>-<anything>.<end>."""
