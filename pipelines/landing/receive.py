"""Takes a file's bytes as received, unpacks gzip within limits, and gives text as UTF-8 with one line end.

Everything here streams: a file is never held in memory whole.
"""

import codecs
import gzip
import hashlib
import os
import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from pipelines.connectors.delivery import SourceFile
from pipelines.landing.faults import Refused, unreadable
from pipelines.landing.options import Limits

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is (bytes or steps)."""

Trimming = Literal["none", "plain", "wide", "odd"]
"""What it takes to trim a file's fields: nothing where no byte is a blank, spaces, blanks of ASCII, or a closer look at
every value, where there are odd blanks, invisible characters or letters in parts. It shows: trimming with a list of
blanks takes as long as reading and writing, and the closer look twice as long."""

_ODD_BEGINNINGS = (0xC2, 0xCC, 0xCD, 0xCE, 0xD6, 0xD7, 0xD9, 0xE0, 0xE1, 0xE2, 0xE3, 0xEF, 0xF0)
_ODD_BYTES = re.compile(
    rb"\xc2[\xa0\xad]|[\xcc\xcd\xe0\xe1]|\xce\x87|\xd9[\x93-\x95]|\xe2\x80[\x80-\x8f\xa8-\xaf]|\xe2\x81[\x9f-\xaf]"
    rb"|\xe2\x84|\xe2\x8c|\xe2\xab|\xe3[\x80\x82]|\xef[\xa4-\xad\xbb]|\xf0[\x91\x96\x9d\xaf]|[\xd6\xd7]"
)
"""In UTF-8: odd blanks, invisible characters, and parts of letters that are one letter in composed form. It finds too
much rather than too little: then every value is looked at."""

_CHUNK = 1 << 20
_NEWLINE = 10
_KNOWN_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "it is gzip", "End its name in .gz"),
    (b"PK\x03\x04", "it is a zip archive or an Excel workbook", "Unpack it, or end its name in .xlsx"),
    (b"\xd0\xcf\x11\xe0", "it is an old Excel workbook (.xls)", "End its name in .xls"),
    (b"PAR1", "it is Parquet", "End its name in .parquet"),
    (b"%PDF", "it is a PDF", "Export the data as CSV"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """A file that DuckDB can read as text: valid UTF-8, every line ended by one newline character or pair."""

    path: Path
    lines: int
    trimming: Trimming
    has_nuls: bool
    has_exponents: bool = True


@dataclass(frozen=True, slots=True)
class _Look:
    """What one pass over the bytes shows."""

    head: bytes
    lines: int
    is_utf8: bool
    has_odd_line_ends: bool
    trimming: Trimming
    has_nuls: bool
    has_exponents: bool


def copy_and_hash(source: SourceFile, target: Path, progress: Progress) -> tuple[str, int]:
    """Copy the bytes to `target`; their sha256 in hex and their number."""
    digest = hashlib.sha256()
    done = 0
    with _opened(source) as reader, target.open("wb") as writer:
        size = os.fstat(reader.fileno()).st_size
        while chunk := _read(reader, source):
            digest.update(chunk)
            writer.write(chunk)
            done += len(chunk)
            progress(f"reading {source.name}", done, size)
    return digest.hexdigest(), done


def _opened(source: SourceFile) -> BinaryIO:
    try:
        return source.path.open("rb")
    except OSError as error:
        raise _can_not_read(source, error) from error


def _read(reader: BinaryIO, source: SourceFile) -> bytes:
    try:
        return reader.read(_CHUNK)
    except OSError as error:
        raise _can_not_read(source, error) from error


def _can_not_read(source: SourceFile, error: OSError) -> Refused:
    return unreadable(
        source.name, f"it can't be read ({error.strerror})", "See to its permissions and deliver it again"
    )


def hash_file(path: Path) -> str:
    """The sha256 of a file in hex."""
    with path.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def readable_text(raw: Path, file: SourceFile, work: Path, limits: Limits) -> Text:
    """The text of a received file; unpacked, decoded or with line ends mended in `work` where need be.

    Raises Refused when it is no text, can't be unpacked, or unpacks to too much.
    """
    path = raw
    if file.is_gzipped:
        path = work / "unpacked"
        _unpack(raw, path, file.name, limits)
    look = _look_at(path)
    if file.is_gzipped and look.head.startswith(b"\x1f\x8b"):
        raise unreadable(
            file.name, "it is packed twice: there is gzip in its gzip", "Pack it once and deliver it again"
        )
    _refuse_other_formats(look.head, file.name)
    encoding = _encoding(look)
    if encoding != "utf-16" and b"\0" in look.head.partition(b"\n")[0]:
        raise unreadable(
            file.name,
            "it is binary, or UTF-16 without a byte order mark",
            "Save it as UTF-8 text",
            line=1,
        )
    if encoding != "utf-8" or (look.has_odd_line_ends and file.format == "csv"):
        rewritten = work / "text"
        _rewrite(path, rewritten, encoding, file.name)
        path, look = rewritten, _look_at(rewritten)
    return Text(path, look.lines, look.trimming, look.has_nuls, look.has_exponents)


def without_mark(text: Text, work: Path) -> Text:
    """The text without a byte-order mark, for which DuckDB would lose the first record of NDJSON."""
    with text.path.open("rb") as reader:
        if reader.read(3) != codecs.BOM_UTF8:
            return text
        plain = work / "unmarked"
        with plain.open("wb") as writer:
            shutil.copyfileobj(reader, writer, _CHUNK)
    return replace(text, path=plain)


def _unpack(raw: Path, target: Path, name: str, limits: Limits) -> None:
    allowed_by_ratio = max(limits.unpacked_grace_bytes, limits.unpacked_ratio * raw.stat().st_size)
    done = 0
    try:
        with gzip.open(raw, "rb") as reader, target.open("wb") as writer:
            while chunk := reader.read(_CHUNK):
                done += len(chunk)
                if done > limits.unpacked_bytes:
                    raise unreadable(
                        name,
                        f"it unpacks to more than {limits.unpacked_bytes:,} bytes",
                        "Deliver it in smaller files, or raise the limit unpacked_bytes",
                    )
                if done > allowed_by_ratio:
                    raise unreadable(
                        name,
                        f"it unpacks to more than {limits.unpacked_ratio:g} times its size, as a zip bomb does",
                        "Deliver it unpacked, or raise the limit unpacked_ratio",
                    )
                writer.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(name, f"its gzip is damaged or cut short ({error})", "Deliver it again") from error


def _look_at(path: Path) -> _Look:
    import numpy as np  # here: planning does without, and it takes as long to import as all else that planning needs

    head = b""
    lines = returns = pairs = 0
    blanks = wide = odd = nuls = exponents = False
    is_utf8 = True
    last = b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_pending = False
    for chunk in _chunks(path):
        head = head or chunk[:65536]
        lines += int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == _NEWLINE))  # six times as fast as bytes.count
        if b"\r" in chunk:
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n")
        is_ascii = chunk.isascii()
        blanks = blanks or b" " in chunk
        wide = wide or not is_ascii or b"\t" in chunk or b"\\" in chunk
        odd = odd or b"\\u" in chunk or (not is_ascii and _holds_odd_characters(chunk, is_first=last == b""))
        nuls = nuls or b"\0" in chunk
        # A number may be cut in two between its E and its + by reading.
        exponents = exponents or (b"+" in chunk and re.search(rb"[eE]\+|^\+", chunk) is not None) or odd
        if is_utf8 and (is_pending or not is_ascii):
            try:
                decoder.decode(chunk)
                is_pending = bool(decoder.getstate()[0])
            except UnicodeDecodeError:
                is_utf8 = False
        last = chunk[-1:]
    return _Look(
        head,
        lines + (last not in (b"", b"\n")),
        is_utf8 and not is_pending,
        returns != pairs or (pairs > 0 and pairs != lines),
        "odd" if odd else "wide" if wide else "plain" if blanks else "none",
        nuls,
        exponents,
    )


def _holds_odd_characters(chunk: bytes, *, is_first: bool) -> bool:
    """Whether there may be any; a byte-order mark at the beginning is none, and chunks that cut one have one."""
    text = chunk.removeprefix(codecs.BOM_UTF8) if is_first else chunk
    if not any(byte in text for byte in _ODD_BEGINNINGS):  # a look for one byte costs next to nothing
        return False
    return text[-1] >= 0x80 or text[0] & 0xC0 == 0x80 or _ODD_BYTES.search(text) is not None


def _chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file; a return and its newline always come in the same chunk."""
    with path.open("rb") as reader:
        while chunk := reader.read(_CHUNK):
            while chunk.endswith(b"\r") and (more := reader.read(1)):
                chunk += more
            yield chunk


