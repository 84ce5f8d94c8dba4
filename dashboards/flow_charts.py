"""Plotly charts of flows: the Sankey between tiers and the waterfall from costs to net benefit."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboards import palette
from dashboards.frame import Frame


def _finish(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(
        height=height, margin={"l": 8, "r": 8, "t": 16, "b": 8}, font={"size": 13, "color": palette.ink()},
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", showlegend=False,
    )  # fmt: skip
    return figure


def sankey(flows: Frame, colours: Mapping[str, str]) -> go.Figure:
    """Moves out of tiers: from_label, to_label, people. Ends that are no tier are grey."""
    left = list(dict.fromkeys(flows["from_label"]))
    right = list(dict.fromkeys(flows["to_label"]))
    nodes = left + right
    shades = [colours.get(name, palette.CONTEXT) for name in nodes]
    figure = go.Figure(
        go.Sankey(
            node={"label": nodes, "color": shades, "pad": 18, "thickness": 14, "line": {"width": 0}},
            link={
                "source": [left.index(name) for name in flows["from_label"]],
                "target": [len(left) + right.index(name) for name in flows["to_label"]],
                "value": flows["people"].tolist(),
                "color": "rgba(138,146,155,0.35)",
            },
            textfont={"size": 12, "color": palette.ink()},
        )
    )
    return _finish(figure, 480)


def waterfall(labels: Sequence[str], values: Sequence[float], texts: Sequence[str]) -> go.Figure:
    """Steps that add up, the last one their sum; the axis starts at zero."""
    figure = go.Figure(
        go.Waterfall(
            y=list(labels), x=list(values), text=list(texts), orientation="h", textposition="outside", cliponaxis=False,
            measure=["relative"] * (len(values) - 1) + ["total"],
            increasing={"marker": {"color": palette.GAIN}}, decreasing={"marker": {"color": palette.LOSS}},
            totals={"marker": {"color": palette.POINT}}, connector={"line": {"color": palette.CONTEXT, "width": 1}},
        )
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", automargin=True, tickfont_color=palette.label())
    ends = [sum(values[:place]) for place in range(len(values))]
    low, high = min(0.0, *ends), max(0.0, *ends)
    room = 0.22 * (high - low)  # for the texts beside the bars, on a phone too
    figure.update_xaxes(visible=False, range=[low - room, high + room])
    figure.add_vline(x=0, line_color=palette.ink(), line_width=1)
    return _finish(figure, 34 * len(values) + 60)
