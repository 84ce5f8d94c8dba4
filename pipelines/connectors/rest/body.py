"""An answer's JSON, checked whole and taken apart only where it is asked about: its records stay bytes.

A report of hundreds of megabytes can come in one answer. As Python objects it would take ten times that; as a mapped
file with marks where each record begins it takes next to nothing.
"""

from __future__ import annotations

import codecs
import mmap
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw

_MARK = b"\xef\xbb\xbf"  # some servers put a byte order mark before their JSON
_CHUNK = 1 << 20
_OPENED = dict[str, Raw] | list[Raw] | str | int | float | bool | None


class NotWhole(ValueError):
    """The answer is not one whole JSON value in UTF-8."""


class Body:
    """The JSON in a file that stays as it is for as long as this lives."""

    def __init__(self, file: Path) -> None:
        """Raises NotWhole."""
        with file.open("rb") as reader:
            content = memoryview(mmap.mmap(reader.fileno(), 0, access=mmap.ACCESS_READ))
        self.is_marked = bytes(content[: len(_MARK)]) == _MARK
        self.content = content[len(_MARK) :] if self.is_marked else content
        self._opened: dict[str, Any] = {}
        try:
            _check_utf8(self.content)
            self._opened[""] = msgspec.json.decode(self.content, type=_OPENED)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NotWhole(type(error).__name__) from None

    def opened(self, path: str) -> Any:
        """Return what is at a dotted path (`meta.page.next`, `links.0.href`), or None: of a list or a map the members
        as bytes, anything else as it is."""
        if path in self._opened:
            return self._opened[path]
        found = self.bytes_of(path)
        self._opened[path] = None if found is None else msgspec.json.decode(found, type=_OPENED)
        return self._opened[path]

    def bytes_of(self, path: str) -> memoryview | None:
        """Return the JSON at a dotted path as it was received, or None where there is nothing."""
        if not path:
            return self.content
        before, _, part = path.rpartition(".")
        around, found = self.opened(before), None
        if isinstance(around, dict):
            found = around.get(part)
        elif isinstance(around, list) and part.isdecimal() and int(part) < len(around):
            found = around[int(part)]
        return None if found is None else memoryview(found)

    def dig(self, path: str) -> Any:
        """Return what is at a dotted path as Python objects, or None."""
        found = self.opened(path)
        if isinstance(found, dict):
            return {name: msgspec.json.decode(value) for name, value in found.items()}
        return [msgspec.json.decode(value) for value in found] if isinstance(found, list) else found


def _check_utf8(content: memoryview) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(content), _CHUNK):
        decoder.decode(content[start : start + _CHUNK])
    decoder.decode(b"", final=True)
