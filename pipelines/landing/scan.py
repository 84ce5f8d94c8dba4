"""What reading a file gives, whichever its format."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipelines.landing.engine import literal
from pipelines.landing.records import Positions
from pipelines.landing.typing_sql import FieldTraits


@dataclass(frozen=True, slots=True)
class Broken:
    """Records that gave no row: a DuckDB table of line, reason, raw, employee (each may be null) and its size.

    `lines` is how many lines they take: a quote left open swallows what follows, and what it swallowed counts.
    """

    table: str
    count: int
    lines: int


class Scan(Protocol):
    """One file, read by DuckDB. Fields come as f0, f1, ... in the order of `headers`."""

    headers: tuple[str, ...]
    header_line: int | None
    traits: FieldTraits
    broken: Broken | None
    preamble: tuple[str, ...]

    def fields(self, *, is_numbered: bool = False) -> str:
        """A query for the fields in file order.

        When numbered it also has n (from 0), raw (the row as JSON text) and broken (why it is no record at all,
        else null).
        """
        ...

    def settle(self, accepted: int) -> bool:
        """Account for what a pass that gave `accepted` rows left out; False when the pass must be repeated."""
        ...

    def lines_of(self, ordinals: Positions) -> Positions:
        """The line (Parquet: the record's number; xlsx: the sheet's row), from 1, of rows by their number n."""
        ...


def raw_as_json(headers: Sequence[str], prefix: str = "f") -> str:
    """SQL for a row as a JSON object text; headers that are there twice get a number."""
    names: list[str] = []
    for position, header in enumerate(headers):
        names.append(header if header and header not in names else f"{header}#{position + 1}")
    fields = ", ".join(f"{literal(name)}: {prefix}{i}" for i, name in enumerate(names))
    return f"to_json({{{fields}}})::VARCHAR" if names else "NULL::VARCHAR"
