"""What the upgrade of a record that exists already does to its routings."""

import importlib

import pytest
from django.apps import apps

from packline.process.models import Operation
from tests.packline.world import build_world

upgrade = importlib.import_module("packline.process.migrations.0004_cells_go_in")


@pytest.mark.django_db
def test_routings_from_before_say_where_their_cells_go_in(people, now):
    build_world(people, now)
    Operation.objects.filter(code="kitting").update(code="grouping")
    upgrade.say_where_cells_go_in(apps, None)
    stated = dict(Operation.objects.values_list("code", "cells_go_in"))
    assert stated == {"grouping": True, "welding": False, "eol": False}
