"""Altair charts of statistics. A chart has no title of its own: the page says finding, measure and unit above it.

Every function takes a frame with the columns it names and gives a chart; rates and shares are fractions. Layers share
the data of the chart: Altair tells layers with data of their own apart by printing the frames, which takes longer than
all else on a page.
"""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd
from altair.utils import schemapi

from dashboards import palette
from dashboards.frame import Frame

Chart = alt.LayerChart | alt.FacetChart  # what alt.layer(...).properties() may give
PERCENT = ".0%"
schemapi.DEBUG_MODE = False  # every part would be validated as it is made; the browser tests see what is drawn
HEIGHT = 300


def _values(**row: float | str) -> alt.Chart:
    """A chart of one row."""
    return alt.Chart(alt.Data(values=[row]))


def process_chart(months: Frame, value_format: str = PERCENT) -> Chart:
    """Monthly values with mean and three-sigma limits: month, value, centre, limit_low, limit_high, signal, is_complete.

    Hollow marks are months that are not complete or still preliminary; a signal is larger and named.
    """
    x = alt.X("month:T", title=None, axis=alt.Axis(format="%b %Y", labelOverlap=True, tickCount=8, grid=False))
    scale = alt.Scale(zero=True, nice=True)
    axis = alt.Axis(format=value_format, tickCount=5)
    base = alt.Chart()
    band = base.mark_area(opacity=0.14, color=palette.CONTEXT, interpolate="step").encode(
        x=x, y=alt.Y("limit_low:Q", scale=scale, axis=axis, title=None), y2="limit_high:Q"
    )
    mean = base.mark_line(color=palette.CONTEXT, strokeDash=[5, 4]).encode(x=x, y="centre:Q")
    line = base.transform_filter("datum.is_complete").mark_line(color=palette.POINT, strokeWidth=1.6)
    is_signal = alt.datum.signal != "none"
    marks = base.mark_point(size=46, opacity=1).encode(
        x=x,
        y="value:Q",
        stroke=alt.when(is_signal).then(alt.value(palette.SIGNAL)).otherwise(alt.value(palette.POINT)),
        fill=alt.when(~alt.datum.is_complete)
        .then(alt.value(palette.paper()))
        .when(is_signal)
        .then(alt.value(palette.SIGNAL))
        .otherwise(alt.value(palette.POINT)),
        shape=alt.condition("datum.signal != 'none'", alt.value("diamond"), alt.value("circle")),
        tooltip=[
            alt.Tooltip("month:T", title="Month", format="%B %Y"),
            alt.Tooltip("value:Q", title="Value", format=value_format),
            alt.Tooltip("centre:Q", title="Mean", format=value_format),
            alt.Tooltip("limit_low:Q", title="Lower limit", format=value_format),
            alt.Tooltip("limit_high:Q", title="Upper limit", format=value_format),
        ],
    )
    last = base.transform_window(place="rank()", sort=[alt.SortField("month", "descending")]).transform_filter(
        "datum.place == 1"
    )
    label = last.mark_text(align="right", dy=-7, dx=0, color=palette.ink(), fontSize=12).encode(
        x=x, y="centre:Q", text=alt.value("mean")
    )
    layers = (band, mean, line.encode(x=x, y="value:Q"), marks, label)
    return alt.layer(*layers, data=months).properties(height=HEIGHT)


def sparkline(values: Sequence[float]) -> Chart:
    """A small line without axes, its last point marked; oldest value first."""
    frame = pd.DataFrame({"place": range(len(values)), "value": list(values)})
    y = alt.Y("value:Q", axis=None, scale=alt.Scale(zero=False, padding=4))
    base = alt.Chart()
    line = base.mark_line(color=palette.CONTEXT, strokeWidth=1.5).encode(x=alt.X("place:Q", axis=None), y=y)
    end = base.transform_filter(f"datum.place == {len(values) - 1}").mark_point(
        filled=True, size=40, color=palette.POINT, opacity=1
    )
    return alt.layer(line, end.encode(x=alt.X("place:Q", axis=None), y=y), data=frame).properties(height=44)


