"""`packline run`: the main job, with progress for a person and JSON for a program."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from packline.site.options import (
    NO,
    DatabaseOption,
    DataOption,
    JsonOption,
    ends_well,
    out,
    print_json,
    say,
)
from packline.site.prepare import point_at, prepare_database, start_django

if TYPE_CHECKING:
    from packline.site.run.job import Listener, RunResult, StageLine


@ends_well
def run(
    program: Annotated[Path, typer.Argument(help="Program folder, with program.toml in it.")],
    data: DataOption = None,
    database: DatabaseOption = None,
    cells: Annotated[
        Path | None,
        typer.Option("--cells", help="Measured cells (CSV) instead of those the program names."),
    ] = None,
    catalog: Annotated[
        Path | None, typer.Option("--catalog", help="A further folder of cell sheets (TOML).")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a cell file with any unreadable row.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Take a program from its requirements to released packs, in one database.

    Without machines a virtual line measures, and named virtual people act: such packs end as
    released (virtual), not for shipment. A run that was interrupted goes on where it stopped.

    Exit code 0: at least one pack is released (held ones are listed). 1: no design or no pack is
    feasible. 2: the input cannot be used.
    """
    point_at(data, database)
    start_django()
    from django.conf import settings

    from packline.requirements.forms import read_program
    from packline.site.run.job import RunRequest
    from packline.site.run.lock import only_run
    from packline.site.run.stages import run_program

    started = time.monotonic()
    request = RunRequest(folder=program, cells=cells, catalogue=catalog, strict=strict)
    spec = read_program(program)  # before anything is written
    with only_run(Path(settings.PACKLINE_DATA)):
        prepare_database()
        with _listener(as_json) as listener:
            result = run_program(request, spec, listener)
    if as_json:
        print_json(
            {
                "order": result.order,
                "released": result.released,
                "stages": [asdict(line) for line in result.lines],
                "units": list(result.units),
                "report": str(result.report),
                "documents": str(result.documents),
            }
        )
    else:
        _print_end(result, time.monotonic() - started)
    if not result.released:
        raise typer.Exit(NO)


@contextmanager
def _listener(as_json: bool) -> Iterator[Listener]:
    """Show progress on stderr while a person looks, and one line per stage."""
    from packline.site.run.job import Listener

    screen = say()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=screen,
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        def line(stage: StageLine) -> None:
            for what in list(tasks):
                bars.remove_task(tasks.pop(what))
            console = screen if as_json else out()
            console.print(f"[bold]{stage.stage:<13}[/]{stage.figure}")
            for note in stage.notes:
                console.print(f"{'':<13}{note}", style="dim", markup=False)

        yield Listener(clock=lambda: datetime.now(UTC), line=line, progress=progress)


def _print_end(result: RunResult, seconds: float) -> None:
    screen = out()
    held = [u for u in result.units if u["state"] != "released"]
    virtual = any(u["virtual"] for u in result.units)
    what = "released (virtual), not for shipment" if virtual else "released"
    screen.print()
    packs = f"{result.released} of {len(result.units)} packs {what}"
    screen.print(f"[bold]{packs}[/], {seconds:.0f} s")
    for unit in held:
        open_ones = [n["title"] for n in unit["nonconformances"] if n["state"] != "closed"]
        why = "; ".join(open_ones) or unit["state"]
        screen.print(f"  {unit['serial']} is {unit['state']}: {why}", markup=False)
    screen.print(f"Report      {result.report}", markup=False)
    screen.print(f"Records     {result.documents}", markup=False)
    screen.print("Pages       packline serve (with the same --data)", markup=False)
    screen.print("Proof       packline verify (with the same --data)", markup=False)
