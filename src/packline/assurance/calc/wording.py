"""How values are written on paper: numbers, limits, units, moments, long names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

__all__ = [
    "aligned",
    "allowed",
    "breakable",
    "figure",
    "is_attribute",
    "limits",
    "moment",
    "observed",
    "unit_symbol",
    "verdict",
]

_SYMBOLS = {
    "1": "",
    "mOhm": "mΩ",
    "kOhm": "kΩ",
    "Ohm": "Ω",
    "MOhm": "MΩ",
    "N.m": "N·m",
    "degC": "°C",
    "uV": "µV",
    "uOhm": "µΩ",
}
_BREAK = "\N{ZERO WIDTH SPACE}"
_SPACE = "\N{NO-BREAK SPACE}"  # between a number and its unit
_JOINTS = re.compile(r"([/:._@>])(?=\w)")


def unit_symbol(code: str) -> str:
    """Return the symbol that is printed for a unit code: ``"mOhm"`` becomes ``"mΩ"``."""
    return _SYMBOLS.get(code, code)


def figure(value: float | None, unit_code: str = "") -> str:
    """Write a number with at most six significant digits; the attached data hold them all."""
    if value is None:
        return "–"
    symbol = unit_symbol(unit_code)
    return f"{value:.6g}" + (f"{_SPACE}{symbol}" if symbol else "")


def limits(low: float | None, high: float | None, unit_code: str = "") -> str:
    """Write what is allowed: a range, a bound, or "yes" for an attribute."""
    symbol = unit_symbol(unit_code)
    tail = f"{_SPACE}{symbol}" if symbol else ""
    if is_attribute(low, high, unit_code):
        return "good"
    if low is not None and high is not None:
        if low == high:
            return f"{low:.6g}{tail}"
        return f"{low:.6g} to {high:.6g}{tail}"
    if low is not None:
        return f"≥ {low:.6g}{tail}"
    if high is not None:
        return f"≤ {high:.6g}{tail}"
    return "no limit"


def allowed(
    low: float | None,
    high: float | None,
    unit_code: str,
    accept_low: float | None,
    accept_high: float | None,
) -> str:
    """Write the limits, and what the guard band of the gauge leaves of them."""
    said = limits(low, high, unit_code)
    if accept_low is None and accept_high is None:
        return said
    return f"{said}; accepted {limits(accept_low, accept_high, unit_code)}"


def is_attribute(low: float | None, high: float | None, unit_code: str) -> bool:
    """Say whether a characteristic is judged good or not good, rather than measured."""
    return unit_code == "1" and low == 1 and high in (None, 1)


def observed(value: float, low: float | None, high: float | None, unit_code: str) -> str:
    """Write a value as what it is judged by: a figure, or good and not good."""
    if is_attribute(low, high, unit_code):
        return "good" if value >= 1 else "not good"
    return figure(value, unit_code)


def verdict(passed: bool) -> str:
    """Write a verdict as a word: a sign or a colour alone is lost on a copy."""
    return "pass" if passed else "FAIL"


def moment(text: str | None) -> str:
    """Write a stored moment to the second, with its time zone."""
    if not text:
        return "–"
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S UTC")


def breakable(text: str, longest: int = 18) -> str:
    """Allow a break in words of more than `longest` letters, at the signs that join their parts.

    Shorter words stay as they are: whoever copies a serial from the page gets the serial.
    """
    return " ".join(
        word if len(word) <= longest else _BREAK.join(_pieces(word, longest))
        for word in text.split(" ")
    )


def _pieces(word: str, longest: int) -> Iterator[str]:
    for part in _JOINTS.sub(rf"\1{_BREAK}", word).split(_BREAK):
        yield from (part[i : i + longest] for i in range(0, len(part), longest))


def aligned(values: Sequence[float | None]) -> list[str]:
    """Write a column of numbers with equally many decimals, at most six significant digits."""
    texts = [figure(value) for value in values]
    if any("e" in text for text in texts):
        return texts
    decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
    return ["–" if value is None else f"{value:.{decimals}f}" for value in values]
