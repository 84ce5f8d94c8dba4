"""Workbooks (xlsx, xls, xlsb, ods): one sheet of them, its cells as text."""

import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    ZipError,
)

from pipelines.feeds import Feed
from pipelines.landing.engine import Engine
from pipelines.landing.faults import Fault, Refused, unreadable
from pipelines.landing.options import Limits
from pipelines.landing.records import Positions
from pipelines.landing.scan import Broken, raw_as_json
from pipelines.landing.sheet_choice import HEADER_ROWS, Wanted, chosen_sheet
from pipelines.landing.sheet_xml import SheetFacts, cell_name, sheet_facts
from pipelines.landing.typing_sql import FieldTraits

Cell = str | float | bool | datetime | date | time | timedelta | None
_MOST_CELLS = 50_000_000
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class XlsxScan:
    """One sheet of a workbook. What stands above its header is `preamble`; empty rows are none."""

    def __init__(self, engine: Engine, path: Path, file_name: str, limits: Limits, feed: Feed, wanted: Wanted) -> None:
        _refuse_others(path, file_name, limits)
        with _opened(path, file_name) as workbook:
            self.sheet = _choose(workbook, path, file_name, feed, wanted)
            facts = _facts(path, self.sheet, file_name)
            sheet = workbook.get_sheet_by_name(self.sheet)
            first_row, first_column = sheet.start or (0, 0)
            rows: list[list[Cell]] = sheet.to_python(skip_empty_area=True)
            merged = facts.merged if facts else _merged(sheet)
        for (row, column), error in facts.errors.items() if facts else ():
            if 0 <= row - first_row < len(rows) and 0 <= column - first_column < len(rows[row - first_row]):
                rows[row - first_row][column - first_column] = f"\0{error}"  # a value of no column
        numbered = [
            (first_row + i + 1, row) for i, row in enumerate(rows) if any(cell not in ("", None) for cell in row)
        ]
        if not numbered:
            raise unreadable(file_name, f"its sheet {self.sheet!r} is empty", "Put the data in it")
        beginning = [[_name(cell) for cell in row] for _, row in numbered if _ <= first_row + HEADER_ROWS]
        found = wanted.header_row(beginning)
        at = wanted.nearest(beginning) if found is None else found
        self.header_line: int | None = numbered[at][0]
        self.preamble = tuple(" ".join(text for text in row if text) for row in beginning[:at])
        if found is None and at:
            self.preamble = ()
        header_index = self.header_line - 1 - first_row
        _fill(rows, merged, header_index, first_row, first_column)
        _refuse_uncalculated(facts, self.header_line, file_name, self.sheet)
        columns = list(zip(*(row for _, row in numbered[at:]), strict=True))
        named = [column for column in columns if any(cell not in ("", None) for cell in column)]
        self.headers = tuple(_name(column[0]) for column in named)
        self.traits = FieldTraits({}, may_hold_nuls=True, has_typed_dates=True)
        self.broken: Broken | None = None
        self._rows = np.array([number for number, _ in numbered[at + 1 :]], dtype=np.int64)
        self._table = engine.unused_name("sheet")
        engine.connection.register(
            self._table,
            pa.table(
                {
                    f"f{i}": pa.array([as_text(cell) for cell in column[1:]], type=pa.string())
                    for i, column in enumerate(named)
                }
            ),
        )

    def fields(self, *, is_numbered: bool = False) -> str:
        """See Scan."""
        if not is_numbered:
            return f"SELECT * FROM {self._table}"
        return (
            f"SELECT *, row_number() OVER () - 1 AS n, {raw_as_json(self.headers)} AS raw, "
            f"NULL::VARCHAR AS broken FROM {self._table}"
        )

    def settle(self, accepted: int) -> bool:
        """Every row of the sheet is there."""
        return True

    def lines_of(self, ordinals: Positions) -> Positions:
        """See Scan."""
        return self._rows[ordinals]


def as_text(cell: Cell) -> str | None:
    """A cell as a CSV export would write it: ISO dates, whole numbers without a fraction."""
    text: str | None
    match cell:
        case None | "":
            text = None
        case bool():
            text = "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            text = str(int(cell))
        case datetime() if cell.time() == time():
            text = cell.date().isoformat()
        case datetime():
            text = cell.isoformat(sep=" ")
        case _:
            text = str(cell)
    return text


