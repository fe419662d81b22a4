"""Exact quantities: whole numbers of a base unit, never a float."""

from __future__ import annotations

from decimal import Decimal

from packline.foundation.errors import DomainError

__all__ = ["UNITS", "in_large_units", "in_words", "to_base"]

# what a person writes: (base unit, how many base units it is)
UNITS: dict[str, tuple[str, int]] = {
    "1": ("1", 1),
    "mm": ("mm", 1),
    "m": ("mm", 1000),
    "mg": ("mg", 1),
    "g": ("mg", 1000),
    "kg": ("mg", 1_000_000),
    "mm3": ("mm3", 1),
    "ml": ("mm3", 1000),
    "l": ("mm3", 1_000_000),
}
MOST = 2**63 - 1  # what a database keeps exactly
DIGITS = 20  # a number with more is larger than that


def to_base(amount: str | int | Decimal, unit: str = "1") -> tuple[int, str]:
    """Return an amount as a whole number of its base unit, exactly, and that unit.

    Raises
    ------
    DomainError
        If the amount is no number above zero, or no whole number of the base unit.
    """
    if unit not in UNITS:
        raise DomainError(f"unit {unit!r} is not known; allowed: {', '.join(UNITS)}")
    base, factor = UNITS[unit]
    try:
        exact = Decimal(amount) * factor
        whole = int(exact) if exact.adjusted() < DIGITS else 0
    except (ArithmeticError, ValueError, TypeError):
        raise DomainError(f"amount {amount!r} is not a number; write it as 12.5") from None
    if whole != exact or not 1 <= whole <= MOST:
        raise DomainError(
            f"amount {amount} {unit} is not a whole number of {base} from 1 to {MOST}"
        )
    return whole, base


def in_words(quantity: int, unit_code: str) -> str:
    """Return a quantity as it is read: `1250 mm`, and pieces without a unit."""
    return f"{quantity}" if unit_code == "1" else f"{quantity} {unit_code}"


def in_large_units(quantity: int, unit_code: str) -> str:
    """Return a quantity, exactly, in the largest unit of which it is at least one: `2.5 kg`."""
    if unit_code == "1":
        return f"{quantity}"
    fits = [
        (factor, unit)
        for unit, (base, factor) in UNITS.items()
        if base == unit_code and factor <= max(quantity, 1)
    ]
    factor, unit = max(fits)
    return f"{(Decimal(quantity) / factor).normalize():f} {unit}"
