"""What the charts are put together from: Vega-Lite layers, channels and words, as plain dictionaries."""

from collections.abc import Sequence
from typing import Any

from dashboards import palette
from dashboards.frame import Column, Frame

Chart = dict[str, Any]
PERCENT = ".0%"
HEIGHT = 300
FONT = 12  # px of words inside a chart


def rows(frame: Frame, *columns: str) -> Chart:
    """These columns as rows of plain values; a date is midnight where the reader is."""
    values = [_plain(frame[name]) for name in columns]
    return {"values": [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]}


def _plain(column: Column) -> list[Any]:
    if column.dtype.kind == "M":
        column = column.dt.strftime("%Y-%m-%dT00:00:00")
    return [None if is_missing else value for value, is_missing in zip(column.tolist(), column.isna(), strict=True)]


def one(**row: float | str) -> Chart:
    """Data of one row."""
    return {"values": [row]}


def layered(layers: Sequence[Chart], height: int, data: Chart | None = None) -> Chart:
    """The chart of these layers; `data` is what those without data of their own draw. height in px.

    The data stand inside, where Streamlit leaves them: what stands on top it sends after the chart, which is then drawn
    twice, first empty.
    """
    axis = {"labelColor": palette.label(), "titleColor": palette.label()}
    inner: Chart = {"layer": list(layers)} | ({} if data is None else {"data": data})
    return {"layer": [inner], "height": height, "config": {"axis": axis}}


def layer(mark: Chart, encoding: Chart, transform: Sequence[Chart] = (), data: Chart | None = None) -> Chart:
    """One layer."""
    layer: Chart = {"mark": mark, "encoding": encoding}
    if transform:
        layer["transform"] = list(transform)
    if data is not None:
        layer["data"] = data
    return layer


def number(field: str, axis: Chart | None = None, **scale: Any) -> Chart:
    """A channel of numbers without a title."""
    found: Chart = {"field": field, "type": "quantitative", "title": None, "axis": axis}
    return found | ({"scale": scale} if scale else {})


def scale_of(value_format: str) -> Chart:
    """An axis that writes its numbers in this format."""
    return {"format": value_format, "tickCount": 5}


def month() -> Chart:
    """The channel x of a series by month."""
    axis = {"format": "%b %Y", "labelOverlap": True, "tickCount": 8, "grid": False}
    return {"field": "month", "type": "temporal", "title": None, "axis": axis}


def tip(field: str, title: str, value_format: str = "", kind: str = "quantitative") -> Chart:
    """A line of what a mark says when it is pointed at."""
    return {"field": field, "title": title, "type": kind} | ({"format": value_format} if value_format else {})


def either(test: str, then: Any, otherwise: Any) -> Chart:
    """A channel with one value where a test holds, and another elsewhere."""
    return {"condition": {"test": test, "value": then}, "value": otherwise}


def words(encoding: Chart, transform: Sequence[Chart] = (), data: Chart | None = None, **mark: Any) -> Chart:
    """A layer of words; `mark` overrides how they stand."""
    mark = {"type": "text", "align": "left", "color": palette.ink(), "fontSize": FONT, **mark}
    return layer(mark, encoding, transform, data)


def outlined(encoding: Chart, transform: Sequence[Chart] = (), data: Chart | None = None, **mark: Any) -> list[Chart]:
    """Words, at a right end unless `mark` overrides it, and an outline under them, so that what they lie on does not hide them."""
    place: Chart = {"align": "right", "dx": -2, "dy": -9, **mark}
    under = words(encoding, transform, data, stroke=palette.paper(), strokeWidth=4, **place)
    return [under, words(encoding, transform, data, **place)]
