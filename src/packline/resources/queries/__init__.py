"""What can be asked about resources on a given day."""

from packline.resources.queries.gauges import all_gauges, gauges_in_calibration
from packline.resources.queries.people import qualification_of
from packline.resources.queries.stations import all_stations

__all__ = ["all_gauges", "all_stations", "gauges_in_calibration", "qualification_of"]
