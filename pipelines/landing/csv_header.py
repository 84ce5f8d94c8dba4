"""Finds the header of a CSV file and, from it, the delimiter."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.feeds import normalised_name
from pipelines.landing.faults import unreadable
from pipelines.landing.sheet_choice import HEADER_ROWS, Wanted

_DELIMITERS = (",", ";", "\t", "|")
_MOST_BYTES = 1 << 20
_DECLARED = re.compile(r"\"?sep=(.)\"?\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CsvHeader:
    """Names in file order, the delimiter between them, the number of lines before, and what they say."""

    names: tuple[str, ...]
    delimiter: str
    lines_before: int
    preamble: tuple[str, ...] = ()


def read_header(path: Path, file_name: str, wanted: Wanted) -> CsvHeader:
    """The header of a UTF-8 file: the first of its first rows that names what is `wanted`, else its first line.

    Of the delimiters, the one that gives most known names, if no first line `sep=;` says which.

    Raises Refused when there is no header within the first megabyte.
    """
    with path.open("rb") as reader:
        beginning = reader.read(_MOST_BYTES)
    text = beginning.decode("utf-8", errors="ignore").removeprefix("\ufeff")
    stripped = text.lstrip("\r\n")
    blank_lines = text[: len(text) - len(stripped)].count("\n")
    delimiters = _DELIMITERS
    declared = _DECLARED.match(stripped)
    if declared:
        delimiters = (declared[1],)
        stripped = stripped[declared.end() :]
        blank_lines += 1
    if "\n" not in stripped and len(beginning) == _MOST_BYTES:
        raise unreadable(file_name, "its first line is longer than a header can be", "Put the header first", line=1)
    for delimiter in delimiters:
        found = _among_first(stripped, delimiter, wanted)
        if found is not None:
            names, lines, preamble = found
            return CsvHeader(names, delimiter, blank_lines + lines, preamble)
    splits = [(names, delimiter) for delimiter in delimiters if (names := _split(stripped, delimiter))]
    if not splits:
        raise unreadable(file_name, "its header can't be read", "Put the column names first", line=blank_lines + 1)

    def fitness(split: tuple[tuple[str, ...], str]) -> tuple[int, int]:
        names, _ = split
        return len({normalised_name(name) for name in names} & wanted.by_header.keys()), len(names)

    names, delimiter = max(splits, key=fitness)
    return CsvHeader(names, delimiter, blank_lines)


def _among_first(text: str, delimiter: str, wanted: Wanted) -> tuple[tuple[str, ...], int, tuple[str, ...]] | None:
    """The first row that names every required column, the number of lines before it, and what those say."""
    csv.field_size_limit(_MOST_BYTES)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    preamble: list[str] = []
    lines = 0
    try:
        for row in rows:
            names = tuple(name.strip() for name in row)
            if wanted.is_header(names):
                return names, lines, tuple(preamble)
            lines = rows.line_num
            if lines >= HEADER_ROWS:
                return None
            preamble += [" ".join(name for name in names if name)] if any(names) else []
    except csv.Error:
        pass
    return None


def _split(text: str, delimiter: str) -> tuple[str, ...]:
    csv.field_size_limit(_MOST_BYTES)
    try:
        return tuple(name.strip() for name in next(csv.reader(io.StringIO(text), delimiter=delimiter), []))
    except csv.Error:
        return ()
