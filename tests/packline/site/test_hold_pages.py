"""Parts, lots and single cells are held, let go and scrapped on pages; so are materials booked."""

import re

import pytest

from packline.catalog.models import CellModel
from packline.foundation.verification import verify_record
from packline.production.gate import blocks
from packline.production.models import LotScrap, Part, PartHold
from packline.production.queries.trace import trace
from packline.quality.models import Nonconformance
from packline.quality.services import open_nonconformance
from packline.quality.services.opening import OutOfLimits
from packline.supply.models import Cell, CellLot, LotHold
from packline.supply.services import place_lot_hold, quarantine_cells
from tests.packline.world import build_world, order_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant(people, now, afterwards):
    world = build_world(people, now)
    order_in(world, people, now)
    return world


def standing(plant, people, now):
    """Return what keeps the first unit from being kitted."""
    found = blocks(
        unit=plant.unit(), operation=plant.operation("kitting"), operator=people.operator,
        station=plant.stations["kitting_bench"], at=now,
    )  # fmt: skip
    return [b.code for b in found]


def test_a_part_is_held_and_let_go_on_the_page(client, people, plant, now):
    serial = plant.unit().placements.first().cell.serial
    client.force_login(people.operator)
    told = {"kind": "cell", "part": serial, "reason": "a dent"}
    answer = client.post("/holds/place/", told, follow=True).content.decode()
    assert f"cell {serial} is on hold, and so is every unit that it is in." in answer
    assert "Lift it" not in answer  # an operator does not
    assert standing(plant, people, now) == ["part_held"]
    client.force_login(people.inspector)
    assert "Lift it" in client.get("/holds/").content.decode()
    lift = f"/holds/cell:{serial}/hold/1/lift/"
    refused = client.post(lift, {"reason": " "})
    assert (refused.status_code, PartHold.objects.get().lifted_at) == (422, None)
    assert "<details open><summary>Lift it" in refused.content.decode()
    answer = client.post(lift, {"reason": "only paint"}, follow=True).content.decode()
    assert "only paint" in answer
    assert standing(plant, people, now) == []
    assert client.post(lift, {"reason": "again"}).status_code == 409


def test_who_holds_what_nobody_knows_is_told_so_and_what_says_nothing_is_kept_as_typed(
    client, people, plant
):
    client.force_login(people.operator)
    told = {"kind": "bms", "part": "BMS-9", "reason": "recalled by its maker"}
    answer = client.post("/holds/place/", told, follow=True).content.decode()
    assert "Nothing on record has this kind and number yet" in answer
    answer = client.post("/holds/place/", told | {"reason": ""})
    assert (answer.status_code, PartHold.objects.count()) == (422, 1)
    assert 'value="BMS-9"' in answer.content.decode()


def test_a_trace_says_what_is_held_and_leads_to_holding_it(client, people, plant):
    client.force_login(people.operator)
    assert (
        "/holds/?kind=cell&amp;part=C001#place" in client.get("/search/?q=C001").content.decode()
    )
    client.post("/holds/place/", {"kind": "cell", "part": "C001", "reason": "a dent"})
    told = client.get("/search/?q=C001").content.decode()
    assert "on hold since" in told
    assert "a dent" in told
    assert "#place" not in told
    assert "#place" not in client.get("/search/?q=L1").content.decode()  # its page holds a lot


def test_a_hold_that_is_none_is_not_found(client, people, plant):
    client.force_login(people.inspector)
    for hold in ("cell:C001/hold/1", "cell:C001/hold/x", "nonsense", f"c:d/hold/{'9' * 30}"):
        assert client.post(f"/holds/{hold}/lift/", {"reason": "x"}).status_code == 404


def test_a_lot_is_held_and_let_go_on_its_page(client, people, plant, now):
    client.force_login(people.inspector)
    assert client.post("/lots/L1/hold/", {"reason": ""}).status_code == 422
    answer = client.post("/lots/L1/hold/", {"reason": "the supplier called"}, follow=True)
    assert "Lot L1 is on hold" in answer.content.decode()
    assert standing(plant, people, now) == ["lot_held"]
    answer = client.post("/lots/L1/holds/1/lift/", {"reason": "vents are sound"}, follow=True)
    assert "The hold of lot L1 is lifted." in answer.content.decode()
    assert standing(plant, people, now) == []


def test_a_hold_that_a_record_placed_is_lifted_by_its_decision_only(client, people, plant, now):
    place_lot_hold(
        lot=plant.lot, reason="rejected", cause="supply.lotsample:L1/1", by=people.inspector,
        at=now,
    )  # fmt: skip
    client.force_login(people.approver)
    page = client.get("/lots/L1/").content.decode()
    assert "Its decision lifts it: supply.lotsample:L1/1" in page
    answer = client.post("/lots/L1/holds/1/lift/", {"reason": "let me"})
    assert answer.status_code == 409
    assert LotHold.objects.get().lifted_at is None


