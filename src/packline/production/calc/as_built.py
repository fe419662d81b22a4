"""What a unit must show, from its own cells and joints, and whether its readings agree."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.parameters import CellParameters
from packline.foundation.chain import canonical

__all__ = ["BuiltUnit", "Figure", "Twin", "digest"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BuiltUnit:
    """A unit as plain arrays over groups and places: what is in it and what was read of it.

    Attributes
    ----------
    capacity_ah, ocv_v : ndarray, shape (group, place)
        Of each cell as received. [A h], [V]
    resistance_mohm : ndarray, shape (group, place), or None
        Of each cell as received; None when not all were measured one way. [mOhm]
    resistance_kind : str
        "dc" or "ac"; "" when there is none. [-]
    dc_per_ac : tuple of float, or None
        Between which the ratio of DC to AC resistance of this type lies. [1]
    joint_mohm : ndarray, shape (group, place), or None
        Joints of each cell, both ends together, from the welder's log. [mOhm]
    joint_step_mohm : float
        Step in which single joints were written down. [mOhm]
    joint_limits_mohm : tuple of float, or None
        One joint as the design expects it, and the largest that it lets pass. [mOhm]
    link_mohm : float or None
        One conductor between groups, as the design expects it. [mOhm]
    drop_mv_per_day : ndarray, shape (group,), or None
        How fast the voltage of each group fell in ageing. [mV/d]
    rest_days : float
        From receipt to the test. [d]
    measured : mapping
        (characteristic, position) -> value, in the characteristic's unit. [-]
    studied : mapping
        Characteristic -> standard uncertainty of one reading, in its unit, and the gauge study
        that found it; only where a study holds. [-]
    parameters : CellParameters or None
        The identified cell, where there is one. [-]
    parameters_sha256 : str
        Of the text of that set. [-]
    missing : tuple of str
        What could not be found of this unit, and so limits what can be said. [-]
    """

    serial: str
    capacity_ah: Array
    ocv_v: Array
    resistance_mohm: Array | None = None
    resistance_kind: str = ""
    dc_per_ac: tuple[float, float] | None = None
    joint_mohm: Array | None = None
    joint_step_mohm: float = 0.0
    joint_limits_mohm: tuple[float, float] | None = None
    link_mohm: float | None = None
    drop_mv_per_day: Array | None = None
    rest_days: float = 0.0
    measured: Mapping[tuple[str, int], float] = field(default_factory=dict)
    studied: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    parameters: CellParameters | None = None
    parameters_sha256: str = ""
    missing: tuple[str, ...] = ()

    @property
    def series(self) -> int:
        """Number of groups."""
        return int(self.capacity_ah.shape[0])

    @property
    def parallel(self) -> int:
        """Cells per group."""
        return int(self.capacity_ah.shape[1])


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity at one place: predicted, and measured where it was.

    `shift` is what the other groups show of the errors that all groups share; `residual` is
    measured less predicted less shift; `parts` is its standard uncertainty by source. Where the
    prediction is a bound (`one_way`), less is no surprise.
    """

    code: str
    position: int  # group from 1; 0: the pack
    unit_code: str
    predicted: float
    measured: float | None = None
    shift: float | None = None
    residual: float | None = None
    tolerance: float | None = None
    agrees: bool | None = None
    one_way: bool = False
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Twin:
    """All figures of a unit, with how they were made and what could not be said."""

    method: str  # "circuit" or "simulator"
    model_version: str
    parameter_set: str
    parameters_sha256: str
    inputs_sha256: str
    coverage: float
    figures: tuple[Figure, ...]
    not_predicted: tuple[str, ...]

    @property
    def out(self) -> tuple[Figure, ...]:
        """The figures whose residual lies outside its tolerance."""
        return tuple(figure for figure in self.figures if figure.agrees is False)

    @property
    def judged(self) -> tuple[Figure, ...]:
        """The figures that could be compared."""
        return tuple(figure for figure in self.figures if figure.agrees is not None)


def digest(unit: BuiltUnit, version: str) -> str:
    """Return the SHA-256 of everything that a prediction follows from."""

    def plain(values: Array | None) -> Sequence[Any] | None:
        return None if values is None else values.tolist()

    facts = {
        "model": version,
        "serial": unit.serial,
        "capacity_ah": plain(unit.capacity_ah),
        "ocv_v": plain(unit.ocv_v),
        "resistance_mohm": plain(unit.resistance_mohm),
        "resistance_kind": unit.resistance_kind,
        "dc_per_ac": unit.dc_per_ac,
        "joint_mohm": plain(unit.joint_mohm),
        "joint_limits_mohm": unit.joint_limits_mohm,
        "link_mohm": unit.link_mohm,
        "drop_mv_per_day": plain(unit.drop_mv_per_day),
        "rest_days": unit.rest_days,
        "parameters": unit.parameters_sha256,
        "studied": [[code, *found] for code, found in sorted(unit.studied.items())],
        "measured": [[code, at, value] for (code, at), value in sorted(unit.measured.items())],
    }
    return hashlib.sha256(canonical(facts).encode()).hexdigest()
