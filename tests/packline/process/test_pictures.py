"""Pictures of instructions: of one revision, in their order, and nothing but pictures."""

import pytest

from packline.foundation.errors import DomainError
from packline.foundation.files import store
from packline.process.queries import pictures_of
from packline.process.services import illustrate_instruction, revise_instruction
from packline.site.commands.illustrate import media_type_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(people, now):
    def make(media_type="image/png", content=b"\x89PNG\r\n\x1a\n"):
        return store(
            content=content, name="nest.png", media_type=media_type, by=people.engineer, at=now
        )

    return make


def test_a_revision_keeps_its_pictures_and_the_next_begins_without(people, now, file):
    how = {"operation_code": "welding", "by": people.engineer, "at": now}
    illustrate_instruction(revision=1, pictures=[(file(), "nest closed")], **how)
    illustrate_instruction(revision=1, pictures=[(file(), "probe down")], **how)
    assert [(p.number, p.caption) for p in pictures_of("welding", 1)] == [
        (1, "nest closed"), (2, "probe down"),
    ]  # fmt: skip
    revise_instruction(text="Close the nest.", **how)
    assert not pictures_of("welding", 2)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"operation_code": "wleding"}, "is no operation"),
        ({"revision": 2}, "allowed: 1 to 1"),
        ({"pictures": []}, "no picture was given"),
    ],
)
def test_what_cannot_be_illustrated_is_said(people, now, file, change, says):
    asked = {"operation_code": "welding", "revision": 1, "pictures": [(file(), "")]}
    with pytest.raises(DomainError, match=says):
        illustrate_instruction(**asked | change, by=people.engineer, at=now)


def test_only_pictures_of_instructions_are_sent_to_a_station(client, people, now, file):
    other = file(media_type="text/html", content=b"<script>")
    with pytest.raises(DomainError, match="text/html"):
        illustrate_instruction(
            operation_code="welding", revision=1, pictures=[(other, "")],
            by=people.engineer, at=now,
        )  # fmt: skip
    assert client.get(f"/station/pictures/{other.sha256}/").status_code == 404
    shown = file()
    illustrate_instruction(
        operation_code="welding", revision=1, pictures=[(shown, "")], by=people.engineer, at=now
    )
    answer = client.get(f"/station/pictures/{shown.sha256}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"<svg onload=alert(1)>", None),
        (b"", None),
    ],
)
def test_what_a_file_is_is_read_from_its_bytes(content, kind):
    assert media_type_of(content) == kind
