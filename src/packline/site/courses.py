"""Pictures of what designs do under load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from packline.design.calc.courses import curves_of
from packline.design.models import Candidate, Design
from packline.site import charts

__all__ = ["CoursePictures", "course_pictures", "kind_of", "trade_picture"]


@dataclass(frozen=True, slots=True)
class CoursePictures:
    """Of one candidate: its discharges, and its temperatures under the continuous current."""

    candidate: Candidate
    discharge: SafeString
    warmth: SafeString


def course_pictures(candidate: Candidate | None) -> CoursePictures | None:
    """Draw what a simulated candidate does under load."""
    if candidate is None:
        return None
    curves = curves_of(candidate.course.curves_text)
    charge = curves["charge_ah"]
    minutes = [None if t is None else t / 60 for t in curves["time_s"]]
    return CoursePictures(
        candidate,
        mark_safe(
            charts.lines(
                [
                    charts.Curve("C/5", charge, curves["voltage_c5_v"]),
                    charts.Curve("1C", charge, curves["voltage_c1_v"]),
                ],
                title="Discharge from full",
                x_label="charge / Ah",
                y_label="voltage of the pack / V",
                limit=("discharge limit", candidate.min_voltage_v),
            )
        ),
        mark_safe(
            charts.lines(
                [
                    charts.Curve("warmest cell", minutes, curves["warmest_degc"]),
                    charts.Curve("coolest cell", minutes, curves["coolest_degc"]),
                ],
                title="Temperatures under the continuous current",
                x_label="time / min",
                y_label="temperature / °C",
            )
        ),
    )


def trade_picture(candidates: Sequence[Candidate], design: Design | None) -> SafeString:
    """Draw what warmth and energy cost each other among the simulated."""
    return mark_safe(
        charts.scatter(
            [
                charts.Point(
                    c.course.energy_c1_wh,
                    c.course.rise_k,
                    f"{c.cell.name} {c.series}S{c.parallel}P",
                    kind_of(c, design),
                )
                for c in candidates
                if c.course.energy_c1_wh is not None and c.course.rise_k is not None
            ],
            title="Warming against usable energy of the simulated candidates",
            x_label="energy at 1C / Wh",
            y_label="rise under the continuous current / K",
        )
    )


def kind_of(candidate: Candidate, design: Design | None) -> str:
    """Say whether a candidate was chosen, is feasible or rejected."""
    if design is not None and (candidate.cell_id, candidate.series, candidate.parallel) == (
        design.cell_id,
        design.series,
        design.parallel,
    ):
        return "chosen"
    return "feasible" if candidate.feasible else "rejected"
