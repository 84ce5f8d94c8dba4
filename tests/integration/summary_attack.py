"""What a reader of the summary can work out: which hidden counts follow exactly from the shown ones.

The reader knows how the cells add up (sites to regions, tiers of regions to tiers and to regions, both to the whole,
months to years and to the last twelve), which counts are part of which, and that counts are not below zero. A count
follows when its smallest and its largest possible value, by linear programming, are less than one apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import scipy.optimize
import scipy.sparse

PARENTS = {"region": ("all",), "site": ("region",), "tier": ("all",), "region_tier": ("region", "tier")}
KEYS = {"all": (), "region": ("region",), "tier": ("tier",)}


@dataclass(frozen=True)
class Count:
    """Names one count: which, of when and of which cell."""

    name: str
    period: str
    starts_on: date
    level: str
    region: str | None = None
    site_id: str | None = None
    tier: str | None = None


Counts = Mapping[Count, float | None]
Terms = dict[Count, float]
Row = tuple[dict[int, float], float]  # factors of the hidden counts, by position, and their total
APART = 1 - 1e-6


def derivable(
    counts: Counts,
    parts: Iterable[tuple[str, str]],
    sums: Iterable[tuple[Terms, float]] = (),
    without_some_tiers: Container[str] = (),
) -> list[Count]:
    """Return the hidden counts (value None) that have one possible value only.

    Args:
        counts: every count of every row; None where it is hidden.
        parts: names of counts (small, large) of which the first is never more than the second, in any cell.
        sums: further sums of counts whose totals are shown.
        without_some_tiers: names of counts of which some tiers have no row: the others are no more than the whole.
    """
    unknown = [count for count, value in counts.items() if value is None]
    number = {count: position for position, count in enumerate(unknown)}
    equal: list[Row] = []
    below: list[Row] = []
    for terms, is_whole in _lattice(counts, without_some_tiers):
        (equal if is_whole else below).append(_reduced(terms, 0, counts, number))
    for terms in _years(counts):
        equal.append(_reduced(terms, 0, counts, number))
    for terms, total in sums:
        equal.append(_reduced(terms, total, counts, number))
    wholes: dict[str, list[str]] = defaultdict(list)
    for small, large in parts:
        wholes[small].append(large)
    for count in counts:
        for large in wholes.get(count.name, ()):
            if (whole := replace(count, name=large)) in counts:
                below.append(_reduced({count: 1, whole: -1}, 0, counts, number))
    fixed = _fixed(len(unknown), [row for row in equal if row[0]], [row for row in below if row[0]])
    return [unknown[position] for position in fixed]


def _lattice(counts: Counts, without_some_tiers: Container[str]) -> Iterable[tuple[Terms, bool]]:
    """The parts of every cell less the cell, and whether they are all there are."""
    children: dict[tuple[Count, str], list[Count]] = defaultdict(list)
    for count in counts:
        for level in PARENTS.get(count.level, ()):
            place = {key: getattr(count, key) for key in KEYS[level]}
            parent = Count(count.name, count.period, count.starts_on, level, **place)
            if parent in counts:
                children[parent, count.level].append(count)
    for (parent, level), members in children.items():
        is_whole = parent.level == "tier" or "tier" not in level or parent.name not in without_some_tiers
        yield {parent: -1.0, **dict.fromkeys(members, 1.0)}, is_whole


def _years(counts: Counts) -> Iterable[Terms]:
    """The months of every year less the year."""
    months: dict[Count, list[Count]] = defaultdict(list)
    for count in counts:
        if count.period == "month":
            year = date(count.starts_on.year, 1, 1)
            months[Count(count.name, "year", year, count.level, count.region)].append(count)
    return [{year: -1.0, **dict.fromkeys(found, 1.0)} for year, found in months.items() if year in counts]


def _reduced(terms: Terms, total: float, counts: Counts, number: Mapping[Count, int]) -> Row:
    """Terms of what is unknown, and what they then add up to."""
    known = sum(factor * value for count, factor in terms.items() if (value := counts[count]) is not None)
    return {number[count]: factor for count, factor in terms.items() if counts[count] is None}, total - known


def _fixed(size: int, equal: list[Row], below: list[Row]) -> list[int]:
    """Positions of the variables with one possible value; rows of `equal` are their totals, of `below` at most."""
    rows = [*equal, *below]
    links = scipy.sparse.lil_matrix((size, size))
    for terms, _ in rows:
        first = next(iter(terms))
        for position in terms:
            links[first, position] = 1
    _, group = scipy.sparse.csgraph.connected_components(links, directed=False)
    fixed: list[int] = []
    for members in _grouped(group):
        place = {position: index for index, position in enumerate(members)}
        chosen = [[(terms, total) for terms, total in kind if next(iter(terms)) in place] for kind in (equal, below)]
        fixed += [members[index] for index in _fixed_in_component(len(members), place, *chosen)]
    return fixed


def _grouped(group: Any) -> Iterable[list[int]]:
    members: dict[int, list[int]] = defaultdict(list)
    for position, label in enumerate(group):
        members[label].append(position)
    return members.values()


def _fixed_in_component(size: int, place: Mapping[int, int], equal: list[Row], below: list[Row]) -> list[int]:
    problem = {
        "A_eq": _matrix(equal, place, size), "b_eq": [total for _, total in equal] or None,
        "A_ub": _matrix(below, place, size), "b_ub": [total for _, total in below] or None,
    }  # fmt: skip
    low, high = np.full(size, np.inf), np.full(size, -np.inf)

    def look(weights: Any) -> None:
        found = scipy.optimize.linprog(weights, **problem, bounds=(0, 1e7), method="highs")
        assert found.status == 0, f"what is shown contradicts itself: {found.message}"
        np.minimum(low, found.x, out=low)
        np.maximum(high, found.x, out=high)

    chance = np.random.default_rng(1)
    for _ in range(3):
        weights = chance.normal(size=size)
        look(weights)
        look(-weights)
    for index in range(size):
        for sign in (1.0, -1.0):
            if high[index] - low[index] < APART:
                weights = np.zeros(size)
                weights[index] = sign
                look(weights)
    return [index for index in range(size) if high[index] - low[index] < APART]


def _matrix(rows: list[Row], place: Mapping[int, int], size: int) -> Any:
    if not rows:
        return None
    matrix = scipy.sparse.lil_matrix((len(rows), size))
    for line, (terms, _) in enumerate(rows):
        for position, factor in terms.items():
            matrix[line, place[position]] = factor
    return matrix.tocsr()
