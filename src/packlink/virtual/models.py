"""One model per characteristic: what a gauge of the virtual line shows of a unit.

Each model states its unit in `MODELS` and its physics in its docstring. The spreads of the gauges
and of the making, and the place of a sound value between the limits when no target is stated, are
assumptions of this simulation, not data of any machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf

import numpy as np

from packlink.virtual.chance import deviate
from packlink.virtual.facts import CellFacts, Measurand
from packlink.virtual.look import Look
from packlink.virtual.scales import shown

__all__ = ["MODELS", "Model", "limits_in"]


def _cell(look: Look, position: int) -> CellFacts:
    unit = look.truth.unit
    return unit.groups[position // unit.parallel][position % unit.parallel]


def cell_capacity(look: Look, position: int) -> float:
    """Report the capacity measured at receipt: it is a reading already, so no noise is added."""
    return _cell(look, position).capacity_ah


def cell_ocv(look: Look, position: int) -> float:
    """Report the open-circuit voltage measured at receipt."""
    return _cell(look, position).ocv_v


def cell_ac_ir(look: Look, position: int) -> float:
    """Report the 1 kHz resistance measured at receipt."""
    return _measured(_cell(look, position), _cell(look, position).ac_ir_mohm, "AC resistance")


def cell_dc_resistance(look: Look, position: int) -> float:
    """Report the pulse resistance measured at receipt."""
    cell = _cell(look, position)
    return _measured(cell, cell.dc_resistance_mohm, "DC resistance")


def _measured(cell: CellFacts, value: float | None, quantity: str) -> float:
    if value is None:
        raise ValueError(f"the {quantity} of cell {cell.serial} was not measured at receipt")
    return value


def kit_cell_count(look: Look, _: int) -> float:
    """Count the cells in the kit."""
    return float(look.truth.unit.series * look.truth.unit.parallel)


def group_capacity_spread(look: Look, _: int) -> float:
    """Largest less smallest group capacity, of their mean; worked out from the cells' record."""
    groups = look.truth.group_capacity()
    spread = 100 * float(groups.max() - groups.min()) / float(groups.mean())
    return round(spread, 9)  # sums of equal readings differ only by rounding


def group_ocv_spread(look: Look, position: int) -> float:
    """Highest less lowest cell of the group just before joining, each measured to 0.1 mV."""
    cells = look.truth.ocv_v[position]
    readings = [1e3 * float(v) + 0.1 * look.noise(position, k) for k, v in enumerate(cells)]
    return max(readings) - min(readings)


def group_resistance_spread(look: Look, position: int) -> float:
    """Worst deviation of a cell from its group's mean resistance; from the cells' record."""
    cells = look.truth.unit.groups[position]
    known = [c.dc_resistance_mohm for c in cells if c.dc_resistance_mohm is not None]
    if len(known) < len(cells):
        known = [c.ac_ir_mohm for c in cells if c.ac_ir_mohm is not None]
    if len(known) < len(cells):
        raise ValueError(
            f"group {position} of {look.truth.unit.serial} mixes AC and DC resistances"
        )
    mean = sum(known) / len(known)
    return 100 * max(abs(r - mean) for r in known) / mean


def joint_resistance(look: Look, position: int) -> float:
    """Resistance of one weld as the log of this welding states it (four-wire gauge, 0.5 %)."""
    value = float(look.welds.resistance_mohm[position])
    return look.above(value) if _cold(look, position) else value


def weld_energy(look: Look, position: int) -> float:
    """Energy of one weld as the log of this welding states it."""
    value = float(look.welds.energy_j[position])
    return look.below(value) if _cold(look, position) else value


def _cold(look: Look, position: int) -> bool:
    return position == look.truth.cold


def bms_paired(look: Look, _: int) -> float:
    """Say whether the serial of the BMS is tied to the pack."""
    return 0.0 if look.truth.has("bms_unpaired") else 1.0


def sense_voltage_error(look: Look, position: int) -> float:
    """What the BMS shows of a group less a reference voltmeter; exchanged wires show volts."""
    error = look.truth.sensed_ocv(look.seed)[position] - look.truth.aged_ocv()[position]
    return float(1e3 * error) + 0.5 * look.noise(position)


def fastener_torque(look: Look, position: int) -> float:
    """Final torque of one fastener (spread 2 %)."""
    if look.here("low_torque", position):
        return look.below(0.4 * look.nominal())
    return look.nominal() * (1 + 0.02 * look.noise(position))


def leak_rate(look: Look, position: int) -> float:
    """Pressure decay of the closed enclosure, lognormal; a pinched gasket leaks ten times it."""
    tight = look.nominal(of_high=0.2) * exp(0.2 * look.noise(position))
    return look.above(10 * tight) if look.truth.has("leak") else tight


