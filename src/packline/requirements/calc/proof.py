"""How a requirement is proved: methods, type tests, documents, and the key that binds them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from packline.requirements.calc.quantities import Quantity

__all__ = [
    "CHARACTERISTICS",
    "DOCUMENTS",
    "FIGURES",
    "METHODS",
    "TypeTest",
    "evidence_key",
    "key_problem",
    "proofs_of",
    "type_tests",
]

# Method of verification -> kinds of proof that it accepts.
METHODS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "analysis": ("design",),
        "test": ("eol", "type"),
        "inspection": ("document", "eol"),
        "demonstration": ("type", "eol", "document"),
    }
)

# Figures that the design states, under the name of the quantity that asks for them.
FIGURES = frozenset(
    {
        "nominal_voltage",
        "max_voltage",
        "min_voltage",
        "energy",
        "capacity",
        "continuous_discharge_current",
        "peak_discharge_current",
        "peak_duration",
        "continuous_discharge_power",
        "charge_current",
        "mass",
        "volume",
        "length",
        "width",
        "height",
        "charge_temperature_min",
        "charge_temperature_max",
        "discharge_temperature_min",
        "discharge_temperature_max",
        "cycle_life",
    }
)

# Characteristics measured on every unit, with the unit in which they are kept.
CHARACTERISTICS: Mapping[str, str] = MappingProxyType(
    {
        "group_capacity_spread": "%",
        "group_ocv_spread": "mV",
        "group_resistance_spread": "%",
        "joint_resistance": "mOhm",
        "sense_voltage_error": "mV",
        "fastener_torque": "N.m",
        "leak_rate": "Pa/s",
        "cure_time": "h",
        "ocv_drop": "mV/d",
        "baseline_capacity": "Ah",
        "baseline_temperature_rise": "K",
        "pack_ocv": "V",
        "group_ocv_delta": "mV",
        "group_dc_resistance": "mOhm",
        "pack_dc_resistance": "mOhm",
        "insulation_resistance": "kOhm",
        "leakage_current": "mA",
        "bms_communication": "1",
        "firmware_match": "1",
        "self_test": "1",
        "current_zero": "A",
        "temperature_spread": "K",
        "overvoltage_trip": "V",
        "undervoltage_trip": "V",
        "overcurrent_trip": "A",
        "pack_mass": "kg",
        "label_readable": "1",
        "ship_soc": "%",
    }
)

# Documents that can prove a requirement. The device history record and the traveller are
# issued with each unit; every other kind is declared as evidence of the program.
DOCUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "dhr": "device history record, issued with each unit",
        "traveller": "traveller, issued with each unit",
        "battery_passport": "digital battery passport",
        "cell_datasheet": "cell maker's datasheet",
        "packaging_instruction": "packaging instruction",
        "ppap": "PPAP submission",
        "quality_agreement": "quality agreement signed with the customer",
        "risk_management_file": "risk management file",
        "sbom": "software bill of materials",
        "un38_3_test_summary": "UN 38.3 test summary",
    }
)


@dataclass(frozen=True, slots=True)
class TypeTest:
    """A standard, or a test of a laboratory, that a pack type passes once."""

    id: str
    title: str
    edition: str
    playbooks: tuple[str, ...]


@lru_cache(maxsize=1)
def type_tests() -> Mapping[str, TypeTest]:
    """Return every type test that may be named, keyed by its identifier."""
    with Path(__file__).with_name("tests.toml").open("rb") as file:
        rows = tomllib.load(file)["test"]
    tests = [
        TypeTest(row["id"], row["title"], row.get("edition", ""), tuple(row["playbooks"]))
        for row in rows
    ]
    return MappingProxyType({test.id: test for test in tests})


def evidence_key(named: str) -> str:
    """Return the full key of a test that may be named in short ("UL2271", "document:sbom")."""
    return named if ":" in named else f"type:{named}"


def key_problem(key: str) -> tuple[str, tuple[str, ...]] | None:
    """Say why a key of proof names nothing, and what could be named; None when it does."""
    kind, _, name = key.partition(":")
    known: dict[str, tuple[str, ...]] = {
        "design": tuple(sorted(FIGURES)),
        "eol": tuple(CHARACTERISTICS),
        "type": tuple(type_tests()),
        "document": tuple(DOCUMENTS),
    }
    if kind not in known:
        return f"{kind!r} is not a kind of proof", tuple(known)
    if name not in known[kind]:
        noun = {
            "design": "figure of the design",
            "eol": "measured characteristic",
            "type": "known type test",
            "document": "known document",
        }[kind]
        return f"{name!r} is not a {noun}", known[kind]
    return None


def proofs_of(quantity: Quantity, method: str) -> tuple[str, ...]:
    """Return the keys of proof of a quantity which a method of verification accepts."""
    kinds = METHODS[method]
    return tuple(key for key in quantity.verified_by if key.partition(":")[0] in kinds)
