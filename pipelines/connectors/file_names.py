"""What a file's name says: the feed, the delivery, how it is written, packed and encrypted, and its date.

A delivery is a file `<feed>.<ext>` or `<feed>[_-.]<anything>.<ext>`, a file in a folder `<feed>/`, all files of
a folder `<feed>/<delivery>/`, or the files that a source's `parts` pattern joins. A source whose files have names of
another's choosing says with `names` which feed they are.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.connectors.delivery import Format

_FORMATS: Mapping[str, Format] = {
    "csv": "csv",
    "tsv": "csv",
    "ndjson": "ndjson",
    "jsonl": "ndjson",
    "json": "json",
    "parquet": "parquet",
    **dict.fromkeys(("xlsx", "xls", "xlsb", "ods"), "xlsx"),
    "zip": "zip",
}
_GZIPPED = frozenset({"csv", "tsv", "ndjson", "jsonl", "json"})
_ENCRYPTED = frozenset({"pgp", "gpg"})
KNOWN_ENDINGS = (
    "csv, tsv, ndjson, jsonl, json (each also .gz), parquet, xlsx, xls, xlsb, ods, zip (each also .pgp or .gpg)"
)
_DIRECTIVES = {"Y": r"\d{4}", "j": r"\d{3}", "b": r"[A-Za-z]{3}", **dict.fromkeys("ymdHMS", r"\d\d")}


@dataclass(frozen=True, slots=True)
class Written:
    """How a file is written, as its name tells: `stem` is the name without endings."""

    stem: str
    format: Format
    is_gzipped: bool = False
    is_encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file belongs: its feed and, when it is one of several of a delivery, that delivery's name."""

    feed: str
    delivery: str | None
    written: Written
    dated: datetime | None = None


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A file name with `*` (anything), `?` (one character) and strptime's %Y %y %m %d %j %b %H %M %S.

    Raises ValueError when it has another directive.
    """

    text: str

    def __post_init__(self) -> None:
        self._compiled()

    def dated(self, name: str) -> tuple[bool, datetime | None]:
        """Whether a name fits, and the date in it (None where the pattern has none)."""
        regex, directives = self._compiled()
        match = re.fullmatch(regex, name, re.IGNORECASE)
        if match is None or not directives:
            return match is not None, None
        try:
            written = datetime.strptime(" ".join(match.groups()), " ".join(directives))
        except ValueError:
            return False, None
        return True, written

    def _compiled(self) -> tuple[str, list[str]]:
        regex, directives = "", list[str]()
        for piece in re.findall(r"%.?|[*?]|[^%*?]+", self.text):
            if piece.startswith("%"):
                if piece[1:] not in _DIRECTIVES:
                    known = ", ".join(f"%{letter}" for letter in _DIRECTIVES)
                    raise ValueError(f"{self.text!r}: {piece} stands for nothing here; write {known}, * or ?")
                regex += f"({_DIRECTIVES[piece[1:]]})"
                directives.append(piece)
            else:
                regex += ".*" if piece == "*" else "." if piece == "?" else re.escape(piece)
        return regex, directives


@dataclass(frozen=True, slots=True)
class Naming:
    """How the files of a source are named.

    `parts` maps a feed to a regular expression over file names (without folder): the files it matches whole become
    one delivery for each distinct set of captured groups. `names` maps a feed to the patterns of its files' names,
    where they do not begin with the feed's.
    """

    feeds: Sequence[str]
    parts: Mapping[str, str] = field(default_factory=dict[str, str])
    names: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    def place(self, path: Sequence[str]) -> Place | str:
        """Where a file belongs, by the folders it is in and its name; or why it is no delivery."""
        *folders, name = path
        feed, dated, is_ours = self._by_pattern(name)
        written = written_as(name, or_csv=is_ours)
        if not folders and feed is None:
            feed = feed_of(written.stem if written else name, self.feeds)
        elif folders:
            feed = self.folder(folders[:1])
        if feed is None:
            return "its name fits no feed; name it <feed>.<ext> or <feed>_<anything>.<ext>"
        if len(folders) > 2:
            return "a delivery's folder holds files only"
        if written is None:
            return f"its ending is none of {KNOWN_ENDINGS}"
        delivery = printable("/".join(folders)) if len(folders) == 2 else None
        pattern = self.parts.get(feed)
        match = re.fullmatch(pattern, name) if pattern and delivery is None else None
        if match:
            delivery = "+".join([feed, *(printable(group or "") for group in match.groups())]) + " (parts)"
        return Place(feed, delivery, written, dated)

    def folder(self, path: Sequence[str]) -> str | None:
        """The feed whose folder this is (or is in); None when no feed has this name."""
        named = path[0].casefold()
        return named if named in self.feeds else None

    def _by_pattern(self, name: str) -> tuple[str | None, datetime | None, bool]:
        for feed, patterns in self.names.items():
            for pattern in patterns:
                fits, dated = NamePattern(pattern).dated(name)
                if fits:
                    return feed, dated, True
        return None, None, False


def printable(name: str) -> str:
    """A file name that can be shown and stored: control characters and undecodable bytes become escapes."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in name
    )


def feed_of(stem: str, feeds: Iterable[str]) -> str | None:
    """The feed a file name without its ending belongs to; the longest fitting feed name wins."""
    lowered = stem.casefold()
    fitting = [feed for feed in feeds if lowered == feed or (lowered.startswith(feed) and lowered[len(feed)] in "_-.")]
    return max(fitting, key=len, default=None)


def written_as(file_name: str, *, or_csv: bool = False) -> Written | None:
    """How a file of this name is written; None when its ending is not known (`or_csv`: then it is CSV)."""
    rest, ending = _split(file_name)
    is_encrypted = ending in _ENCRYPTED
    if is_encrypted:
        rest, ending = _split(rest)
    is_gzipped = ending == "gz"
    if is_gzipped:
        rest, ending = _split(rest)
    if rest and ending in _FORMATS and (not is_gzipped or ending in _GZIPPED):
        return Written(rest, _FORMATS[ending], is_gzipped, is_encrypted)
    return Written(rest, "csv", is_gzipped, is_encrypted) if or_csv else None


def natural(name: str) -> list[tuple[list[tuple[int, int, str]], str]]:
    """Sorting key: digits by their value, names without their ending first, folder by folder."""
    key: list[tuple[list[tuple[int, int, str]], str]] = []
    for part in name.split("/"):
        written = written_as(part)
        stem = written.stem if written else part
        pieces = [piece for piece in re.split(r"([0-9]+)", stem.casefold()) if piece]
        key.append(([(0, int(p), "") if p[0] in "0123456789" else (1, 0, p) for p in pieces], part))
    return key


def _split(name: str) -> tuple[str, str]:
    rest, _, ending = name.rpartition(".")
    return rest, ending.casefold()
