"""Ways through what is in what: down to every part and lot, up to every pack, at any moment.

One statement of the database walks a whole way. A way exists where the intervals of its links
overlap: a cell that left its module before the module went into a pack was never in that pack.
Two links that touch at one instant count as overlapping, so that a recall rather names one more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.dateparse import parse_datetime

from packline.foundation.prepared import Prepared
from packline.production.models import Link, Part, Unit
from packline.production.states import ASSEMBLIES, FIRST_SERIAL_RANK

__all__ = [
    "LotIn",
    "PackWith",
    "cell_lots_in",
    "contents_at",
    "links_below",
    "links_of_unit",
    "lots_below",
    "open_below",
    "packs_above",
    "packs_with_lots",
    "part_called",
    "part_of_unit",
    "place_at",
    "units_holding",
]

PER_LOOKUP = 500
PACK_RANK = ASSEMBLIES["pack"]

_EVER = {"sqlite": "'9999-12-31 00:00:00'", "postgresql": "timestamptz '9999-12-31 00:00:00+00'"}
_LATER = {"sqlite": "MAX", "postgresql": "GREATEST"}
_EARLIER = {"sqlite": "MIN", "postgresql": "LEAST"}
_LOOKED_UP = re.compile(r"CROSS JOIN (\w+) (\w+) ON \2\.(\w+) = (\w+\.\w+)")

# Every way goes from the few rows that are known to those that an index finds for each of them.
# CROSS JOIN keeps SQLite at that order. PostgreSQL cannot know how few they are, and would rather
# read whole tables: it is told to look them up one by one (see _in_words_of).
# Lots that a lot was split or merged into, itself among them.
_LOTS_MADE_OF = f"""
lots(node) AS (
    SELECT id FROM production_part WHERE id = %(start)s
  UNION
    SELECT l.parent_id FROM lots CROSS JOIN production_link l ON l.child_id = lots.node
    WHERE l.parent_rank < {FIRST_SERIAL_RANK}
)"""

_FROM_LOTS = f"""
    SELECT l.parent_id, l.parent_rank, l.installed_at, COALESCE(l.removed_at, {{ever}}),
           SUM(l.quantity)
    FROM lots CROSS JOIN production_link l ON l.lot_id = lots.node
    WHERE l.parent_rank >= {FIRST_SERIAL_RANK}
    GROUP BY 1, 2, 3, 4"""

_FROM_PART = """
    SELECT l.parent_id, l.parent_rank, l.installed_at, COALESCE(l.removed_at, {ever}), l.quantity
    FROM production_link l WHERE l.child_id = %(start)s"""

_UP = f"""
WITH RECURSIVE {{lots}}
up(node, rank, since, until, n) AS (
  SELECT * FROM ({{first}}) AS first
  UNION ALL
    SELECT l.parent_id, l.parent_rank, {{later}}(up.since, l.installed_at),
           {{earlier}}(up.until, COALESCE(l.removed_at, {{ever}})), up.n
    FROM up CROSS JOIN production_link l ON l.child_id = up.node
    WHERE up.rank < {PACK_RANK} AND l.installed_at <= up.until
      AND COALESCE(l.removed_at, {{ever}}) >= up.since
),
packs(node, n, still, since, until) AS (
    SELECT node, SUM(n), SUM(CASE WHEN until = {{ever}} THEN n ELSE 0 END), MIN(since), MAX(until)
    FROM up WHERE rank = {PACK_RANK} GROUP BY node
)
SELECT p.number, packs.n, packs.still, packs.since, packs.until
FROM packs CROSS JOIN production_part p ON p.id = packs.node
WHERE p.kind = 'pack' ORDER BY p.number"""

# What is in a part and in the parts of it that hold parts; pieces and lots are the ends.
_DOWN = f"""
WITH RECURSIVE down(node, since, until) AS (
    SELECT id, {{since}}, {{ever}} FROM production_part WHERE id = %(start)s
  UNION ALL
    SELECT l.child_id, {{later}}(down.since, l.installed_at),
           {{earlier}}(down.until, COALESCE(l.removed_at, {{ever}}))
    FROM down CROSS JOIN production_link l ON l.parent_id = down.node
    WHERE l.child_rank > {FIRST_SERIAL_RANK}
      AND l.installed_at <= down.until AND COALESCE(l.removed_at, {{ever}}) >= down.since
)"""

_LINKS_DOWN = (
    _DOWN
    + """
