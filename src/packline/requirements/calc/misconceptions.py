"""Rules against the misconceptions that cost programs most time and money.

Each rule answers one belief named in the trade: that ISO 9001 is enough, that UN 38.3 can wait
for the end, that pouch cells are always denser, that potting is always safer, that cells of a
high C-rate cure every power problem, and that security of the firmware can be added later.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from packline.requirements.calc.finding import Finding
from packline.requirements.calc.playbooks import playbooks
from packline.requirements.calc.spec import ProgramSpec, RequirementSpec

__all__ = ["RULES"]

LATE = ("PVT", "ramp", "sustain", "end of life")
DESIGN_LOCKED_AFTER = ("DVT", *LATE)


def _iso_9001_alone(spec: ProgramSpec) -> Iterator[Finding]:
    playbook = playbooks()[spec.playbook]
    needed = playbook.quality_system
    if needed == "ISO 9001" or needed in spec.quality_systems:
        return
    yield Finding(
        "iso-9001-alone",
        "error",
        "[program] quality_systems",
        f"{playbook.title} asks for {needed}: {playbook.quality_why}. A certificate of "
        f"{' and '.join(spec.quality_systems) or 'nothing'} does not show that.",
    )


def _un38_3_at_the_end(spec: ProgramSpec) -> Iterator[Finding]:
    asked = [r for r in spec.requirements if r.verified_by == "type:UN38.3"]
    if not asked:
        yield Finding(
            "un38-3-at-the-end",
            "error",
            "compliance",
            "Nothing asks for UN 38.3, and no pack may be shipped without it. State the tests "
            "passed, and by_stage for when: prototypes that are equivalent can be tested early.",
        )
    for r in asked:
        if r.by_stage in LATE:
            yield Finding(
                "un38-3-at-the-end",
                "error",
                r.ref,
                f"UN 38.3 is planned for {r.by_stage}, when the design is locked: a failure then "
                "repeats design and tooling. Test equivalent prototypes by EVT or DVT.",
            )
        elif not r.by_stage:
            yield Finding(
                "un38-3-at-the-end",
                "warning",
                r.ref,
                "Nothing says by when UN 38.3 is passed, so it will be last. Set by_stage to EVT "
                "or DVT.",
            )


def _pouch_always_denser(spec: ProgramSpec) -> Iterator[Finding]:
    if spec.design.formats != ("pouch",):
        return
    missing = [
        name
        for name, quantities in (
            ("vibration", ("vibration_acceleration", "shock_acceleration")),
            ("envelope or mass of the pack", ("volume", "mass", "specific_energy", "height")),
            ("heat rejection", ("delta_temperature_at_peak", "temperature_rise")),
        )
        if not _asks(spec, *quantities)
    ]
    if missing:
        yield Finding(
            "pouch-always-denser",
            "warning",
            "[design] formats",
            "Only pouch cells are allowed, which are denser as cells, not as packs: they need "
            "compression, support and cooling. Allow other formats, or state what decides: "
            f"{', '.join(missing)}.",
        )


def _potting_always_safer(spec: ProgramSpec) -> Iterator[Finding]:
    for r in _asks(spec, "potting_fill"):
        if r.si_bounds[0] in (None, 0.0):
            continue  # a cap on potting, or none
        missing = [
            name
            for name, quantities in (
                (
                    "its heat path (temperature_rise, delta_temperature_at_peak)",
                    ("temperature_rise", "delta_temperature_at_peak", "thermal_resistance"),
                ),
                ("repair (serviceable)", ("serviceable",)),
            )
            if not _asks(spec, *quantities)
        ]
        if missing:
            yield Finding(
                "potting-always-safer",
                "warning",
                r.ref,
                "Potting holds cells against vibration, and also holds heat and bars repair. "
                f"Nothing states {' nor '.join(missing)}; partial encapsulation may do.",
            )


def _c_rate_cures_everything(spec: ProgramSpec) -> Iterator[Finding]:
    for r in _asks(spec, "cell_discharge_rate"):
        if r.si_bounds[0] is None:
            continue
        if _asks(spec, "pack_resistance", "joint_resistance") and _asks(
            spec, "temperature_rise", "delta_temperature_at_peak", "max_cell_temperature"
        ):
            continue
        yield Finding(
            "c-rate-cures-everything",
            "warning",
            r.ref,
            "A C-rate asked of the cell does not make the pack deliver power: resistance of "
            "joints and conductors and the heat path often decide. State pack_resistance and a "
            "temperature at that load.",
        )


def _cybersecurity_later(spec: ProgramSpec) -> Iterator[Finding]:
    basics = {"secure_boot": "secure boot", "signed_updates": "signed updates"}
    missing = [words for key, words in basics.items() if not _asks(spec, key)]
    if missing:
        yield Finding(
            "cybersecurity-later",
            "warning",
            "firmware",
            f"Nothing asks for {' and '.join(missing)}. They choose the processor and its key "
            "storage, and cannot be added to boards that are made.",
        )
    for r in _asks(spec, *basics, "debug_port_locked", "key_revocation"):
        if r.by_stage in DESIGN_LOCKED_AFTER:
            yield Finding(
                "cybersecurity-later",
                "warning",
                r.ref,
                f"{r.quantity} is planned for {r.by_stage}; the hardware that it needs is chosen "
                "in the concept. Set by_stage to concept or EVT.",
            )


def _asks(spec: ProgramSpec, *quantities: str) -> list[RequirementSpec]:
    return [r for quantity in quantities for r in spec.asked(quantity)]


RULES = MappingProxyType(
    {
        "iso-9001-alone": _iso_9001_alone,
        "un38-3-at-the-end": _un38_3_at_the_end,
        "pouch-always-denser": _pouch_always_denser,
        "potting-always-safer": _potting_always_safer,
        "c-rate-cures-everything": _c_rate_cures_everything,
        "cybersecurity-later": _cybersecurity_later,
    }
)
