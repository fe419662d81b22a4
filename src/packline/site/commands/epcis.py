"""`packline epcis`: the story of a unit as EPCIS 2.0 events in JSON-LD."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from packline.site.options import DatabaseOption, DataOption, ends_well, print_json
from packline.site.prepare import point_at, require_record, start_django


@ends_well
def epcis(
    serial: Annotated[str, typer.Argument(help="Serial of the unit.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file, not to stdout.")
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Tell a unit's story in EPCIS 2.0: made, built of what, judged, held, packed.

    Exit code 0: told. 1: no unit has this serial.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.foundation.errors import Refused
    from packline.production.models import Unit
    from packline.production.queries.epcis import epcis_of_unit

    unit = Unit.objects.filter(serial=serial).first()
    if unit is None:
        raise Refused(f"no unit has the serial {serial}")
    document = epcis_of_unit(unit, at=datetime.now(UTC))
    if output is None:
        print_json(document)
    else:
        output.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