SELECT DISTINCT l.id FROM down CROSS JOIN production_link l ON l.parent_id = down.node
WHERE l.installed_at <= down.until
  AND COALESCE(l.removed_at, {ever}) >= down.since"""
)

_LOTS_DOWN = (
    _DOWN
    + """,
used(lot, n, here) AS (
    SELECT l.lot_id, SUM(l.quantity),
           SUM(CASE WHEN l.removed_at IS NULL AND down.until = {ever} THEN l.quantity ELSE 0 END)
    FROM down CROSS JOIN production_link l ON l.parent_id = down.node
    WHERE l.installed_at <= down.until
      AND COALESCE(l.removed_at, {ever}) >= down.since
      AND COALESCE(l.lot_id, 0) <> 0
    GROUP BY l.lot_id
),
made(lot, whole) AS (
    SELECT lot, lot FROM used
  UNION
    SELECT l.child_id, made.whole FROM made
    CROSS JOIN production_link l ON l.parent_id = made.lot
)
SELECT p.kind, p.number, p.unit_code, SUM(used.n), SUM(used.here), 
       MIN(CASE WHEN made.lot = made.whole THEN 0 ELSE 1 END)
FROM made CROSS JOIN used CROSS JOIN production_part p ON p.id = made.lot
WHERE used.lot = made.whole
GROUP BY p.kind, p.number, p.unit_code ORDER BY p.kind, p.number"""
)


_parts = Prepared(lambda kind, number: Part.objects.filter(kind=kind, number=number))


@dataclass(frozen=True, slots=True)
class PackWith:
    """A pack in which something is or was, how much of it, and in which span of time."""

    serial: str
    quantity: int  # put in, in the base unit; what was taken out and put back counts again
    still: int  # of it, in there now
    since: datetime
    until: datetime | None  # None while some of it is in there


@dataclass(frozen=True, slots=True)
class LotIn:
    """A lot of which something is or was in an assembly."""

    kind: str
    number: str
    unit_code: str
    quantity: int
    still: int
    indirect: bool  # in a lot that was split from it or merged with others


def part_of_unit(unit: Unit) -> Part | None:
    """Return a unit as a part; None before anything was installed in it."""
    return part_called("pack", unit.serial)


def part_called(kind: str, number: str) -> Part | None:
    """Return a part by its kind and number; None if nothing of it is known."""
    return _parts.first(kind=kind, number=number)


def packs_with_lots(lot: Part) -> list[PackWith]:
    """Return every pack with something of a lot, by whichever way it came there."""
    return _packs(_UP.replace("{first}", _FROM_LOTS).replace("{lots}", _LOTS_MADE_OF + ","), lot)


def packs_above(part: Part) -> list[PackWith]:
    """Return every pack that a part is or was in, by whichever way it came there."""
    if part.is_lot:
        return packs_with_lots(part)
    return _packs(_UP.replace("{first}", _FROM_PART).replace("{lots}", ""), part)


def units_holding(part: Part) -> list[str]:
    """Return the serial of the pack that a part is in now: one, or none."""
    return [pack.serial for pack in packs_above(part) if pack.still]


def lots_below(part: Part) -> list[LotIn]:
    """Return every lot of which something is or was in an assembly, however deep."""
    rows = _fetch(_LOTS_DOWN, part)
    return [
        LotIn(kind, number, code, int(n), int(here), bool(more))
        for kind, number, code, n, here, more in rows
    ]


def links_of_unit(unit: Unit, *, kinds: Sequence[str] = ()) -> list[Link]:
    """Return every link below a unit, removed ones too, by assembly, place and moment."""
    pack = part_of_unit(unit)
    return [] if pack is None else links_below(pack, kinds=kinds)


def links_below(part: Part, *, kinds: Sequence[str] = ()) -> list[Link]:
    """Return every link below an assembly, removed ones too, by assembly, place and moment."""
    keys = [row[0] for row in _fetch(_LINKS_DOWN, part)]
    found: list[Link] = []
    for start in range(0, len(keys), PER_LOOKUP):
        links = Link.objects.filter(pk__in=keys[start : start + PER_LOOKUP])
        if kinds:
            links = links.filter(kind__in=kinds)
        found.extend(links.select_related("parent", "child", "lot"))
    return sorted(
        found, key=lambda k: (k.parent.number, k.position, k.installed_at, k.child.number)
    )


def cell_lots_in(unit: Unit) -> list[str]:
    """Return the numbers of the lots of which cells are in a unit now, split lots' sources too."""
    pack = part_of_unit(unit)
    if pack is None:
        return []
    return [lot.number for lot in lots_below(pack) if lot.still and lot.kind == "cell-lot"]


