"""Predicting a unit from its cells and joints, and comparing it with what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from packcalc.asbuilt import (
    Agreement,
    BuiltCircuit,
    Uncertainty,
    built_circuit,
    compare,
    coverage_factor,
    rest_voltage,
)
from packcalc.matching.stock import reading_step
from packline.production.calc.as_built import BuiltUnit, Figure, Twin, digest
from packline.production.calc.as_built_errors import ErrorModel, error_model

__all__ = ["predict", "predict_all"]

Array = NDArray[np.float64]
Column = tuple[str, float, Array]

GROUP, PACK = "group_dc_resistance", "pack_dc_resistance"
CAPACITY, SPREAD, WARMING = "baseline_capacity", "group_ocv_delta", "baseline_temperature_rise"
INCOMING = {"dc": "dc_resistance", "ac": "ac_ir", "": ""}
RECTANGLE = 1 / sqrt(12)  # standard uncertainty of rounding, in steps


def predict(unit: BuiltUnit) -> Twin:
    """Return what a unit must show and, where it was measured, whether it does."""
    return predict_all([unit])[0]


def predict_all(units: Sequence[BuiltUnit]) -> list[Twin]:
    """Predict many units of one design at once; the simulator then runs them as one batch."""
    model = error_model()
    simulated = _simulated(units)
    return [_twin(unit, found, model) for unit, found in zip(units, simulated, strict=True)]


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What the simulator has to say of a unit: a reason why nothing, or figures."""

    reason: str = ""
    capacity_ah: float | None = None
    group_mohm: Array | None = None
    rise_k: float | None = None


def _simulated(units: Sequence[BuiltUnit]) -> list[_Found]:
    first = next(iter(units), None)
    if first is None or first.parameters is None:
        return [_Found("no parameter set was identified for this cell") for _ in units]
    if any(_cell_mohm(unit) is None for unit in units):
        return [_Found("the resistance of its cells is not on record") for _ in units]
    # Loads the compiler: only where there is something to simulate.
    from packcalc.asbuilt.simulated import simulate_as_built

    try:
        packs = simulate_as_built(
            first.parameters,
            np.stack([u.capacity_ah for u in units]) * 3600,
            np.stack([1e-3 * _known(_cell_mohm(u)) for u in units]),
            np.stack([1e-3 * _joints(u) for u in units]),
        )
    except ValueError as error:  # outside of what the set holds for: said, and never guessed
        return [_Found(str(error)) for _ in units]
    return [
        _Found(
            "",
            float(packs.capacity[k]) / 3600,
            1e3 * packs.group_resistance[k],
            float(packs.temperature_rise[k]),
        )
        for k in range(len(units))
    ]


def _twin(unit: BuiltUnit, found: _Found, model: ErrorModel) -> Twin:
    simulator = found.capacity_ah is not None
    said = list(unit.missing)
    if not simulator:
        said.append(
            f"temperature and sag over time: {found.reason}; resistance and capacity are then "
            "those of a circuit of sources and resistances"
        )
    # How many comparisons there can be, so that the tolerance does not depend on what is missing.
    coverage = coverage_factor(model.false_alarm, unit.series + (4 if simulator else 3))
    figures: list[Figure] = []
    circuit = _circuit(unit, found)
    if circuit is None:
        said.append("DC resistance: the resistance of its cells or of its links is not on record")
    else:
        figures += _resistances(unit, circuit, model, coverage)
    figures.append(_capacity(unit, found, model, coverage))
    figures.append(_spread(unit, model, coverage))
    if found.rise_k is not None:
        figures.append(_warming(unit, found.rise_k, model, coverage))
    return Twin(
        method="simulator" if simulator else "circuit",
        model_version=model.version,
        parameter_set=unit.parameters.name if simulator and unit.parameters else "",
        parameters_sha256=unit.parameters_sha256 if simulator else "",
        inputs_sha256=digest(unit, model.version),
        coverage=coverage,
        figures=tuple(figures),
        not_predicted=tuple(said),
    )


def _known(values: Array | None) -> Array:
    assert values is not None
    return values


def _cell_mohm(unit: BuiltUnit) -> Array | None:
    """Return the DC resistance of each cell, at the middle of what its type's ratio may be."""
    if unit.resistance_mohm is None:
        return None
    if unit.resistance_kind == "dc":
        return unit.resistance_mohm
    if unit.dc_per_ac is None:
        return None
    return np.asarray(unit.resistance_mohm * sum(unit.dc_per_ac) / 2)


