"""The lines that some systems put around the rows of a CSV file: a header before the column names, a trailer after.

A trailer that is missing tells that a file was cut short, and its count that rows were lost.
"""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.landing.faults import unreadable
from pipelines.landing.options import COUNT, Envelope
from pipelines.landing.receive import Text

_LONGEST = 1 << 16
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stated:
    """How many rows a line of the file says there are. `line` counts from 1."""

    rows: int
    line: int
    what: str

    def check(self, rows: int, name: str) -> None:
        """Raise Refused when there are more or fewer rows."""
        if rows != self.rows:
            raise unreadable(
                name,
                f"its {self.what} says {self.rows:,} rows, and there {'is' if rows == 1 else 'are'} {rows:,}",
                "Deliver it again, whole",
                line=self.line,
            )


def opened(text: Text, envelope: Envelope, name: str, work: Path) -> tuple[Text, list[Stated]]:
    """The text without the lines around its rows, and what they say of how many rows there are.

    The header leaves an empty line, so that every row stays in its line. Raises Refused when a line is missing.
    """
    first, last, rows_end, lines_after = _outer_lines(text.path)
    last_line = text.lines - lines_after
    found = [
        _stated(envelope.header, first, 1, "header", envelope, name),
        _stated(envelope.trailer, last if rows_end else b"", last_line, "trailer", envelope, name),
    ]
    inner = work / "rows"
    start = len(first) if envelope.header is not None else 0
    end = rows_end if envelope.trailer is not None else text.path.stat().st_size
    with text.path.open("rb") as reader, inner.open("wb") as writer:
        reader.seek(start)
        writer.write(_line_end(first) if envelope.header is not None else b"")
        left = end - start
        while left > 0 and (chunk := reader.read(min(_CHUNK, left))):
            left -= len(chunk)
            writer.write(chunk)
    lines = text.lines if envelope.trailer is None else last_line - 1
    return replace(text, path=inner, lines=lines), [one for one in found if one is not None]


def _line_end(line: bytes) -> bytes:
    """How a line ends: the line left in its place has to end as all the others do."""
    return b"\r\n" if line.endswith(b"\r\n") else b"\n"


def _outer_lines(path: Path) -> tuple[bytes, bytes, int, int]:
    """The first line with its end, the last that is not blank, where that one begins, and how many lines follow it."""
    size = path.stat().st_size
    with path.open("rb") as reader:
        first = reader.readline(_LONGEST)
        reader.seek(-min(size, _LONGEST), os.SEEK_END)
        tail = reader.read()
    ending = tail.rstrip(b"\r\n \t")
    after = tail[len(ending) :]
    begins = ending.rfind(b"\n") + 1
    lines_after = max(0, after.count(b"\n") - after.endswith(b"\n"))
    return first, ending[begins:], size - len(tail) + begins, lines_after


def _stated(pattern: str | None, line: bytes, number: int, what: str, envelope: Envelope, name: str) -> Stated | None:
    if pattern is None:
        return None
    pieces = re.split(r"(\*|\{count\})", pattern.strip())
    regex = "".join({"*": ".*", COUNT: r"\s*([0-9][0-9,. ]*)"}.get(one, re.escape(one)) for one in pieces)
    said = line.decode("utf-8", "replace").removeprefix("\ufeff").strip()
    match = re.fullmatch(rf'"?{regex}"?', said)
    if match is None:
        cut = " (cut short?)" if what == "trailer" else ""
        raise unreadable(
            name,
            f"its {'last' if what == 'trailer' else 'first'} line is no {what} such as {pattern!r}{cut}",
            f"Deliver it again, or correct the source's `envelopes` if it has no {what}",
            line=number,
        )
    if not match.groups():
        return None
    around = 1 + (envelope.header is not None) + (envelope.trailer is not None)  # and the column names
    count = int(re.sub("[^0-9]", "", match.group(1)))
    return Stated(count - around if envelope.counts == "lines" else count, number, what)
