"""Which column of a file is which column of the contract."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.feeds import IS_DELETED, Column, Feed, normalised_name
from pipelines.landing.faults import Fault, Refused, few
from pipelines.landing.options import SourceOptions

_DAY_IN_NAME = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Mapping:
    """`positions` of contract columns in the file, `constants` that stand for a column, and what is unknown."""

    positions: dict[str, int]
    unknown: tuple[str, ...]
    constants: dict[str, str] = field(default_factory=dict[str, str])
    headers: tuple[str, ...] = ()


def columns_by_header(feed: Feed, source: SourceOptions) -> dict[str, str]:
    """Normalised header -> contract column, for the contract's own names and the source's renamings."""
    names = {normalised_name(c.name): c.name for c in (*feed.columns, IS_DELETED)}
    renamed = {normalised_name(h): name for h, name in source.columns.get(feed.name, {}).items()}
    return names | renamed


def map_columns(
    feed: Feed,
    source: SourceOptions,
    headers: Sequence[str],
    file_name: str,
    header_line: int | None,
    *,
    keys_vary: bool = False,
    dated: datetime | None = None,
) -> Mapping:
    """Match headers to the contract. Raises Refused when one is there twice or a required one is missing.

    When `keys_vary`, the headers are the keys of all records together: where some spell a key otherwise than the
    rest, the contract's own spelling counts and the others are unknown. `dated` is the date in the file's name.
    """
    by_header = columns_by_header(feed, source)
    if keys_vary:
        own = {name for name in by_header.values() if name in headers}
        by_header = {h: name for h, name in by_header.items() if name not in own} | {name: name for name in own}
    positions: dict[str, int] = {}
    unknown: list[str] = []
    for position, header in enumerate(headers):
        name = by_header.get(header) or by_header.get(normalised_name(header))
        if name is None:
            unknown.append(header or f"(column {position + 1} without a name)")
        elif name in positions:
            raise Refused(
                Fault(
                    "columns",
                    file_name,
                    f"two columns are {name}: {headers[positions[name]]!r} and {header!r}",
                    "Deliver it once, or rename one in the source's columns",
                    line=header_line,
                    column=name,
                )
            )
        else:
            positions[name] = position
    constants = _from_file_name(feed, positions, file_name, dated)
    missing = [c.name for c in feed.columns if c.required and c.name not in positions | constants]
    if missing:
        raise Refused(_missing(feed, missing, headers, file_name, header_line))
    return Mapping(positions, tuple(unknown), constants, tuple(headers))


def _from_file_name(feed: Feed, positions: dict[str, int], file_name: str, dated: datetime | None) -> dict[str, str]:
    """A roster's day may stand in the name of its file, or of its folder, instead of a column.

    Raises Refused where a name holds two days.
    """
    if feed.name != "roster" or "as_of_on" in positions:
        return {}
    if dated is not None:
        return {"as_of_on": dated.date().isoformat()}
    for name in reversed(file_name.split("/")):
        days = list(dict.fromkeys("-".join(found) for found in _DAY_IN_NAME.findall(name)))
        if len(days) > 1:
            problem = f"its name holds more than one day ({', '.join(days)}), and it has no column as_of_on"
            cure = "Leave the day of the list in its name alone, or add the column"
            raise Refused(Fault("columns", file_name, problem, cure, column="as_of_on"))
        if days:
            return {"as_of_on": days[0]}
    return {}


def _missing(feed: Feed, missing: list[str], headers: Sequence[str], file_name: str, header_line: int | None) -> Fault:
    def named(column: Column) -> str:
        return column.name + ("*" if column.required else "")

    several = len(missing) > 1
    or_name = ", or put the day into its file's name (roster_2026-03-01.csv)" if "as_of_on" in missing else ""
    return Fault(
        "columns",
        file_name,
        f"the required column{'s' if several else ''} {', '.join(missing)} {'are' if several else 'is'} missing; "
        f"it has {few(headers) or 'none'}",
        f"Add {'them' if several else 'it'}, or name the column that holds it in the source's columns{or_name}; "
        f"{feed.name} consists of {', '.join(named(c) for c in feed.columns)}",
        line=header_line,
        column=missing[0],
    )