def _joints(unit: BuiltUnit) -> Array:
    """Return the joints of each cell as measured, or as the design expects them."""
    if unit.joint_mohm is not None:
        return unit.joint_mohm
    expected = unit.joint_limits_mohm[0] if unit.joint_limits_mohm is not None else 0.0
    return np.full(unit.capacity_ah.shape, 2 * expected)


def _circuit(unit: BuiltUnit, found: _Found) -> BuiltCircuit | None:
    cells = _cell_mohm(unit)
    if cells is None or unit.link_mohm is None:
        return None
    links = np.full(unit.series + 1, 1e-3 * unit.link_mohm)
    circuit = built_circuit(1e-3 * cells, 1e-3 * _joints(unit), links)
    if found.group_mohm is None:
        return circuit
    group = 1e-3 * found.group_mohm + links[:-1]
    return BuiltCircuit(group, np.asarray(group.sum() + links[-1]), circuit.weight)


def _resistances(
    unit: BuiltUnit, circuit: BuiltCircuit, model: ErrorModel, coverage: float
) -> list[Figure]:
    """Groups are judged against each other, the pack against its groups."""
    s = unit.series
    predicted = np.append(1e3 * circuit.group, 1e3 * float(circuit.pack))
    places = [(GROUP, g) for g in range(1, s + 1)] + [(PACK, 0)]
    measured = [unit.measured.get(place) for place in places]
    columns = _resistance_columns(unit, circuit, measured, model)
    known = np.array([value is not None for value in measured])
    difference = np.array(
        [0.0 if m is None else m - p for m, p in zip(measured, predicted.tolist(), strict=True)]
    )
    figures = {
        place: Figure(*place, "mOhm", float(value))
        for place, value in zip(places, predicted, strict=True)
    }
    groups = np.flatnonzero(known[:-1])
    if groups.size:
        found = compare(difference[groups], _of_rows(columns, groups), coverage)
        for k, g in enumerate(groups.tolist()):
            figures[places[g]] = _judged(figures[places[g]], measured[g], found, k)
    if known[-1]:
        rows = np.append(groups, s)
        given = np.zeros((rows.size, rows.size), dtype=bool)
        given[-1, :-1] = True
        found = compare(difference[rows], _of_rows(columns, rows), coverage, given)
        figures[places[-1]] = _judged(figures[places[-1]], measured[-1], found, rows.size - 1)
    return list(figures.values())


def _of_rows(columns: Sequence[Column], rows: NDArray[np.int64]) -> Uncertainty:
    return Uncertainty.gathered([(name, u, effect[rows]) for name, u, effect in columns])


def _resistance_columns(
    unit: BuiltUnit, circuit: BuiltCircuit, measured: Sequence[float | None], model: ErrorModel
) -> list[Column]:
    """Return the sources of error of groups and pack; the effect on the pack is the last row."""
    s, weight = unit.series, circuit.weight
    cells = _known(_cell_mohm(unit))
    # One source per group stands for the independent errors of its cells or joints.
    own_cells = np.sqrt(((weight * cells) ** 2).sum(axis=1))
    plain = np.sqrt((weight**2).sum(axis=1))
    alike = (weight * cells).sum(axis=1)
    columns: list[Column] = []

    def each(key: str, u: float, effect: Array) -> None:
        for g in range(s):
            column = np.zeros(s + 1)
            column[g] = column[s] = effect[g]
            columns.append((key, u, column))

    def alike_all(key: str, u: float, effect: Array, last: float = 0.0) -> None:
        columns.append((key, u, np.append(effect, effect.sum() + last)))

    each("cell_state", model.u("cell_state"), own_cells)
    alike_all("cell_charge", model.u("cell_charge"), alike)
    alike_all("cell_temperature", model.u("cell_temperature"), alike)
    step = reading_step(_known(unit.resistance_mohm).ravel()) * RECTANGLE
    ratio = 1.0
    if unit.resistance_kind == "ac":
        assert unit.dc_per_ac is not None
        low, high = unit.dc_per_ac
        each("ac_to_dc_cell", model.u("ac_to_dc_cell"), own_cells)
        ratio = (low + high) / 2
        alike_all("ac_to_dc_type", (high - low) / 2 / sqrt(3) / ratio, alike)
        step *= ratio
    each("cell_resistance_reading", step, plain)
    if study := unit.studied.get(f"cell_{INCOMING[unit.resistance_kind]}"):
        each(f"cell_resistance_gauge:{study[1]}", study[0] * ratio, plain)
    if unit.joint_mohm is not None:
        each("joint_reading", unit.joint_step_mohm * RECTANGLE * sqrt(2), plain)
        if study := unit.studied.get("joint_resistance"):
            each(f"joint_gauge:{study[1]}", study[0] * sqrt(2), plain)
    elif unit.joint_limits_mohm is not None:
        each("joint_unmeasured", unit.joint_limits_mohm[1] / sqrt(3) * sqrt(2), plain)
    link = np.full(s, unit.link_mohm or 0.0)
    each("link_each", model.u("link_each"), link)
    columns.append(("link_each", model.u("link_each"), np.append(0 * link, link[0])))
    alike_all("link_all", 1 / sqrt(3), link, float(link[0]))
    own = [0.0 if value is None else value for value in measured]
    step = reading_step(np.array([v for v in own if v] or [0.0])) * RECTANGLE
    for k, value in enumerate(own):
        column = np.zeros(s + 1)
        column[k] = 1.0
        name, u = _gauge(unit, PACK if k == s else GROUP, "resistance_tester", value, model)
        columns.append((name, u if value else 0.0, column))
        columns.append(("resistance_test_reading", step if value else 0.0, column))
    return columns


