"""Where the records of a text file begin, found apart from the reader that types them.

DuckDB does not say in which line a row was, and its parallel reader can lose rows when a quote is left open; this
finds both. It works on whole blocks of bytes with numpy, never record by record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]
_Bytes = npt.NDArray[np.uint8]

_BLOCK = 16 << 20
_NEWLINE, _RETURN, _QUOTE, _BACKSLASH, _COMMA, _SPACE = 10, 13, 34, 92, 44, 32


@dataclass(frozen=True, slots=True)
class RecordStarts:
    """For every record of a file, in order: its first byte's offset and its first line, counted from 1.

    `size` is the file's size in bytes, `line_count` its number of lines; `is_open` says that the last record is
    a quoted field that nothing closes.
    """

    offsets: Positions
    lines: Positions
    size: int
    line_count: int
    is_open: bool = False

    def spans(self) -> Positions:
        """How many bytes each record takes, up to the start of the next."""
        return np.diff(self.offsets, append=self.size)

    def line_spans(self) -> Positions:
        """How many lines each record takes, blank lines after it included."""
        return np.diff(self.lines, append=self.line_count + 1)


def csv_records(path: Path, delimiter: str) -> RecordStarts:
    """Records of a CSV file (the header is the first); empty lines are none."""
    separators = np.array([ord(delimiter), _NEWLINE, _RETURN], dtype=np.uint8)
    collector = _Collector(skips_blank_only=False)
    is_quoted = False
    for block in _blocks(path):
        newlines = np.flatnonzero(block == _NEWLINE)
        is_quoted = collector.add(block, newlines, *_unquoted(block, newlines, separators, is_quoted))
    return collector.result()


def line_records(path: Path) -> RecordStarts:
    """Records of a file with one record a line; blank lines are none."""
    collector = _Collector(skips_blank_only=True)
    for block in _blocks(path):
        newlines = np.flatnonzero(block == _NEWLINE)
        collector.add(block, newlines, newlines, False)
    return collector.result()


def json_array_lines(path: Path) -> Positions:
    """The line, counted from 1, in which each element of a file's one JSON array begins."""
    lines: list[Positions] = []
    line, depth, is_quoted, awaits = 1, 0, False, False
    for block in _blocks(path, end=None):
        quotes = _unescaped_quotes(block)
        inside = (np.cumsum(quotes) + is_quoted) % 2 == 1
        opening = ((block == ord("[")) | (block == ord("{"))) & ~inside
        closing = ((block == ord("]")) | (block == ord("}"))) & ~inside
        depths = depth + np.cumsum(opening.astype(np.int32) - closing.astype(np.int32))
        # an element begins at the first visible byte after the array's opening bracket or one of its commas
        breaks = (depths == 1) & ~inside & ((block == _COMMA) | opening)
        visible = np.flatnonzero(block > _SPACE)
        after = np.searchsorted(visible, np.flatnonzero(breaks), side="right")
        starts = visible[after[after < len(visible)]]
        if awaits and len(visible):
            starts = np.concatenate([visible[:1], starts])
        starts = starts[block[starts] != ord("]")]
        newlines = np.flatnonzero(block == _NEWLINE)
        lines.append(line + np.searchsorted(newlines, starts))
        if len(visible):
            awaits = bool(len(after)) and bool(after[-1] >= len(visible))
        line += len(newlines)
        depth = int(depths[-1])
        is_quoted = bool(inside[-1])
    return np.concatenate(lines) if lines else np.empty(0, dtype=np.int64)