def decide(client, decision, serials, reason="damaged at kitting"):
    told = {"decision": decision, "serials": serials, "reason": reason}
    return client.post("/lots/L1/cells/", told)


def test_cells_are_set_apart_by_who_sees_it_and_scrapped_by_an_approver(client, people, plant):
    client.force_login(people.operator)
    assert decide(client, "quarantine", "C011\nC012 C011").status_code == 302
    stood = Cell.objects.filter(serial__in=["C011", "C012"]).order_by("serial")
    assert [(c.state, c.reason) for c in stood] == [("quarantined", "damaged at kitting")] * 2
    assert decide(client, "scrap", "C011").status_code == 403
    client.force_login(people.approver)
    assert decide(client, "scrap", "C011").status_code == 302
    assert decide(client, "concede", "C012", "a scratch only").status_code == 302
    assert [c.state for c in stood.all()] == ["scrapped", "accepted"]


@pytest.mark.parametrize(
    ("decision", "serials", "status", "said"),
    [
        ("scrap", "C001 X999", 422, "X999: is no cell of lot L1"),
        ("scrap", "C012", 409, "cell C012 is accepted: it cannot become scrapped"),
        ("quarantine", " ", 422, "This field is required."),
        ("melt", "C012", 422, "melt is not one of the available choices"),
        ("quarantine", " ".join(f"S{n}" for n in range(501)), 422, "501 serials; at most 500"),
    ],
)
def test_what_cannot_be_decided_changes_no_cell_and_is_kept(
    client, people, plant, decision, serials, status, said
):
    stood = list(Cell.objects.order_by("serial").values())
    client.force_login(people.approver)
    answer = decide(client, decision, serials)
    told = answer.content.decode()
    assert (answer.status_code, said in told) == (status, True)
    assert serials in told
    assert list(Cell.objects.order_by("serial").values()) == stood


def test_cells_with_a_nonconformance_are_decided_there(client, people, plant, now):
    cell = Cell.objects.select_related("lot").get(serial="C012")
    quarantine_cells(cells=[cell], reason="too little", by=people.inspector, at=now)
    out = OutOfLimits(cell, "cell_capacity", 1.0, 4.0, None, "Ah")
    open_nonconformance(
        cause="x", defect_code="cell", title="x", lot=plant.lot, cells=[out],
        by=people.inspector, at=now,
    )  # fmt: skip
    client.force_login(people.approver)
    answer = decide(client, "scrap", "C012")
    assert answer.status_code == 409
    assert "is decided in NC-000001" in answer.content.decode()


def test_what_somebody_sees_on_a_unit_is_booked_and_holds_it(client, people, plant, now):
    client.force_login(people.operator)
    told = {"defect_code": "other", "title": "a scratch across the cover"}
    assert client.post("/units/PK-000001/book/", told | {"title": ""}).status_code == 422
    answer = client.post("/units/PK-000001/book/", told, follow=True).content.decode()
    assert "NC-000001 is open, and PK-000001 is on hold" in answer
    found = Nonconformance.objects.get()
    assert (found.unit.state, found.hold.reason) == ("held", "a scratch across the cover")


def test_a_material_is_booked_and_some_of_it_is_scrapped(client, people, plant):
    client.force_login(people.operator)
    told = {"kind": "adhesive", "number": "AD/7", "amount": "0.5", "unit": "l", "supplier": "S"}
    assert client.post("/materials/book/", told).status_code == 302
    assert "500 ml" in client.get("/materials/").content.decode()
    page = "/materials/adhesive-lot:AD/7/"
    lost = {"amount": "20", "unit": "ml", "reason": "left open over the weekend"}
    answer = client.post(f"{page}do/scrap/", lost, follow=True).content.decode()
    assert "20 ml are scrapped." in answer
    assert ">480 ml<" in answer
    for wrong, status in (
        ({"amount": "481"}, 409),
        ({"amount": "much"}, 422),
        ({"amount": "1e-9"}, 422),
        ({"unit": "kg"}, 422),
        ({"reason": " "}, 422),
    ):
        answer = client.post(f"{page}do/scrap/", lost | wrong)
        assert answer.status_code == status, wrong
        assert "<details open><summary>Scrap some of it" in answer.content.decode()
    assert LotScrap.objects.count() == 1


