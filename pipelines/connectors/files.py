"""The file connector: finds the deliveries in a drop folder.

Which delivery a file is of, its name says (`file_names`). Whatever else is there is reported with a reason, never
passed over in silence. Nothing outside the folder is read: a link is followed only when it stays inside.
"""

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.connectors.delivery import Delivery, Origin, SourceFile, Unmatched
from pipelines.connectors.file_names import Naming, Place, natural, printable


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The deliveries of a drop folder in the order in which they land, and what was not understood."""

    deliveries: tuple[Delivery, ...]
    unmatched: tuple[Unmatched, ...]


def find_deliveries(drop_dir: Path, naming: Naming) -> FoundFiles:
    """The deliveries in `drop_dir`, ordered by feed, the date in the name and natural file name (`_2` before `_10`).

    Raises FileNotFoundError or NotADirectoryError when there is no such folder.
    """
    root = drop_dir.resolve(strict=True)
    if not root.is_dir():
        raise NotADirectoryError(f"{printable(str(drop_dir))} is not a folder")
    search = _Search(root, naming)
    search.run()
    return FoundFiles(tuple(as_deliveries(search.found)), tuple(search.unmatched))


def as_deliveries(found: Iterable[tuple[Place, SourceFile]], origin: Origin | None = None) -> list[Delivery]:
    """Files put together to deliveries, in the order in which they land."""
    together: dict[tuple[str, str], list[SourceFile]] = {}
    for place, file in found:
        together.setdefault((place.feed, place.delivery or file.name), []).append(file)
    deliveries = [
        Delivery(feed, name, tuple(sorted(files, key=lambda file: natural(file.name))), origin)
        for (feed, name), files in together.items()
    ]
    return sorted(deliveries, key=landing_order)


def landing_order(delivery: Delivery) -> tuple[str, datetime, object]:
    """Sorting key of deliveries: feed, the date in the name (none first), natural file name."""
    dated = max((file.dated for file in delivery.files if file.dated), default=datetime.min)
    return delivery.feed, dated, natural(delivery.files[0].name)


def source_file(place: Place, name: str, path: Path) -> SourceFile:
    """The file at `path`, written as its name says."""
    written = place.written
    return SourceFile(name, path, written.format, written.is_gzipped, written.is_encrypted, place.dated)


class _Search:
    """One walk through a drop folder."""

    def __init__(self, root: Path, naming: Naming) -> None:
        self.root = root
        self.naming = naming
        self.found: list[tuple[Place, SourceFile]] = []
        self.unmatched: list[Unmatched] = []

    def run(self) -> None:
        """Fill `found` and `unmatched`."""
        for path, is_folder in self._entries(self.root):
            if not is_folder:
                self._file(path)
            elif self.naming.folder([path.name]) is not None:
                self._feed_folder(path)
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

    def _feed_folder(self, folder: Path) -> None:
        for path, is_folder in self._entries(folder):
            if not is_folder:
                self._file(path)
                continue
            for inner, is_deeper in self._entries(path):
                if is_deeper:
                    self._report(inner, "a delivery's folder holds files only")
                else:
                    self._file(inner)

    def _file(self, path: Path) -> None:
        place = self.naming.place(path.relative_to(self.root).parts)
        if isinstance(place, str):
            self._report(path, place)
        else:
            self.found.append((place, source_file(place, self._name(path), path)))

    def _name(self, path: Path) -> str:
        return printable(path.relative_to(self.root).as_posix())

    def _report(self, path: Path, reason: str) -> None:
        self.unmatched.append(Unmatched(self._name(path) if path != self.root else ".", reason))