class _Collector:
    """Gathers record starts block by block; a block always ends with a line."""

    def __init__(self, *, skips_blank_only: bool) -> None:
        self._skips_blank_only = skips_blank_only
        self._offsets: list[Positions] = []
        self._lines: list[Positions] = []
        self._offset = 0
        self._line = 1
        self._begins = True
        self._ends_with_newline = True

    def add(self, block: _Bytes, newlines: Positions, ends: Positions, is_open: bool) -> bool:
        """Take in a block whose records end at `ends`; returns `is_open`, whether a record goes on after it."""
        starts = ends + 1
        if self._begins:
            starts = np.concatenate([np.zeros(1, dtype=np.int64), starts])
        starts = starts[starts < len(block)]
        kept = starts[self._is_record(block, starts)] if len(starts) else starts
        self._offsets.append(kept + self._offset)
        self._lines.append(np.searchsorted(newlines, kept) + self._line)
        self._offset += len(block)
        self._line += len(newlines)
        self._begins = not is_open
        self._ends_with_newline = bool(block[-1] == _NEWLINE)
        return is_open

    def _is_record(self, block: _Bytes, starts: Positions) -> npt.NDArray[np.bool_]:
        if self._skips_blank_only:
            return np.add.reduceat((block > _SPACE).astype(np.int64), starts) > 0
        first = block[starts]
        second = block[np.minimum(starts + 1, len(block) - 1)]
        return (first != _NEWLINE) & ~((first == _RETURN) & (second == _NEWLINE))

    def result(self) -> RecordStarts:
        """All starts found."""
        if not self._offsets:
            empty = np.empty(0, dtype=np.int64)
            return RecordStarts(empty, empty, 0, 0)
        return RecordStarts(
            np.concatenate(self._offsets),
            np.concatenate(self._lines),
            self._offset,
            self._line - self._ends_with_newline,
            not self._begins,
        )


def _blocks(path: Path, end: bytes | None = b"\n") -> Iterator[_Bytes]:
    """The bytes of a file in large blocks that end with a newline, or never with a backslash when `end` is None."""
    with path.open("rb") as reader:
        while block := reader.read(_BLOCK if end else _BLOCK // 4):
            if end and not block.endswith(end):
                block += reader.readline()
            while not end and block.endswith(b"\\") and (more := reader.read(1)):
                block += more
            yield np.frombuffer(block, dtype=np.uint8)


def _unquoted(block: _Bytes, newlines: Positions, separators: _Bytes, is_quoted: bool) -> tuple[Positions, bool]:
    """The newlines that end a record, and whether the block ends inside a quoted field.

    Doubled quotes cancel out, so only runs of odd length count. One that follows a separator (blanks apart) opens a
    field, or ends one whose text ends in a separator; any other ends a field, or is a mere character outside of
    one, or damage after which the record ends with its line. So what holds at a newline follows from the last run
    of the second kind and the number of runs of the first kind since.
    """
    quotes = np.flatnonzero(block == _QUOTE)
    if not len(quotes):
        return (newlines[:0], True) if is_quoted else (newlines, False)
    first = np.flatnonzero(np.diff(quotes, prepend=-2) != 1)
    begins = quotes[first][np.diff(first, append=len(quotes)) % 2 == 1]
    if not len(begins):
        return (newlines[:0], True) if is_quoted else (newlines, False)
    visible = np.flatnonzero(block != _SPACE)
    left = np.searchsorted(visible, begins) - 1
    flips = (left < 0) | np.isin(block[visible[np.maximum(left, 0)]], separators)
    flip_count = np.cumsum(flips)
    last_end = np.maximum.accumulate(np.where(flips, -1, np.arange(len(begins))))
    since = flip_count - np.where(last_end >= 0, flip_count[last_end], 0)
    state = (since + np.where(last_end >= 0, 0, is_quoted)) % 2 == 1
    run = np.searchsorted(begins, newlines) - 1
    inside = np.where(run >= 0, state[np.maximum(run, 0)], is_quoted)
    return newlines[~inside], bool(state[-1])


def _unescaped_quotes(block: _Bytes) -> npt.NDArray[np.int64]:
    """1 at each quote that no backslash escapes, else 0."""
    is_quote = block == _QUOTE
    places = np.flatnonzero(is_quote)
    slashes = np.flatnonzero(block == _BACKSLASH)
    if len(slashes):
        # length of the run of backslashes that ends just before each quote
        run_start = np.flatnonzero(np.diff(slashes, prepend=-2) != 1)
        run_of = np.searchsorted(run_start, np.arange(len(slashes)), side="right") - 1
        run_length = np.arange(len(slashes)) - run_start[run_of] + 1
        position = np.searchsorted(slashes, places) - 1
        adjoins = (position >= 0) & (slashes[np.maximum(position, 0)] == places - 1)
        escaped = adjoins & (run_length[np.maximum(position, 0)] % 2 == 1)
        places = places[~escaped]
    result = np.zeros(len(block), dtype=np.int64)
    result[places] = 1
    return result
