"""`packline trace`: what is in a pack, and where a cell, a part or a lot went."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

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

MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
COLUMNS = ("serial", "kind", "within", "place", "quantity", "from", "until", "lot", "state")


@ends_well
def trace(
    name: Annotated[str, typer.Argument(help="Serial of a pack, cell or part, or a lot number.")],
    data: DataOption = None,
    database: DatabaseOption = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            "--at", formats=MOMENTS, help="As it stood at this moment, UTC: a pack or a part."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Trace a serial or a lot in both directions, completely, and say how much that is.

    Exit code 0: traced. 1: nothing of that name is known.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.production.calc.quantities import in_words
    from packline.production.queries.trace import stood_at
    from packline.production.queries.trace import trace as find

    found = find(name) if at is None else stood_at(name, at.replace(tzinfo=UTC))
    if found is None:
        warn(f"{name}: no pack, cell, part or lot of that name is known")
        raise typer.Exit(NO)
    if as_json:
        print_json({**asdict(found), "count": found.count, "complete": found.complete})
        return
    screen = out()
    if at is not None:
        told = "parts in it" if found.units else "places it was in"
        screen.print(f"[bold]{name}[/] at {at:%Y-%m-%d %H:%M} UTC: {len(found.parts)} {told}")
    else:
        screen.print(
            f"[bold]{found.subject}[/] ({found.kind}): {len(found.units)} packs, "
            f"{len(found.parts)} parts, {len(found.not_installed)} not installed; "
            + ("complete." if found.complete else "[bold red]not complete:[/]")
        )
    for gap in found.gaps:
        screen.print(f"  {gap}", markup=False)
    if found.lots:
        screen.print(f"Lots: {', '.join(found.lots)}", markup=False)
    for title, parts in (
        ("Packs", found.units),
        ("Parts", found.parts),
        ("Not installed", found.not_installed),
    ):
        if not parts:
            continue
        table = Table(title=title, title_justify="left")
        for column in COLUMNS:
            table.add_column(column)
        for p in parts:
            table.add_row(
                p.serial, p.kind, p.within, str(p.position or ""),
                in_words(p.quantity, p.unit_code), p.installed_at[:19],
                p.removed_at[:19], p.lot, p.state,
            )  # fmt: skip
        screen.print(table)
