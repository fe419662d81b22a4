"""Open holds of parts: on what is in a unit, however deep, and on parts by their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import F, QuerySet

from packline.foundation.prepared import Prepared
from packline.production.models import Part, PartHold, Unit
from packline.production.states import FIRST_SERIAL_RANK
from packline.supply.models import Cell

__all__ = ["all_part_holds", "part_holds_in", "part_holds_on"]

_open_part_holds = Prepared(
    lambda: PartHold.objects.filter(lifted_at__isnull=True).order_by("kind", "part", "number")
)

# Every part and every lot that is in a pack now, and the lots that those were made of.
_INSIDE = """
WITH RECURSIVE inside(node) AS (
    SELECT id FROM production_part WHERE kind = %s AND number = %s
  UNION
    SELECT CASE way.n WHEN 0 THEN l.child_id ELSE l.lot_id END
    FROM inside JOIN production_link l ON l.parent_id = inside.node
    CROSS JOIN (SELECT 0 AS n UNION ALL SELECT 1) way
    WHERE l.removed_at IS NULL AND (way.n = 0 OR l.lot_id IS NOT NULL)
)
SELECT h.id FROM production_parthold h
JOIN production_part p ON p.kind = h.kind AND p.number = h.part
WHERE h.lifted_at IS NULL AND p.id IN (SELECT node FROM inside)"""


def all_part_holds() -> QuerySet[PartHold]:
    """Return every hold of a part, those in force first, then the last lifted."""
    return PartHold.objects.select_related("placed_by").order_by(
        F("lifted_at").desc(nulls_first=True), "-placed_at", "kind", "part", "-number"
    )


def part_holds_in(unit: Unit) -> list[PartHold]:
    """Return the open holds of what is in a unit, or of the cells that were given to it."""
    held = _open_part_holds()
    if not held:
        return []
    keys = _inside("pack", unit.serial)
    cells = {hold.part for hold in held if hold.kind == "cell"}
    given = set(
        Cell.objects.filter(placement__unit=unit, serial__in=cells).values_list(
            "serial", flat=True
        )
        if cells
        else ()
    )
    return [
        hold for hold in held if hold.pk in keys or (hold.kind == "cell" and hold.part in given)
    ]


def part_holds_on(parts: Sequence[Part]) -> list[PartHold]:
    """Return the open holds of parts, and of what is in them."""
    held = _open_part_holds()
    if not held or not parts:
        return []
    wanted = {(part.kind, part.number) for part in parts}
    wanted |= {(part.lot.kind, part.lot.number) for part in parts if part.lot is not None}
    keys: set[int] = set()
    for part in parts:
        if part.rank > FIRST_SERIAL_RANK or part.is_lot:
            keys |= _inside(part.kind, part.number)
    return [hold for hold in held if hold.pk in keys or (hold.kind, hold.part) in wanted]


def _inside(kind: str, number: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(_INSIDE, [kind, number])
        return {row[0] for row in cursor.fetchall()}
