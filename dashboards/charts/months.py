"""Series by month: against what chance alone would give, with an interval, and as a sparkline."""

from collections.abc import Sequence

from dashboards import palette
from dashboards.charts.parts import (
    HEIGHT,
    PERCENT,
    Chart,
    either,
    layer,
    layered,
    month,
    number,
    one,
    outlined,
    rows,
    scale_of,
    tip,
)
from dashboards.frame import Frame


def process_chart(months: Frame) -> Chart:
    """Monthly values with mean and three-sigma limits: month, value, centre, limit_low, limit_high, signal, is_complete.

    Hollow marks are months that are not complete or still preliminary; a signal is larger and named.
    """
    x = month()
    y = number("value", scale_of(PERCENT), zero=True, nice=True)
    filled = {
        "condition": [
            {"test": "!datum.is_complete", "value": palette.paper()},
            {"test": "datum.signal != 'none'", "value": palette.SIGNAL},
        ],
        "value": palette.POINT,
    }
    marks: Chart = {
        "x": x, "y": y, "fill": filled,
        "stroke": either("datum.signal != 'none'", palette.SIGNAL, palette.POINT),
        "shape": either("datum.signal != 'none'", "diamond", "circle"),
        "tooltip": [
            tip("month", "Month", "%B %Y", "temporal"), tip("value", "Value", PERCENT), tip("centre", "Mean", PERCENT),
            tip("limit_low", "Lower limit", PERCENT), tip("limit_high", "Upper limit", PERCENT),
        ],
    }  # fmt: skip
    last = [
        {
            "window": [{"op": "rank", "as": "place"}],
            "sort": [{"field": "month", "order": "descending"}],
        },
        {"filter": "datum.place == 1"},
    ]
    layers = [
        layer(
            {"type": "area", "opacity": 0.14, "color": palette.CONTEXT, "interpolate": "step"},
            {"x": x, "y": {**y, "field": "limit_low"}, "y2": {"field": "limit_high"}},
        ),
        layer({"type": "line", "color": palette.CONTEXT, "strokeDash": [5, 4]}, {"x": x, "y": {**y, "field": "centre"}}),
        layer(
            {"type": "line", "color": palette.POINT, "strokeWidth": 1.6}, {"x": x, "y": y}, [{"filter": "datum.is_complete"}]
        ),
        layer({"type": "point", "size": 46, "opacity": 1}, marks),
        *outlined({"x": x, "y": {**y, "field": "centre"}, "text": {"value": "mean"}}, last),
    ]  # fmt: skip
    columns = ("month", "value", "centre", "limit_low", "limit_high", "signal", "is_complete")
    return layered(layers, HEIGHT, rows(months, *columns))


def sparkline(values: Sequence[float]) -> Chart:
    """A small line without axes, its last point marked; oldest value first."""
    x = {"field": "place", "type": "quantitative", "axis": None}
    encoding = {"x": x, "y": number("value", zero=False, padding=4)}
    end = [{"filter": f"datum.place == {len(values) - 1}"}]
    layers = [
        layer({"type": "line", "color": palette.CONTEXT, "strokeWidth": 1.5}, encoding),
        layer({"type": "point", "filled": True, "size": 40, "color": palette.POINT, "opacity": 1}, encoding, end),
    ]
    return layered(
        layers, 44, {"values": [{"place": place, "value": float(value)} for place, value in enumerate(values)]}
    )


def trend(months: Frame, target: float | None, value_format: str = PERCENT) -> Chart:
    """A figure by month with its interval: month, value, low, high, is_complete; the target as a dashed line."""
    x = month()
    top = _top(months, target)
    y = number("value", scale_of(value_format), domain=[0, top], nice=True)
    marks: Chart = {
        "x": x, "y": y, "fill": either("datum.is_complete", palette.POINT, palette.paper()),
        "tooltip": [
            tip("month", "Month", "%B %Y", "temporal"), tip("value", "Value", value_format),
            tip("low", "Likely from", value_format), tip("high", "to", value_format),
        ],
    }  # fmt: skip
    # To what is not complete no line leads: it would fall where only the month is young.
    whole = [{"filter": "datum.is_complete"}] if months["is_complete"].any() else []
    layers = [
        layer({"type": "line", "color": palette.POINT, "strokeWidth": 2}, {"x": x, "y": y}, whole),
        layer(
            {"type": "point", "size": 40, "opacity": 1, "stroke": palette.POINT},
            marks,
            [{"filter": f"datum.value <= {top}"}],
        ),
        layer({"type": "rule", "color": palette.CONTEXT}, {"y": {**y, "field": "zero"}}, data=one(zero=0)),
    ]
    if months["low"].notna().any():
        band = {"type": "area", "opacity": 0.16, "color": palette.POINT, "clip": True}
        layers.insert(0, layer(band, {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}, whole))
    if target is not None:
        aim, at = one(target=target), {**y, "field": "target"}
        layers.append(layer({"type": "rule", "color": palette.ink(), "strokeDash": [4, 4]}, {"y": at}, data=aim))
        layers += outlined(
            {"x": {"value": 0}, "y": at, "text": {"value": "target"}}, data=aim, align="left", dx=4, dy=-7
        )
    return layered(layers, HEIGHT, rows(months, "month", "value", "low", "high", "is_complete"))


def _top(months: Frame, target: float | None) -> float:
    """Where the axis ends: the wide intervals of a few people's first months would flatten all that follows."""
    known = months[months["is_complete"].cummax()] if months["is_complete"].any() else months
    highest = max(known["value"].max(), target or 0)
    return float(max(highest * 1.1, min(known["high"].fillna(0).max(), highest * 3 or 1))) or 1.0
