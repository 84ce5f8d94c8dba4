"""The monthly brief of one place on one printed page: HTML that stands alone, and the same as PDF.

It is put together from what the pages show; nothing is computed here.
"""

import base64
import importlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
import vl_convert
from markupsafe import Markup, escape

from dashboards import charts, palette
from dashboards.components import Figure

TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=jinja2.StrictUndefined
)  # fmt: skip
CHART_WIDTH, CHART_HEIGHT = 640, 120  # px of the drawing; the page scales it


@dataclass(frozen=True, slots=True)
class Listing:
    """A short table: its finding, the labels of its columns, its rows as text, and what stands there when it is empty."""

    finding: str
    labels: Sequence[str]
    rows: Sequence[Sequence[str]]
    nothing: str
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Brief:
    """What the page says; sentences may hold **bold** as on the pages. `chart` is from `drawn`, or empty."""

    place: str
    state: str
    answer: str
    because: str
    figures: Sequence[Figure] = field(default_factory=list)
    chart_finding: str = ""
    chart: str = ""
    listings: Sequence[Listing] = field(default_factory=list)
    steps: Sequence[str] = field(default_factory=list)
    method: str = ""


def warm_up() -> None:
    """Start what draws charts on paper, which takes a second, before a first brief is asked for."""
    vl_convert.vegalite_to_svg({"data": {"values": [{}]}, "mark": "point"})


def drawn(chart: charts.Chart) -> str:
    """The chart as the address of an image that holds it, for white paper; draw it inside `palette.for_print()`."""
    spec = {**chart, "width": CHART_WIDTH, "height": CHART_HEIGHT}
    image = base64.b64encode(vl_convert.vegalite_to_svg(spec).encode()).decode()
    return f"data:image/svg+xml;base64,{image}"


def _emphasised(text: str) -> Markup:
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", str(escape(text))))


def body(brief: Brief) -> str:
    """The brief as a part of a page, with its own styles."""
    return _rendered("brief_body.html", brief)


def html(brief: Brief) -> str:
    """The brief as a page without any reference to elsewhere."""
    return _rendered("brief.html", brief)


def _rendered(template: str, brief: Brief) -> str:
    return TEMPLATES.get_template(template).render(brief=brief, emphasised=_emphasised, accent=palette.POINT)


def can_print() -> bool:
    """Whether the machine has Pango, which lays the text of a PDF out."""
    try:
        importlib.import_module("weasyprint")
    except OSError:
        return False
    return True


def pdf(page: str) -> bytes:
    """The page of `html` on A4 paper, where `can_print`."""
    import weasyprint  # takes a second to load and needs Pango, so only when a PDF is asked for

    made = io.BytesIO()
    weasyprint.HTML(string=page).write_pdf(made)
    return made.getvalue()