def _capacity(unit: BuiltUnit, found: _Found, model: ErrorModel, coverage: float) -> Figure:
    groups = unit.capacity_ah.sum(axis=1)
    predicted = float(groups.min()) if found.capacity_ah is None else found.capacity_ah
    step = reading_step(unit.capacity_ah.ravel()) * RECTANGLE * sqrt(unit.parallel)
    receipt = _gauge(unit, "cell_capacity", "cell_tester", predicted, model)
    if "cell_capacity" in unit.studied:  # of one cell; a group adds so many, each read alone
        receipt = receipt[0], receipt[1] * sqrt(unit.parallel)
    test = _gauge(unit, CAPACITY, "cycler", predicted, model)
    sources = [("cell_capacity_reading", step), receipt, test]
    return _alone(unit, Figure(CAPACITY, 0, "Ah", predicted), sources, coverage)


def _spread(unit: BuiltUnit, model: ErrorModel, coverage: float) -> Figure:
    """Predict the highest less the lowest group, half of the time at rest being done."""
    volts = 1e3 * rest_voltage(unit.ocv_v, unit.capacity_ah)
    fall = np.zeros(unit.series) if unit.drop_mv_per_day is None else unit.drop_mv_per_day
    volts = volts - fall * unit.rest_days / 2
    high, low = int(volts.argmax()), int(volts.argmin())
    step = 1e3 * reading_step(unit.ocv_v.ravel()) * RECTANGLE / sqrt(unit.parallel)
    days = abs(float(fall[high] - fall[low])) * unit.rest_days / 2 / sqrt(3)
    sources = [
        ("cell_voltage_reading", sqrt(2) * step),
        ("self_discharge_time", days),
        _gauge(unit, SPREAD, "sense_channel", sqrt(2), model),
    ]
    predicted = float(volts[high] - volts[low])
    return _alone(unit, Figure(SPREAD, 0, "mV", predicted), sources, coverage)


def _warming(unit: BuiltUnit, rise_k: float, model: ErrorModel, coverage: float) -> Figure:
    """Compare one way only: cells that keep all their heat are the warmest that can be."""
    sources = [
        ("heat_capacity", model.u("heat_capacity") * rise_k),
        _gauge(unit, WARMING, "thermometer", 1.0, model),
    ]
    figure = _alone(unit, Figure(WARMING, 0, "K", rise_k, one_way=True), sources, coverage)
    if figure.residual is None or figure.tolerance is None:
        return figure
    return replace(figure, agrees=figure.residual <= figure.tolerance)


def _gauge(
    unit: BuiltUnit, code: str, key: str, value: float, model: ErrorModel
) -> tuple[str, float]:
    """Return name and standard uncertainty of a gauge: by its study, or else as the table says.

    The table's figure is a share of `value`, or counts `value` times.
    """
    if study := unit.studied.get(code):
        return f"{key}:{study[1]}", study[0]
    return key, model.u(key) * value


def _alone(
    unit: BuiltUnit, figure: Figure, sources: Sequence[tuple[str, float]], coverage: float
) -> Figure:
    """Compare a figure that shares its errors with no other."""
    measured = unit.measured.get((figure.code, figure.position))
    if measured is None:
        return figure
    columns = [(name, u, np.ones(1)) for name, u in sources]
    found = compare([measured - figure.predicted], Uncertainty.gathered(columns), coverage)
    return _judged(figure, measured, found, 0)


def _judged(figure: Figure, measured: float | None, found: Agreement, k: int) -> Figure:
    return replace(
        figure,
        measured=measured,
        shift=float(found.shift[k]),
        residual=float(found.residual[k]),
        tolerance=float(found.tolerance[k]),
        agrees=bool(found.agrees[k]),
        parts={name: u for name, u in found.parts[k].items() if u > 0},
    )
