"""Tables of resources. What has lapsed blocks: the gate of production reads them."""

from packline.resources.models.access import Attendance, Pin, StationToken
from packline.resources.models.documents import (
    ControlledDocument,
    DocumentReading,
    DocumentRevision,
)
from packline.resources.models.gauges import Calibration, Gauge
from packline.resources.models.people import Qualification
from packline.resources.models.stations import Station
from packline.resources.models.studies import (
    STUDY_KINDS,
    STUDY_VERDICTS,
    WITHOUT_SIGMA,
    GaugeStudy,
)
from packline.resources.models.tools import Tool
from packline.resources.models.upkeep import MaintenanceDone, MaintenancePlan, StationLog

__all__ = [
    "STUDY_KINDS",
    "STUDY_VERDICTS",
    "WITHOUT_SIGMA",
    "Attendance",
    "Calibration",
    "ControlledDocument",
    "DocumentReading",
    "DocumentRevision",
    "Gauge",
    "GaugeStudy",
    "MaintenanceDone",
    "MaintenancePlan",
    "Pin",
    "Qualification",
    "Station",
    "StationLog",
    "StationToken",
    "Tool",
]
