"""Finds the header of a CSV file and, from it, the delimiter."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from pipelines.feeds import normalised_name
from pipelines.landing.faults import unreadable

_DELIMITERS = (",", ";", "\t", "|")
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class CsvHeader:
    """Names in file order, the delimiter between them, and the number of empty lines before."""

    names: tuple[str, ...]
    delimiter: str
    blank_lines: int


def read_header(path: Path, file_name: str, known: frozenset[str]) -> CsvHeader:
    """The header of a UTF-8 file: of the delimiters, the one that gives most `known` (normalised) names.

    Raises Refused when there is no header within the first megabyte.
    """
    with path.open("rb") as reader:
        beginning = reader.read(_MOST_BYTES)
    text = beginning.decode("utf-8", errors="ignore").removeprefix("\ufeff")
    stripped = text.lstrip("\r\n")
    blank_lines = text[: len(text) - len(stripped)].count("\n")
    if "\n" not in stripped and len(beginning) == _MOST_BYTES:
        raise unreadable(file_name, "its first line is longer than a header can be", "Put the header first", line=1)
    splits = [(names, delimiter) for delimiter in _DELIMITERS if (names := _split(stripped, delimiter))]
    if not splits:
        raise unreadable(file_name, "its header can't be read", "Put the column names first", line=blank_lines + 1)

    def fitness(split: tuple[tuple[str, ...], str]) -> tuple[int, int]:
        names, _ = split
        return len({normalised_name(name) for name in names} & known), len(names)

    names, delimiter = max(splits, key=fitness)
    return CsvHeader(names, delimiter, blank_lines)


def _split(text: str, delimiter: str) -> tuple[str, ...]:
    csv.field_size_limit(_MOST_BYTES)
    try:
        return tuple(name.strip() for name in next(csv.reader(io.StringIO(text), delimiter=delimiter), []))
    except csv.Error:
        return ()
