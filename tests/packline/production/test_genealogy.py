from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from packline.foundation.errors import DomainError, Refused
from packline.foundation.verification import verify_record
from packline.production.calc.quantities import in_large_units, to_base
from packline.production.models import Link, Part
from packline.production.queries.genealogy import (
    contents_at,
    links_below,
    lots_below,
    packs_above,
    place_at,
)
from packline.production.queries.trace import trace
from packline.production.services import (
    PartIn,
    assemble,
    book_lot,
    install_parts,
    merge_lots,
    pack_box,
    remove_part,
    repack,
    scrap_unit,
    split_lot,
    stack_boxes,
    swap_part,
    unpack,
)

# Whoever is random: three lots, of which two may be made of earlier ones, and pieces of some.
PARTS = [
    ("cell-lot", 0), ("cell-lot", 1), ("cell-lot", 2),
    ("cell", 100), ("cell", 100), ("cell", 100),
    ("group", 200), ("group", 200), ("module", 300), ("module", 300),
    ("pack", 400), ("pack", 400), ("box", 500),
]  # fmt: skip
LOT_OF = {3: 0, 4: 1}  # index of a cell -> of its lot; the third came from nowhere

link = st.tuples(
    st.integers(0, len(PARTS) - 1), st.integers(0, len(PARTS) - 1),
    st.integers(0, 8), st.one_of(st.none(), st.integers(0, 8)), st.integers(1, 5),
)  # fmt: skip


def write(history, now):
    """Write the parts and those links that the constraints let in; return what was written."""
    parts = []
    for k, (kind, rank) in enumerate(PARTS):
        lot = parts[LOT_OF[k]] if k in LOT_OF else None
        amount = 100 if rank < 100 else None
        parts.append(
            Part.objects.create(kind=kind, number=f"N{k}", rank=rank, lot=lot, quantity=amount)
        )
    kept, stated, inside = [], set(), set()
    for parent, child, start, length, quantity in history:
        rank = PARTS[child][1]
        one = (parent, child, start)
        if PARTS[parent][1] <= rank or one in stated or (PARTS[parent][1] < 100 <= rank):
            continue
        if length is None and rank >= 100:
            if child in inside:
                continue
            inside.add(child)
        stated.add(one)
        kept.append((parent, child, start, None if length is None else start + length,
                     quantity if rank < 100 else 1))  # fmt: skip
    Link.objects.bulk_create(
        Link(
            parent=parts[p], child=parts[c], lot=parts[c] if PARTS[c][1] < 100 else parts[c].lot,
            kind=PARTS[c][0].removesuffix("-lot"), parent_rank=PARTS[p][1],
            child_rank=PARTS[c][1], position=0, quantity=q,
            installed_at=now + timedelta(hours=a),
            removed_at=None if b is None else now + timedelta(hours=b),
        )
        for p, c, a, b, q in kept
    )  # fmt: skip
    return parts, kept


EVER = 10**6


def ways_up(kept, node, since=0, until=EVER):
    """Every way from a serialised part up: (top, since, until)."""
    for p, c, a, b, _ in kept:
        if c == node:
            low, high = max(since, a), min(until, EVER if b is None else b)
            if low <= high:
                yield p, low, high
                yield from ways_up(kept, p, low, high)


def packs_by_hand(kept, node):
    """Follow every way one by one: pack -> (quantity, still in it, since, until)."""
    lots = {node}
    for _ in PARTS:  # lots made of it, and of those, ...
        lots |= {p for p, c, *_ in kept if c in lots and PARTS[p][1] < 100}
    if PARTS[node][1] < 100:
        starts = [
            (p, a, EVER if b is None else b, q)
            for p, c, a, b, q in kept
            if PARTS[p][1] >= 100 and (c in lots or LOT_OF.get(c) in lots)
        ]
    else:
        starts = [(p, a, EVER if b is None else b, q) for p, c, a, b, q in kept if c == node]
    found = {}
    for parent, a, b, q in starts:
        for top, low, high in [(parent, a, b), *ways_up(kept, parent, a, b)]:
            if PARTS[top][0] == "pack":
                n, still, since, until = found.get(f"N{top}", (0, 0, EVER, 0))
                found[f"N{top}"] = (
                    n + q, still + q * (high == EVER), min(since, low), max(until, high)
                )  # fmt: skip
    return found