def visible_sheets(path: Path) -> list[str]:
    """The sheets of a workbook that somebody who opens it sees; none when it can't be opened."""
    try:
        with path.open("rb") as reader, CalamineWorkbook.from_filelike(reader) as workbook:
            return _visible(workbook)
    except (CalamineError, ZipError, OSError, ValueError):
        return []


def _visible(workbook: CalamineWorkbook) -> list[str]:
    return [
        one.name
        for one in workbook.sheets_metadata
        if one.visible == SheetVisibleEnum.Visible and one.typ == SheetTypeEnum.WorkSheet
    ]


def _name(cell: Cell) -> str:
    return (as_text(cell) or "").strip()


@contextmanager
def _opened(path: Path, file_name: str) -> Generator[CalamineWorkbook]:
    try:
        with path.open("rb") as reader, CalamineWorkbook.from_filelike(reader) as workbook:
            yield workbook
    except PasswordError as error:
        raise unreadable(file_name, "it is locked with a password", "Save it without one") from error
    except (CalamineError, ZipError, OSError, ValueError, IndexError) as error:
        raise unreadable(
            file_name, f"it can't be read as an Excel workbook ({error})", "Save it as .xlsx or CSV again"
        ) from error


def _choose(workbook: CalamineWorkbook, path: Path, file_name: str, feed: Feed, wanted: Wanted) -> str:
    def beginning(sheet: str) -> list[list[str]]:
        _facts(path, sheet, file_name)
        found = workbook.get_sheet_by_name(sheet)
        rows = found.to_python(skip_empty_area=False, nrows=HEADER_ROWS)
        return [[_name(cell) for cell in row] for row in rows]

    return chosen_sheet(feed, wanted, _visible(workbook), beginning, file_name)


def _facts(path: Path, sheet: str, file_name: str) -> SheetFacts | None:
    """What the sheet's XML says. Raises Refused when a cell far away would need room for all that is between."""
    facts = sheet_facts(path, sheet)
    if facts and facts.extent[0] * facts.extent[1] > _MOST_CELLS:
        rows, columns = facts.extent
        raise unreadable(
            file_name,
            f"its sheet {sheet!r} reaches to {cell_name((rows - 1, columns - 1))}: a cell is far from the rest",
            "Go to the last cell (Ctrl+End), delete the rows and columns that hold nothing of yours, and save it",
        )
    return facts


def _merged(sheet: CalamineSheet) -> tuple[tuple[int, int, int], ...]:
    """Merged ranges of a workbook of another format, as far as its reader tells them."""
    return tuple((start[0], start[1], end[0]) for start, end in sheet.merged_cell_ranges or ())


def _fill(
    rows: list[list[Cell]], merged: tuple[tuple[int, int, int], ...], header: int, first_row: int, first_column: int
) -> None:
    """Write the value of a merged range into every row below the header that it covers."""
    for merged_from, merged_column, merged_to in merged:
        top, bottom, column = merged_from - first_row, merged_to - first_row, merged_column - first_column
        if top > header and 0 <= column < len(rows[0]):
            for row in rows[top + 1 : bottom + 1]:
                row[column] = rows[top][column]


def _refuse_uncalculated(facts: SheetFacts | None, header_line: int, file_name: str, sheet: str) -> None:
    places = [place for place in facts.uncalculated if place[0] >= header_line] if facts else []
    if places:
        row, _ = places[0]
        reason = f"{len(places):,} formulas of its sheet {sheet!r} have no result, the first in {cell_name(places[0])}"
        cure = "Open it in a spreadsheet and save it once, or deliver it with values instead of formulas"
        raise Refused(Fault("unreadable", file_name, reason, cure, line=row + 1))


def _refuse_others(path: Path, file_name: str, limits: Limits) -> None:
    """Refuse what is no workbook, is encrypted, or unpacks to too much."""
    with path.open("rb") as reader:
        beginning = reader.read(1 << 20)
    if beginning.startswith(_OLE):
        if _ENCRYPTED in beginning or _ENCRYPTED in path.read_bytes():
            raise unreadable(file_name, "it is an encrypted workbook", "Save it without a password")
        return
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise unreadable(
            file_name, "it is no Excel workbook, whatever its name says", "Save it as .xlsx or CSV again"
        ) from error
    allowed = max(limits.unpacked_grace_bytes, limits.unpacked_ratio * path.stat().st_size)
    if size > min(limits.unpacked_bytes, allowed):
        raise unreadable(
            file_name,
            f"it unpacks to {size:,} bytes, as a zip bomb does",
            "Deliver it as CSV, or raise the limits unpacked_bytes and unpacked_ratio",
        )
