"""Rules on requirements that can be read but not meant: half stated, unsafe, or unprovable."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from packline.requirements.calc.finding import Finding
from packline.requirements.calc.playbooks import playbooks
from packline.requirements.calc.proof import type_tests
from packline.requirements.calc.spec import ProgramSpec, RequirementSpec
from packline.requirements.calc.units import to_si

__all__ = ["RULES"]

FREEZING = 273.15  # K
HAZARDOUS_VOLTAGE = 60.0  # V, DC: voltage class B begins (UN R100, ISO 6469-3)
ISOLATION_OHM_PER_VOLT = 100.0  # DC, UN R100 and ISO 6469-3
AIR_STATE_OF_CHARGE = 0.30  # packing instruction 965: 30 % of the rated capacity
LARGEST_GROUP_SPREAD = 0.02  # industry brief: below 2 % among parallel groups
LEAST_CPK = 1.33  # industry brief: on critical characteristics
WITHOUT_GRAPHITE = ("LTO", "Na-ion")


def _peak_without_duration(spec: ProgramSpec) -> Iterator[Finding]:
    for r in spec.asked("peak_discharge_current"):
        if not spec.asked("peak_duration"):
            yield Finding(
                "peak-without-duration",
                "warning",
                r.ref,
                "A peak is a current for a time: without peak_duration no cell can be judged.",
            )


def _life_without_end(spec: ProgramSpec) -> Iterator[Finding]:
    for r in spec.asked("cycle_life"):
        if not spec.asked("end_of_life_capacity"):
            yield Finding(
                "life-without-end",
                "warning",
                r.ref,
                "Cycles are counted to a capacity. State end_of_life_capacity (80 % is usual) "
                "and the duty cycle in the note.",
            )


def _charge_below_freezing(spec: ProgramSpec) -> Iterator[Finding]:
    chemistries = spec.design.chemistries
    if chemistries and all(c in WITHOUT_GRAPHITE for c in chemistries):
        return
    for r in spec.asked("charge_temperature_min"):
        bound = r.si_bounds[1] if r.si_bounds[1] is not None else r.si_bounds[0]
        if bound is not None and bound < FREEZING:
            yield Finding(
                "charge-below-freezing",
                "warning",
                r.ref,
                "Charging cells with a graphite anode below 0 degC plates lithium. Ask for a "
                "heater and a charge limit at 0 degC, or restrict the chemistry to LTO.",
            )


def _insulation_floor(spec: ProgramSpec) -> Iterator[Finding]:
    highs = [r for r in spec.asked("max_voltage") if r.si_bounds[1] is not None]
    if not highs:
        return
    voltage = min(r.si_bounds[1] or 0.0 for r in highs)
    floor = ISOLATION_OHM_PER_VOLT * voltage
    for r in spec.asked("insulation_resistance"):
        low = r.si_bounds[0]
        if low is None or low < floor:
            yield Finding(
                "insulation-floor",
                "error",
                r.ref,
                f"The insulation asked for may lie below 100 Ohm per volt, {floor / 1e3:g} kOhm "
                f"at {voltage:g} V: the least that UN R100 and ISO 6469-3 accept for DC.",
            )


def _hipot_below_60_v(spec: ProgramSpec) -> Iterator[Finding]:
    highs = [high for r in spec.asked("max_voltage") if (high := r.si_bounds[1]) is not None]
    if not highs or min(highs) > HAZARDOUS_VOLTAGE:
        return
    for r in spec.asked("leakage_current"):
        yield Finding(
            "hipot-below-60-v",
            "note",
            r.ref,
            f"The pack stays at {min(highs):g} V: below 60 V DC the dielectric test is not done "
            "at the end of line, so no reading will answer this. Ask for insulation_resistance.",
        )


def _ship_soc_above_air_limit(spec: ProgramSpec) -> Iterator[Finding]:
    for r in spec.asked("ship_soc"):
        high = r.si_bounds[1]
        if high is None or high > AIR_STATE_OF_CHARGE + 1e-9:
            yield Finding(
                "ship-soc-above-air-limit",
                "warning",
                r.ref,
                "Packs shipped by air on their own must be at 30 % or less (PI 965). State 30 %, "
                "or say in the note that they never fly.",
            )


def _group_spread_too_wide(spec: ProgramSpec) -> Iterator[Finding]:
    for r in spec.asked("group_capacity_spread"):
        high = r.si_bounds[1]
        if high is not None and high > LARGEST_GROUP_SPREAD + 1e-12:
            yield Finding(
                "group-spread-too-wide",
                "warning",
                r.ref,
                "A spread above 2 % among parallel groups is what unmatched cells give: the "
                "weakest group ends every discharge.",
            )


def _capability_below_target(spec: ProgramSpec) -> Iterator[Finding]:
    for r in spec.asked("process_capability"):
        low = r.si_bounds[0]
        if low is None or low < LEAST_CPK:
            yield Finding(
                "capability-below-target",
                "warning",
                r.ref,
                "A Cpk below 1.33 on a critical characteristic is usually not accepted.",
            )


def _perfection(spec: ProgramSpec) -> Iterator[Finding]:
    limits = {
        "first_pass_yield": 1.0,
        "on_time_delivery": 1.0,
        "defect_rate": 0.0,
        "field_failure_rate": 0.0,
    }
    for quantity, perfect in limits.items():
        for r in spec.asked(quantity):
            if r.si_value == perfect:
                yield Finding(
                    "perfection",
                    "note",
                    r.ref,
                    f"{r.quantity} {r.operator} {r.value:g} {r.unit} cannot be shown by any "
                    "number of packs. State a figure, and the volume over which it is counted.",
                )


def _no_pack_safety_standard(spec: ProgramSpec) -> Iterator[Finding]:
    wanted = [s.test for s in playbooks()[spec.playbook].standards if s.role == "pack safety"]
    if not any(r.verified_by in {f"type:{test}" for test in wanted} for r in spec.requirements):
        yield Finding(
            "no-pack-safety-standard",
            "warning",
            "safety",
            f"No requirement names a safety standard of {playbooks()[spec.playbook].title}: "
            f"{', '.join(wanted)}.",
        )


def _standard_of_another_market(spec: ProgramSpec) -> Iterator[Finding]:
    for r in spec.asked("standard_passed"):
        test = type_tests()[r.verified_by.partition(":")[2]]
        if test.playbooks and spec.playbook not in test.playbooks:
            yield Finding(
                "standard-of-another-market",
                "warning",
                r.ref,
                f"{test.title} is for {', '.join(test.playbooks)}; this program is "
                f"{spec.playbook}. A pass says little there.",
            )


def _no_evidence(spec: ProgramSpec) -> Iterator[Finding]:
    declared = {e.key for e in spec.evidence}
    for key, asked in _declarable(spec).items():
        if key not in declared:
            yield Finding(
                "no-evidence",
                "warning",
                ", ".join(r.ref for r in asked),
                f"Nothing is declared for {key}: release will be refused until [[evidence]] "
                "names a report.",
            )


def _evidence_without_figure(spec: ProgramSpec) -> Iterator[Finding]:
    for r, figures in _reported(spec):
        if not figures:
            yield Finding(
                "evidence-without-figure",
                "warning",
                r.ref,
                f"The report for {r.verified_by} states no {r.quantity}: add a [[result]] to it.",
            )


def _evidence_says_no(spec: ProgramSpec) -> Iterator[Finding]:
    for r, figures in _reported(spec):
        for figure in figures:
            if not r.met_by(figure):
                yield Finding(
                    "evidence-says-no",
                    "error",
                    r.ref,
                    f"The report for {r.verified_by} states a {r.quantity} that misses {r}.",
                )


def _reported(spec: ProgramSpec) -> Iterator[tuple[RequirementSpec, list[float]]]:
    """Yield each requirement for which a report with figures is declared, and its figures."""
    for key, asked in _declarable(spec).items():
        reports = [e for e in spec.evidence if e.key == key and e.report.endswith(".toml")]
        if not reports:
            continue
        results = [result for report in reports for result in report.results]
        for r in asked:
            yield r, [result.si_value for result in results if result.quantity == r.quantity]


def _declarable(spec: ProgramSpec) -> dict[str, list[RequirementSpec]]:
    """Group the requirements that only declared evidence can prove by their key of proof."""
    found: dict[str, list[RequirementSpec]] = {}
    for r in spec.requirements:
        kind, _, name = r.verified_by.partition(":")
        if kind == "type" or (kind == "document" and name not in ("dhr", "traveller")):
            found.setdefault(r.verified_by, []).append(r)
    return found


def _ocv_drop_without_ageing(spec: ProgramSpec) -> Iterator[Finding]:
    for r in spec.asked("ocv_drop"):
        shortest = to_si(24, "h")
        times = [t for t in spec.asked("ageing_time") if (t.si_bounds[0] or 0.0) < shortest]
        for time in times:
            yield Finding(
                "ageing-too-short",
                "warning",
                f"{r.ref}, {time.ref}",
                "A drop per day read over less than a day is mostly the gauge: rest the pack for "
                "24 h at least.",
            )


RULES = MappingProxyType(
    {
        "peak-without-duration": _peak_without_duration,
        "life-without-end": _life_without_end,
        "charge-below-freezing": _charge_below_freezing,
        "insulation-floor": _insulation_floor,
        "hipot-below-60-v": _hipot_below_60_v,
        "ship-soc-above-air-limit": _ship_soc_above_air_limit,
        "group-spread-too-wide": _group_spread_too_wide,
        "capability-below-target": _capability_below_target,
        "perfection": _perfection,
        "no-pack-safety-standard": _no_pack_safety_standard,
        "standard-of-another-market": _standard_of_another_market,
        "no-evidence": _no_evidence,
        "evidence-without-figure": _evidence_without_figure,
        "evidence-says-no": _evidence_says_no,
        "ageing-too-short": _ocv_drop_without_ageing,
    }
)
