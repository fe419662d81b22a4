"""What can be asked about resources on a given day."""

from packline.resources.queries.access import all_tokens, attendance_at, caller_behind
from packline.resources.queries.documents import (
    all_documents,
    effective_revision,
    effective_revisions,
    revisions_of_document,
    unread_revisions,
)
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
    guard_band_of,
    largest_repeatability,
    repeatability_of,
    studies_in_force,
    studies_of_gauge,
)
from packline.resources.queries.tools import all_tools
from packline.resources.queries.upkeep import (
    condition_at,
    condition_of,
    conditions_now,
    log_of_station,
    maintenance_done,
    maintenance_plans,
    plans_of_station,
    spans_of_station,
)

__all__ = [
    "GaugeError",
    "StudiesInForce",
    "all_documents",
    "all_gauges",
    "all_stations",
    "all_tokens",
    "all_tools",
    "attendance_at",
    "calibration_holding",
    "calibrations_of",
    "caller_behind",
    "condition_at",
    "condition_of",
    "conditions_now",
    "effective_revision",
    "effective_revisions",
    "gauges_in_calibration",
    "guard_band_of",
    "largest_repeatability",
    "last_good_before",
    "log_of_station",
    "maintenance_done",
    "maintenance_plans",
    "plans_of_station",
    "qualification_of",
    "repeatability_of",
    "revisions_of_document",
    "spans_of_station",
    "studies_in_force",
    "studies_of_gauge",
    "unread_revisions",
]
