"""Tables of production. They hold facts; services decide."""

from packline.production.models.genealogy import Link, Part, Placement
from packline.production.models.hold import Deviation, Hold
from packline.production.models.order import Order, Unit
from packline.production.models.step import JointSet, Reading, Step
from packline.production.models.twin import Twin, TwinConcession, TwinFigure

__all__ = [
    "Deviation",
    "Hold",
    "JointSet",
    "Link",
    "Order",
    "Part",
    "Placement",
    "Reading",
    "Step",
    "Twin",
    "TwinConcession",
    "TwinFigure",
    "Unit",
]
