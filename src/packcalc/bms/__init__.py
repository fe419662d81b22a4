"""Battery management: at which values a pack warns, trips, and comes back."""

from packcalc.bms.conventions import Conventions, ProtectionLimit, VoltageConvention
from packcalc.bms.protection import protection_limits

__all__ = ["Conventions", "ProtectionLimit", "VoltageConvention", "protection_limits"]
