"""How often the as-built twin stops sound packs, and which cold joints it finds.

    python benchmarks/as_built.py [--packs N] [--seed S]

Virtual packs are measured by the virtual line, which shares no code with the twin: it draws what
every cell, joint and link truly is, and then reads it with its own gauges. Printed as JSON per
design: sound packs stopped (with the exact 95 % interval), and the share of packs whose one
cracked joint is found, by its excess. Two designs: 14S1P as in the second-life example (DC
resistance read at receipt) and 13S4P as in the e-bike example (AC resistance read at receipt).
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass

import numpy as np

import packlink.virtual.truth as truth
from packcalc.matching.stock import reading_step
from packcalc.stats.intervals import proportion
from packline.production.calc.as_built import BuiltUnit
from packline.production.calc.as_built_predict import predict
from packlink.virtual import CellFacts, DesignFacts, Measurand, UnitFacts, VirtualLine, population

EXCESSES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 1e4)  # mOhm; the last: open


@dataclass(frozen=True)
class Case:
    """A design and the cells that it is made of."""

    name: str
    series: int
    parallel: int
    capacity_ah: float
    resistance_mohm: float
    kind: str
    joint_mohm: float
    link_mohm: float
    dc_per_ac: float = 1.0


CASES = (
    Case("14S1P, DC", 14, 1, 21.0, 2.73, "dc_resistance", 0.0273, 0.0273),
    Case("13S4P, AC", 13, 4, 4.9, 30.0, "ac_ir", 0.2, 0.13, 1.5),
)


def units(case: Case, count: int, seed: int) -> list[UnitFacts]:
    """Draw packs of cells that were read at receipt."""
    cells = case.series * case.parallel
    lot = population(
        seed=seed, n=cells * count, capacity_mean_ah=case.capacity_ah,
        capacity_sd_ah=0.006 * case.capacity_ah, ocv_mean_v=3.68, ocv_sd_v=0.001,
        resistance_mean_mohm=case.resistance_mohm, resistance_sd_mohm=0.04 * case.resistance_mohm,
        resistance_kind=case.kind, outlier_share=0.0, resistance_decimals=3,
    )  # fmt: skip
    facts = [
        CellFacts(serial, q, v, **{f"{case.kind}_mohm": r})
        for serial, q, v, r in zip(
            lot.serials, lot.capacity_ah.tolist(), lot.ocv_v.tolist(),
            lot.resistance_mohm.tolist(), strict=True,
        )
    ]  # fmt: skip
    design = DesignFacts(
        joint_resistance_mohm=case.joint_mohm,
        path_resistance_mohm=(case.series + 1) * case.link_mohm,
        link_resistance_mohm=case.link_mohm,
        dc_per_ac=case.dc_per_ac,
    )
    p, found = case.parallel, []
    for k in range(count):
        own = facts[k * cells : (k + 1) * cells]
        groups = tuple(tuple(own[g * p : g * p + p]) for g in range(case.series))
        found.append(UnitFacts(f"U{k:05d}", groups, design))
    return found


def built(case: Case, unit: UnitFacts, line: VirtualLine) -> BuiltUnit:
    """Let the virtual line weld and test a pack, and write down what the record would hold."""
    shape = (case.series, case.parallel)
    joints = line.weld(unit).resistance_mohm
    groups = tuple(range(case.series))
    asked = [
        Measurand("group_dc_resistance", "mOhm", groups, None, 1e9),
        Measurand("pack_dc_resistance", "mOhm", (0,), None, 1e9),
        Measurand("group_ocv_delta", "mV", (0,), None, 20.0),
    ]
    read = [*line.measure(unit, operation="80-eol", characteristics=asked)]
    ageing = [
        Measurand("baseline_capacity", "Ah", (0,), 0.0),
        Measurand("ocv_drop", "mV/d", groups, None, 2.0),
    ]
    aged = line.measure(unit, operation="70-ageing", characteristics=ageing)
    per_group = {"group_dc_resistance"}
    measured = {
        (m.code, m.position + 1 if m.code in per_group else 0): m.value
        for m in [*read, *aged]
        if m.code != "ocv_drop"
    }
    cells = [cell for group in unit.groups for cell in group]
    ohms = [c.dc_resistance_mohm or c.ac_ir_mohm for c in cells]
    return BuiltUnit(
        serial=unit.serial,
        capacity_ah=np.array([c.capacity_ah for c in cells]).reshape(shape),
        ocv_v=np.array([c.ocv_v for c in cells]).reshape(shape),
        resistance_mohm=np.array(ohms, dtype=float).reshape(shape),
        resistance_kind="dc" if case.kind == "dc_resistance" else "ac",
        dc_per_ac=(1.5, 2.15),
        joint_mohm=joints.reshape(*shape, 2).sum(axis=2),
        joint_step_mohm=reading_step(joints),
        joint_limits_mohm=(case.joint_mohm, 2 * case.joint_mohm),
        link_mohm=case.link_mohm,
        drop_mv_per_day=np.array([m.value for m in aged if m.code == "ocv_drop"]),
        rest_days=3.0,
        measured=measured,
    )


def main() -> None:
    """Print false alarms and detection of each design."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packs", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    found = {}
    for case in CASES:
        began, stopped, seconds = time.perf_counter(), 0, 0.0
        sound = VirtualLine(told.seed, 0.0)
        packs = units(case, told.packs, told.seed)
        tolerances = []
        for unit in packs:
            facts = built(case, unit, sound)
            at = time.perf_counter()
            twin = predict(facts)
            seconds += time.perf_counter() - at
            stopped += bool(twin.out)
            tolerances.append(np.mean([f.tolerance for f in twin.figures if f.position]))
        low, high = _exact(stopped, told.packs)
        detected = {}
        cracked = VirtualLine(told.seed, 1.0, ("cracked_joint",))
        for excess in EXCESSES:
            truth.CRACKED = excess / case.joint_mohm
            some = packs[: max(told.packs // 25, 20)]
            hits = 0
            for unit in some:
                hits += bool(predict(built(case, unit, cracked)).out)
            detected[f"{excess:g}"] = round(hits / len(some), 3)
        found[case.name] = {
            "packs": told.packs,
            "stopped": stopped,
            "share": stopped / told.packs,
            "interval_95": [low, high],
            "group_tolerance_mohm": round(float(np.mean(tolerances)), 4),
            "found_by_excess_mohm": detected,
            "ms_per_unit": round(1e3 * seconds / told.packs, 2),
            "seconds": round(time.perf_counter() - began, 1),
        }
    print(json.dumps(found, indent=2))


def _exact(count: int, of: int) -> tuple[float, float]:
    interval = proportion(count, of)
    return round(interval.low, 6), round(interval.high, 6)


if __name__ == "__main__":
    main()
