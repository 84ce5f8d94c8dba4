"""When a file on the server is whole: by its name, by a marker beside it, by having settled, or by its age."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from pipelines.connectors.sftp.session import Entry
from pipelines.connectors.sftp.spec import ByAge, ByMarker, BySettling, SftpSpec

Looks = Mapping[str, tuple[int, int, float]]
"""By path: size, time of change, and since when (unix seconds) the file has been seen with both."""


@dataclass(slots=True)
class Sorted:
    """What was listed. `waiting` says of the files that do not count yet why; `stray` are markers without a file,
    `ignored` what is being written, by its name."""

    whole: list[Entry] = field(default_factory=list[Entry])
    waiting: dict[Entry, str] = field(default_factory=dict[Entry, str])
    stray: list[Entry] = field(default_factory=list[Entry])
    ignored: list[Entry] = field(default_factory=list[Entry])


def sort_out(entries: Iterable[Entry], spec: SftpSpec, looks: Looks, now: float | None = None) -> Sorted:
    """Tell whole files from others. `now` is the time (unix seconds) by our clock."""
    moment = time.time() if now is None else now
    listed = [entry for entry in entries if entry.kind == "file"]
    names = {entry.path for entry in listed}
    rule = spec.complete
    marks = rule.ending if isinstance(rule, ByMarker) else None
    result = Sorted()
    for entry in listed:
        name = entry.path[-1]
        if any(fnmatchcase(name, pattern) for pattern in spec.ignore):
            result.ignored.append(entry)
        elif marks and name.endswith(marks):
            if (*entry.path[:-1], name.removesuffix(marks)) not in names:
                result.stray.append(entry)
        elif marks and (*entry.path[:-1], name + marks) not in names:
            result.waiting[entry] = f"there is no {name}{marks} yet"
        elif isinstance(rule, BySettling) and moment - _since(entry, looks, moment) < rule.seconds:
            result.waiting[entry] = f"it has not been the same for {rule.seconds:g} s yet"
        elif isinstance(rule, ByAge) and moment - entry.modified < rule.seconds:
            result.waiting[entry] = f"it was changed less than {rule.seconds:g} s ago"
        else:
            result.whole.append(entry)
    return result


def looked_at(entries: Iterable[Entry], looks: Looks, now: float | None = None) -> Looks:
    """Return the looks after another one."""
    moment = time.time() if now is None else now
    return {entry.name: (entry.size, entry.modified, _since(entry, looks, moment)) for entry in entries}


def _since(entry: Entry, looks: Looks, moment: float) -> float:
    """Return since when a file has been seen as it is."""
    size, modified, since = looks.get(entry.name, (-1, -1, moment))
    return since if (size, modified) == (entry.size, entry.modified) else moment
