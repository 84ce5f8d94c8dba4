"""Arrays of the simulation as Arrow columns of the feeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow
import pyarrow.compute
from numpy.typing import NDArray

from pipelines.demo.dates import ALWAYS, NEVER, Flags, Floats, Ints

# pyarrow ships no types: whatever is Arrow's is Any to the type checker.
pa: Any = pyarrow
pc: Any = pyarrow.compute
Column = Any
Table = Any
Tables = dict[str, Table]


def dates(days: Ints) -> Column:
    """Dates; null for NEVER and ALWAYS."""
    is_null = (days >= NEVER) | (days <= ALWAYS)
    return pa.array(np.where(is_null, 0, days).astype(np.int32), mask=is_null).cast(pa.date32())


def words(codes: Ints, choices: Sequence[str]) -> Column:
    """The choice at each code, counted from 0; null for -1."""
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(choices, pa.string()))


def numbers(values: NDArray[Any], decimals: int | None = None, *, present: Flags | None = None) -> Column:
    """Numbers, rounded where `decimals` says so; null where not `present`."""
    rounded = values if decimals is None else np.round(values.astype(np.float64), decimals)
    return pa.array(rounded, mask=None if present is None else ~present)


def flags(values: Flags, *, present: Flags | None = None) -> Column:
    """Booleans; null where not `present`."""
    return pa.array(values, mask=None if present is None else ~present)


_LETTERS = np.frombuffer(b"BCDFGHJKLMNPQRSTVWXZ", dtype=np.uint8)


def record_ids(prefix: str, count: int) -> Column:
    """Ids of a source's own, in rising order: a running number in letters, which can't hold an employee's digits."""
    places = len(_LETTERS) ** np.arange(6, -1, -1)
    letters = _LETTERS[np.arange(count)[:, None] // places % len(_LETTERS)]
    text = pa.array(letters.view("S7").ravel(), pa.binary()).cast(pa.string())
    return pc.binary_join_element_wise(prefix, text, "-")


def from_rows(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    """A small table written out row by row."""
    return pa.table({name: [row[position] for row in rows] for position, name in enumerate(names)})


def pick(uniform: Floats, shares: Sequence[float]) -> Ints:
    """Codes drawn with these shares (the last takes the rest)."""
    return np.searchsorted(np.cumsum(shares)[:-1], uniform, side="right")
