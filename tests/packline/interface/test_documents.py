"""What governs an operation, read and signed for at the station by badge and PIN."""

import pytest

from packline.foundation.verification import verify_record
from packline.resources.models import DocumentReading
from packline.resources.services import register_document
from tests.packline.production.test_unread import in_force

UNIT = "PK-000001"


@pytest.fixture
def revision(people, now):
    document = register_document(
        code="WI/10", title="Kitting", operation_code="kitting", by=people.engineer, at=now
    )
    return in_force(document, people, now)


def test_who_is_signed_in_reads_and_signs_and_may_then_begin(station_of, revision, people):
    station = station_of("kitting_bench")
    refused = station.start(UNIT, "kitting")
    assert [b["code"] for b in refused.json()["blockers"]] == ["document_unread"]
    (row,) = station.get("/documents?operation=kitting").json()
    assert (row["document"], row["revision"], row["read"]) == ("WI/10", 1, False)
    assert station.get(f"/files/{row['sha256']}").content == str(revision.effective_from).encode()
    told = {"document": "WI/10", "revision": 1}
    for _ in range(2):  # sent again with its key, it is done once
        assert station.post("/documents/read", told, key="same-key-1").status_code == 201
    assert list(DocumentReading.objects.values_list("person__username")) == [("otto",)]
    assert station.get("/documents?operation=kitting").json()[0]["read"]
    assert station.get("/documents?operation=welding").json() == []
    assert station.start(UNIT, "kitting").status_code == 201
    assert verify_record("resources.controlleddocument:WI/10").proven


def test_what_is_not_in_force_and_who_is_not_there_is_refused(station_of, revision):
    station = station_of("kitting_bench")
    for told in ({"document": "WI/10", "revision": 2}, {"document": "x", "revision": 1}):
        answer = station.post("/documents/read", told)
        assert (answer.status_code, "not in force" in answer.json()["detail"]) == (404, True)
    station.attendance = ""
    assert station.post("/documents/read", {"document": "WI/10", "revision": 1}).status_code == 401
    assert not DocumentReading.objects.exists()
