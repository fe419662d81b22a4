"""The picture of a control figure: points as links, lines, where its limits were frozen."""

from __future__ import annotations

import numpy as np
from django.utils.safestring import SafeString, mark_safe

from packcalc.stats.charts.chart import Chart, Panel
from packline.assurance.calc.wording import figure as written
from packline.assurance.calc.wording import unit_symbol
from packline.quality.calc.charts import ControlFigure
from packline.site.charts.control import Mark, Strip, control
from packline.site.points import NAMES, Address

__all__ = ["picture_of", "statistic_of"]

BOUNDS = {"p": (0.0, 1.0)}  # of the axis, where it is not what there is to show


def statistic_of(figure: ControlFigure) -> str:
    """Say what the first panel plots."""
    return {"p": "share not good", "i_mr": "value"}.get(figure.kind, "mean")


def picture_of(
    figure: ControlFigure,
    address: Address,
    *,
    start: int,
    stop: int,
    chosen: int,
    at: str = "",
    target: str = "#point",
) -> SafeString:
    """Draw the points from `start` up to `stop`, counted from 0.

    `at` is the page that the links lead to, left out: this one; `target` the element that takes
    what is said of a point, left out: the page is opened.
    """
    if not figure.points:
        return SafeString("")
    values = figure.plotted()
    marks = [
        Mark(
            number=k + 1,
            name=_name(figure, k + 1, values[k]),
            href=at + address.query(figure.points[k]),
            repeated=figure.points[k].attempt > 1,
            chosen=k + 1 == chosen,
        )
        for k in range(start, stop)
    ]
    symbol = unit_symbol(figure.unit_code)
    bounds = BOUNDS.get(figure.kind)
    if isinstance(figure.chart, Chart):
        strips = [_strip(panel, start, stop, symbol, bounds) for panel in figure.chart.panels]
    else:
        label = _label(statistic_of(figure), symbol)
        strips = [Strip(label, values[start:stop], [()] * len(marks), bounds=bounds)]
    signals = len(figure.signals())
    return mark_safe(
        control(
            marks,
            strips,
            title=f"Control chart of {figure.name}",
            description=(
                f"{len(figure.points)} points of {figure.kind_in_words}; "
                f"{signals} signal{'' if signals == 1 else 's'}."
            ),
            target=target,
            begins=figure.judged_from if figure.frozen and figure.judged_from > 1 else None,
        )
    )


def _name(figure: ControlFigure, number: int, value: float) -> str:
    point = figure.points[number - 1]
    again = f", attempt {point.attempt}" if point.attempt > 1 else ""
    shown = f"{value:.0%} not good" if figure.kind == "p" else written(value, figure.unit_code)
    return f"point {number}, {point.serial}{again}: {shown}"


def _label(name: str, symbol: str) -> str:
    return f"{name} / {symbol}" if symbol else name


def _strip(
    panel: Panel, start: int, stop: int, symbol: str, bounds: tuple[float, float] | None
) -> Strip:
    part = slice(start, stop)
    constant = np.ptp(panel.upper) == 0 and np.ptp(panel.lower) == 0
    return Strip(
        label=_label(NAMES[panel.statistic], symbol),
        values=[None if np.isnan(v) else float(v) for v in panel.points[part]],
        codes=[[rule.code for rule in panel.signals.at(k + 1)] for k in range(start, stop)],
        centre=panel.centre[part].tolist(),
        lower=panel.lower[part].tolist(),
        upper=panel.upper[part].tolist(),
        sigma=float(panel.sigma[0]) if constant else None,
        bounds=bounds,
    )
