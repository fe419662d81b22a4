"""Tables of insight: the reports that were written, and who outside is told of what."""

from packline.insight.models.report import Report
from packline.insight.models.subscription import Subscription, SubscriptionProgram

__all__ = ["Report", "Subscription", "SubscriptionProgram"]
