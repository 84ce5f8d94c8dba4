"""Charts of statistics, as Vega-Lite specifications. A chart has no title of its own: the page says finding, measure and unit.

Every function takes a frame with the columns it names; rates and shares are fractions. They are written out rather than built
with Altair, whose objects and validation took two thirds of a page's time; the browser tests see that they are drawn.
"""

from dashboards.charts.comparisons import bars, estimates, funnel
from dashboards.charts.months import process_chart, sparkline, trend
from dashboards.charts.parts import Chart
from dashboards.charts.paths import curves, heat_map, path

__all__ = ["Chart", "bars", "curves", "estimates", "funnel", "heat_map", "path", "process_chart", "sparkline", "trend"]
