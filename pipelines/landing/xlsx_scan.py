"""Excel workbooks: the first sheet, its cells as text."""

import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

from pipelines.landing.engine import Engine
from pipelines.landing.faults import unreadable
from pipelines.landing.options import Limits
from pipelines.landing.records import Positions
from pipelines.landing.scan import Broken, raw_as_json
from pipelines.landing.typing_sql import FieldTraits

Cell = str | float | bool | datetime | date | time | timedelta | None


class XlsxScan:
    """One workbook's first sheet; its first row that holds anything is the header, empty rows are none."""

    def __init__(self, engine: Engine, path: Path, file_name: str, limits: Limits) -> None:
        _refuse_bomb(path, file_name, limits)
        rows, first_row = _cells(path, file_name)
        numbered = [(first_row + i, row) for i, row in enumerate(rows) if any(cell not in ("", None) for cell in row)]
        if not numbered:
            raise unreadable(file_name, "its first sheet is empty", "Put the data in the first sheet")
        self.header_line: int | None = numbered[0][0]
        columns = list(zip(*(row for _, row in numbered), strict=True))
        named = [column for column in columns if any(cell not in ("", None) for cell in column)]
        self.headers = tuple((as_text(column[0]) or "").strip() for column in named)
        self.traits = FieldTraits({}, may_hold_nuls=True, has_typed_dates=True)
        self.broken: Broken | None = None
        self._rows = np.array([number for number, _ in numbered[1:]], dtype=np.int64)
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


def _cells(path: Path, file_name: str) -> tuple[list[list[Cell]], int]:
    """The used cells of the first sheet, and the number of their first row, from 1."""
    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            sheet = workbook.get_sheet_by_index(0)
            start = sheet.start
            rows: list[list[Cell]] = sheet.to_python(skip_empty_area=True)
            return rows, (start[0] if start else 0) + 1
    except PasswordError as error:
        raise unreadable(file_name, "it is locked with a password", "Save it without one") from error
    except (CalamineError, ZipError, OSError, ValueError, IndexError) as error:
        raise unreadable(
            file_name, f"it can't be read as an Excel workbook ({error})", "Save it as .xlsx or CSV again"
        ) from error


def _refuse_bomb(path: Path, file_name: str, limits: Limits) -> None:
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
