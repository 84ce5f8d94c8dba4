"""Exports as text, to plant faults in: files whose every field can be written wrongly, and the list of what was.

A row is known by a token that stays the same while rows are added or taken out, so that the ledger can name lines
once a file is finished.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipelines.demo.columns import Table, pa, pc

QUARANTINED, REPAIRED, MAPPED, LINKED = "quarantined", "repaired", "mapped", "linked"
FLAGGED, CORRECTED, REFUSED = "flagged", "corrected", "refused"
Row = dict[str, str]


@dataclass
class Sheet:
    """A file of one source, `<source>/<name>.csv`."""

    source: str
    name: str
    columns: list[str]
    rows: dict[int, Row] = field(default_factory=dict[int, Row])
    touched: set[int] = field(default_factory=set[int])

    @property
    def path(self) -> str:
        """Where it is written, relative to the exports."""
        return f"{self.source}/{self.name}.csv"

    def add(self, row: Row) -> int:
        """Put a row at the end; its token."""
        token = max(self.rows, default=-1) + 1
        self.rows[token] = {column: row.get(column, "") for column in self.columns}
        self.touched.add(token)
        return token

    def move_after(self, token: int, earlier: int) -> None:
        """Move a row to just after another one."""
        moved = self.rows.pop(token)
        self.rows = {
            place: row
            for t, r in self.rows.items()
            for place, row in ((t, r), *(((token, moved),) if t == earlier else ()))
        }

    def choose(
        self, rng: np.random.Generator, share: float, least: int, among: Iterable[int] | None = None
    ) -> list[int]:
        """Rows without a fault so far: a share of all rows, at least so many where there are."""
        free = [token for token in (self.rows if among is None else among) if token not in self.touched]
        count = min(len(free), max(least, round(share * len(self.rows))))
        chosen = sorted(free[place] for place in rng.choice(len(free), count, replace=False)) if count else []
        self.touched.update(chosen)
        return chosen

    def write(self, folder: Path) -> None:
        """Write the file."""
        path = folder / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.columns)
            writer.writerows([row[column] for column in self.columns] for row in self.rows.values())

    def lines(self) -> dict[int, int]:
        """The line of each row, counted from 1 with the header (no field holds a newline)."""
        return {token: line for line, token in enumerate(self.rows, start=2)}


def sheet(source: str, name: str, table: Table) -> Sheet:
    """A table as text: dates ISO, null as the empty text."""
    texts: list[Sequence[str]] = []
    for column in table.columns:
        values = column.combine_chunks()
        values = values.dictionary_decode() if pa.types.is_dictionary(values.type) else values
        texts.append(pc.fill_null(values.cast(pa.string()), "").to_pylist())
    names: list[str] = table.column_names
    rows = {token: dict(zip(names, row, strict=True)) for token, row in enumerate(zip(*texts, strict=True))}
    return Sheet(source, name, names, rows)


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault; `token` None: the whole file. `meant` is what the value stands for."""

    kind: str
    action: str
    sheet: Sheet
    token: int | None
    column: str
    value: str
    meant: str
    note: str


@dataclass
class Ledger:
    """Every planted fault."""

    faults: list[Fault] = field(default_factory=list[Fault])

    def note(
        self, kind: str, action: str, where: Sheet, token: int | None, column: str = "", meant: str = "", note: str = ""
    ) -> None:
        """Keep a fault that has been planted; its value is what the sheet says now."""
        value = where.rows[token].get(column, "") if token is not None else ""
        self.faults.append(Fault(kind, action, where, token, column, value, meant, note))

    def write(self, path: Path) -> None:
        """Write them as CSV, by file and line."""
        lines = {id(fault.sheet): fault.sheet.lines() for fault in self.faults}
        rows = [
            (
                fault.sheet.path,
                "" if fault.token is None else lines[id(fault.sheet)][fault.token],
                fault.kind,
                fault.action,
                fault.column,
                fault.value,
                fault.meant,
                fault.note,
            )
            for fault in self.faults
        ]
        rows.sort(key=lambda row: (row[0], row[1] or 0, row[2], row[4]))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("file", "line", "kind", "action", "column", "value", "meant", "note"))
            writer.writerows(rows)