def cure_time(look: Look, position: int) -> float:
    """Time that the sealant was left: somewhat longer than planned, never less."""
    planned = look.nominal(of_low=1.05)
    if look.truth.has("short_cure"):
        return look.below(0.4 * planned)
    return planned * (1.002 + 0.01 * abs(look.noise(position)))


def ocv_drop(look: Look, position: int) -> float:
    """Fall of a group's voltage per day at rest, from two readings of a 0.1 mV voltmeter."""
    days = look.truth.unit.design.ageing_days
    drop = float(look.truth.group_drop()[position])
    if any(cell.serial in look.truth.weak for cell in look.truth.unit.groups[position]):
        return look.above(drop)
    noise = look.noise(position, "first") - look.noise(position, "second")
    return drop + 0.03 * noise / days


def baseline_capacity(look: Look, position: int) -> float:
    """Capacity of the pack: the smallest group ends the discharge (cycler, 0.1 %)."""
    return float(look.truth.group_capacity().min()) * (1 + 0.001 * look.noise(position))


def baseline_temperature_rise(look: Look, position: int) -> float:
    """Warming at C/5 of a pack that keeps half of its heat (900 J/(kg K), sensor 0.2 K)."""
    current = float(look.truth.group_capacity().min()) / 5
    heat = current**2 * 1e-3 * look.truth.pack_resistance() * 5 * 3600
    return 0.5 * heat / (900 * look.truth.unit.design.pack_mass_kg) + 0.2 * look.noise(position)


def pack_ocv(look: Look, position: int) -> float:
    """Sum of the group voltages after ageing, at the charge at which the cells were received."""
    return float(look.truth.aged_ocv().sum()) * (1 + 2e-5 * look.noise(position))


def group_ocv_delta(look: Look, position: int) -> float:
    """Highest less lowest group after ageing, as the sense wires show them to 0.1 mV."""
    sensed = 1e3 * look.truth.sensed_ocv(look.seed)
    noise = np.array([look.noise(position, k) for k in range(len(sensed))])
    readings = sensed + 0.1 * noise
    return float(readings.max() - readings.min())


def group_dc_resistance(look: Look, position: int) -> float:
    """Fall of a group's voltage between its sense taps over the current of the pulse (0.3 %)."""
    return float(look.truth.group_resistance()[position]) * (1 + 0.003 * look.noise(position))


def pack_dc_resistance(look: Look, position: int) -> float:
    """Parallel branches of cell and welds, in series, and the current path (pulse, 0.3 %)."""
    return look.truth.pack_resistance() * (1 + 0.003 * look.noise(position))


def _insulation(look: Look) -> float:
    """Return the unit's true insulation resistance; contamination takes all but a thousandth."""
    serial = look.truth.unit.serial
    clean = look.truth.unit.design.insulation_mohm * exp(
        0.2 * deviate(look.seed, serial, "insulation")
    )
    return 1e3 * clean * (1e-3 if look.truth.has("contaminated_insulation") else 1.0)


def insulation_resistance(look: Look, position: int) -> float:
    """Insulation resistance (tester, 2 %); flux or moisture leaves a thousandth of it."""
    value = _insulation(look)
    if look.truth.has("contaminated_insulation"):
        value = look.below(value)
    return value * (1 + 0.02 * look.noise(position))


def leakage_current(look: Look, position: int) -> float:
    """Ohm's law at the test voltage over the unit's insulation resistance (2 %)."""
    value = look.truth.unit.design.hipot_v / _insulation(look)  # V / kOhm = mA
    if look.truth.has("contaminated_insulation"):
        value = look.above(value)
    return value * (1 + 0.02 * look.noise(position))


def bms_communication(look: Look, _: int) -> float:
    """Say whether the BMS answers."""
    return 0.0 if look.truth.has("open_connector") else 1.0


def firmware_match(look: Look, _: int) -> float:
    """Say whether the BMS reports the released firmware; one that is silent reports none."""
    silent = look.truth.has("open_connector")
    return 0.0 if silent or look.truth.has("wrong_firmware") else 1.0


def self_test(look: Look, _: int) -> float:
    """Say whether the BMS finds itself sound: it answers, and its group voltages make sense."""
    faults = ("open_connector", "swapped_sense_wire")
    return 0.0 if any(look.truth.has(fault) for fault in faults) else 1.0


def current_zero(look: Look, position: int) -> float:
    """Current that the BMS shows when none flows (10 mA)."""
    return (look.target or 0.0) + 0.01 * look.noise(position)


def temperature_spread(look: Look, position: int) -> float:
    """Warmest less coolest sensor at rest; one that touches nothing shows the room."""
    spread = 0.4 + 0.1 * abs(look.noise(position))
    return look.above(5 * spread) if look.truth.has("loose_sensor") else spread