def _refuse_other_formats(head: bytes, name: str) -> None:
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise unreadable(name, "it is empty", "Deliver it again; a file without rows still has its header")
    for beginning, reason, cure in _KNOWN_BEGINNINGS:
        if head.startswith(beginning):
            raise unreadable(name, f"{reason}, not what its name says", cure)
    if head[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise unreadable(
            name, "it is a web page (a login page?), not data", "See to the export's login and deliver it again"
        )


def _encoding(look: _Look) -> str:
    if look.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8" if look.is_utf8 else "cp1252"


def _rewrite(path: Path, target: Path, encoding: str, name: str) -> None:
    """Write the text as UTF-8; any mix of line ends becomes a plain newline."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    held = ""
    try:
        with path.open("rb") as reader, target.open("w", encoding="utf-8", newline="") as writer:
            while True:
                chunk = reader.read(_CHUNK)
                text = held + decoder.decode(chunk, final=not chunk)
                kept = text.rstrip("\r") if chunk else text
                held = text[len(kept) :]
                kept = _one_line_end(kept)
                line += kept.count("\n")
                writer.write(kept)
                if not chunk:
                    return
    except UnicodeDecodeError as error:
        line += bytes(error.object[: error.start]).count(b"\n")
        raise _undecodable(name, encoding, line, error) from error


def _one_line_end(text: str) -> str:
    if "\r" not in text:
        return text
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n")
    return text.replace("\r", "\n")


def _undecodable(name: str, encoding: str, line: int, error: UnicodeDecodeError) -> Refused:
    found = f"byte 0x{error.object[error.start]:02x}" if error.start < len(error.object) else "the end"
    tried = "UTF-16" if encoding == "utf-16" else "neither UTF-8 nor Windows-1252"
    return unreadable(
        name,
        f"it is not text: {found} is not {tried}" if encoding == "utf-16" else f"it is not text: {found} is {tried}",
        "Save it as UTF-8",
        line=line,
    )
