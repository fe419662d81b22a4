"""What can be done about quality. The only code that writes these tables."""

from packline.quality.services.close import close_nonconformance
from packline.quality.services.dispose import dispose_nonconformance
from packline.quality.services.hear import hear_of_hold, hear_of_inspection
from packline.quality.services.opening import (
    OutOfLimits,
    contain_nonconformance,
    open_nonconformance,
)

__all__ = [
    "OutOfLimits",
    "close_nonconformance",
    "contain_nonconformance",
    "dispose_nonconformance",
    "hear_of_hold",
    "hear_of_inspection",
    "open_nonconformance",
]
