"""Tables of resources. What has lapsed blocks: the gate of production reads them."""

from packline.resources.models.gauges import Gauge
from packline.resources.models.people import Qualification
from packline.resources.models.stations import Station

__all__ = ["Gauge", "Qualification", "Station"]