def open_below(part: Part) -> list[Link]:
    """Return the links of what is in an assembly now, however deep."""
    found, level = [], [part.pk]
    while level:
        links: list[Link] = []
        for start in range(0, len(level), PER_LOOKUP):
            links.extend(
                Link.objects.filter(
                    parent__in=level[start : start + PER_LOOKUP], removed_at__isnull=True
                ).select_related("parent", "child", "lot")
            )
        found += links
        level = [link.child_id for link in links if link.child_rank > FIRST_SERIAL_RANK]
    return found


def open_links_of(unit: Unit, kind: str = "", number: str = "") -> list[Link]:
    """Return the links of what is in a unit now, by kind and number if asked; groups left out."""
    pack = part_of_unit(unit)
    found = [] if pack is None else open_below(pack)
    return sorted(
        (
            link
            for link in found
            if link.kind != "group"
            and kind in ("", link.kind)
            and number in ("", link.child.number)
        ),
        key=lambda link: (link.kind == "cell", link.kind, link.parent.number, link.position),
    )


def contents_at(part: Part, at: datetime) -> list[Link]:
    """Return the links of what was in an assembly at a moment, however deep."""
    found, level = [], [part.pk]
    while level:
        links: list[Link] = []
        for start in range(0, len(level), PER_LOOKUP):
            links.extend(
                Link.objects.filter(
                    _standing(at), parent__in=level[start : start + PER_LOOKUP]
                ).select_related("parent", "child", "lot")
            )
        found += links
        level = [link.child_id for link in links if link.child_rank > FIRST_SERIAL_RANK]
    return sorted(found, key=lambda k: (k.parent.number, k.position, k.child.number))


def place_at(part: Part, at: datetime) -> list[Link]:
    """Return where a serialised part was at a moment, from what it was in to the outermost."""
    found: list[Link] = []
    node: Part | None = part
    while node is not None:
        link = (
            Link.objects.filter(_standing(at), child=node)
            .select_related("parent", "child", "lot")
            .order_by("-installed_at")
            .first()
        )
        if link is not None:
            found.append(link)
        node = link.parent if link is not None else None
    return found


def _standing(at: datetime) -> Q:
    return Q(installed_at__lte=at) & (Q(removed_at__isnull=True) | Q(removed_at__gt=at))


def _packs(sql: str, part: Part) -> list[PackWith]:
    return [
        PackWith(
            serial,
            int(n),
            int(still),
            _moment(since),
            None if still else _moment(until),
        )
        for serial, n, still, since, until in _fetch(sql, part)
    ]


def _fetch(sql: str, part: Part) -> list[tuple[Any, ...]]:
    """Run one statement in the words of the database at hand."""
    with connection.cursor() as cursor:
        cursor.execute(_in_words_of(connection.vendor, sql), {"start": part.pk})
        return list(cursor.fetchall())


@cache
def _in_words_of(vendor: str, sql: str) -> str:
    """Write a statement as one of the databases reads it."""
    since = "'0001-01-01 00:00:00'"
    text = sql.format(
        ever=_EVER[vendor],
        later=_LATER[vendor],
        earlier=_EARLIER[vendor],
        since=since if vendor == "sqlite" else f"timestamptz {since}",
    )
    if vendor == "sqlite":
        return text
    # OFFSET 0 keeps the look-up as it stands: an index scan for each row, in no other order.
    return _LOOKED_UP.sub(r"CROSS JOIN LATERAL (SELECT * FROM \1 WHERE \3 = \4 OFFSET 0) \2", text)


def _moment(value: Any) -> datetime:
    """Read a moment as the database hands it over: SQLite keeps text, in UTC."""
    found = parse_datetime(value) if isinstance(value, str) else value
    assert isinstance(found, datetime)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
