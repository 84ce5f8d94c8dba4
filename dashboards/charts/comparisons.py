"""Places, causes and estimates beside each other: funnel, bars, intervals."""

from collections.abc import Mapping
from typing import Any

from dashboards import palette, wording
from dashboards.charts.parts import (
    HEIGHT,
    PERCENT,
    Chart,
    either,
    layer,
    layered,
    number,
    one,
    rows,
    scale_of,
    tip,
    words,
)
from dashboards.frame import Frame


def funnel(sites: Frame, limits: Frame, size_title: str) -> Chart:
    """Sites against the common mean: size, value, centre, name, is_outside; limits: level, side, size, value.

    level is '95' or '99.8', side 'low' or 'high'. Only sites outside the outer limits are named.
    """
    centre, largest = float(sites["centre"].iloc[0]), float(sites["size"].max()) * 1.04
    x = number("size", {"grid": False, "tickCount": 6}, domain=[0, largest], nice=False) | {"title": size_title}
    top = float(max(sites["value"].max() * 1.25, centre * 3))
    y = number("value", scale_of(PERCENT), domain=[0, top])
    dashes = {"domain": ["95", "99.8"], "range": [[2, 3], [6, 3]]}
    lines: Chart = {
        "x": x, "y": y, "detail": {"field": "side", "type": "nominal"},
        "strokeDash": {"field": "level", "type": "nominal", "scale": dashes, "legend": None},
    }  # fmt: skip
    points: Chart = {
        "x": x, "y": y,
        "color": either("datum.is_outside", palette.SIGNAL, palette.CONTEXT),
        "shape": either("datum.is_outside", "diamond", "circle"),
        "tooltip": [tip("name", "Site", kind="nominal"), tip("value", "Rate", PERCENT), tip("size", size_title, ".1f")],
    }  # fmt: skip
    mean, at = one(centre=centre), {**y, "field": "centre"}
    placed = rows(sites, "name", "size", "value", "is_outside")
    layers = [
        layer({"type": "line", "color": palette.CONTEXT, "clip": True}, lines, data=rows(limits, "level", "side", "size", "value")),
        layer({"type": "rule", "color": palette.CONTEXT}, {"y": at}, data=mean),
        words({"x": {"value": 0}, "y": at, "text": {"value": "mean"}}, data=mean, dx=4, dy=-7),
        layer({"type": "point", "filled": True, "size": 58, "opacity": 0.85}, points, data=placed),
    ]  # fmt: skip
    if sites["is_outside"].any():  # a layer without a row has no extent, of which the browser's console warns
        name = {"x": x, "y": y, "text": {"field": "name", "type": "nominal"}}
        layers.append(words(name, [{"filter": "datum.is_outside"}], placed, align="center", dy=-12))
    return layered(layers, HEIGHT)


def bars(frame: Frame, value_format: str = PERCENT) -> Chart:
    """Horizontal bars from zero in the frame's order: label, value and, where there are any, low and high.

    Each bar ends in its value in words, with its interval in brackets, so that neither is read off for the other.
    """
    has_interval = "high" in frame
    ends = frame["high"].fillna(frame["value"]) if has_interval else frame["value"]
    drawn = frame.assign(
        end=ends, words=[_in_words(line, value_format, has_interval) for line in frame.to_dict("records")]
    )
    y = {"field": "label", "type": "nominal", "sort": None, "title": None,
         "axis": {"labelLimit": 190, "ticks": False, "domain": False}}  # fmt: skip
    room = 1.7 if has_interval else 1.2  # for the words
    x = number("value", None, domain=[0, float(ends.max() or 1) * room], nice=False)
    layers = [layer({"type": "bar", "color": palette.POINT, "cornerRadiusEnd": 2, "height": 16}, {"y": y, "x": x})]
    if has_interval:
        span = {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}}
        layers.append(layer({"type": "rule", "color": palette.ink(), "opacity": 0.7}, span))
    layers.append(words({"y": y, "x": {**x, "field": "end"}, "text": {"field": "words", "type": "nominal"}}, dx=6))
    columns = ("label", "value", "end", "words", *(("low", "high") if has_interval else ()))
    return layered(layers, max(70, 30 * len(frame) + 12), rows(drawn, *columns))


def _in_words(line: Mapping[str, Any], value_format: str, has_interval: bool) -> str:
    if value_format != PERCENT:
        return f"{line['value']:,.0f}"
    said = wording.percent(line["value"])
    if not has_interval or wording.is_missing(line["low"]) or wording.is_missing(line["high"]):
        return said
    return f"{said} ({wording.percent(line['low']).removesuffix(' %')} to {wording.percent(line['high'])})"


def estimates(frame: Frame, value_format: str, nothing: float) -> Chart:
    """Estimates with intervals against the value that means no effect (1: of ratios): label, value, low, high."""
    ends = [float(frame["low"].min()), float(frame["high"].max()), nothing]
    room = 0.06 * (max(ends) - min(ends))
    domain = [0.0 if nothing == 1 else min(ends) - room, max(ends) + room]
    y = {"field": "label", "type": "nominal", "sort": None, "title": None,
         "axis": {"labelLimit": 280, "ticks": False, "domain": False}}  # fmt: skip
    x = number("low", scale_of(value_format), domain=domain, nice=False)
    point = {"y": y, "x": {**x, "field": "value"}, "tooltip": [tip("value", "Estimate", value_format)]}
    layers = [
        layer({"type": "rule", "color": palette.ink()}, {"x": {**x, "field": "zero"}}, data=one(zero=nothing)),
        layer({"type": "rule", "color": palette.POINT, "strokeWidth": 3}, {"y": y, "x": x, "x2": {"field": "high"}}),
        layer({"type": "point", "filled": True, "size": 90, "opacity": 1, "color": palette.POINT}, point),
    ]
    return layered(layers, 44 * len(frame) + 40, rows(frame, "label", "value", "low", "high"))