def links_by_hand(kept, node, since=0, until=EVER):
    """Every link below a part that overlaps with the way to it."""
    for k, (p, c, a, b, _) in enumerate(kept):
        if p == node:
            low, high = max(since, a), min(until, EVER if b is None else b)
            if low <= high:
                yield k
                if PARTS[c][1] > 100:
                    yield from links_by_hand(kept, c, low, high)


def lots_by_hand(kept, node):
    """Lots of the links below, and the lots that those were made of."""
    lots = set()
    for k in links_by_hand(kept, node):
        child = kept[k][1]
        lot = child if PARTS[child][1] < 100 else LOT_OF.get(child)
        lots |= {lot} - {None}
    for _ in PARTS:
        lots |= {c for p, c, *_ in kept if p in lots}
    return {f"N{k}" for k in lots}


@pytest.mark.django_db
@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(history=st.lists(link, max_size=30))
@example(history=[(1, 0, 0, None, 5), (6, 1, 1, None, 2), (8, 6, 2, 1, 1), (10, 8, 3, None, 1)])
@example(history=[(6, 3, 0, 2, 1), (8, 6, 0, None, 1), (10, 8, 2, None, 1), (11, 8, 0, 1, 1)])
def test_every_trace_equals_following_every_way_by_hand(now, history):
    with transaction.atomic():
        parts, kept = write(history, now)
        for k, (_, rank) in enumerate(PARTS):
            hours = {
                pack.serial: (
                    pack.quantity, pack.still, round((pack.since - now).total_seconds() / 3600),
                    EVER if pack.until is None else
                    round((pack.until - now).total_seconds() / 3600),
                )
                for pack in packs_above(parts[k])
            }  # fmt: skip
            assert hours == packs_by_hand(kept, k), PARTS[k]
            if rank >= 100:
                below = sorted(
                    (x.parent.number, x.child.number, x.installed_at)
                    for x in links_below(parts[k])
                )
                by_hand = {kept[x] for x in links_by_hand(kept, k)}
                assert below == sorted(
                    (f"N{p}", f"N{c}", now + timedelta(hours=a)) for p, c, a, *_ in by_hand
                )
                assert {x.number for x in lots_below(parts[k])} == lots_by_hand(kept, k)
        for hour in (0, 3, 20):
            at = now + timedelta(hours=hour)
            standing = [x for x in kept if x[2] <= hour and (x[3] is None or x[3] > hour)]
            expected = sorted(
                (f"N{p}", f"N{c}") for k in links_by_hand([(p, c, 0, None, q) for
                p, c, _, _, q in standing], 10) for p, c, *_ in [standing[k]]
            )  # fmt: skip
            assert sorted(
                (x.parent.number, x.child.number) for x in contents_at(parts[10], at)
            ) == expected  # fmt: skip
        transaction.set_rollback(True)


@pytest.fixture
def hour(now):
    return lambda n: now + timedelta(hours=n)


@pytest.fixture
def passed(world):
    """Two passed units; how they got there is tested elsewhere."""
    world.order.units.update(state="passed")
    return list(world.order.units.order_by("number"))


def in_box(number):
    return sorted(
        Link.objects.filter(parent__number=number, removed_at__isnull=True).values_list(
            "child__number", flat=True
        )
    )


