"""What can be done about resources. The only code that writes these tables."""

from packline.resources.services.gauges import register_gauge
from packline.resources.services.people import qualify_person
from packline.resources.services.stations import register_station
from packline.resources.services.studies import record_study

__all__ = ["qualify_person", "record_study", "register_gauge", "register_station"]
