import re
from datetime import timedelta

import pytest

from packline.production.models import Link
from packline.production.queries.epcis import epcis_of_unit
from packline.production.queries.recall import recall
from packline.production.services import (
    PartIn,
    book_lot,
    install_parts,
    pack_box,
    remove_part,
    stack_boxes,
    unpack,
)
from tests.packline.production.test_building import Line


@pytest.fixture
def built(world, people, now):
    """Two units with their cells, one welded and with nickel, boxed and on a pallet."""
    do = {"by": people.operator, "at": now}
    book_lot(kind="nickel", number="N1", amount=10, unit="m", **do)
    units = list(world.order.units.order_by("number"))
    nickel = PartIn(kind="nickel", number="N1", amount="0.5", unit="m")
    install_parts(unit=units[0], components={"bms": "B1"}, further=[nickel], **do)
    install_parts(unit=units[1], components={"bms": "B2"}, **do)
    line = Line(world, people, now)
    line.kit(units[0])
    line.weld(units[0])
    world.order.units.update(state="passed")
    units = list(world.order.units.order_by("number"))
    pack_box(box="X1", units=units[:1], **do)
    stack_boxes(pallet="Y1", boxes=["X1"], **do)
    return units


def test_a_recall_names_every_pack_with_its_state_and_box(built):
    found = recall("L1")
    assert found.complete
    assert [pack.cells for pack in found.packs] == [
        ("PK-000001", "passed", "P1", "ACME", "O1", "4", "4", "X1 on Y1"),
        ("PK-000002", "passed", "P1", "ACME", "O1", "4", "4", ""),
    ]


@pytest.mark.parametrize(
    ("name", "kind", "packs", "quantity"),
    [
        ("B2", "bms", ["PK-000002"], 1),
        ("N1", "lot", ["PK-000001"], 500),
        ("G-milliohm_meter", "gauge", ["PK-000001"], 8),
        ("S-welder", "station", ["PK-000001"], 1),
        ("Y1", "pallet", ["PK-000001"], 1),
        ("PK-000002", "pack", ["PK-000002"], 1),
        ("C012", "cell", [], 0),
    ],
)
def test_a_recall_begins_at_whatever_is_bad(built, name, kind, packs, quantity):
    found = recall(name)
    assert (found.kind, [p.serial for p in found.packs]) == (kind, packs)
    assert [p.quantity for p in found.packs] == [quantity] * len(packs)


def test_a_recall_of_nothing_known_is_none(built):
    assert recall("NOPE") is None


def test_a_recall_of_a_lot_that_lost_a_link_says_so(built):
    link = Link.objects.filter(kind="cell").select_related("child").first()
    lost = link.child.number
    link.delete()
    found = recall("L1")
    assert not found.complete
    assert found.gaps == (f"1 cells are said to be installed and no link says where: {lost} ...",)


# What the JSON Schema of EPCIS 2.0 asks for (github.com/gs1/EPCIS, JSON-Schema: the document,
# event-definitions, the four kinds of event, bizStep), stated here in our own words.
KINDS = {
    "ObjectEvent": {"action", "epcList"},
    "AggregationEvent": {"action", "parentID"},
    "AssociationEvent": {"action", "parentID"},
    "TransformationEvent": {"inputQuantityList", "outputEPCList"},
}
ALLOWED = {
    "eventID", "type", "eventTime", "eventTimeZoneOffset", "action", "epcList", "parentID",
    "childEPCs", "childQuantityList", "inputQuantityList", "outputEPCList", "bizStep",
    "disposition", "readPoint",
}  # fmt: skip
STEPS = {"assembling", "commissioning", "decommissioning", "disassembling", "holding",
         "inspecting", "packing", "unpacking"}  # fmt: skip
DISPOSITIONS = {"active", "conformant", "non_conformant", "in_progress", "inactive",
                "non_sellable_other", "sellable_not_accessible"}  # fmt: skip
URI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def check(document):
    assert {"@context", "type", "schemaVersion", "creationDate", "epcisBody"} == set(document)
    assert (document["type"], document["schemaVersion"]) == ("EPCISDocument", "2.0")
    events = document["epcisBody"]["eventList"]
    assert len({e["eventID"] for e in events}) == len(events)
    for event in events:
        assert set(event) <= ALLOWED
        assert KINDS[event["type"]] <= set(event)
        assert MOMENT.fullmatch(event["eventTime"])
        assert re.fullmatch(r"[+-]((0\d|1[0-3]):[0-5]\d|14:00)", event["eventTimeZoneOffset"])
        assert event.get("action", "ADD") in ("ADD", "OBSERVE", "DELETE")
        assert event["bizStep"] in STEPS
        assert event.get("disposition", "active") in DISPOSITIONS
        if event["type"] in ("AggregationEvent", "AssociationEvent"):
            assert event.get("childEPCs") or event.get("childQuantityList")
        for name in ("epcList", "childEPCs", "outputEPCList"):
            names = event.get(name, ["urn:x:y"])
            assert len(set(names)) == len(names) >= 1
            assert all(URI.fullmatch(one) for one in names)
        for name in ("childQuantityList", "inputQuantityList"):
            for one in event.get(name, []):
                assert set(one) <= {"epcClass", "quantity", "uom"}
                assert URI.fullmatch(one["epcClass"])
                assert re.fullmatch(r"[A-Z0-9]{2,3}", one.get("uom", "MMT"))
    return events


def test_the_story_of_a_unit_in_epcis_has_what_the_schema_asks_for(built, people, now):
    link = Link.objects.get(child__number="PK-000001", parent__kind="box")
    unpack(link=link, reason="recall", by=people.operator, at=now + timedelta(hours=1))
    events = check(epcis_of_unit(built[0], at=now))
    own = "https://id.gs1.org/01/09506000134352/21/PK-000001"
    assert events[-1]["type"] == "AggregationEvent"
    assert (events[-1]["action"], events[-1]["childEPCs"]) == ("DELETE", [own])
    nickel = next(e for e in events if e["type"] == "TransformationEvent")
    assert nickel["inputQuantityList"] == [
        {"epcClass": "urn:x-packline:nickel-lot:N1", "quantity": 500, "uom": "MMT"}
    ]
    assert nickel["outputEPCList"] == [own]
    groups = [e for e in events if e.get("parentID", "").endswith("%2FG01")]
    assert [sorted(e["childEPCs"]) for e in groups] == [
        [f"urn:x-packline:cell:{k.child.number}" for k in
         Link.objects.filter(parent__number="PK-000001/G01").order_by("child__number")]
    ]  # fmt: skip
    judged = [e["disposition"] for e in events if e["bizStep"] == "inspecting"]
    assert judged == ["conformant", "conformant"]
    assert events[0]["eventTimeZoneOffset"] == "+00:00"


def test_what_was_taken_out_is_told_as_taken_out(built, people, now):
    built[1].order.units.update(state="building")
    link = Link.objects.get(child__number="B2")
    remove_part(link=link, reason="dead", by=people.operator, at=now + timedelta(hours=1))
    events = check(epcis_of_unit(built[1], at=now))
    assert [e["action"] for e in events if "urn:x-packline:bms:B2" in e.get("childEPCs", [])] == [
        "ADD", "DELETE",
    ]  # fmt: skip
