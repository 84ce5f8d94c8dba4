"""People in time and by skill: curves from entering a tier, the training matrix, one person's path."""

from collections.abc import Mapping

import pandas as pd

from dashboards import palette
from dashboards.charts.parts import (
    FONT,
    HEIGHT,
    PERCENT,
    Chart,
    either,
    layer,
    layered,
    number,
    outlined,
    rows,
    scale_of,
    tip,
)
from dashboards.frame import Frame


def curves(frame: Frame, colours: Mapping[str, str], days: int = 1095) -> Chart:
    """Cumulative incidence from entering a tier: line (its name), days, incidence; each line that left zero is named at its end."""
    within = frame[frame["days"] <= days]
    drawn = within.assign(months=within["days"] / 30.4375, end=within.groupby("line")["days"].transform("max"))
    x = number("months", {"values": [0, 6, 12, 18, 24, 30, 36], "grid": False}, domain=[0, days / 30.4375])
    x["title"] = "Months since entering the tier"
    y = number("incidence", scale_of(PERCENT), zero=True)
    scale = {"domain": list(colours), "range": list(colours.values())}
    line: Chart = {
        "x": x, "y": y, "color": {"field": "line", "type": "nominal", "scale": scale, "legend": None},
        "tooltip": [tip("line", "Who", kind="nominal"), tip("months", "Months", ".0f"), tip("incidence", "Share", PERCENT)],
    }  # fmt: skip
    name = {"x": x, "y": y, "text": {"field": "line", "type": "nominal"}}
    ends = [{"filter": "datum.days == datum.end && datum.incidence > 0.02"}]
    layers = [layer({"type": "line", "interpolate": "step-after", "strokeWidth": 2.2}, line), *outlined(name, ends)]
    return layered(layers, HEIGHT + 40, rows(drawn, "line", "days", "end", "months", "incidence"))


def heat_map(frame: Frame, marks: Mapping[str, tuple[str, str]]) -> Chart:
    """People by skill: person, skill, status, is_required, expires_on; marks: status -> (colour, letter).

    The letter says what the colour says. What neither the tier held nor the next one asks for is faint.
    """
    slanted = {"orient": "top", "labelAngle": -30, "labelAlign": "left", "labelLimit": 150}
    plain = {"labelOverlap": False, "domain": False, "ticks": False}
    x = {"field": "skill", "type": "nominal", "title": None, "axis": slanted | plain}
    y = {"field": "person", "type": "nominal", "title": None, "sort": None, "axis": {"labelLimit": 180, **plain}}
    scale = {"domain": list(marks), "range": [colour for colour, _ in marks.values()]}
    cells: Chart = {
        "x": x, "y": y, "color": {"field": "status", "type": "nominal", "scale": scale, "legend": None},
        "opacity": either("datum.is_required", 1, 0.3),
        "tooltip": [
            tip("person", "Person", kind="nominal"), tip("skill", "Skill", kind="nominal"),
            tip("status", "Status", kind="nominal"), tip("is_required", "Required", kind="nominal"),
            tip("expires_on", "Expires on", "%d %b %Y", "temporal"),
        ],
    }  # fmt: skip
    letters: Chart = {
        "x": x, "y": y, "text": {"field": "letter", "type": "nominal"},
        "color": either("datum.is_required", "#14181c", palette.ink()),
    }  # fmt: skip
    layers = [
        layer({"type": "rect", "stroke": palette.paper(), "strokeWidth": 2}, cells),
        layer({"type": "text", "fontSize": FONT}, letters),
    ]
    shown = frame.assign(
        letter=frame["status"].map({status: letter for status, (_, letter) in marks.items()}),
        expires_on=pd.to_datetime(frame["expires_on"]),
    )
    data = rows(shown, "person", "skill", "status", "is_required", "letter", "expires_on")
    return layered(layers, 24 * max(2, shown["person"].nunique()) + 90, data)


def path(spells: Frame, colours: Mapping[str, str]) -> Chart:
    """One person's tier spells on a line of time: tier (its title), started_on, until_on."""
    x = {"field": "started_on", "type": "temporal", "title": None, "axis": {"format": "%Y", "tickCount": "year"}}
    y = {
        "field": "tier",
        "type": "nominal",
        "title": None,
        "sort": list(reversed(list(colours))),
        "axis": {"labelLimit": 220},
    }
    scale = {"domain": list(colours), "range": list(colours.values())}
    bar: Chart = {
        "x": x, "x2": {"field": "until_on"}, "y": y,
        "color": {"field": "tier", "type": "nominal", "scale": scale, "legend": None},
        "tooltip": [tip("tier", "Tier", kind="nominal"), tip("started_on", "From", kind="temporal"),
                    tip("until_on", "To", kind="temporal")],
    }  # fmt: skip
    layers = [layer({"type": "bar", "height": 18, "cornerRadius": 3}, bar)]
    return layered(layers, 40 * max(1, spells["tier"].nunique()) + 40, rows(spells, "tier", "started_on", "until_on"))
