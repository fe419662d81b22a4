"""Tables of production. They hold facts; services decide."""

from packline.production.models.genealogy import Link, Part, Placement
from packline.production.models.hold import Deviation, Hold, PartHold
from packline.production.models.order import Order, Unit
from packline.production.models.permit import Permit, PermitUse
from packline.production.models.scrap import LotScrap
from packline.production.models.step import JointSet, Reading, Step
from packline.production.models.tool import ToolUse
from packline.production.models.twin import Twin, TwinConcession, TwinFigure

__all__ = [
    "Deviation",
    "Hold",
    "JointSet",
    "Link",
    "LotScrap",
    "Order",
    "Part",
    "PartHold",
    "Permit",
    "PermitUse",
    "Placement",
    "Reading",
    "Step",
    "ToolUse",
    "Twin",
    "TwinConcession",
    "TwinFigure",
    "Unit",
]
