"""Finds CSV records with a blank field too many, which DuckDB takes as if the field were not there.

`7,Doe, Jane,T1,` under four names has lost the quotes around a name: every value after it stands in the wrong column.
A file that holds as many delimiters as its lines should have is not looked at more closely.
"""

import csv
import io
from pathlib import Path

import numpy as np

from pipelines.landing.records import csv_records

MARK = "\x01"
"""Put after the last delimiter of such a record, so that DuckDB tells that it has a field too many."""

_CHUNK = 1 << 20


def marked(path: Path, lines: int, delimiter: str, width: int, lines_before: int, work: Path) -> Path:
    """The file itself, or a copy in `work` in which records that end in surplus blank fields are marked.

    `lines` is how many lines the file has, `lines_before` how many of them come before the header.
    """
    if lines_before == 0 and _delimiters(path, delimiter) == (width - 1) * lines:
        return path
    records = csv_records(path, delimiter)
    is_row = records.lines > lines_before + 1
    starts = records.offsets[is_row]
    if not len(starts):
        return path
    content = np.memmap(path, np.uint8, mode="r")
    last = np.append(records.offsets[1:], records.size)[is_row] - 1
    for end in (ord("\n"), ord("\r")):
        last = last - (content[last] == end)
    candidates = np.flatnonzero(content[last] == ord(delimiter))
    surplus = [
        int(last[i]) + 1 for i in candidates if _is_surplus(bytes(content[starts[i] : last[i] + 1]), delimiter, width)
    ]
    return _with_marks(path, surplus, work / "marked") if surplus else path


def _is_surplus(record: bytes, delimiter: str, width: int) -> bool:
    if record.count(delimiter.encode()) < width:
        return False
    text = record.decode("utf-8", "replace")
    return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])) > width


def _delimiters(path: Path, delimiter: str) -> int:
    count = 0
    with path.open("rb") as reader:
        while chunk := reader.read(_CHUNK):
            count += int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == ord(delimiter)))
    return count


def _with_marks(path: Path, places: list[int], target: Path) -> Path:
    with path.open("rb") as reader, target.open("wb") as writer:
        for place in places:
            left = place - reader.tell()
            while left > 0 and (chunk := reader.read(min(_CHUNK, left))):
                writer.write(chunk)
                left -= len(chunk)
            writer.write(MARK.encode())
        while chunk := reader.read(_CHUNK):
            writer.write(chunk)
    return target
