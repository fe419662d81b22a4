"""Run rules by name: the same eight ideas, counted differently by Nelson, Minitab and WE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONVENTIONS", "Convention", "Rule", "RuleSet", "rule_set"]

Convention = Literal["nelson", "minitab", "western_electric"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code in the convention, the bit that marks it, and the rule in words."""

    code: str
    bit: int
    words: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules of one convention and how they count.

    `same_side`, `trend`, `alternating`, `inside` and `outside` are numbers of POINTS. With
    `both_sides` the points outside one sigma must lie on both sides of the centre.
    """

    convention: str
    rules: tuple[Rule, ...]
    same_side: int
    trend: int
    alternating: int
    inside: int
    outside: int
    both_sides: bool

    def mask(self) -> int:
        """Give the bits of all rules of this set."""
        return sum(1 << rule.bit for rule in self.rules)

    def parameters(self) -> NDArray[np.int64]:
        """Give what the kernels need: mask and lengths as windows of 0/1 histories."""
        return np.array(
            [
                self.mask(),
                (1 << self.same_side) - 1,
                (1 << (self.trend - 1)) - 1,
                (1 << (self.alternating - 2)) - 1,
                (1 << self.inside) - 1,
                (1 << self.outside) - 1,
                int(self.both_sides),
            ],
            dtype=np.int64,
        )

    def named(self, flags: int) -> tuple[Rule, ...]:
        """Give the rules whose bit is set in `flags`."""
        return tuple(rule for rule in self.rules if flags >> rule.bit & 1)


def _eight(trend: str, alternating: str, outside: str) -> tuple[Rule, ...]:
    words = (
        "one point beyond three sigma",
        "nine points in a row on one side of the centre line",
        trend,
        alternating,
        "two of three points in a row beyond two sigma, on one side",
        "four of five points in a row beyond one sigma, on one side",
        "fifteen points in a row within one sigma",
        outside,
    )
    return tuple(Rule(str(bit + 1), bit, text) for bit, text in enumerate(words))


CONVENTIONS: dict[str, RuleSet] = {
    "nelson": RuleSet(
        "nelson",
        _eight(
            "six points in a row, all rising or all falling",
            "fourteen points in a row, alternating up and down",
            "eight points in a row beyond one sigma, on both sides",
        ),
        same_side=9,
        trend=6,
        alternating=14,
        inside=15,
        outside=8,
        both_sides=True,
    ),
    "minitab": RuleSet(
        "minitab",
        _eight(
            "six steps in a row, all up or all down (seven points)",
            "fourteen steps in a row, alternating up and down (fifteen points)",
            "eight points in a row beyond one sigma, on either side",
        ),
        same_side=9,
        trend=7,
        alternating=15,
        inside=15,
        outside=8,
        both_sides=False,
    ),
    "western_electric": RuleSet(
        "western_electric",
        (
            Rule("we1", 0, "one point beyond three sigma"),
            Rule("we2", 4, "two of three points in a row beyond two sigma, on one side"),
            Rule("we3", 5, "four of five points in a row beyond one sigma, on one side"),
            Rule("we4", 1, "eight points in a row on one side of the centre line"),
        ),
        same_side=8,
        trend=6,
        alternating=14,
        inside=15,
        outside=8,
        both_sides=True,
    ),
}


def rule_set(convention: str = "nelson", codes: Sequence[str] | None = None) -> RuleSet:
    """Choose a convention, and of its rules those wanted.

    Parameters
    ----------
    convention : {"nelson", "minitab", "western_electric"}, optional
        Whose way of counting. Nelson counts points (6 rising POINTS, 14 alternating) and wants
        rule 8 on both sides; Minitab counts steps (7 and 15 points) and lets test 8 fire on one
        side; Western Electric has four zone rules, with eight on one side. [-]
    codes : sequence of str, optional
        Codes to keep, such as ``["1", "5"]`` or ``["we1"]``; all when left out. [-]

    Returns
    -------
    RuleSet
        The rules and how they count. [-]

    Raises
    ------
    ValueError
        If the convention or a code is unknown.

    References
    ----------
    .. [1] L. S. Nelson, "The Shewhart control chart: tests for special causes," J. Quality
           Technology, vol. 16, no. 4, pp. 237-239, 1984.
    .. [2] Western Electric Co., Statistical Quality Control Handbook, 1956, pp. 23-28.
    .. [3] Minitab 21 Support, "Using tests for special causes in control charts."

    Examples
    --------
    >>> [rule.code for rule in rule_set("western_electric").rules]
    ['we1', 'we2', 'we3', 'we4']
    >>> rule_set("nelson", ["3"]).rules[0].words
    'six points in a row, all rising or all falling'
    """
    if convention not in CONVENTIONS:
        raise ValueError(f"unknown convention {convention!r}; known: {', '.join(CONVENTIONS)}")
    found = CONVENTIONS[convention]
    if codes is None:
        return found
    known = {rule.code: rule for rule in found.rules}
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise ValueError(f"{convention} has no rule {unknown[0]!r}; it has {', '.join(known)}")
    rules = tuple(rule for rule in found.rules if rule.code in codes)
    return RuleSet(
        convention,
        rules,
        found.same_side,
        found.trend,
        found.alternating,
        found.inside,
        found.outside,
        found.both_sides,
    )
