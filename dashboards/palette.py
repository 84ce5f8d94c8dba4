"""Colours with one meaning everywhere; every pair is told apart by colour-blind readers, on light and on dark."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

TIER_COLOURS = ("#0072b2", "#e08a00", "#009e73", "#c05f9c", "#3fa0d8", "#d55e00", "#8566b8", "#7d8590")
POINT = "#1f83bd"  # the thing the chart is about
CONTEXT = "#8a929b"  # everything it is compared with
SIGNAL = "#d55e00"  # a change, or a place outside the limits
GAIN, LOSS = "#009e73", "#d55e00"


_printing: ContextVar[bool] = ContextVar("printing", default=False)


@contextmanager
def for_print() -> Generator[None]:
    """Charts drawn inside are for white paper, whatever the viewer's theme."""
    token = _printing.set(True)
    try:
        yield
    finally:
        _printing.reset(token)


def ink() -> str:
    """The colour of text on the viewer's theme."""
    return "#e8ecf0" if is_dark() else "#1d2329"


def paper() -> str:
    """The colour behind charts on the viewer's theme."""
    return "#12171c" if is_dark() else "#ffffff"


def is_dark() -> bool:
    """Whether the viewer's browser shows the dark theme."""
    return not _printing.get() and st.context.theme.type == "dark"


def tier_scale(tiers: Sequence[str]) -> dict[str, str]:
    """Tier title -> colour, by the ladder's order; the same on every page."""
    return {tier: TIER_COLOURS[place % len(TIER_COLOURS)] for place, tier in enumerate(tiers)}
