"""Serial numbers: the plain one on the label, and the GS1 element string in the code."""

from __future__ import annotations

from packline.foundation.errors import DomainError

__all__ = ["gs1_element_string", "serial_of"]

GS1_SERIAL_LENGTH = 20  # GS1 General Specifications, AI (21): up to 20 characters


def serial_of(pattern: str, number: int) -> str:
    """Return the serial of the `number`-th unit, for example ``EB48-000007``."""
    return pattern.format(n=number)


def gs1_element_string(gtin: str, serial: str) -> str:
    """Return the GS1 element string of a unit: AI (01) GTIN, AI (21) serial number.

    Raises
    ------
    DomainError
        If the serial is longer than AI (21) can hold.
    """
    if not gtin:
        return ""
    if len(serial) > GS1_SERIAL_LENGTH:
        raise DomainError(f"serial {serial} is longer than the {GS1_SERIAL_LENGTH} of AI (21)")
    return f"(01){gtin}(21){serial}"
