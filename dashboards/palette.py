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


def label() -> str:
    """The colour of an axis's words on the viewer's theme."""
    return "#aab5c0" if is_dark() else "#59636e"


def paper() -> str:
    """The colour behind charts on the viewer's theme."""
    return "#12171c" if is_dark() else "#ffffff"


def is_dark() -> bool:
    """Whether the viewer's browser shows the dark theme."""
    return not _printing.get() and st.context.theme.type == "dark"


def tier_scale(tiers: Sequence[str]) -> dict[str, str]:
    """Tier title -> colour, by the ladder's order; the same on every page."""
    return {tier: TIER_COLOURS[place % len(TIER_COLOURS)] for place, tier in enumerate(tiers)}


def shades(names: Sequence[str]) -> dict[str, str]:
    """Names in an order -> shades of one colour, the last one strongest."""
    light, strong = ((0x5B, 0x6B, 0x78), (0x8F, 0xD0, 0xF7)) if is_dark() else ((0xB9, 0xC7, 0xD3), (0x00, 0x4F, 0x80))
    steps = max(len(names) - 1, 1)
    return {
        name: "#" + "".join(f"{round(a + (b - a) * place / steps):02x}" for a, b in zip(light, strong, strict=True))
        for place, name in enumerate(names)
    }
