"""Days as whole numbers since 1970-01-01, and arithmetic on arrays of them."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Stands for "never" and "not yet", after every day that is simulated; and for "always", before them.
NEVER = 4_000_000
ALWAYS = -4_000_000


def day_number(day: date) -> int:
    """Days from 1970-01-01 to `day`."""
    return (day - date(1970, 1, 1)).days


def month_start(month: int) -> int:
    """The first day of a month, counted in months since January 1970."""
    return int(np.datetime64(month, "M").astype("datetime64[D]").astype(np.int64))


def add_months(days: Ints, months: int | Ints) -> Ints:
    """`days` moved by whole months; a day that the month has not is clamped to its end.

    NEVER and ALWAYS stay what they are.
    """
    real = (days > ALWAYS) & (days < NEVER)
    stamps = np.where(real, days, 0).astype("datetime64[D]")
    month = stamps.astype("datetime64[M]")
    of_month = (stamps - month.astype("datetime64[D]")).astype(np.int64)
    target = month.astype(np.int64) + months
    first = target.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    last = (target + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1
    return np.where(real, np.minimum(first + of_month, last), days)
