"""Units are packed into boxes, boxes stacked and taken apart on pages, each with its label."""

import pytest

from packline.production.models import Link, Unit
from packline.production.queries.recall import recall
from packline.production.services import hold_unit
from tests.packline.world import build_world, order_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def packer(client, people, now, afterwards):
    world = build_world(people, now)
    order_in(world, people, now)
    Unit.objects.update(state="passed")
    client.force_login(people.operator)
    client.world = world
    return client


def pack(client, inside, number="B/1", kind="box"):
    return client.post("/boxes/pack/", {"kind": kind, "number": number, "inside": inside})


def test_units_are_packed_stacked_and_taken_out_and_a_recall_knows_where_they_stand(packer):
    answer = pack(packer, "PK-000001\nPK-000001")
    assert answer.headers["Location"] == "/boxes/box:B/1/"
    assert pack(packer, "PK-000002").status_code == 302
    assert pack(packer, "B/1", number="P1", kind="pallet").status_code == 302
    page = packer.get("/boxes/box:B/1/").content.decode()
    assert "2 units in it" in page
    assert "on pallet" in page
    assert [p.box for p in recall("L1").packs] == []  # nothing of the lot is built in yet
    assert [p.box for p in recall("B/1").packs] == ["B/1 on P1"] * 2
    out = {"number": "PK-000001", "reason": ""}
    refused = packer.post("/boxes/box:B/1/out/", out)
    assert refused.status_code == 422
    assert "<details open><summary>Take it out" in refused.content.decode()
    assert packer.post("/boxes/box:B/1/out/", out | {"reason": "a scratch"}).status_code == 302
    assert "1 unit in it" in packer.get("/boxes/box:B/1/").content.decode()
    assert packer.post("/boxes/box:B/1/out/", out | {"reason": "again"}).status_code == 409
    answer = packer.post("/boxes/box:B/1/out/", {"number": "PK-9", "reason": "x"})
    assert answer.status_code == 409
    assert Link.objects.filter(removed_at__isnull=True).count() == 2


@pytest.mark.parametrize(
    ("inside", "kind", "status", "said"),
    [
        ("PK-000001 PK-9", "box", 422, "PK-9: is no unit"),
        (" ", "box", 422, "This field is required."),
        ("B-9", "pallet", 409, "no box B-9: pack it first"),
        (" ".join(f"S{n}" for n in range(501)), "box", 422, "501 numbers; at most 500"),
    ],
)
def test_what_cannot_be_packed_packs_nothing_and_is_kept_as_typed(
    packer, inside, kind, status, said
):
    answer = pack(packer, inside, number="B/7", kind=kind)
    told = answer.content.decode()
    assert (answer.status_code, Link.objects.exists()) == (status, False)
    assert said in told
    assert inside in told
    assert 'value="B/7"' in told


def test_a_unit_on_hold_stays_out(packer, people, now):
    hold_unit(unit=packer.world.unit(), reason="a dent", cause="x", by=people.operator, at=now)
    answer = pack(packer, "PK-000001")
    assert answer.status_code == 409
    assert "PK-000001 is held" in answer.content.decode()


def test_a_box_has_its_label_and_is_found_by_its_number(packer, people, now):
    pack(packer, "PK-000001")
    pdf = packer.get("/boxes/box:B/1/label.pdf")
    assert pdf.content.startswith(b"%PDF")
    zpl = packer.get("/boxes/box:B/1/label.zpl").content.decode()
    assert "B/1" in zpl
    assert "PK-000001" in zpl
    assert packer.get("/boxes/box:B/1/label.txt").status_code == 404
    told = packer.get("/search/?q=B/1").content.decode()
    assert '<a class="button" href="/boxes/box:B/1/">Open the box</a>' in told
    assert "Hold it" not in told  # a box is no part of a unit: holding it would stop nothing
    for missing in ("/boxes/box:B-9/", "/boxes/pack:PK-000001/", "/boxes/nonsense/"):
        assert packer.get(missing).status_code == 404


def test_who_does_not_pack_sees_the_boxes_and_no_form(packer, people, now):
    pack(packer, "PK-000001")
    packer.force_login(people.planner)
    assert "Pack a box" not in packer.get("/boxes/").content.decode()
    page = packer.get("/boxes/box:B/1/").content.decode()
    assert "PK-000001" in page
    assert "Take it out" not in page
