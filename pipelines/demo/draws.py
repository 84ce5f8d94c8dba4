"""Common random numbers: one uniform for every seat, month and purpose.

The world with the program and the one without read the same numbers, so that they part only where the program
makes a difference. A number belongs to a seat and a month, never to "the next draw".
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from pipelines.demo.dates import Floats

PURPOSES = (
    *("fill", "hire_tier", "certified", "certified_since", "first_exam", "never_sits", "exam_body"),
    *("pass_1", "pass_2", "pass_3", "retake_1", "retake_2", "tries_2", "tries_3"),
    *("ambition", "ability", "clinical", "class", "wage"),
    *("mentored", "mentor", "quit", "dismissal", "separation", "renewal"),
    *("evaluated", "evaluated_day", "competency", "score"),
    *("next_course", "role_course", "latency_next", "latency_role", "passed_next", "passed_role"),
    *("latency_sterile", "latency_immunization", "latency_history"),
    *("passed_sterile", "passed_immunization", "passed_history"),
    *("promotion", "promotion_day", "raise", "merit"),
    *("move", "move_day", "transfer", "transfer_to", "leave", "leave_day", "leave_days", "class_change"),
)
_ROW = {purpose: row for row, purpose in enumerate(PURPOSES)}

# Kinds of streams, so that none is read twice: (seed, kind, number).
MONTHS, ORGANISATION, FEEDS = 1, 2, 3


def stream(seed: int, kind: int, number: int = 0) -> np.random.Generator:
    """An independent generator for one purpose, the same on every machine."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, kind, number))))


class Draws:
    """The uniforms of one month: `draws["quit"]` holds one a seat."""

    def __init__(self, seed: int, month: int, seats: int) -> None:
        self._uniforms = stream(seed, MONTHS, month).random((len(PURPOSES), seats))

    def __getitem__(self, purpose: str) -> Floats:
        return self._uniforms[_ROW[purpose]]


def normal(uniform: Floats) -> Floats:
    """Standard normal deviates from uniforms in [0, 1)."""
    return ndtri(uniform + 2.0**-54)


def lognormal(uniform: Floats, median: float, sigma: float) -> Floats:
    """Lognormal deviates with this median from uniforms in [0, 1)."""
    return median * np.exp(sigma * normal(uniform))


def triangular(uniform: Floats, low: float, mode: float, high: float) -> Floats:
    """Triangular deviates from uniforms in [0, 1)."""
    cut = (mode - low) / (high - low)
    rising = low + np.sqrt(uniform * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - uniform) * (high - low) * (high - mode))
    return np.where(uniform < cut, rising, falling)
