"""What insight writes: reports, and who outside is told of what."""

from packline.insight.services.report import write_report
from packline.insight.services.subscriptions import (
    claim_subscription,
    drop_delivery,
    end_subscription,
    make_subscription,
    move_subscription,
    pause_subscription,
    rekey_subscription,
    resend_deliveries,
    resume_subscription,
)

__all__ = [
    "claim_subscription",
    "drop_delivery",
    "end_subscription",
    "make_subscription",
    "move_subscription",
    "pause_subscription",
    "rekey_subscription",
    "resend_deliveries",
    "resume_subscription",
    "write_report",
]
