"""The file connector: finds the deliveries in a drop folder.

A delivery is a file `<feed>.<ext>` or `<feed>[_-.]<anything>.<ext>`, a file in a folder `<feed>/`, all files of
a folder `<feed>/<delivery>/`, or the files that a source's `parts` pattern joins. Whatever else is there is
reported with a reason, never passed over in silence. Nothing outside the folder is read: a link is followed
only when it stays inside.
"""

import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.connectors.delivery import Delivery, Format, SourceFile, Unmatched

_FORMATS: Mapping[str, Format] = {
    "csv": "csv",
    "tsv": "csv",
    "ndjson": "ndjson",
    "jsonl": "ndjson",
    "json": "json",
    "parquet": "parquet",
    "xlsx": "xlsx",
}
_GZIPPED = frozenset({"csv", "tsv", "ndjson", "jsonl", "json"})
KNOWN_ENDINGS = "csv, tsv, ndjson, jsonl, json (each also .gz), parquet, xlsx"


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The deliveries of a drop folder in the order in which they land, and what was not understood."""

    deliveries: tuple[Delivery, ...]
    unmatched: tuple[Unmatched, ...]


def find_deliveries(drop_dir: Path, feeds: Iterable[str], parts: Mapping[str, str] | None = None) -> FoundFiles:
    """The deliveries in `drop_dir`, ordered by feed and natural file name (`_2` before `_10`).

    `parts` maps a feed to a regular expression over file names (without folder): the files it matches whole
    become one delivery for each distinct set of captured groups. Raises FileNotFoundError or
    NotADirectoryError when there is no such folder.
    """
    root = drop_dir.resolve(strict=True)
    if not root.is_dir():
        raise NotADirectoryError(f"{printable(str(drop_dir))} is not a folder")
    search = _Search(root, tuple(feeds), {f: re.compile(p) for f, p in (parts or {}).items()})
    search.run()
    deliveries = [
        Delivery(feed, name, tuple(sorted(files, key=lambda file: _natural(file.name))))
        for (feed, name), files in search.found.items()
    ]
    deliveries.sort(key=lambda delivery: (delivery.feed, _natural(delivery.files[0].name)))
    return FoundFiles(tuple(deliveries), tuple(search.unmatched))


def printable(name: str) -> str:
    """A file name that can be shown and stored: control characters and undecodable bytes become escapes."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in name
    )


def feed_of(stem: str, feeds: Sequence[str]) -> str | None:
    """The feed a file name without its ending belongs to; the longest fitting feed name wins."""
    lowered = stem.casefold()
    fitting = [feed for feed in feeds if lowered == feed or (lowered.startswith(feed) and lowered[len(feed)] in "_-.")]
    return max(fitting, key=len, default=None)


def format_of(file_name: str) -> tuple[str, Format, bool] | None:
    """Name without its ending, format, and whether it is gzipped; None when the ending is not known."""
    rest, _, ending = file_name.rpartition(".")
    ending = ending.casefold()
    is_gzipped = ending == "gz"
    if is_gzipped:
        rest, _, ending = rest.rpartition(".")
        ending = ending.casefold()
    if not rest or ending not in _FORMATS or (is_gzipped and ending not in _GZIPPED):
        return None
    return rest, _FORMATS[ending], is_gzipped


def _natural(name: str) -> list[tuple[list[tuple[int, int, str]], str]]:
    """Sorting key: digits by their value, names without their ending first, folder by folder."""
    key: list[tuple[list[tuple[int, int, str]], str]] = []
    for part in name.split("/"):
        understood = format_of(part)
        stem = understood[0] if understood else part
        pieces = [piece for piece in re.split(r"([0-9]+)", stem.casefold()) if piece]
        key.append(([(0, int(p), "") if p[0] in "0123456789" else (1, 0, p) for p in pieces], part))
    return key


class _Search:
    """One walk through a drop folder."""

    def __init__(self, root: Path, feeds: tuple[str, ...], parts: Mapping[str, re.Pattern[str]]) -> None:
        self.root = root
        self.feeds = feeds
        self.parts = parts
        self.found: dict[tuple[str, str], list[SourceFile]] = {}
        self.unmatched: list[Unmatched] = []

    def run(self) -> None:
        """Fill `found` and `unmatched`."""
        for path, is_folder in self._entries(self.root):
            if not is_folder:
                self._top_level_file(path)
            elif path.name.casefold() in self.feeds:
                self._feed_folder(path, path.name.casefold())
            else:
                self._report(path, "no feed has this name; folders are named for the feed they hold")

    def _entries(self, folder: Path) -> Iterator[tuple[Path, bool]]:
        """Files and folders of a folder that can be read safely; everything else is reported."""
        try:
            paths = sorted(folder.iterdir())
        except OSError as error:
            self._report(folder, f"the folder can't be read ({error.strerror})")
            return
        for path in paths:
            try:
                target = path.resolve(strict=True)
                mode = target.stat().st_mode
            except (OSError, RuntimeError):
                self._report(path, "it can't be followed (a broken link, or a link to itself)")
                continue
            if not target.is_relative_to(self.root):
                self._report(path, "it is a link that leads out of the drop folder, and is not followed")
            elif stat.S_ISDIR(mode):
                if path.is_symlink():
                    self._report(path, "it is a link to a folder, and is not followed")
                else:
                    yield path, True
            elif stat.S_ISREG(mode):
                yield path, False
            else:
                self._report(path, "it is not a regular file")

    def _top_level_file(self, path: Path) -> None:
        understood = format_of(path.name)
        feed = feed_of(understood[0] if understood else path.name, self.feeds)
        if feed is None:
            self._report(path, "its name fits no feed; name it <feed>.<ext> or <feed>_<anything>.<ext>")
        else:
            self._file(path, feed, None)

    def _feed_folder(self, folder: Path, feed: str) -> None:
        for path, is_folder in self._entries(folder):
            if not is_folder:
                self._file(path, feed, None)
                continue
            for inner, is_deeper in self._entries(path):
                if is_deeper:
                    self._report(inner, "a delivery's folder holds files only")
                else:
                    self._file(inner, feed, self._name(path))

    def _file(self, path: Path, feed: str, delivery: str | None) -> None:
        understood = format_of(path.name)
        if understood is None:
            self._report(path, f"its ending is none of {KNOWN_ENDINGS}")
            return
        _, file_format, is_gzipped = understood
        name = self._name(path)
        pattern = self.parts.get(feed)
        match = pattern.fullmatch(path.name) if pattern and delivery is None else None
        if match:
            delivery = "+".join([feed, *(printable(group or "") for group in match.groups())]) + " (parts)"
        self.found.setdefault((feed, delivery or name), []).append(SourceFile(name, path, file_format, is_gzipped))

    def _name(self, path: Path) -> str:
        return printable(path.relative_to(self.root).as_posix())

    def _report(self, path: Path, reason: str) -> None:
        self.unmatched.append(Unmatched(self._name(path) if path != self.root else ".", reason))