def voltage_trip(look: Look, position: int) -> float:
    """Voltage at which the protection opened (comparator and divider, 0.1 %)."""
    return look.nominal(of_low=1.005, of_high=0.995) * (1 + 0.001 * look.noise(position))


def overcurrent_trip(look: Look, position: int) -> float:
    """Current at which the protection opened (shunt and comparator, 0.5 %)."""
    return look.nominal() * (1 + 0.005 * look.noise(position))


def pack_mass(look: Look, position: int) -> float:
    """Mass on the scales (from pack to pack 0.2 %)."""
    return look.truth.unit.design.pack_mass_kg * (1 + 0.002 * look.noise(position))


def label_readable(look: Look, _: int) -> float:
    """Say whether the label can be scanned."""
    return 0.0 if look.truth.has("smudged_label") else 1.0


def ship_soc(look: Look, position: int) -> float:
    """State of charge set for shipping, to about a third of a percent."""
    return look.nominal(of_high=0.95) + 0.3 * float(np.clip(look.noise(position), -inf, 3.0))


@dataclass(frozen=True, slots=True)
class Model:
    """How one characteristic is measured: in which unit, where, by which function.

    What was measured at receipt (`recorded`) is handed on as it stands in the record. Where the
    noise is that of the gauge alone (`gauged`), the gauge can be studied by reading a pack again.
    In the others it is the making that varies, or the noise grows with a value that lies far from
    its limit (insulation): there such a study would not speak for the limit.
    """

    unit: str
    per: str
    measure: Callable[[Look, int], float]
    recorded: bool = False
    gauged: bool = False


MODELS: dict[str, Model] = {
    "cell_capacity": Model("Ah", "cell", cell_capacity, recorded=True),
    "cell_ocv": Model("V", "cell", cell_ocv, recorded=True),
    "cell_ac_ir": Model("mOhm", "cell", cell_ac_ir, recorded=True),
    "cell_dc_resistance": Model("mOhm", "cell", cell_dc_resistance, recorded=True),
    "kit_cell_count": Model("1", "pack", kit_cell_count),
    "group_capacity_spread": Model("%", "pack", group_capacity_spread),
    "group_ocv_spread": Model("mV", "group", group_ocv_spread, gauged=True),
    "group_resistance_spread": Model("%", "group", group_resistance_spread),
    "joint_resistance": Model("mOhm", "joint", joint_resistance),
    "weld_energy": Model("J", "joint", weld_energy),
    "bms_paired": Model("1", "pack", bms_paired),
    "sense_voltage_error": Model("mV", "group", sense_voltage_error, gauged=True),
    "fastener_torque": Model("N.m", "fastener", fastener_torque),
    "leak_rate": Model("Pa/s", "pack", leak_rate),
    "cure_time": Model("h", "pack", cure_time),
    "ocv_drop": Model("mV/d", "group", ocv_drop, gauged=True),
    "baseline_capacity": Model("Ah", "pack", baseline_capacity, gauged=True),
    "baseline_temperature_rise": Model("K", "pack", baseline_temperature_rise),
    "pack_ocv": Model("V", "pack", pack_ocv, gauged=True),
    "group_ocv_delta": Model("mV", "pack", group_ocv_delta, gauged=True),
    "group_dc_resistance": Model("mOhm", "group", group_dc_resistance, gauged=True),
    "pack_dc_resistance": Model("mOhm", "pack", pack_dc_resistance, gauged=True),
    "insulation_resistance": Model("kOhm", "pack", insulation_resistance),
    "leakage_current": Model("mA", "pack", leakage_current),
    "bms_communication": Model("1", "pack", bms_communication),
    "firmware_match": Model("1", "pack", firmware_match),
    "self_test": Model("1", "pack", self_test),
    "current_zero": Model("A", "pack", current_zero),
    "temperature_spread": Model("K", "pack", temperature_spread),
    "overvoltage_trip": Model("V", "pack", voltage_trip),
    "undervoltage_trip": Model("V", "pack", voltage_trip),
    "overcurrent_trip": Model("A", "pack", overcurrent_trip),
    "pack_mass": Model("kg", "pack", pack_mass),
    "label_readable": Model("1", "pack", label_readable),
    "ship_soc": Model("%", "pack", ship_soc),
}


def limits_in(measurand: Measurand) -> tuple[float | None, float | None, float | None]:
    """Return low, high and target of a characteristic in the unit of its model."""
    unit = MODELS[measurand.code].unit

    def converted(value: float | None) -> float | None:
        return None if value is None else shown(value, measurand.unit, unit)

    shown(1.0, measurand.unit, unit)  # refuses a unit of another quantity before any reading
    return converted(measurand.low), converted(measurand.high), converted(measurand.target)
