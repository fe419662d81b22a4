"""Which pack meets a set of targets, how its conductors and fuse are sized, what limits follow."""

from packcalc.design.cell import CellSpec, dc_resistance
from packcalc.design.checks import Check, PackFigures, check_pack, pack_figures
from packcalc.design.enclosure import IpCode, covers_ip, isolation_floor, read_ip
from packcalc.design.eol import end_of_line_limits
from packcalc.design.fuse import FusePlan, short_circuit_current, size_fuse
from packcalc.design.incoming import incoming_limits, matching_limits
from packcalc.design.interconnect import InterconnectPlan, size_interconnects, size_strip
from packcalc.design.joints import interconnect_resistance, joint_resistance, link_resistance
from packcalc.design.layout import Layout, lay_out_cells
from packcalc.design.limit import Limit, tightened
from packcalc.design.line_rules import LineRules
from packcalc.design.pareto import pareto_front
from packcalc.design.search import DesignCandidate, DesignStudy, find_designs
from packcalc.design.spacing import (
    FILLINGS,
    Filling,
    FillingResult,
    compare_fillings,
    screened_gap,
)
from packcalc.design.targets import OBJECTIVES, DesignRules, DesignTargets
from packcalc.design.wire import Wire, size_wire, withstand_energy

__all__ = [
    "FILLINGS",
    "OBJECTIVES",
    "CellSpec",
    "Check",
    "DesignCandidate",
    "DesignRules",
    "DesignStudy",
    "DesignTargets",
    "Filling",
    "FillingResult",
    "FusePlan",
    "InterconnectPlan",
    "IpCode",
    "Layout",
    "Limit",
    "LineRules",
    "PackFigures",
    "Wire",
    "check_pack",
    "compare_fillings",
    "covers_ip",
    "dc_resistance",
    "end_of_line_limits",
    "find_designs",
    "incoming_limits",
    "interconnect_resistance",
    "isolation_floor",
    "joint_resistance",
    "lay_out_cells",
    "link_resistance",
    "matching_limits",
    "pack_figures",
    "pareto_front",
    "read_ip",
    "screened_gap",
    "short_circuit_current",
    "size_fuse",
    "size_interconnects",
    "size_strip",
    "size_wire",
    "tightened",
    "withstand_energy",
]
