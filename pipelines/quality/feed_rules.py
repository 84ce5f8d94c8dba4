"""Suites for landed batches, generated from the contract in `pipelines.feeds`.

Landing has already cleaned what it takes in; these rules say what every landed Parquet file must therefore be,
whichever connector or landing code wrote it. What the contract lets through (orphans, implausible dates) warns.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipelines.feeds import FEEDS, Column, Feed, Kind
from pipelines.quality.results import Severity
from pipelines.quality.rules import (
    Rule,
    Suite,
    literal,
    no_rows_where,
    not_null,
    one_of,
    quoted,
    refers_to,
    trimmed,
    within,
)

_NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY})
_PLAUSIBLE_DATES = ("1901-01-01", "2199-12-31")  # outside: a sentinel that no setting declares, or a mistyped year
_NUMBERED_AT_LANDING = frozenset({("job_history", "sequence")})


def feed_suites(batches: Mapping[str, Sequence[Path]], catalogues: Mapping[str, Sequence[Path]]) -> list[Suite]:
    """Return one suite for each feed that has files.

    Raises:
        KeyError: a name is no feed of the contract.
    """
    return [
        Suite(f"landing.{name}", _relation(files), tuple(_rules(FEEDS[name], catalogues)))
        for name, files in batches.items()
        if files
    ]


def _relation(files: Sequence[Path]) -> str:
    listed = ", ".join(literal(str(file)) for file in files)
    return f"read_parquet([{listed}])"


def _rules(feed: Feed, catalogues: Mapping[str, Sequence[Path]]) -> Iterator[Rule]:
    for column in feed.columns:
        yield from _column_rules(feed, column)
        target, _, key = (column.references or "").partition(".")
        if catalogues.get(target):
            claim = f"every {column.landed_as} is found in {target}"
            yield refers_to(column.landed_as, _relation(catalogues[target]), key, claim)
    yield not_null("is_deleted")
    yield not_null("source")
    yield within("batch_seq", 1, None)
    yield not_null("batch_seq")


def _column_rules(feed: Feed, column: Column) -> Iterator[Rule]:
    name = column.landed_as
    in_key = column.name in feed.key
    if in_key and (column.required or feed.natural_key or (feed.name, column.name) in _NUMBERED_AT_LANDING):
        yield not_null(name)
    elif column.required:
        yield not_null(name, unless="is_deleted")  # a row that removes a record need carry no more than its key
    if column.values:
        yield one_of(name, column.values)
    if column.kind in _NUMBERS:
        yield within(name, column.low, column.high)
    if column.kind is Kind.DATE:
        yield _plausible(name)
    if column.kind is Kind.TEXT and (column.is_person or column.references or in_key):
        yield trimmed(name)


def _plausible(column: str) -> Rule:
    first, last = _PLAUSIBLE_DATES
    return no_rows_where(
        f"{column}_is_plausible",
        f"{quoted(column)} not between date '{first}' and date '{last}'",
        f"{column} lies between {first} and {last}",
        [column],
        column=column,
        severity=Severity.WARNING,
    )
