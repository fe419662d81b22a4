"""The record of a unit tells how it stood against its own cells and joints, and proves it."""

import json

import pytest

from packline.assurance.calc.proof import verify_document
from packline.assurance.calc.record import to_record
from packline.assurance.calc.retell import fact_differences
from packline.assurance.calc.view_twins import twin_view
from packline.assurance.queries import device_history
from packline.assurance.queries.twins import residuals_of, twins_of
from packline.assurance.services import issue_document, release_unit
from packline.foundation.files import read
from packline.foundation.keys import public_key
from packline.quality.models import Nonconformance
from packline.quality.services import dispose_nonconformance
from packline.site.listeners import listen
from tests.packline.twins import TestedLine, build_tested_world


@pytest.fixture
def released(unit, people, later):
    release_unit(unit=unit, by=people.approver, at=later)
    return unit


def test_every_simulation_is_in_the_record_and_a_changed_figure_is_named(released, later):
    record = json.loads(json.dumps(to_record(device_history(released, later))))
    assert [twin["stage"] for twin in record["twins"]] == ["matched", "welded"]
    assert not list(fact_differences(record))
    record["twins"][0]["figures"][0]["predicted"] *= 1.01
    (found,) = fact_differences(record)
    assert found.field == "predicted"
    assert found.where.startswith("twinfigure PK-000001/twin/1/")
    del record["twins"][0]
    assert any("left out of the record" in f.message for f in fact_differences(record))


def test_a_record_with_simulations_is_proven_offline(released, people, later):
    document = issue_document(unit=released, kind="device_history", by=people.approver, at=later)
    verdict = verify_document(read(document.file.sha256), public_key())
    assert verdict.proven, verdict.lines()


def test_the_pages_show_the_worst_group_and_who_accepted_it(people, now):
    world = build_tested_world(people, now, packs=1)
    line, unit = TestedLine(world, people, now), world.unit()
    line.kit(unit), line.weld(unit), line.measure(unit, excess=(4, 0.31))
    listen()
    dispose_nonconformance(
        nonconformance=Nonconformance.objects.get(unit=unit), disposition="use_as_is",
        justification="seen", by=people.approver, at=now,
    )  # fmt: skip
    view = twin_view(twins_of(unit))
    assert (view["good"], view["verdict"]) == (False, "not explained")
    bad = [row for row in view["rows"] if not row["good"]]
    assert [(row["name"], row["residual"], row["share"]) for row in bad] == [
        ("group 4 / mΩ", "+0.31", 1.2)
    ]
    accepted = residuals_of(unit)[0]
    assert accepted.signed.signature
    assert accepted.signed.name == people.approver.shown_name
