"""Matching: cells into groups and packs, in capacity and resistance, with a bound and a reason."""

from packcalc.matching.assemble import match
from packcalc.matching.explanation import explain
from packcalc.matching.floor import measurement_floor
from packcalc.matching.result import GroupFigures, Matching, PackFigures
from packcalc.matching.rules import Objective, Rules, Topology, Window
from packcalc.matching.stock import CellArrays, Gauge

__all__ = [
    "CellArrays",
    "Gauge",
    "GroupFigures",
    "Matching",
    "Objective",
    "PackFigures",
    "Rules",
    "Topology",
    "Window",
    "explain",
    "match",
    "measurement_floor",
]