def test_a_module_is_built_before_its_pack_and_keeps_what_was_swapped_before(world, people, hour):
    do = {"by": people.operator}
    assemble(
        kind="module", number="M1",
        parts=[PartIn(kind="cell", number="C001", position=1),
               PartIn(kind="cell", number="C002", position=2)], at=hour(0), **do,
    )  # fmt: skip
    old = Link.objects.get(child__number="C001")
    swap_part(link=old, new=PartIn(kind="cell", number="X9"), reason="dent", at=hour(1), **do)
    serial = world.unit().serial
    assemble(kind="pack", number=serial, parts=[PartIn(kind="module", number="M1", position=1)],
             at=hour(2), **do)  # fmt: skip
    assert [u.serial for u in trace("X9").units] == [serial]
    assert trace("C001").units == ()  # out of the module before it went into the pack
    down = {p.serial for p in trace(serial).parts}
    assert down == {"M1", "C002", "X9"}
    module = Part.objects.get(number="M1")
    assert {x.child.number for x in contents_at(module, hour(0.5))} == {"C001", "C002"}
    assert {x.child.number for x in contents_at(module, hour(1))} == {"C002", "X9"}
    assert [x.parent.number for x in place_at(Part.objects.get(number="X9"), hour(3))] == [
        "M1", serial,
    ]  # fmt: skip
    assert not [d for d in verify_record().differences if d.subject.startswith("production.")]


def test_lots_are_used_by_exact_quantity_and_traced_through_split_and_merge(world, people, hour):
    do = {"by": people.operator}
    for number in ("N1", "N2"):
        book_lot(kind="nickel", number=number, amount="10.5", unit="m", at=hour(0), **do)
    split_lot(kind="nickel", number="N1", into=[("N1-1", "4"), ("N1-2", "1.25")], unit="m",
              at=hour(1), **do)  # fmt: skip
    merge_lots(kind="nickel", numbers=["N1-2", "N2"], into="N3", at=hour(2), **do)
    assert Part.objects.get(number="N3").quantity == 11_750
    install_parts(
        unit=world.unit(), at=hour(3), **do,
        further=[PartIn(kind="nickel", number="N3", amount=Decimal("0.8"), unit="m")],
    )  # fmt: skip
    for lot, connected in (("N1", True), ("N2", True), ("N1-2", True), ("N1-1", False)):
        assert bool(trace(lot).units) is connected, lot
    found = {x.number: x.quantity for x in lots_below(Part.objects.get(kind="pack"))}
    assert found == {"L1": 4, "N3": 800, "N1-2": 800, "N1": 800, "N2": 800}
    with pytest.raises(Refused, match="nickel-lot:N1-2 has 0 mm left, not 1 mm"):
        assemble(kind="module", number="M", at=hour(4), **do,
                 parts=[PartIn(kind="nickel", number="N1-2", amount=1, unit="mm")])  # fmt: skip
    assert not [d for d in verify_record().differences if d.subject.startswith("production.")]


def test_cells_without_serials_are_traced_by_lot_and_place(world, people, hour):
    do = {"by": people.operator, "at": hour(0)}
    book_lot(kind="cell", number="Z7", amount=100, **do)
    places = [PartIn(kind="cell", number="Z7", position=k, amount=1) for k in (1, 2)]
    assemble(kind="module", number="M1", parts=places, **do)
    assemble(kind="pack", number=world.unit().serial,
             parts=[PartIn(kind="module", number="M1", position=1)], **do)  # fmt: skip
    (pack,) = packs_above(Part.objects.get(number="Z7"))
    assert (pack.serial, pack.quantity, pack.still) == (world.unit().serial, 2, 2)
    with pytest.raises(Refused, match="place_holds_one_part|UNIQUE"):
        assemble(kind="module", number="M1", parts=places[:1], **(do | {"at": hour(1)}))


def test_boxes_are_packed_split_and_stacked(passed, people, hour):
    do = {"by": people.operator}
    pack_box(box="B1", units=passed, at=hour(0), **do)
    stack_boxes(pallet="P1", boxes=["B1"], at=hour(1), **do)
    second = Link.objects.get(parent__number="B1", child__number=passed[1].serial)
    repack(links=[second], into="B2", reason="too heavy", at=hour(2), **do)
    assert (in_box("B1"), in_box("B2")) == ([passed[0].serial], [passed[1].serial])
    assert {p.serial for p in trace("P1").parts} >= {"B1", passed[0].serial}
    first = Link.objects.get(child__number=passed[0].serial)
    unpack(link=first, reason="recall", at=hour(3), **do)
    assert in_box("B1") == []
    differences = verify_record().differences
    assert not [d for d in differences if d.subject.startswith("production.part")]