def test_a_material_is_split_and_merged_and_a_trace_leads_through_both(client, people, plant):
    client.force_login(people.planner)
    for number in ("N1", "N2"):
        told = {"kind": "nickel", "number": number, "amount": "2", "unit": "kg"}
        client.post("/materials/book/", told)
    page = "/materials/nickel-lot:N1/"
    part = {"new": "N1-A", "amount": "0.5", "unit": "kg"}
    answer = client.post(f"{page}do/split/", part, follow=True).content.decode()
    assert "nickel-lot:N1-A was split off." in answer
    assert ">1.5 kg<" in answer
    for wrong, status in ((part, 409), (part | {"new": "N1-B", "amount": "2"}, 409)):
        answer = client.post(f"{page}do/split/", wrong)
        assert answer.status_code == status, wrong
        assert f'value="{wrong["new"]}"' in answer.content.decode()
    poured = {"others": "N2\n\nN2\n", "into": "N3"}
    answer = client.post(f"{page}do/merge/", poured, follow=True).content.decode()
    assert "nickel-lot:N3 holds what was left of 2 lots." in answer
    assert ">3.5 kg<" in client.get("/materials/nickel-lot:N3/").content.decode()
    assert client.post(f"{page}do/merge/", {"others": "N2", "into": "N4"}).status_code == 409
    assert client.post(f"{page}do/merge/", {"others": " ", "into": "N4"}).status_code == 422
    assert {lot for lot in trace("N3").lots} >= {"N1", "N2"}


def test_a_lot_that_is_booked_already_is_refused_and_kept_as_typed(client, people, plant):
    client.force_login(people.planner)
    told = {"kind": "nickel", "number": "N1", "amount": "2", "unit": "kg"}
    client.post("/materials/book/", told)
    answer = client.post("/materials/book/", told)
    assert answer.status_code == 409
    assert 'value="N1"' in answer.content.decode()
    assert client.post("/materials/book/", told | {"kind": "Nickel strip"}).status_code == 422
    assert Part.objects.filter(kind="nickel-lot").count() == 1


def replace(client, old, new, reason="dropped at kitting"):
    told = {"old": old, "new": new, "reason": reason}
    return client.post("/units/PK-000001/cells/replace/", told)


def test_a_cell_that_was_damaged_in_its_tray_is_replaced_and_the_unit_goes_on(
    client, people, plant, now
):
    old = plant.unit().placements.first().cell
    client.force_login(people.operator)
    assert decide(client, "quarantine", old.serial).status_code == 302
    assert standing(plant, people, now) == ["part_set_aside"]
    gate = {"operation": "kitting", "station": "S-kitting_bench", "operator": "otto"}
    told = client.get("/units/PK-000001/gate/", gate).content.decode()
    assert f'href="/units/PK-000001/cells/?old={old.serial}"' in told
    page = client.get("/units/PK-000001/cells/", {"old": old.serial}).content.decode()
    new = re.search(r'name="new" value="(C\d+)"', page)[1]
    assert replace(client, old.serial, new).status_code == 302
    assert standing(plant, people, now) == []
    assert new in plant.unit().placements.values_list("cell__serial", flat=True)
    states = dict(Cell.objects.filter(serial__in=[old.serial, new]).values_list("serial", "state"))
    assert states == {old.serial: "quarantined", new: "allotted"}
    assert not verify_record("production.unit:PK-000001").differences


def test_a_cell_in_its_tray_is_set_apart_by_replacing_it(client, people, plant):
    old = plant.unit().placements.first().cell.serial
    client.force_login(people.operator)
    assert replace(client, old, "C012").status_code == 302
    found = Cell.objects.get(serial=old)
    assert (found.state, found.reason) == ("quarantined", "dropped at kitting")


def test_what_cannot_take_the_place_changes_nothing_and_is_kept_as_typed(client, people, plant):
    own = [p.cell.serial for p in plant.unit().placements.select_related("cell")]
    other = CellModel.objects.create(
        code="other", maker="M", name="N", chemistry="NMC", format="cylindrical",
        sheet_sha256="0" * 64, sheet_text="",
    )  # fmt: skip
    lot = CellLot.objects.create(
        number="L2", supplier="S", cell=other, file=plant.lot.file, row_count=1,
        received_on=plant.lot.received_on, rejected_count=0, skipped_count=0, state="inspected",
    )  # fmt: skip
    Cell.objects.create(
        serial="X1", lot=lot, row_number=1, capacity_ah=5, ocv_v=3.6, ac_ir_mohm=15,
        state="accepted",
    )  # fmt: skip
    stood = list(Cell.objects.order_by("serial").values())
    client.force_login(people.operator)
    for old, new, status, said in (
        ("C012", "C011", 409, "cell C012 has no place in PK-000001"),
        (own[0], own[1], 409, "is allotted: it cannot become allotted"),
        (own[0], "X1", 409, "and PK-000001 is built of"),
        (own[0], "X9", 422, "X9: is no cell on record"),
    ):
        answer = replace(client, old, new)
        told = answer.content.decode()
        assert (answer.status_code, said in told) == (status, True), said
        assert f'value="{new}"' in told
    CellLot.objects.filter(number="L1").update(virtual=True)
    assert "nobody has measured cell C012" in replace(client, own[0], "C012").content.decode()
    assert list(Cell.objects.order_by("serial").values()) == stood
