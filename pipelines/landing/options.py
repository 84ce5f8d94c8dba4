"""What a source may set about how its deliveries are read and judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from pipelines.connectors.file_names import NamePattern, Naming
from pipelines.feeds import FEEDS, Kind
from pipelines.feeds.persons import Persons
from pipelines.landing.ids_sql import IdRule
from pipelines.landing.pgp import PgpKeys

Mode = Literal["delta", "snapshot", "window", "by_employee"]
MODES: tuple[Mode, ...] = get_args(Mode)

COUNT = "{count}"
_GIBIBYTE = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """When a delivery is refused. Shares are fractions, points are fractions of the rows, sizes are bytes."""

    quarantine_share: float = 0.05
    """Refused when more than this share of the rows would be quarantined."""
    snapshot_share: float = 0.70
    """A snapshot is refused when it holds less than this share of an earlier one's rows."""
    snapshot_days: int = 30
    """The largest snapshot of so many days counts as an earlier one, beside the last."""
    fill_rate_points: float = 0.20
    """Refused when a column's share of filled rows falls by more than this."""
    fill_rate_values: int = 5
    """So many values at least have to be gone for that, or all: of three rows, one may well lose its value."""
    fill_rate_rows: int = 100
    """So many new records that have a column blank throughout are taken for a fault of the export."""
    unpacked_bytes: int = 4 * _GIBIBYTE
    """A file that unpacks to more is refused."""
    unpacked_ratio: float = 100.0
    """So is one that unpacks to more than this many times its size, once past `unpacked_grace_bytes`."""
    unpacked_grace_bytes: int = 64 << 20
    """Small files may unpack to any multiple of their size up to this."""
    line_bytes: int = 2_000_000
    """A longer record can't be read and is quarantined."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Patterns of the first and the last line of a file; None where there is no such line.

    `*` stands for anything, `{count}` for how many rows (column names not counted) or, with `counts: lines`, how many
    lines of any kind the file has. Raises ValueError when there is neither line, or a pattern counts twice.
    """

    header: str | None = None
    trailer: str | None = None
    counts: Literal["rows", "lines"] = "rows"

    def __post_init__(self) -> None:
        if self.header is None and self.trailer is None:
            raise ValueError("an envelope has a `header`, a `trailer` or both")
        for pattern in (self.header, self.trailer):
            if pattern is not None and (not pattern.strip() or pattern.count(COUNT) > 1):
                raise ValueError(f"{pattern!r}: write the line with * for anything and {{count}} once at most")


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """One source of deliveries: its name and how its files differ from the contract.

    All mappings are keyed by feed. `columns` maps a header (compared like all headers) to a column of the
    contract, `times` a column to what its values are multiplied by. `ids` undoes what was done to the ids of people.
    `decimal` is the mark before decimals. `timezone` is where the organisation is: a time with a zone is the day it was
    there then.
    `plausible_years` are the first and the last year that a date may have. `values` maps, by column, a written value
    to the contract's. `date_formats` are strptime formats that replace ISO dates for the whole source. `sentinels` are
    dates that mean null. `parts` are regular expressions over file names whose matches are joined to one batch.
    `persons` says what the person columns of a feed hold, where it is not employee ids. `names` are patterns of file
    names that do not begin with the feed's (`NamePattern`), `envelopes` the lines around the rows of CSV files. `pgp`
    is the key for encrypted ones.
    Raises ValueError, naming the setting, when it contradicts the contract.
    """

    name: str
    modes: Mapping[str, Mode] = field(default_factory=dict[str, Mode])
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    values: Mapping[str, Mapping[str, Mapping[str, str]]] = field(
        default_factory=dict[str, Mapping[str, Mapping[str, str]]]
    )
    times: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    decimal: Literal[".", ","] = "."
    timezone: str = "UTC"
    plausible_years: tuple[int, int] = (1930, 2100)
    date_formats: tuple[str, ...] = ()
    sentinels: tuple[date, ...] = (date(1900, 1, 1), date(9999, 12, 31))
    id_prefix: str = ""
    ids: IdRule = field(default_factory=IdRule)
    persons: Mapping[str, Persons] = field(default_factory=dict[str, Persons])
    parts: Mapping[str, str] = field(default_factory=dict[str, str])
    names: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    envelopes: Mapping[str, Envelope] = field(default_factory=dict[str, Envelope])
    pgp: PgpKeys | None = None
    termination_date_is_first_day_off: bool = False
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not self.name or not all(c.isalnum() or c in "_-" for c in self.name):
            raise ValueError(f"source name {self.name!r}: letters, digits, - and _ only (it names a folder)")
        for setting in ("modes", "columns", "times", "values", "parts", "names", "envelopes"):
            for feed in getattr(self, setting):
                if feed not in FEEDS:
                    raise ValueError(f"source {self.name}, {setting}: there is no feed {feed!r}")
        for feed, mode in self.modes.items():
            if mode not in MODES:
                raise ValueError(f"source {self.name}, mode of {feed}: {mode!r} is none of {', '.join(MODES)}")
            names = {column.name for column in FEEDS[feed].columns}
            if mode == "window" and FEEDS[feed].date_column is None:
                raise ValueError(f"source {self.name}: {feed} has no date to take a window of")
            if mode == "by_employee" and "employee_id" not in names:
                raise ValueError(f"source {self.name}: {feed} has no employee_id to replace by")
        self._check_columns()
        if self.plausible_years[0] > self.plausible_years[1]:
            raise ValueError(f"source {self.name}, plausible_years: the first is after the last")
        for patterns in self.names.values():
            for pattern in patterns:
                NamePattern(pattern)

    def _check_columns(self) -> None:
        for feed, renames in self.columns.items():
            _known(self.name, "columns", feed, renames.values())
        for feed, factors in self.times.items():
            _known(self.name, "columns", feed, factors.keys())
            for column in factors:
                if FEEDS[feed].column(column).kind not in (Kind.NUMBER, Kind.MONEY):
                    raise ValueError(f"source {self.name}, columns of {feed}: {column} is no number, so no `times`")
        for feed, maps in self.values.items():
            _known(self.name, "values", feed, maps.keys())

    @property
    def naming(self) -> Naming:
        """How its files are named."""
        return Naming(tuple(FEEDS), self.parts, self.names)

    def mode(self, feed: str) -> Mode:
        """How a batch of this feed replaces earlier ones; delta unless set.

        Lists are compared with each other: a roster that is "all there is" is so for its own days.
        """
        mode = self.modes.get(feed, "delta")
        return "window" if feed == "roster" and mode == "snapshot" else mode


def _known(source: str, setting: str, feed: str, names: Iterable[str]) -> None:
    known = {column.name for column in FEEDS[feed].columns} | {"is_deleted"}
    unknown = sorted(set(names) - known)
    if unknown:
        raise ValueError(f"source {source}, {setting} of {feed}: the contract has no column {unknown[0]!r}")
