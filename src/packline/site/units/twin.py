"""A unit against its as-built twin: predicted with tolerance, measured, and what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from packline.assurance.calc.wording import unit_symbol
from packline.production.calc.as_built_errors import KnownError, error_model
from packline.production.calc.as_built_words import NAMES
from packline.production.models import Order, Twin, TwinConcession, TwinFigure, Unit
from packline.production.queries.twins import twins_of_order, twins_of_unit
from packline.site import charts
from packline.site.charts.twin import Expected, expected_groups

__all__ = ["Part", "PlainFigure", "TwinPage", "UnitRow", "twin_of_unit", "twins_for_order"]

GROUP = "group_dc_resistance"
STAGES = {
    "matched": "with the cells that the match chose and joints as designed",
    "welded": "with its own cells and its own joints",
    "tested": "against the end-of-line test",
}


@dataclass(frozen=True, slots=True)
class PlainFigure:
    """A figure with its name and picture."""

    row: TwinFigure
    name: str
    picture: SafeString

    @property
    def expected(self) -> float:
        """What was to be read: predicted, and what the other groups show of shared errors."""
        return self.row.predicted + (self.row.shift or 0.0)


@dataclass(frozen=True, slots=True)
class Part:
    """One source of error of a residual, with its share."""

    error: KnownError
    basis: str
    source: str
    u: float
    share: float  # of the variance


@dataclass(frozen=True, slots=True)
class TwinPage:
    """The last simulation of a unit, drawn."""

    twin: Twin
    stage: str
    pack: Sequence[PlainFigure]
    groups: Sequence[PlainFigure]
    picture: SafeString
    worst: TwinFigure | None  # of the groups
    parts: Sequence[Part]  # of the worst group, or of the pack
    hidden_mohm: float | None  # a single joint up to this excess does not show
    not_predicted: Sequence[str]
    concession: TwinConcession | None
    earlier: Sequence[Twin]


def twin_of_unit(unit: Unit) -> TwinPage | None:
    """Return the last simulation of a unit that still counts; None before its match."""
    twins = twins_of_unit(unit)
    valid = [t for t in twins if t.step is None or t.step.state != "superseded"]
    if not valid:
        return None
    twin = valid[-1]
    rows = sorted(twin.figures.all(), key=lambda row: (row.code, row.position))
    figures = [_plain(row) for row in rows]
    groups = [figure for figure in figures if figure.row.code == GROUP]
    judged = [f.row for f in groups if f.row.agrees is not None]
    worst = max(judged, key=_ratio, default=None)
    parallel = unit.order.design.parallel
    return TwinPage(
        twin=twin,
        stage=STAGES[twin.stage],
        pack=[figure for figure in figures if figure.row.code != GROUP],
        groups=groups,
        picture=_groups(groups),
        worst=worst,
        parts=_parts(worst) if worst is not None else (),
        hidden_mohm=max((row.tolerance or 0.0) for row in judged) * parallel**2
        if judged
        else None,
        not_predicted=[text for text in twin.not_predicted.splitlines() if text],
        concession=getattr(twin, "concession", None),
        earlier=[t for t in twins if t != twin],
    )


def _ratio(row: TwinFigure) -> float:
    """How much of its tolerance a residual takes."""
    return abs(row.residual or 0.0) / row.tolerance if row.tolerance else 0.0


def _plain(row: TwinFigure) -> PlainFigure:
    name = NAMES.get(row.code, row.code)
    if row.measured is None or row.tolerance is None:
        return PlainFigure(row, name, SafeString(""))
    expected = row.predicted + (row.shift or 0.0)
    low = None if row.one_way else expected - row.tolerance
    high = expected + row.tolerance
    unit = unit_symbol(row.unit_code)
    drawn = charts.bullet(
        row.measured,
        low=low,
        high=high,
        name=name,
        limits=f"{expected:.4g} ± {row.tolerance:.2g} {unit}",
        passed=bool(row.agrees),
    )
    return PlainFigure(row, name, mark_safe(drawn))


def _groups(groups: Sequence[PlainFigure]) -> SafeString:
    rows = [
        Expected(
            str(figure.row.position),
            figure.expected,
            figure.row.tolerance,
            figure.row.measured,
            figure.row.agrees is not False,
        )
        for figure in groups
    ]
    return mark_safe(expected_groups(rows, name="DC resistance", unit="mΩ"))


def _parts(row: TwinFigure) -> list[Part]:
    errors: Mapping[str, KnownError] = error_model().errors
    total = sum(u**2 for u in row.parts.values()) or 1.0
    parts = []
    for key, u in row.parts.items():
        name, _, study = key.partition(":")
        error = errors[name]
        basis, source = ("study", study) if study else (error.basis, error.source)
        parts.append(Part(error, basis, source, u, u**2 / total))
    return sorted((p for p in parts if p.share >= 0.0005), key=lambda p: -p.share)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of an order in the table of measured against predicted."""

    serial: str
    twin: Twin
    figures: Mapping[str, TwinFigure]
    worst: TwinFigure | None

    @property
    def shown(self) -> list[TwinFigure | None]:
        """Capacity, resistance of the pack, and how far its groups are apart in voltage."""
        codes = ("baseline_capacity", "pack_dc_resistance", "group_ocv_delta")
        return [self.figures.get(code) for code in codes]


def twins_for_order(order: Order, units: Sequence[Unit]) -> list[UnitRow]:
    """Return the units that were tested, each with its last simulation."""
    found = twins_of_order(order, [unit.pk for unit in units])
    rows = []
    for unit in units:
        twin = found.get(unit.pk)
        if twin is None:
            continue
        figures = list(twin.figures.all())
        groups = [f for f in figures if f.code == GROUP and f.agrees is not None]
        rows.append(
            UnitRow(
                unit.serial,
                twin,
                {f.code: f for f in figures if f.position == 0},
                max(groups, key=_ratio, default=None),
            )
        )
    return rows
