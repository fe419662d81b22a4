"""What can be done about quality. The only code that writes these tables."""

from packline.quality.services.affected import hold_affected_units
from packline.quality.services.close import close_nonconformance
from packline.quality.services.dispose import dispose_nonconformance
from packline.quality.services.hear import (
    hear_of_finished_step,
    hear_of_hold,
    hear_of_inspection,
    hear_of_scrap,
)
from packline.quality.services.limits import freeze_limits, propose_limits
from packline.quality.services.opening import (
    OutOfLimits,
    contain_nonconformance,
    open_nonconformance,
)
from packline.quality.services.react import (
    acknowledge_reaction,
    close_reaction,
    contain_reaction,
    let_units_go,
)

__all__ = [
    "OutOfLimits",
    "acknowledge_reaction",
    "close_nonconformance",
    "close_reaction",
    "contain_nonconformance",
    "contain_reaction",
    "dispose_nonconformance",
    "freeze_limits",
    "hear_of_finished_step",
    "hear_of_hold",
    "hear_of_inspection",
    "hear_of_scrap",
    "hold_affected_units",
    "let_units_go",
    "open_nonconformance",
    "propose_limits",
]
