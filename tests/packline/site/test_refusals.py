"""What a browser is told when something is broken or not possible."""

import pytest

from packline.foundation.errors import Blocked, Blocker
from packline.foundation.files import DamagedFile, path_of, store
from packline.site.middleware import RefusalsTold


def test_a_damaged_file_is_named_on_the_page_and_in_the_log(rf, people, caplog):
    request = rf.get("/units/PK-1/documents/device_history/1/")
    request.user = people.inspector
    answer = RefusalsTold(lambda _: None).process_exception(
        request, DamagedFile("file ab is gone")
    )
    assert answer.status_code == 500
    assert "file ab is gone" in answer.content.decode()
    assert "packline verify" in answer.content.decode()


def test_a_refusal_lists_everything_that_blocks(rf, people):
    request = rf.get("/")
    request.user = people.inspector
    error = Blocked(
        "welding PK-1", [Blocker("hold 1", "dent", "mrb"), Blocker("gauge G", "x", "y")]
    )
    answer = RefusalsTold(lambda _: None).process_exception(request, error)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "hold 1: dent (cleared by: mrb)" in text
    assert "gauge G" in text


def test_a_mistake_of_our_own_is_left_to_django(rf, people):
    assert RefusalsTold(lambda _: None).process_exception(rf.get("/"), KeyError("x")) is None


@pytest.mark.django_db
def test_a_stored_file_that_vanished_is_a_damaged_file(people, now):
    file = store(content=b"x", name="x", media_type="text/plain", by=people.engineer, at=now)
    path_of(file.sha256).unlink()
    from packline.foundation.files import read

    with pytest.raises(DamagedFile):
        read(file.sha256)
