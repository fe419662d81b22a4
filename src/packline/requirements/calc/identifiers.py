"""What a serial and a GTIN must be like, so that a label can carry them."""

from __future__ import annotations

import re

__all__ = ["PATTERNS", "gtin_check_digit", "gtin_problem", "pattern_problem"]

LONGEST_SERIAL = 20  # characters: GS1 General Specifications, AI (21)
PATTERN = re.compile(r"([A-Za-z0-9./_-]*)\{n(:0?[1-9]d)?\}([A-Za-z0-9./_-]*)")
PATTERNS = 'letters, digits and -./_ with {n} once, like "EB48-{n:06d}"; at most 20 characters'


def gtin_check_digit(digits: str) -> int:
    """Return the check digit of a GTIN without it: weights 3 and 1 from the right.

    Source: GS1 General Specifications, section on the check digit calculation of data strings.
    """
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return -total % 10


def gtin_problem(gtin: str) -> tuple[str, str] | None:
    """Return what is wrong with a GTIN and what is allowed, or None."""
    if not re.fullmatch(r"[0-9]{14}|[0-9]{13}|[0-9]{12}|[0-9]{8}", gtin):
        return "is no GTIN", "8, 12, 13 or 14 digits"
    right = gtin_check_digit(gtin[:-1])
    if right != int(gtin[-1]):
        return f"has the wrong check digit {gtin[-1]}", f"{gtin[:-1]}{right}"
    return None


def pattern_problem(pattern: str, highest: int) -> tuple[str, str] | None:
    """Return what is wrong with a pattern of serials numbered up to `highest`, or None."""
    if not PATTERN.fullmatch(pattern):
        return "has not {n} once, or a character that a label cannot carry", PATTERNS
    if len(pattern.format(n=highest)) > LONGEST_SERIAL:
        return f"gives serials of more than {LONGEST_SERIAL} characters", PATTERNS
    return None
