"""Lay out a plant in the database of the environment: ``... tests.reliability.plant 32 100``.

Prints who stands where as JSON.
"""

import json
import sys
from datetime import UTC, datetime, timedelta

import django

PLAN = {(20, "grouping", "bench"): [("cell_ocv", "group", "V", 3.0, 4.2, "none")]}
GROUPS = 8


def lay_out(stations, units):
    from django.contrib.auth.models import Group

    from packline.design.models import Design
    from packline.foundation.events import record
    from packline.foundation.models import Event, Person
    from packline.foundation.verification import thread_models
    from packline.production.models import Order, Unit
    from packline.resources.models import Qualification, Station
    from packline.resources.services import attend_station, issue_token
    from packline.site.prepare import prepare_database
    from tests.conftest import NAMES, People
    from tests.packline import world as small

    prepare_database()
    now = datetime.now(UTC)
    cast = {}
    for role, (username, first, last) in NAMES.items():
        person = Person.objects.create_user(username, first_name=first, last_name=last)
        person.groups.add(Group.objects.get(name=role))
        cast[role] = person
    people = People(admin=Person.objects.create_superuser("root"), **cast)
    small.PLAN = PLAN
    world = small.build_world(people, now)
    Design.objects.filter(pk=world.design.pk).update(series=GROUPS, parallel=1)
    order = Order.objects.create(
        number="FLOOR", program=world.program, design=world.design, routing=world.routing,
        quantity=stations * units, virtual=False, placed_at=now,
    )  # fmt: skip
    Unit.objects.bulk_create(
        Unit(serial=f"F{n:06d}", order=order, number=n, virtual=False)
        for n in range(1, stations * units + 1)
    )
    like = Qualification.objects.filter(person=people.operator).get()
    told = []
    for n in range(1, stations + 1):
        person = Person.objects.create_user(f"operator{n:02d}")
        person.groups.add(Group.objects.get(name="operator"))
        like.pk, like.person = None, person
        like.save(force_insert=True)
        place = Station.objects.create(code=f"B{n:02d}", kind="bench", virtual=False)
        told.append((place, person))
    rows = [row for model in thread_models() for row in model.objects.order_by("pk")]
    assert not Event.objects.exists()
    record("production.floor.laid_out", order, by=people.admin, at=now, rows=rows)
    places = []
    for n, (place, person) in enumerate(told):
        _, token = issue_token(
            station=place, name="floor", scopes=["steps:write", "units:read"],
            expires_at=now + timedelta(days=1), by=people.admin, at=now,
        )  # fmt: skip
        began = attend_station(station=place, by=person, at=now)
        serials = [f"F{k:06d}" for k in range(n * units + 1, (n + 1) * units + 1)]
        places.append({"token": token, "attendance": began.code, "units": serials})
    return places


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packline.site.settings")
    django.setup()
    sys.stdout.write(json.dumps(lay_out(*map(int, sys.argv[1:]))) + "\n")
