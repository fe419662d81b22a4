"""Prepare a data directory with a small plant: an order to be built, a bench, Otto's badge.

``python -m tests.e2e.plant`` writes what a test has to know as JSON. It is a process of its own,
as the server is, so that both open the database that PACKLINE_DATA names. With ``document`` it
puts a document for kitting in force instead.
"""

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

BADGE, PIN = "B-4711", "2580"


PIXEL = bytes.fromhex(  # a PNG of one red pixel
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def show_picture(by, at) -> None:
    """Give kitting a picture."""
    from packline.foundation.files import store
    from packline.process.services import illustrate_instruction

    file = store(content=PIXEL, name="tray.png", media_type="image/png", by=by, at=at)
    illustrate_instruction(
        operation_code="kitting", revision=1, pictures=[(file, "The tray")], by=by, at=at
    )


def govern_kitting() -> None:
    """Put a document for kitting in force, as somebody does in the office while people work."""
    from packline.foundation.models import Person
    from packline.foundation.people import admit_person
    from packline.resources.services import (
        approve_revision,
        draft_revision,
        register_document,
        submit_revision,
    )

    admin, at = Person.objects.get(username="admin"), datetime.now(UTC)
    approver = admit_person(
        username="appr",
        first_name="Anna",
        last_name="Brandt",
        roles=("approver",),
        by=admin,
        at=at,
    )
    document = register_document(
        code="WI-10", title="Kitting", operation_code="kitting", by=admin, at=at
    )
    revision = draft_revision(
        document=document, content=b"Wear gloves.", name="wi-10.txt", media_type="text/plain",
        change="Gloves from now on.", by=admin, at=at,
    )  # fmt: skip
    submit_revision(revision=revision, by=admin, at=at)
    approve_revision(revision=revision, by=approver, at=at)


def kit(world, unit, by, at) -> None:
    """Finish kitting of a unit, so that its cells may go in."""
    from packline.production.services import ReadingIn, finish_step, start_step, take_readings

    step = start_step(
        unit=unit, operation=world.operation("kitting"), station=world.stations["kitting_bench"],
        by=by, at=at,
    )  # fmt: skip
    take_readings(
        step=step, readings=[ReadingIn(code="kit_cell_count", value=4)], program_version="1",
        taken_at=at, virtual=False, by=by, at=at,
    )  # fmt: skip
    finish_step(step=step, by=by, at=at)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packline.site.settings")
    import django

    django.setup()
    if "document" in sys.argv:
        govern_kitting()
        return
    from packline.foundation.people import admit_person, first_person
    from packline.process.models import Operation
    from packline.resources.services import issue_token, set_pin
    from packline.site.prepare import prepare_database
    from tests.packline.world import build_world, order_in

    prepare_database()
    at = datetime.now(UTC) - timedelta(minutes=5)
    admin = first_person(username="admin", password="long-enough-for-a-test", at=at)

    def person(username, role):
        return admit_person(
            username=username, first_name=username.title(), last_name="Brandt", roles=(role,),
            by=admin, at=at,
        )  # fmt: skip

    people = SimpleNamespace(
        admin=admin,
        **{role: person(role[:4], role) for role in ("planner", "operator", "inspector")},
    )
    world = build_world(people, at, cells=34)
    order_in(world, people, at, quantity=8)
    Operation.objects.filter(code="welding").update(cells_go_in=True)
    kit(world, world.unit(8), people.operator, at)
    show_picture(people.admin, at)
    set_pin(person=people.operator, badge=BADGE, pin=PIN, by=admin, at=at)
    tokens = {
        kind: issue_token(
            station=station, name="tablet", scopes=("units:read", "steps:write"),
            expires_at=at + timedelta(days=1), by=admin, at=at,
        )[1]
        for kind, station in world.stations.items()
    }  # fmt: skip
    json.dump({"tokens": tokens, "badge": BADGE, "pin": PIN}, sys.stdout)


if __name__ == "__main__":
    main()
