"""Tools are serviced and recalled on pages; so are revisions made known and effective."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from packline.process.models import Effectivity, Instruction, Recipe
from packline.process.queries import effective_for
from packline.resources.models import Gauge, Qualification, Station, Tool
from tests.packline.site.test_floor_commands import FLOOR
from tests.packline.world import build_world, order_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer(client, people, now, afterwards):
    world = build_world(people, now)
    order_in(world, people, now)
    client.force_login(people.engineer)
    client.world = world
    return client


@pytest.fixture
def head(now):
    day = now.date()
    return Tool.objects.create(
        code="HEAD/3", kind="weld-head", serviced_on=day - timedelta(9),
        due_on=day - timedelta(1), virtual=False,
    )  # fmt: skip


def test_a_tool_is_serviced_recalled_and_put_back_on_its_page(engineer, head, now):
    page = "/tools/HEAD/3/"
    assert "its service does not hold today" in engineer.get(page).content.decode()
    done = {"serviced_on": "2026-11-23", "due_on": "2026-12-01"}
    assert engineer.post(f"{page}do/service/", done).status_code == 302
    shorter = done | {"due_on": "2026-11-25"}  # found worn: it is looked at again sooner
    assert engineer.post(f"{page}do/service/", shorter).status_code == 302
    head.refresh_from_db()
    assert f"{head.due_on}" == "2026-11-25"
    assert engineer.post(f"{page}do/recall/", {"reason": "a crack"}).status_code == 302
    told = engineer.get(page).content.decode()
    assert "a crack" in told
    assert "Put it back" in told
    assert engineer.post(f"{page}do/recall/", {"reason": "again"}).status_code == 409
    assert engineer.post(f"{page}do/return/", {"reason": "it was dirt"}).status_code == 302
    assert engineer.post(f"{page}do/retire/", {"reason": "worn"}).status_code == 302
    head.refresh_from_db()
    assert (head.state, head.state_reason) == ("out_of_service", "worn")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"serviced_on": "2026-11-23", "due_on": "2026-11-23"}, "due later than it was serviced"),
        ({"serviced_on": "2026-11-24", "due_on": "2026-12-23"}, "no day from its last service"),
        ({"serviced_on": "2026-11-01", "due_on": "2026-12-23"}, "no day from its last service"),
        ({"serviced_on": "soon", "due_on": "2026-12-23"}, "Enter a valid date."),
    ],
)
def test_a_service_that_cannot_be_is_refused_and_kept_as_typed(engineer, head, typed, said):
    answer = engineer.post("/tools/HEAD/3/do/service/", typed)
    told = answer.content.decode()
    assert answer.status_code == 422
    assert said in told
    assert f'value="{typed["due_on"]}"' in told
    head.refresh_from_db()
    assert f"{head.due_on}" == "2026-11-22"


def test_what_stands_on_the_floor_is_made_known_one_by_one(engineer):
    for verb, typed in (
        ("station", {"code": "W1", "kind": "welder"}),
        (
            "gauge",
            {
                "code": "G9",
                "kind": "scale",
                "calibrated_on": "2026-11-01",
                "due_on": "2027-11-01",
            },
        ),
        (
            "tool",
            {
                "code": "H1",
                "kind": "weld-head",
                "serviced_on": "2026-11-01",
                "due_on": "2027-11-01",
            },
        ),
    ):
        assert engineer.post(f"/floor/{verb}/", typed).status_code == 302, verb
    assert Station.objects.get(code="W1").virtual is False
    assert Gauge.objects.filter(code="G9").exists()
    assert Tool.objects.filter(code="H1").exists()
    answer = engineer.post("/floor/station/", {"code": "W1", "kind": "oven"})
    assert answer.status_code == 409
    assert "is known already, as another kind: welder" in answer.content.decode()
    assert engineer.post("/floor/roof/", {}).status_code == 404


def hand_in(client, text):
    return client.post("/floor/file/", {"file": SimpleUploadedFile("floor.toml", text.encode())})


def test_a_file_of_the_floor_is_taken_whole_or_refused_with_every_mistake(engineer):
    trained = Qualification.objects.count()
    answer = hand_in(engineer, FLOOR + '[[tool]]\ncode = 3\ncolour = "red"\n[[mood]]\nx = 1\n')
    told = answer.content.decode()
    assert answer.status_code == 422
    for words in ("mood", "[[tool]] 2 kind: is missing", "colour = red", "code = 3"):
        assert words in told
    assert not Tool.objects.exists()
    # The last row is the one that cannot be: what stands before it is not taken either.
    wrong = FLOOR.replace('program = "P1"', 'program = "P9"')
    assert hand_in(engineer, wrong).status_code == 422
    assert (Tool.objects.count(), Qualification.objects.count()) == (0, trained)
    for _ in range(2):
        assert hand_in(engineer, FLOOR).status_code == 302
    assert Tool.objects.get().code == "H1"
    assert Effectivity.objects.get().revision == "B"


EFFECTIVE = {
    "kind": "recipe", "operation_code": "welding", "code": "weld", "revision": "B",
    "first_serial": "PK-000001", "last_serial": "PK-000001", "reason": "ECN 7",
}  # fmt: skip


def test_a_recipe_is_known_then_effective_for_some_serials_then_no_more(engineer, now):
    design = engineer.world.design
    told = {**EFFECTIVE, "design": design.pk}
    answer = engineer.post("/revisions/do/effective/", told)
    assert answer.status_code == 422
    assert "There is no recipe weld@B. Known: none of this code." in answer.content.decode()
    engineer.post("/revisions/do/recipe/", {"code": "weld", "revision": "B", "note": "softer"})
    assert Recipe.objects.get().note == "softer"
    assert engineer.post("/revisions/do/effective/", told).status_code == 302
    at = now + timedelta(hours=3)
    ruling, _ = effective_for(design, "welding", "PK-000001", at)
    assert ruling["recipe", "weld"].reason == "ECN 7"
    page = engineer.get("/revisions/?serial=PK-000001").content.decode()
    assert "Recipe <strong>weld@B</strong>" in page
    assert "Recipe <strong>" not in engineer.get("/revisions/?serial=PK-000002").content.decode()
    end = "/revisions/P1/design/1/effectivity/1/end/"
    assert engineer.post(end, {"reason": ""}).status_code == 422
    assert engineer.post(end, {"reason": "it spatters"}).status_code == 302
    assert effective_for(design, "welding", "PK-000001", at)[0] == {}
    assert engineer.post(end, {"reason": "again"}).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "instruction", "revision": "2"}, "This instruction has the revisions 1 to 1."),
        ({"kind": "instruction", "revision": "x"}, "This instruction has the revisions 1 to 1."),
        ({"kind": "limit", "code": "wall", "revision": "1"}, "has no characteristic wall"),
        (
            {"kind": "limit", "code": "joint_resistance", "revision": "9"},
            "The limits of joint_resistance have the revisions 1.",
        ),
        ({"kind": "firmware", "last_serial": ""}, "has a first and a last one"),
        (
            {"kind": "firmware", "effective_until": "2026-11-01T00:00"},
            "an effectivity ends after it begins",
        ),
    ],
)
def test_a_revision_that_there_is_not_stops_no_unit(engineer, wrong, said):
    told = {**EFFECTIVE, "design": engineer.world.design.pk} | wrong
    answer = engineer.post("/revisions/do/effective/", told)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="ECN 7"' in answer.content.decode()
    assert not Effectivity.objects.exists()


def test_an_instruction_is_revised_from_the_text_in_force(engineer):
    page = engineer.get("/revisions/?revise=welding").content.decode()
    assert '<option value="welding" selected>' in page
    assert '<details id="revise" open>' in page
    told = {"operation_code": "welding", "text": "Weld it twice.", "note": "ECN 8"}
    assert engineer.post("/revisions/do/revise/", told).status_code == 302
    made = Instruction.objects.get()
    assert (made.revision, made.trained_from, made.text) == (2, 1, "Weld it twice.")
    answer = engineer.post("/revisions/do/revise/", told | {"text": "Weld {anything}."})
    assert answer.status_code == 422
    assert "{anything} is no figure" in answer.content.decode()
    assert engineer.get("/revisions/?revise=flying").status_code == 200
    assert engineer.get("/revisions/?serial=PK-9").content.decode().count("There is no unit") == 1


def test_an_effectivity_that_there_is_not_is_not_found(engineer):
    for key in ("P1/design/1/effectivity/9", "P1/design/x/effectivity/1", "nonsense"):
        answer = engineer.post(f"/revisions/{key}/end/", {"reason": "x"})
        assert answer.status_code == 404, key
