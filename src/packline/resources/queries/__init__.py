"""What can be asked about resources on a given day."""

from packline.resources.queries.access import all_tokens, attendance_at, caller_behind
from packline.resources.queries.gauges import (
    all_gauges,
    calibration_holding,
    calibrations_of,
    gauges_in_calibration,
    last_good_before,
)
from packline.resources.queries.people import qualification_of
from packline.resources.queries.stations import all_stations
from packline.resources.queries.studies import (
    GaugeError,
    StudiesInForce,
    all_studies,
    guard_band_of,
    repeatability_of,
    studies_in_force,
    studies_of_gauge,
)
from packline.resources.queries.tools import all_tools

__all__ = [
    "GaugeError",
    "StudiesInForce",
    "all_gauges",
    "all_stations",
    "all_studies",
    "all_tokens",
    "all_tools",
    "attendance_at",
    "calibration_holding",
    "calibrations_of",
    "caller_behind",
    "gauges_in_calibration",
    "guard_band_of",
    "last_good_before",
    "qualification_of",
    "repeatability_of",
    "studies_in_force",
    "studies_of_gauge",
]
