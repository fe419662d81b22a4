"""Pictures of the pages: pure functions from numbers to SVG; the style sheet colours them."""

from packline.site.charts.bars import pareto
from packline.site.charts.bullet import bullet
from packline.site.charts.histogram import histogram
from packline.site.charts.interval import interval
from packline.site.charts.joints import joint_map
from packline.site.charts.lines import Curve, lines
from packline.site.charts.scatter import Point, scatter
from packline.site.charts.timeline import timeline

__all__ = [
    "Curve",
    "Point",
    "bullet",
    "histogram",
    "interval",
    "joint_map",
    "lines",
    "pareto",
    "scatter",
    "timeline",
]
