"""From a sheet to the cell of the calculations: SI, and every assumption said."""

from __future__ import annotations

from packcalc.design import CellSpec
from packline.catalog.calc.sheet import CellSheet

__all__ = ["to_spec"]

PLAIN = {  # field of CellSpec -> quantity of the sheet
    "nominal_voltage": "nominal_voltage",
    "continuous_current": "discharge_current_continuous",
    "peak_current": "discharge_current_peak",
    "peak_duration": "peak_duration",
    "ac_resistance": "ac_resistance",
    "ac_resistance_max": "ac_resistance_max",
    "dc_resistance": "dc_resistance",
    "dc_resistance_max": "dc_resistance_max",
    "mass": "mass",
    "diameter": "diameter",
    "width": "width",
    "thickness": "thickness",
    "height": "height",
    "charge_temperature_min": "charge_temperature_min",
    "charge_temperature_max": "charge_temperature_max",
    "discharge_temperature_min": "discharge_temperature_min",
    "discharge_temperature_max": "discharge_temperature_max",
    "shipping_voltage_min": "shipping_voltage_min",
    "shipping_voltage_max": "shipping_voltage_max",
    "protection_voltage_min": "protection_voltage_min",
    "protection_voltage_max": "protection_voltage_max",
    "cycle_life": "cycle_life",
    "cost": "price",
}


def to_spec(sheet: CellSheet) -> CellSpec:
    """Return what a design needs of a cell.

    A figure that the sheet does not state stays `None`, except the voltage window, without which
    no pack can be drawn: it is then the chemistry's convention, and the assumptions say so.
    """
    assumptions: list[str] = []
    chemistry = sheet.conventions

    def si(quantity: str) -> float | None:
        figure = sheet.figure(quantity)
        if figure is None:
            return None
        if figure.confidence == "low":
            assumptions.append(f"{quantity}: low confidence ({figure.read})")
        return figure.si

    capacity = si("capacity_min")
    if capacity is None:
        capacity = si("capacity_typical")
        assumptions.append("capacity: the rated one, the sheet warrants no least capacity")
    charge, cutoff = si("charge_voltage"), si("cutoff_voltage")
    if charge is None:
        charge = chemistry.charge_limit_v
        assumptions.append(f"charge_voltage: {charge:g} V, convention of {chemistry.key}")
    if cutoff is None:
        cutoff = chemistry.cutoff_v
        assumptions.append(f"cutoff_voltage: {cutoff:g} V, convention of {chemistry.key}")
    charge_current = si("charge_current_max")
    if charge_current is None:
        charge_current = si("charge_current_standard")
        if charge_current is not None:
            assumptions.append("charge_current: the standard one, no maximum is stated")
    plain = {field: si(quantity) for field, quantity in PLAIN.items()}
    nominal = plain.pop("nominal_voltage")
    assert capacity is not None
    assert nominal is not None  # both are demanded by the reader
    price = sheet.figure("price")
    return CellSpec(
        code=sheet.code,
        chemistry=sheet.chemistry,
        format=sheet.format,
        capacity=capacity,
        nominal_voltage=nominal,
        charge_voltage=charge,
        cutoff_voltage=cutoff,
        charge_current=charge_current,
        currency=price.unit if price else "",
        assumptions=tuple(assumptions),
        **plain,
    )