def trend(months: Frame, target: float | None, value_format: str = PERCENT) -> Chart:
    """A figure by month with its interval: month, value, low, high, is_complete; the target as a dashed line."""
    x = alt.X("month:T", title=None, axis=alt.Axis(format="%b %Y", labelOverlap=True, tickCount=8, grid=False))
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(format=value_format, tickCount=5))
    base = alt.Chart()
    layers: list[alt.Chart] = [
        base.mark_line(color=palette.POINT, strokeWidth=2).encode(x=x, y=y),
        base.mark_point(size=40, opacity=1, stroke=palette.POINT).encode(
            x=x,
            y=y,
            fill=alt.condition("datum.is_complete", alt.value(palette.POINT), alt.value(palette.paper())),
            tooltip=[
                alt.Tooltip("month:T", title="Month", format="%B %Y"),
                alt.Tooltip("value:Q", title="Value", format=value_format),
                alt.Tooltip("low:Q", title="Likely from", format=value_format),
                alt.Tooltip("high:Q", title="to", format=value_format),
            ],
        ),
        _values(zero=0).mark_rule(color=palette.CONTEXT).encode(y="zero:Q"),
    ]
    if months["low"].notna().any():
        band = base.mark_area(opacity=0.16, color=palette.POINT)
        layers.insert(0, band.encode(x=x, y=alt.Y("low:Q", title=None), y2="high:Q"))
    if target is not None:
        aim = _values(target=target, words="target")
        layers.append(aim.mark_rule(color=palette.ink(), strokeDash=[4, 4]).encode(y="target:Q"))
        layers.append(
            aim.mark_text(align="left", dx=4, dy=-7, color=palette.ink(), fontSize=12).encode(
                x=alt.value(0), y="target:Q", text="words:N"
            )
        )
    return alt.layer(*layers, data=months).properties(height=HEIGHT)


def funnel(sites: Frame, limits: Frame, size_title: str) -> Chart:
    """Sites against the common mean: size, value, name, is_outside; limits: size, centre, low_95, high_95, low_998, high_998.

    Only sites outside the outer limits are named.
    """
    x = alt.X(
        "size:Q", title=size_title, scale=alt.Scale(zero=True, nice=False), axis=alt.Axis(grid=False, tickCount=6)
    )
    top = float(max(sites["value"].max() * 1.25, limits["centre"].iloc[0] * 3))
    axis = alt.Axis(format=PERCENT, tickCount=5)
    scale = alt.Scale(domain=[0, top], clamp=True)
    lines: list[alt.Chart] = []
    for kind, dash in (("95", [2, 3]), ("998", [6, 3])):
        for side in ("low", "high"):
            lines.append(
                alt.Chart()
                .mark_line(color=palette.CONTEXT, strokeDash=dash, clip=True)
                .encode(x=x, y=alt.Y(f"{side}_{kind}:Q", title=None, scale=scale, axis=axis))
            )
    lines.append(alt.Chart().mark_line(color=palette.CONTEXT).encode(x=x, y="centre:Q"))
    points = [
        alt.Chart()
        .mark_point(filled=True, size=58, opacity=0.85)
        .encode(
            x=x,
            y="value:Q",
            color=alt.condition("datum.is_outside", alt.value(palette.SIGNAL), alt.value(palette.CONTEXT)),
            shape=alt.condition("datum.is_outside", alt.value("diamond"), alt.value("circle")),
            tooltip=[
                alt.Tooltip("name:N", title="Site"),
                alt.Tooltip("value:Q", title="Rate", format=PERCENT),
                alt.Tooltip("size:Q", title=size_title, format=".1f"),
            ],
        )
    ]
    if sites["is_outside"].any():  # a layer without a row has no extent, of which the browser's console warns
        named = alt.Chart().transform_filter("datum.is_outside")
        named = named.mark_text(dy=-12, color=palette.ink(), fontSize=12)
        points.append(named.encode(x=x, y="value:Q", text="name:N"))
    return alt.layer(alt.layer(*lines, data=limits), alt.layer(*points, data=sites)).properties(height=HEIGHT)


def bars(frame: Frame, value_format: str = PERCENT, colour: str = palette.POINT) -> Chart:
    """Horizontal bars from zero, longest first, each with its value: label, value and, where there are any, low and high."""
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=230, ticks=False, domain=False))
    x = alt.X("value:Q", title=None, scale=alt.Scale(zero=True), axis=None)
    base = alt.Chart()
    bar = base.mark_bar(color=colour, cornerRadiusEnd=2, height=16).encode(y=y, x=x)
    text = base.mark_text(align="left", dx=6, color=palette.ink(), fontSize=12).encode(
        y=y, x="end:Q" if "high" in frame else x, text=alt.Text("value:Q", format=value_format)
    )
    layers = [bar, text]
    if "high" in frame:
        layers = [
            bar,
            base.mark_rule(color=palette.ink(), opacity=0.7).encode(y=y, x="low:Q", x2="high:Q"),
            text.transform_calculate(end="datum.high"),
        ]
    return alt.layer(*layers, data=frame).properties(height=max(70, 30 * len(frame) + 12))


