"""Matching: cells into groups and packs, in capacity and resistance, with a bound and a reason.

`picture` (matplotlib), `kernels` (numba), `table`, `document` and `partitioning` are imported by
those who need them, so that a small match starts at once.
"""

from packcalc.matching.arrivals import match_arrivals
from packcalc.matching.assemble import match
from packcalc.matching.certificate import Certificate, certify
from packcalc.matching.explanation import explain, explain_floor
from packcalc.matching.floor import measurement_floor
from packcalc.matching.grading import Grade, Grades, grade
from packcalc.matching.replacement import Replacement, find_replacements
from packcalc.matching.result import GroupFigures, Matching, PackFigures
from packcalc.matching.rules import Objective, Rules, Topology, Window
from packcalc.matching.stock import CellArrays, Gauge

__all__ = [
    "CellArrays",
    "Certificate",
    "Gauge",
    "Grade",
    "Grades",
    "GroupFigures",
    "Matching",
    "Objective",
    "PackFigures",
    "Replacement",
    "Rules",
    "Topology",
    "Window",
    "certify",
    "explain",
    "explain_floor",
    "find_replacements",
    "grade",
    "match",
    "match_arrivals",
    "measurement_floor",
]
