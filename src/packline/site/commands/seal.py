"""`packline seal`: one signature over everything that moved, for good."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from packline.site.options import DatabaseOption, DataOption, ends_well, out
from packline.site.persons import person_called
from packline.site.prepare import point_at, require_record, start_django


@ends_well
def seal(
    by: Annotated[str, typer.Option("--as", help="Username of the inspector or approver.")],
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Seal every day since the last seal: one signed root over all chains that moved on it.

    Best done once a day, after the last shift: `packline verify` then finds an event that was
    taken off the end of a chain, too. The page Releases has a button for it.

    Exit code 0: sealed, or nothing moved since the last seal. 1: this person may not seal.
    2: there is no such person.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.assurance.services import seal_days

    made = seal_days(by=person_called(by), at=datetime.now(UTC))
    for row in made:
        out().print(f"{row.day}  {row.subjects} chains, seal {row}, root {row.root}", markup=False)
    if not made:
        out().print("No chain has moved since the last seal")
