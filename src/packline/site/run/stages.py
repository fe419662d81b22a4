"""The stages of a run in the order of the thread; each finds what is done already and goes on."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from packline.foundation.errors import Refused
from packline.production.models import Order
from packline.requirements.calc.spec import ProgramSpec
from packline.site.run import downstream, upstream
from packline.site.run.cast import equip, gather
from packline.site.run.job import Listener, RunRequest, RunResult
from packline.site.run.outcome import units_of_order

__all__ = ["run_program"]


def run_program(request: RunRequest, spec: ProgramSpec, listener: Listener) -> RunResult:
    """Run a program from its requirements to released packs.

    Raises
    ------
    InputError
        If a file cannot be used; nothing of its stage is written then.
    Refused
        If no design or no pack is feasible; what was found out until then is kept.
    """
    cast = gather(listener.clock())
    lines = []

    program, line = upstream.requirements(spec, cast, listener.clock())
    listener.line(line)
    lines.append(line)

    design, line = upstream.design(spec, program, request.catalogue, cast, listener.clock())
    listener.line(line)
    lines.append(line)

    routing, line = upstream.process(design, cast, listener.clock())
    equipment = equip(cast, routing, listener.clock())
    listener.line(line)
    lines.append(line)

    line = upstream.supply(request, spec, design, cast, listener)
    listener.line(line)
    lines.append(line)

    order, line = downstream.production(spec, design, routing, cast, equipment, listener)
    listener.line(line)
    lines.append(line)

    line = downstream.quality(order)
    listener.line(line)
    lines.append(line)

    records = _place(order, "records")
    line = downstream.assurance(spec, program, order, cast, records, listener)
    listener.line(line)
    lines.append(line)

    report, line = downstream.insight(order, cast, _place(order, ""), listener.clock())
    listener.line(line)
    lines.append(line)
    downstream.seal(cast, listener.clock())
    return RunResult(
        order=order.number,
        lines=tuple(lines),
        units=tuple(units_of_order(order)),
        report=report,
        documents=records,
    )


def _place(order: Order, name: str) -> Path:
    """Return the folder for copies of what a run issued; the originals are stored by content."""
    folder = Path(settings.PACKLINE_DATA) / "output" / order.number / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"{folder} cannot be made: {error.strerror}") from error
    return folder
