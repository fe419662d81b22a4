"""`packline twin`: a unit simulated from its own cells and joints, now or at a moment."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from packline.site.options import (
    NO,
    DatabaseOption,
    DataOption,
    JsonOption,
    ends_well,
    out,
    print_json,
    warn,
)
from packline.site.prepare import point_at, require_record, start_django

if TYPE_CHECKING:
    from packline.production.calc.as_built import Twin


@ends_well
def twin(
    serial: Annotated[str, typer.Argument(help="Serial of a unit.")],
    at: Annotated[
        str,
        typer.Option(
            metavar="MOMENT",
            help="As it stood then, with what was read until then (2026-11-23T09:30, UTC).",
        ),
    ] = "",
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Simulate a unit from its own cells and joints, and compare it with what was measured.

    Nothing is written: what was judged on the line stands on the unit's page.
    Exit code 0: explained, or nothing to compare. 1: not explained, or no such unit.
    """
    moment = _moment(at)
    point_at(data, database)
    start_django()
    require_record()
    from packline.production.calc.as_built_predict import predict
    from packline.production.models import Unit
    from packline.production.queries.as_built import built_unit
    from packline.production.queries.genealogy import part_of_unit

    unit = Unit.objects.select_related("order__design__cell").filter(serial=serial).first()
    if unit is None:
        warn(f"{serial}: no unit of that serial is known")
        raise typer.Exit(NO)
    planned = moment is None and part_of_unit(unit) is None
    built = built_unit(unit, at=moment, planned=planned)
    if built is None:
        warn(f"{serial}: no cell was in it {f'at {moment:%Y-%m-%d %H:%M} UTC' if moment else ''}")
        raise typer.Exit(NO)
    found = predict(built)
    if as_json:
        print_json(
            {"serial": serial, "at": moment.isoformat() if moment else None, **asdict(found)}
        )
    else:
        _print(serial, found)
    if found.out:
        raise typer.Exit(NO)


def _moment(text: str) -> datetime | None:
    from packline.foundation.errors import InputError, Problem

    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        allowed = "a day or a moment, 2026-11-23T09:30"
        problem = Problem("--at", "", text, "is no moment", allowed)
        raise InputError([problem]) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _print(serial: str, found: Twin) -> None:
    from packline.production.calc.as_built_words import NAMES

    heads = (
        "quantity",
        "group",
        "unit",
        "predicted",
        "expected",
        "measured",
        "residual",
        "tolerance",
    )
    table = Table(title=f"{serial}: {found.method}, {found.model_version}", title_justify="left")
    for head in heads:
        table.add_column(head, justify="left" if head == "quantity" else "right")
    for f in found.figures:
        shown = [
            NAMES.get(f.code, f.code),
            str(f.position or ""),
            f.unit_code,
            f"{f.predicted:.4g}",
        ]
        if f.residual is None or f.tolerance is None or f.measured is None:
            shown += ["", "", "", ""]
        else:
            shown += [f"{f.predicted + (f.shift or 0.0):.4g}", f"{f.measured:.4g}"]
            shown += [f"{f.residual:+.2g}", f"{f.tolerance:.2g}{'' if f.agrees else ' OUT'}"]
        table.add_row(*shown)
    screen = out()
    screen.print(table)
    for text in found.not_predicted:
        screen.print(f"Not predicted: {text}", markup=False)