def test_only_finished_units_are_packed_and_only_unfinished_ones_changed(world, people, now):
    do = {"by": people.operator, "at": now}
    unit = world.unit()
    with pytest.raises(Refused, match="PK-000001 is planned: only passed or released"):
        pack_box(box="B1", units=[unit], **do)
    install_parts(unit=unit, components={"bms": "B7"}, **do)
    scrap_unit(unit=unit, reason="dropped", by=people.approver, at=now)
    with pytest.raises(Refused, match="PK-000001 is scrapped"):
        remove_part(link=Link.objects.get(kind="bms"), reason="reuse", **do)


def test_nothing_is_in_itself(world, people, now):
    do = {"by": people.operator, "at": now}
    assemble(kind="module", number="M1", parts=[PartIn(kind="cell", number="X1")], **do)
    with pytest.raises(Refused, match="module:M1 cannot be in group:G1"):
        assemble(kind="group", number="G1", parts=[PartIn(kind="module", number="M1")], **do)
    module, cell = Part.objects.get(number="M1"), Part.objects.get(number="X1")
    with pytest.raises(IntegrityError, match="link_leads_upward"), transaction.atomic():
        Link.objects.create(
            parent=cell, child=module, kind="module", parent_rank=100, child_rank=300, position=1,
            installed_at=now,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="part_rank_of_module"), transaction.atomic():
        Part.objects.filter(pk=module.pk).update(rank=100)


def test_a_part_is_in_one_place_also_looking_back(people, hour):
    do = {"by": people.operator}
    assemble(kind="module", number="M1", parts=[PartIn(kind="bms", number="B1")], at=hour(0), **do)
    with pytest.raises(Refused, match="bms:B1 is in module:M1: take it out there first"):
        assemble(kind="module", number="M2", parts=[PartIn(kind="bms", number="B1")], at=hour(1),
                 **do)  # fmt: skip
    remove_part(link=Link.objects.get(), reason="spare", at=hour(5), **do)
    with pytest.raises(Refused, match="was elsewhere until"):
        assemble(kind="module", number="M2", parts=[PartIn(kind="bms", number="B1")], at=hour(2),
                 **do)  # fmt: skip


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        ({"quantity": 2}, "link_of_a_piece_or_a_quantity"),
        ({"unit_code": "m"}, "link_"),
        ({"removed_at": "before"}, "link_removed_after_installed"),
    ],
)
def test_the_database_refuses_a_false_link(people, now, row, constraint):
    pack = Part.objects.create(kind="pack", number="P", rank=400)
    cell = Part.objects.create(kind="cell", number="C", rank=100)
    if row.get("removed_at"):
        row = {"removed_at": now - timedelta(hours=1)}
    good = {"parent": pack, "child": cell, "kind": "cell", "parent_rank": 400, "child_rank": 100,
            "position": 1, "installed_at": now}  # fmt: skip
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Link.objects.create(**(good | row))


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "cell", "number": "L", "rank": 0, "quantity": 5},
        {"kind": "cell-lot", "number": "L", "rank": 0},
        {"kind": "cell-lot", "number": "L", "rank": 0, "quantity": 5, "unit_code": "km"},
        {"kind": "cell", "number": "", "rank": 100},
    ],
)
def test_the_database_refuses_a_false_part(people, row):
    with pytest.raises(IntegrityError, match="part_"), transaction.atomic():
        Part.objects.create(**row)


def test_quantities_are_exact_or_refused():
    assert to_base("0.1", "m") == (100, "mm")
    assert to_base(Decimal("2.5"), "kg") == (2_500_000, "mg")
    assert in_large_units(2_500_000, "mg") == "2.5 kg"
    assert in_large_units(1_234_567, "mg") == "1.234567 kg"
    assert in_large_units(0, "mm") == "0 mm"
    assert in_large_units(12, "1") == "12"
    for amount, unit in (("0.0001", "m"), ("1e400", "m"), ("nan", "g"), (0, "1"), (-3, "1"),
                         ("two", "1"), (1, "inch"), ("Infinity", "1"),
                         ("1e999999999", "g")):  # fmt: skip
        with pytest.raises(DomainError, match=f"amount {amount}|{amount!r}|inch"):
            to_base(amount, unit)
