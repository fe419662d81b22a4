"""Tables of quality: what was not as it should be, and what the control charts are judged by."""

from packline.quality.models.control import ControlLimits, LimitsPoint, StreamState
from packline.quality.models.nonconformance import Nonconformance, NonconformingCell
from packline.quality.models.reaction import Reaction, ReactionHold, Signal

__all__ = [
    "ControlLimits",
    "LimitsPoint",
    "Nonconformance",
    "NonconformingCell",
    "Reaction",
    "ReactionHold",
    "Signal",
    "StreamState",
]
