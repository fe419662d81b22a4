"""What can be done about resources. The only code that writes these tables."""

from packline.resources.services.attendance import (
    attend_station,
    leave_station,
    person_of_badge,
    set_pin,
)
from packline.resources.services.documents import (
    approve_revision,
    confirm_reading,
    draft_revision,
    register_document,
    rewrite_revision,
    submit_revision,
    withdraw_revision,
)
from packline.resources.services.gauges import (
    calibrate_gauge,
    recall_gauge,
    register_gauge,
    return_gauge,
)
from packline.resources.services.people import qualify_person
from packline.resources.services.stations import register_station
from packline.resources.services.studies import record_study
from packline.resources.services.tokens import LONGEST_TOKEN, issue_token, revoke_token
from packline.resources.services.tools import (
    recall_tool,
    register_tool,
    return_tool,
    service_tool,
)
from packline.resources.services.upkeep import (
    log_station,
    plan_maintenance,
    record_maintenance,
    state_ideal_cycle,
)

__all__ = [
    "LONGEST_TOKEN",
    "approve_revision",
    "attend_station",
    "calibrate_gauge",
    "confirm_reading",
    "draft_revision",
    "issue_token",
    "leave_station",
    "log_station",
    "person_of_badge",
    "plan_maintenance",
    "qualify_person",
    "recall_gauge",
    "recall_tool",
    "record_maintenance",
    "record_study",
    "register_document",
    "register_gauge",
    "register_station",
    "register_tool",
    "return_gauge",
    "return_tool",
    "revoke_token",
    "rewrite_revision",
    "service_tool",
    "set_pin",
    "state_ideal_cycle",
    "submit_revision",
    "withdraw_revision",
]
