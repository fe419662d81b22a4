"""The vocabulary of requirements: what may be asked for, in which group, and how it is proved."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from packline.requirements.calc.units import is_offset, to_si

__all__ = [
    "GROUPS",
    "KINDS",
    "ORDERED",
    "Quantity",
    "quantities",
    "value_problem",
]

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "performance": "Performance",
        "reliability": "Reliability",
        "safety": "Safety",
        "mechanical": "Mechanical",
        "thermal": "Thermal",
        "electrical": "Electrical",
        "firmware": "Firmware",
        "compliance": "Compliance and documents",
        "eol": "End of line",
        "logistics": "Logistics",
        "kpi": "KPIs and service levels",
    }
)
KINDS = ("number", "count", "yes", "difference")

# The first of a pair is never above the second, whatever the pack.
ORDERED = (
    ("min_voltage", "nominal_voltage"),
    ("nominal_voltage", "max_voltage"),
    ("min_voltage", "max_voltage"),
    ("undervoltage_threshold", "overvoltage_threshold"),
    ("continuous_discharge_current", "peak_discharge_current"),
    ("capacity_at_1c", "capacity_at_c5"),
    ("charge_temperature_min", "charge_temperature_max"),
    ("discharge_temperature_min", "discharge_temperature_max"),
    ("storage_temperature_min", "storage_temperature_max"),
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One word of the vocabulary.

    `unit` is the canonical one; every unit of the same dimension may be written. `verified_by`
    lists the keys of proof, first choice first.
    """

    key: str
    groups: tuple[str, ...]
    unit: str
    kind: str
    meaning: str
    verified_by: tuple[str, ...]
    zero: bool = False
    at_most: float | None = None


@lru_cache(maxsize=1)
def quantities() -> Mapping[str, Quantity]:
    """Return the vocabulary, keyed and in the order of its file."""
    with Path(__file__).with_name("quantities.toml").open("rb") as file:
        rows = tomllib.load(file)["quantity"]
    words = [
        Quantity(
            key=row["key"],
            groups=tuple(row["groups"]),
            unit=row["unit"],
            kind=row.get("kind", "number"),
            meaning=row["meaning"],
            verified_by=tuple(row["verified_by"]),
            zero=row.get("zero", False),
            at_most=row.get("at_most"),
        )
        for row in rows
    ]
    return MappingProxyType({word.key: word for word in words})


def value_problem(quantity: Quantity, value: float, unit: str) -> tuple[str, str] | None:
    """Say why a value makes no sense for the quantity, and what does; None when it does.

    Raises
    ------
    UnitProblem
        If the unit cannot be read or the value is not finite in SI.
    """
    if quantity.kind == "yes":
        return None if value == 1 else ("is not an answer to a yes-or-no quantity", "1 (yes)")
    si = to_si(value, unit)
    if is_offset(quantity.unit):
        return ("lies below absolute zero", "-273.15 degC and above") if si < 0 else None
    if si < 0 or (si == 0 and not quantity.zero):
        allowed = "0 and above" if quantity.zero else "above 0"
        return f"cannot be {'negative' if si < 0 else 'zero'}", f"{allowed} ({quantity.unit})"
    if quantity.kind == "count" and si != int(si):
        return "is counted", "a whole number"
    most = quantity.at_most
    if most is not None and si > to_si(most, quantity.unit) * (1 + 1e-12):
        return "is more than there can be", f"at most {most:g} {quantity.unit}"
    return None
