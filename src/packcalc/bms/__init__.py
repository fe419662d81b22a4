"""Battery management: at which values a pack warns, trips, and comes back."""

from packcalc.bms.conventions import Conventions, VoltageConvention
from packcalc.bms.protection import ProtectionLimit, protection_limits

__all__ = ["Conventions", "ProtectionLimit", "VoltageConvention", "protection_limits"]
