"""GS1 element strings: what a scanner reads from a label, checked where it is written.

Application identifiers, lengths, the 82 characters and the check digit follow the GS1 General
Specifications (release 24): sections 3 (identifiers), 7.8.5 (which need no separator), 7.9.1
(check digit) and 7.11 (characters).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from packline.foundation.errors import DomainError

__all__ = ["Element", "check_digit", "element_string", "encoded", "parse", "read_elements"]

FNC1 = "\x1d"  # as a scanner hands over the separator: ASCII 29, group separator
CHARACTERS = frozenset(
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)


@dataclass(frozen=True, slots=True)
class _Identifier:
    most: int
    fixed: bool = False
    digits: bool = False
    checked: bool = False  # its last digit is a check digit


IDENTIFIERS = {
    "00": _Identifier(18, fixed=True, digits=True, checked=True),  # SSCC of a logistic unit
    "01": _Identifier(14, fixed=True, digits=True, checked=True),  # GTIN
    "02": _Identifier(14, fixed=True, digits=True, checked=True),  # GTIN of what is contained
    "10": _Identifier(20),  # batch or lot
    "11": _Identifier(6, fixed=True, digits=True),  # production date, YYMMDD
    "21": _Identifier(20),  # serial number
    "37": _Identifier(8, digits=True),  # count of what is contained
    "240": _Identifier(30),  # further identification of the product by its maker
}


@dataclass(frozen=True, slots=True)
class Element:
    """One identifier with its value."""

    ai: str
    value: str


def check_digit(digits: str) -> int:
    """Return the check digit of a GTIN or SSCC without it: weights 3 and 1 from the right."""
    if not digits.isascii() or not digits.isdigit():
        raise DomainError(f"{digits!r} is not all digits, so it has no check digit")
    total = sum(int(d) * (3 if k % 2 == 0 else 1) for k, d in enumerate(reversed(digits)))
    return -total % 10


def element_string(elements: Sequence[Element]) -> str:
    """Return the elements as a person reads them: ``(01)09506000134352(21)PK-000001``."""
    for element in elements:
        _check(element)
    return "".join(f"({e.ai}){e.value}" for e in elements)


def encoded(elements: Sequence[Element]) -> str:
    """Return what a symbol holds after its leading FNC1, with separators where they are due."""
    for element in elements:
        _check(element)
    text = ""
    for k, e in enumerate(elements):
        text += e.ai + e.value
        if not IDENTIFIERS[e.ai].fixed and k < len(elements) - 1:
            text += FNC1
    return text


def parse(text: str) -> list[Element]:
    """Take apart what a person reads; the inverse of `element_string`."""
    found, at = [], 0
    known = "|".join(IDENTIFIERS)
    # A value may hold brackets itself; only a known identifier in brackets begins an element.
    starts = list(re.finditer(rf"\(({known})\)", text))
    for k, start in enumerate(starts):
        if start.start() < at:
            continue
        end = starts[k + 1].start() if k + 1 < len(starts) else len(text)
        found.append(Element(start.group(1), text[start.end() : end]))
        at = end
    if not found or not text.startswith(f"({found[0].ai})"):
        raise DomainError(f"{text!r} is no GS1 element string; write it as (01)...(21)...")
    for element in found:
        _check(element)
    return found


def read_elements(data: str) -> list[Element]:
    """Take apart what a scanner hands over, separators as group separators."""
    found: list[Element] = []
    rest = data.removeprefix(FNC1)
    while rest:
        ai = next((ai for ai in sorted(IDENTIFIERS, key=len) if rest.startswith(ai)), None)
        if ai is None:
            raise DomainError(f"{rest[:4]!r} begins no known GS1 application identifier")
        kind, rest = IDENTIFIERS[ai], rest[len(ai) :]
        if kind.fixed:
            value, rest = rest[: kind.most], rest[kind.most :]
        else:
            value, _, rest = rest.partition(FNC1)
        found.append(Element(ai, value))
        _check(found[-1])
    return found


def _check(element: Element) -> None:
    kind = IDENTIFIERS.get(element.ai)
    if kind is None:
        raise DomainError(f"({element.ai}) is not known; allowed: {', '.join(IDENTIFIERS)}")
    named, value = f"({element.ai}) {element.value!r}", element.value
    right = len(value) == kind.most if kind.fixed else 1 <= len(value) <= kind.most
    if not right:
        size = kind.most if kind.fixed else f"1 to {kind.most}"
        raise DomainError(f"{named} has {len(value)} characters; allowed: {size}")
    if kind.digits and not (value.isascii() and value.isdigit()):
        raise DomainError(f"{named} is not all digits")
    if odd := sorted(set(value) - CHARACTERS):
        raise DomainError(f"{named} holds {odd[0]!r}, which GS1 does not allow")
    if kind.checked and int(value[-1]) != check_digit(value[:-1]):
        raise DomainError(
            f"{named} ends with a wrong check digit: {value[-1]}, not {check_digit(value[:-1])}"
        )
