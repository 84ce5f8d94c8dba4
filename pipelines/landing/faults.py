"""Why a delivery is refused: one shape for every gate, and how it is put into words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FaultKind = Literal["unreadable", "columns", "quarantine_share", "shrunk", "fill_rate", "ids"]

ACCEPTABLE: frozenset[FaultKind] = frozenset({"quarantine_share", "shrunk", "fill_rate", "ids"})
"""Kinds of fault over which a person may decide that the file is right after all."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a delivery, where, and what mends it. `line` counts from 1."""

    kind: FaultKind
    file: str
    reason: str
    cure: str
    line: int | None = None
    column: str | None = None
    value: str | None = None

    @property
    def is_acceptable(self) -> bool:
        """Whether the file can be taken in all the same."""
        return self.kind in ACCEPTABLE

    def __str__(self) -> str:
        place = [self.file]
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.column is not None:
            place.append(f"column {self.column}")
        if self.value is not None:
            place.append(f"value {shortened(self.value)!r}")
        return f"{', '.join(place)}: {self.reason}. {self.cure}"


class LandingError(Exception):
    """Something asked of the landing room can't be done; the message says why and what to do."""


class Refused(LandingError):
    """A delivery has to be refused whole. Raised while it is being read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def unreadable(file: str, reason: str, cure: str, *, line: int | None = None) -> Refused:
    """A file that can't be read at all."""
    return Refused(Fault("unreadable", file, reason, cure, line=line))


def few(names: Sequence[str], most: int = 12) -> str:
    """Some names of a list that may be long, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(shortened(name) for name in names[:most]) + more


def shortened(value: str, most: int = 80) -> str:
    """The beginning of a long value."""
    return value if len(value) <= most else value[: most - 3] + "..."
