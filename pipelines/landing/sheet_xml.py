"""What the XML of an .xlsx workbook says beyond its values: errors, formulas without results, merged cells, extent.

The reader of values gives an error cell and a formula that was never calculated as empty, and makes room for every
cell up to the farthest one. So each sheet is looked at before; of a sheet without any of these only its bytes are
searched.
"""

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

Place = tuple[int, int]
"""Row and column, from 0."""

_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_WIDE = re.compile(rb' r="([A-Z]{2,3})(\d{1,7})"')
_ROW = re.compile(rb'row\s[^>]*?\br="(\d{1,7})"')
_FORMULAS = (b"<f>", b"<f ", b":f>", b":f ")
_VALUE = re.compile(rb"<(?:\w+:)?v[^>/]*>([^<]+)<")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """`errors` are cells such as #N/A, `uncalculated` formulas without a result, `merged` ranges (first row, first
    column, last row), `extent` is the farthest row and column, counted from 1."""

    errors: dict[Place, str] = field(default_factory=dict[Place, str])
    uncalculated: tuple[Place, ...] = ()
    merged: tuple[tuple[int, int, int], ...] = ()
    extent: Place = (0, 0)


def sheet_facts(path: Path, sheet: str) -> SheetFacts | None:
    """Facts of a sheet by its name; None for a workbook that is no .xlsx, or has no such sheet."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        member = _member(archive, sheet)
        return _facts(archive.read(member)) if member else None


def cell_name(place: Place) -> str:
    """A place as spreadsheets call it: (1, 3) is D2."""
    row, column = place
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def _member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    for one in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if one.tag.endswith("}sheet") and one.get("name") == sheet:
            target = targets.get(next((v for k, v in one.items() if k == _RELATION or k.endswith("}id")), ""), "")
            found = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl", target))
            return found if found in names else None
    return None


def _facts(xml: bytes) -> SheetFacts:
    errors: dict[Place, str] = {}
    uncalculated: list[Place] = []
    if any(sign in xml for sign in (b't="e"', *_FORMULAS)):
        for cell in _CELL.finditer(xml):
            attributes, content = cell.group(1), cell.group(2) or b""
            reference = _REFERENCE.search(attributes)
            if reference is None:
                continue
            value = _VALUE.search(content)
            if b't="e"' in attributes:
                errors[_place(*reference.groups())] = value.group(1).decode() if value else "#N/A"
            elif value is None and _FORMULA.search(content) and b't="str"' not in attributes:
                uncalculated.append(_place(*reference.groups()))
    ranges = _MERGED.findall(xml) if b"mergeCell " in xml else []
    merged = [(*_place(a, b), _place(c, d)[0]) for a, b, c, d in ranges]
    return SheetFacts(errors, tuple(uncalculated), tuple(merged), _extent(xml))


def _extent(xml: bytes) -> Place:
    last = _ROW.search(xml, max(xml.rfind(b"<row "), xml.rfind(b":row "), 0))  # rows stand in order
    rows = int(last.group(1)) if last else 0
    wide = [_place(*found) for found in _WIDE.findall(xml)]
    return max([rows, *(row + 1 for row, _ in wide)]), max((column + 1 for _, column in wide), default=26)


def _place(letters: bytes, row: bytes) -> Place:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return int(row) - 1, column - 1
