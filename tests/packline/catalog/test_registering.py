"""Cells in the database: registered once, revised when their sheet changes."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from packline.catalog.forms import read_catalogue
from packline.catalog.models import CellModel
from packline.catalog.queries import registered_cells
from packline.catalog.services import register_cell
from packline.foundation.errors import NotAllowed
from packline.foundation.models import Event
from packline.foundation.verification import verify_record

pytestmark = pytest.mark.django_db
SHEET = read_catalogue()[0]


def test_a_cell_is_registered_once(people, now):
    first = register_cell(sheet=SHEET, by=people.engineer, at=now)
    again = register_cell(sheet=SHEET, by=people.engineer, at=now)
    assert first.pk == again.pk
    assert Event.objects.count() == 1
    assert list(registered_cells()) == [first]


def test_a_changed_sheet_is_a_revision_of_the_same_cell(people, now):
    register_cell(sheet=SHEET, by=people.engineer, at=now)
    changed = replace(SHEET, maker="Other", sha256="0" * 64)
    cell = register_cell(sheet=changed, by=people.engineer, at=now)
    assert CellModel.objects.get().maker == cell.maker == "Other"
    assert [e.verb for e in Event.objects.order_by("seq")] == [
        "catalog.cell.registered",
        "catalog.cell.revised",
    ]
    assert not verify_record().differences


def test_an_auditor_registers_nothing(people, now):
    with pytest.raises(NotAllowed):
        register_cell(sheet=SHEET, by=people.auditor, at=now)
    assert not CellModel.objects.exists()


@pytest.mark.parametrize("field", ["chemistry", "format"])
def test_the_database_refuses_a_word_that_is_not_declared(people, now, field):
    cell = register_cell(sheet=SHEET, by=people.engineer, at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CellModel.objects.filter(pk=cell.pk).update(**{field: "unheard"})
