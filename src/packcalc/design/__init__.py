"""Which pack meets a set of targets, how its conductors and fuse are sized, what limits follow."""

from packcalc.design.cell import CellSpec
from packcalc.design.search import DesignCandidate, DesignStudy, find_designs
from packcalc.design.targets import OBJECTIVES, DesignRules, DesignTargets

__all__ = [
    "OBJECTIVES",
    "CellSpec",
    "DesignCandidate",
    "DesignRules",
    "DesignStudy",
    "DesignTargets",
    "find_designs",
]