def curves(frame: Frame, colours: Mapping[str, str], days: int = 1095) -> Chart:
    """Cumulative incidence from entering a tier: tier (its title), days, incidence; each line that left zero is named at its end."""
    x = alt.X(
        "months:Q", title="Months since entering the tier", scale=alt.Scale(domain=[0, days / 30.4375]),
        axis=alt.Axis(values=[0, 6, 12, 18, 24, 30, 36], grid=False),
    )  # fmt: skip
    y = alt.Y("incidence:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(format=PERCENT, tickCount=5))
    colour = alt.Color("tier:N", scale=alt.Scale(domain=list(colours), range=list(colours.values())), legend=None)
    base = alt.Chart().transform_calculate(months="datum.days / 30.4375").transform_filter(f"datum.days <= {days}")
    line = base.mark_line(interpolate="step-after", strokeWidth=2.2).encode(
        x=x, y=y, color=colour,
        tooltip=[alt.Tooltip("tier:N", title="Tier"), alt.Tooltip("months:Q", title="Months", format=".0f"),
                 alt.Tooltip("incidence:Q", title="Share", format=PERCENT)],
    )  # fmt: skip
    names = (
        base.transform_joinaggregate(end="max(days)", groupby=["tier"])
        .transform_filter("datum.days == datum.end && datum.incidence > 0.02")
        .mark_text(align="right", dy=-8, dx=-2, fontSize=12, fontWeight=600)
        .encode(x=x, y=y, color=colour, text="tier:N")
    )
    return alt.layer(line, names, data=frame).properties(height=HEIGHT + 40)


def estimates(frame: Frame, value_format: str = "+.1%", nothing: float = 0) -> Chart:
    """Estimates with intervals against the value that means no effect: label, value, low, high."""
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=280, ticks=False, domain=False))
    x = alt.X("low:Q", title=None, axis=alt.Axis(format=value_format, tickCount=5))
    base = alt.Chart()
    zero = _values(zero=nothing).mark_rule(color=palette.ink()).encode(x="zero:Q")
    return alt.layer(
        zero,
        base.mark_rule(color=palette.POINT, strokeWidth=3).encode(y=y, x=x, x2="high:Q"),
        base.mark_point(filled=True, size=90, opacity=1, color=palette.POINT).encode(
            y=y, x="value:Q", tooltip=[alt.Tooltip("value:Q", title="Estimate", format=value_format)]
        ),
        data=frame,
    ).properties(height=44 * len(frame) + 40)


def heat_map(frame: Frame, marks: Mapping[str, tuple[str, str]]) -> Chart:
    """People by skill: person, skill, status; marks: status -> (colour, letter), so that colour is never alone."""
    x = alt.X(
        "skill:N",
        title=None,
        axis=alt.Axis(orient="top", labelAngle=0, labelLimit=150, labelOverlap=False, domain=False, ticks=False),
    )
    y = alt.Y("person:N", title=None, sort=None, axis=alt.Axis(labelLimit=180, domain=False, ticks=False))
    shown = frame.assign(letter=frame["status"].map({status: letter for status, (_, letter) in marks.items()}))
    base = alt.Chart()
    cells = base.mark_rect(stroke=palette.paper(), strokeWidth=2).encode(
        x=x, y=y,
        color=alt.Color("status:N", scale=alt.Scale(domain=list(marks), range=[c for c, _ in marks.values()]), legend=None),
        tooltip=[alt.Tooltip("person:N", title="Person"), alt.Tooltip("skill:N", title="Skill"),
                 alt.Tooltip("status:N", title="Status")],
    )  # fmt: skip
    letters = base.mark_text(fontSize=12, color="#14181c").encode(x=x, y=y, text="letter:N")
    return alt.layer(cells, letters, data=shown).properties(height=24 * max(2, shown["person"].nunique()) + 40)


def path(spells: Frame, colours: Mapping[str, str]) -> Chart:
    """One person's tier spells on a line of time: tier (its title), started_on, until_on."""
    x = alt.X("started_on:T", title=None, axis=alt.Axis(format="%Y", tickCount="year"))
    y = alt.Y("tier:N", title=None, sort=list(reversed(list(colours))), axis=alt.Axis(labelLimit=220))
    base = alt.Chart()
    bar = base.mark_bar(height=18, cornerRadius=3).encode(
        x=x, x2="until_on:T", y=y,
        color=alt.Color("tier:N", scale=alt.Scale(domain=list(colours), range=list(colours.values())), legend=None),
        tooltip=[alt.Tooltip("tier:N", title="Tier"), alt.Tooltip("started_on:T", title="From"),
                 alt.Tooltip("until_on:T", title="To")],
    )  # fmt: skip
    return alt.layer(bar, data=spells).properties(height=40 * max(1, spells["tier"].nunique()) + 40)
