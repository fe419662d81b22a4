"""`packline import-joints`: take the log of a welder or a screwdriver for one unit."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packline.site.options import (
    DatabaseOption,
    DataOption,
    JsonOption,
    ends_well,
    out,
    print_json,
)
from packline.site.persons import person_called
from packline.site.prepare import point_at, require_record, start_django

if TYPE_CHECKING:
    from packline.production.models import JointSet, Step, Unit


@ends_well
def import_joints(
    serial: Annotated[str, typer.Argument(help="Serial of the unit.")],
    file: Annotated[Path, typer.Argument(help="The log: CSV in UTF-8, a row per joint.")],
    signed_by: Annotated[str, typer.Option("--as", help="Username of who took the joints.")],
    operation: Annotated[
        str, typer.Option("--operation", help="Code of the operation, welding or enclosure.")
    ] = "welding",
    gauge: Annotated[
        str | None, typer.Option("--gauge", help="Code of the gauge that measured.")
    ] = None,
    waveform: Annotated[
        Path | None, typer.Option("--waveform", help="Curves of these joints, kept as they are.")
    ] = None,
    version: Annotated[
        str, typer.Option("--version-of-machine", help="Program version of the machine.")
    ] = "unstated",
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a log of joints for a unit whose step was started, and judge every joint at once.

    Columns: group, cell, end (or fastener), resistance_mohm, energy_j, time_ms, force_n,
    displacement_mm, torque_nm, angle_deg, program, head. A log may come in several files; the
    step ends only when every joint of the design has its values.

    Exit code 0: taken, all joints within limits. 1: refused, or taken with joints out of limits
    (the unit is on hold). 2: the file cannot be used; nothing was written.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.foundation.errors import InputError, Problem, Refused
    from packline.production.forms import read_joint_log
    from packline.production.models import Unit
    from packline.production.services import take_joints
    from packline.resources.models import Gauge

    unit = Unit.objects.filter(serial=serial).select_related("order__design").first()
    if unit is None:
        raise Refused(f"no unit has the serial {serial}")
    step = _open_step(unit, operation)
    asked = {c.code: c.per for c in step.operation.characteristics.filter(per__in=PER)}
    design = unit.order.design
    log = read_joint_log(file, asked=asked, series=design.series, parallel=design.parallel)
    used = None
    if gauge is not None:
        used = Gauge.objects.filter(code=gauge).first()
        if used is None:
            raise InputError([Problem("--gauge", value=gauge, message="is no gauge on record")])
    person = person_called(signed_by)
    at = datetime.now(UTC)
    rows = take_joints(
        step=step,
        columns=log.columns,
        judged=log.judged,
        gauge=used,
        program_version=version,
        taken_at=at,
        virtual=False,
        waveform=waveform.read_bytes() if waveform is not None else None,
        by=person,
        at=at,
    )
    _tell(step, rows, as_json)
    if any(not row.passed for row in rows):
        raise typer.Exit(1)


PER = ("joint", "fastener")


def _open_step(unit: Unit, operation: str) -> Step:
    from packline.foundation.errors import Refused

    step = (
        unit.steps.filter(operation__code=operation, state="started")
        .select_related("unit__order__design", "operation__routing", "station", "operator")
        .first()
    )
    if step is None:
        raise Refused(f"{unit} has no started step of operation {operation}: start it first")
    return step


def _tell(step: Step, rows: list[JointSet], as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "characteristic": row.characteristic.code,
                    "n": row.n,
                    "failed": row.n_failed,
                    "least": row.least_value,
                    "median": row.median_value,
                    "greatest": row.greatest_value,
                    "unit": row.unit_code,
                }
                for row in rows
            ]
        )
        return
    for row in rows:
        verdict = "all within limits" if row.passed else f"{row.n_failed} out of limits"
        out().print(
            f"{step}: {row.characteristic.name}: {row.n} joints, {verdict} "
            f"({row.least_value:.4g} to {row.greatest_value:.4g} {row.unit_code})",
            markup=False,
        )
