"""`packline gauge-study`: record the study of a gauge from a CSV file of its readings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packline.site.options import (
    NO,
    DatabaseOption,
    DataOption,
    JsonOption,
    ends_well,
    out,
    print_json,
)
from packline.site.persons import person_called
from packline.site.prepare import point_at, prepare_database, start_django

if TYPE_CHECKING:
    from packline.foundation.errors import InputError
    from packline.resources.calc.studies import Evaluation
    from packline.resources.calc.study_data import Task
    from packline.resources.models import GaugeStudy

DAY = ["%Y-%m-%d"]


@ends_well
def gauge_study(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8, a row per reading.")],
    gauge: Annotated[str, typer.Option("--gauge", help="Code of the gauge.")],
    characteristic: Annotated[
        str, typer.Option("--characteristic", help="Code of what was measured: pack_ocv.")
    ],
    signed_by: Annotated[str, typer.Option("--as", help="Username of who records it.")],
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            help="type1, crossed, range, nested, bias, linearity, stability or attribute.",
        ),
    ] = "type1",
    program: Annotated[
        str | None,
        typer.Option("--program", help="Take unit and limits from the control plan of this one."),
    ] = None,
    unit: Annotated[str, typer.Option("--unit", help="Unit of the readings.")] = "",
    low: Annotated[float | None, typer.Option("--low", help="Lower limit.")] = None,
    high: Annotated[float | None, typer.Option("--high", help="Upper limit.")] = None,
    reference: Annotated[
        float | None, typer.Option("--reference", help="Value of the reference (type1, bias).")
    ] = None,
    reference_uncertainty: Annotated[
        float, typer.Option("--reference-uncertainty", help="Its standard uncertainty.")
    ] = 0.0,
    confidence: Annotated[
        float, typer.Option("--confidence", help="That what is accepted conforms (ISO 14253-1).")
    ] = 0.95,
    taken_on: Annotated[
        datetime | None,
        typer.Option("--taken-on", formats=DAY, metavar="DATE", help="Today when not given."),
    ] = None,
    valid_until: Annotated[
        datetime | None,
        typer.Option(
            "--valid-until",
            formats=DAY,
            metavar="DATE",
            help="Until the calibration of the gauge is due when not given.",
        ),
    ] = None,
    verdict: Annotated[
        str, typer.Option("--verdict", help="accepted, guarded or rejected, if not as suggested.")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why not as suggested.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be recorded; record nothing.")
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record the study of a gauge; from its day on it sets the guard band of the limits.

    Columns: value (type1, bias); part, operator, value (crossed, range, nested, attribute; there
    also reference); reference, value (linearity); occasion, value (stability).

    Exit code 0: recorded and usable. 1: refused, or the gauge is rejected. 2: bad input.
    """
    point_at(data, database)
    start_django()
    prepare_database()
    from packline.resources.calc.studies import evaluate
    from packline.resources.calc.study_data import Task
    from packline.resources.forms import read_study
    from packline.resources.models import Gauge
    from packline.resources.services import record_study

    known = Gauge.objects.filter(code=gauge).first()
    if known is None:
        codes = ", ".join(Gauge.objects.order_by("code").values_list("code", flat=True))
        raise _unusable("--gauge", gauge, "no such gauge", codes or "none is registered")
    person = person_called(signed_by)
    if program is not None:
        unit, low, high = _planned(program, characteristic)
    if not unit:
        raise _unusable("--unit", "", "say the unit of the readings, or the --program")
    content = _content(file)
    task = Task(characteristic, unit, low, high, reference, reference_uncertainty)
    found = evaluate(read_study(content, name=file.name, kind=kind), task)
    at = datetime.now(UTC)
    study = None
    if not dry_run:
        study = record_study(
            gauge=known,
            task=task,
            evaluation=found,
            content=content,
            name=file.name,
            taken_on=(taken_on or at).date(),
            valid_until=valid_until.date() if valid_until else None,
            verdict=verdict,
            reason=reason,
            confidence=confidence,
            by=person,
            at=at,
        )
    _tell(found, task, study, as_json)
    if (study.verdict if study else found.verdict) == "rejected":
        raise typer.Exit(NO)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unusable(str(file), "", f"cannot be read: {error}") from error


def _planned(program: str, code: str) -> tuple[str, float | None, float | None]:
    """Return unit and limits of a characteristic in the latest control plan of a program."""
    from packline.process.models import Characteristic

    rows = Characteristic.objects.filter(operation__routing__design__program__code=program)
    row = rows.filter(code=code).order_by("-operation__routing_id").first()
    if row is None:
        codes = ", ".join(sorted(set(rows.values_list("code", flat=True))))
        message = "is not in the control plan"
        raise _unusable("--characteristic", code, message, codes or "no plan of this program")
    return row.unit_code, row.low, row.high


def _unusable(where: str, value: str, message: str, allowed: str = "") -> InputError:
    from packline.foundation.errors import InputError, Problem

    return InputError([Problem(where, value=value, message=message, allowed=allowed)])


def _tell(found: Evaluation, task: Task, study: GaugeStudy | None, as_json: bool) -> None:
    from packline.resources.models import STUDY_VERDICTS

    verdict = study.verdict if study else found.verdict
    if as_json:
        until: date | None = study.valid_until if study else None
        print_json(
            {
                "study": str(study) if study else None,
                "kind": found.kind,
                "characteristic": task.characteristic_code,
                "unit": task.unit_code,
                "repeatability": found.repeatability,
                "uncertainty": found.uncertainty,
                "share_of_tolerance_percent": found.share_pct,
                "guard_band": study.guard_value if study else None,
                "suggested": found.verdict,
                "verdict": verdict,
                "why": found.why,
                "convention": found.convention,
                "valid_until": until.isoformat() if until else None,
                "file": study.file.sha256 if study else None,
            }
        )
        return
    screen = out()
    for name, value, unit in found.figures:
        shown = f"{value:.6g}" if isinstance(value, float) else value
        screen.print(f"  {name:<46} {shown} {unit}", markup=False)
    screen.print(f"{found.convention}.", markup=False)
    screen.print(f"Suggested: {STUDY_VERDICTS[found.verdict]}: {found.why}.", markup=False)
    if study is None:
        screen.print("Nothing was recorded (--dry-run).")
        return
    screen.print(
        f"Recorded as {study}: {STUDY_VERDICTS[verdict]}, guard band {study.guard_value:.6g} "
        f"{study.unit_code}, valid until {study.valid_until}.",
        markup=False,
    )
