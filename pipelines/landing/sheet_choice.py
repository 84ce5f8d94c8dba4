"""Which sheet of a workbook is read, and in which row of it the column names stand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.feeds import Feed, normalised_name
from pipelines.landing.faults import Fault, Refused
from pipelines.landing.mapping import columns_by_header
from pipelines.landing.options import SourceOptions

HEADER_ROWS = 20
"""The column names stand in one of the first so many rows."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a header has to name: `by_header` is normalised header -> column, `required` are columns."""

    by_header: dict[str, str]
    required: frozenset[str]

    @classmethod
    def of(cls, feed: Feed, source: SourceOptions) -> "Wanted":
        """What a feed's header must name; a list's day may stand in its file's name instead."""
        required = frozenset(c.name for c in feed.columns if c.required)
        return cls(columns_by_header(feed, source), required - ({"as_of_on"} if feed.name == "roster" else set()))

    def known(self, texts: Sequence[str]) -> list[str]:
        """The texts that are names of columns."""
        return [text for text in texts if text in self.by_header or normalised_name(text) in self.by_header]

    def is_header(self, texts: Sequence[str]) -> bool:
        """Whether a row names every required column."""
        named = {self.by_header.get(t) or self.by_header.get(normalised_name(t)) for t in self.known(texts)}
        return self.required <= named

    def header_row(self, rows: Sequence[Sequence[str]]) -> int | None:
        """The position of the header among the first rows."""
        return next((i for i, row in enumerate(rows[:HEADER_ROWS]) if self.is_header(row)), None)

    def nearest(self, rows: Sequence[Sequence[str]]) -> int:
        """The row that names most of the columns; the first that holds anything when none names any."""
        filled = [i for i, row in enumerate(rows[:HEADER_ROWS]) if any(row)]
        return max(filled, key=lambda i: (len(self.known(rows[i])), -i), default=0)


def chosen_sheet(
    feed: Feed, wanted: Wanted, visible: Sequence[str], beginning: Callable[[str], list[list[str]]], file_name: str
) -> str:
    """The sheet that bears the feed's name, else the only visible one with a fitting header.

    `beginning` gives the first rows of a sheet as texts. Raises Refused when several fit, or of several none does.
    """
    named = [sheet for sheet in visible if normalised_name(sheet) == normalised_name(feed.name)]
    if len(named) == 1:
        return named[0]
    if len(visible) == 1:
        return visible[0]
    begun = {sheet: beginning(sheet) for sheet in visible}
    fitting = [sheet for sheet, rows in begun.items() if wanted.header_row(rows) is not None]
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(repr(sheet) for sheet in visible) or "none that is visible"
    if fitting:
        reason = f"several of its sheets could be {feed.name}: {', '.join(map(repr, fitting))}"
        raise Refused(Fault("columns", file_name, reason, f"Name the one that is meant {feed.name}"))
    seen = [
        f"{sheet!r} has {', '.join(known)} in row {row + 1}"
        for sheet, rows in begun.items()
        if rows and (known := wanted.known(rows[row := wanted.nearest(rows)]))
    ]
    raise Refused(
        Fault(
            "columns",
            file_name,
            f"no sheet of it names {', '.join(sorted(wanted.required))} in its first {HEADER_ROWS} rows; its visible "
            f"sheets are {listed}" + (f"; {'; '.join(seen)}" if seen else ""),
            f"Name the sheet {feed.name} and the columns as the feed does, or set the source's columns",
        )
    )
