"""Tables of resources. What has lapsed blocks: the gate of production reads them."""

from packline.resources.models.gauges import Gauge
from packline.resources.models.people import Qualification
from packline.resources.models.stations import Station
from packline.resources.models.studies import (
    STUDY_KINDS,
    STUDY_VERDICTS,
    WITHOUT_SIGMA,
    GaugeStudy,
)

__all__ = [
    "STUDY_KINDS",
    "STUDY_VERDICTS",
    "WITHOUT_SIGMA",
    "Gauge",
    "GaugeStudy",
    "Qualification",
    "Station",
]
