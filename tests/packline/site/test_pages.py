"""What the pages say: figures with their limits, marks that are true, empty states that help."""

import pytest
from django.db import connection

from packline.foundation.triggers import remove_triggers
from packline.production.models import Reading
from packline.site.templatetags.pages import figure, percent, pill, rounded


@pytest.fixture
def page(client, people):
    def open_page(address, person=None):
        client.force_login(person or people.auditor)
        return client.get(address)

    return open_page


EMPTY = {
    "/": "No program",
    "/designs/": "No design yet",
    "/processes/": "No process yet",
    "/lots/": "No lot yet",
    "/orders/": "No order yet",
    "/nonconformances/": "No nonconformance",
    "/releases/": "Nothing was released yet",
    "/key-figures/": "No figures yet",
    "/charts/": "No chart yet",
    "/cells/": "No cell is registered yet",
    "/resources/": "No gauge is registered",
    "/search/": "What are you looking for?",
}


@pytest.mark.parametrize("address", EMPTY)
def test_an_empty_page_says_what_to_do_next(address, page):
    response = page(address)
    assert EMPTY[address] in response.content.decode()
    assert 'class="empty"' in response.content.decode()


def test_the_unit_page_tells_its_story_from_cells_to_release(page, thread, released):
    said = page(f"/units/{released.serial}/").content.decode()
    places = [said.index(title) for title in (
        "Serial given", "Cells matched", "Kitting: passed", "Parts installed", "Welding: passed",
        "Eol: passed", "All operations passed", "Released by signature", "Document issued",
    )]  # fmt: skip
    assert places == sorted(places)


def test_the_unit_page_shows_each_reading_with_its_limits(page, thread, released):
    said = page(f"/units/{released.serial}/").content.decode()
    assert "7.2\N{NO-BREAK SPACE}V" in said
    assert "7 to 7.4\N{NO-BREAK SPACE}V" in said


def test_a_held_unit_says_why_and_where_it_is_decided(page, held):
    said = page(f"/units/{held.serial}/").content.decode()
    assert "Held since" in said
    assert "/nonconformances/NC-000001/" in said


def test_an_untouched_unit_is_verified_with_the_signature_of_its_release(page, released):
    said = page(f"/units/{released.serial}/verify/").content.decode()
    assert "Verified</strong>" in said
    assert "signature of the release checked" in said


def test_a_unit_that_is_not_released_has_no_signature_to_check(page, held):
    said = page(f"/units/{held.serial}/verify/").content.decode()
    assert "Verified</strong>" in said
    assert "no signature to check" in said


def test_a_reading_changed_behind_the_application_is_named(page, released):
    remove_triggers(connection)
    Reading.objects.filter(step__unit=released, characteristic__code="pack_ocv").update(value=7.3)
    said = page(f"/units/{released.serial}/verify/").content.decode()
    assert "Not verified</strong>" in said
    assert "PK-000001/80-eol/1/pack_ocv/0" in said
    assert "expected 7.2, found 7.3" in said


def test_a_signature_that_does_not_fit_is_named(page, released):
    remove_triggers(connection)
    type(released.release).objects.filter(pk=released.release.pk).update(signature="00" * 64)
    said = page(f"/units/{released.serial}/verify/").content.decode()
    assert "the signature of the release does not fit" in said


def test_a_joint_file_that_was_changed_on_disk_is_named(page, released, data_dir):
    sha256 = released.steps.get(operation__code="welding").joint_sets.get().file.sha256
    (data_dir / "files" / sha256[:2] / sha256).write_bytes(b"other joints")
    assert "was changed" in page(f"/units/{released.serial}/verify/").content.decode()
    assert page(f"/units/{released.serial}/").status_code == 200


def test_htmx_gets_the_proof_alone_and_a_browser_without_it_a_whole_page(client, people, released):
    client.force_login(people.auditor)
    address = f"/units/{released.serial}/verify/"
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div class="message good" id="proof"')
    assert "<!doctype html>" in client.get(address).content.decode()


def test_a_document_comes_as_an_attachment_under_its_own_name(page, released):
    response = page(f"/units/{released.serial}/documents/device_history/1/")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="PK-000001-device-history-record.pdf"'
    )
    assert response.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "address",
    [
        "/programs/P1/",
        "/orders/O1/",
        "/units/PK-000001/",
        "/programs/P1/design/",
        "/programs/P1/process/",
        "/key-figures/?order=O1",
    ],
)
def test_a_page_of_a_virtual_order_says_that_it_is_not_for_shipment(address, page, thread):
    assert "Virtual: not for shipment" not in page(address).content.decode()
    order = thread.order
    type(order).objects.filter(pk=order.pk).update(virtual=True)
    order.units.update(virtual=True)
    assert "Virtual: not for shipment" in page(address).content.decode()


def test_what_is_named_exactly_opens_at_once(page, released, held):
    for wanted, address in {
        released.serial: "/units/PK-000001/",
        "O1": "/orders/O1/",
        "P1": "/programs/P1/",
        "NC-000001": "/nonconformances/NC-000001/",
    }.items():
        assert page(f"/search/?q={wanted}").headers["Location"] == address


def test_a_lot_is_traced_to_every_pack_it_went_into(page, released):
    said = page("/search/?q=L1").content.decode()
    assert "/units/PK-000001/" in said
    assert "8 not installed" in said


def test_a_name_with_markup_is_shown_as_text(page):
    said = page("/search/?q=<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in said
    assert "&lt;script&gt;alert(1)" in said


def test_a_number_that_does_not_exist_is_not_found_in_our_own_words(page):
    response = page("/units/NOPE/")
    assert response.status_code == 404
    assert "There is no such page, or it is not yours to see" in response.content.decode()


def test_a_serial_may_hold_a_slash(page, released):
    type(released).objects.filter(pk=released.pk).update(serial="A/1")
    assert "/units/A/1/" in page("/orders/O1/").content.decode()
    assert page("/units/A/1/").status_code == 200


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (figure(None), "–"),
        (figure(0.2, "mOhm"), "0.2\N{NO-BREAK SPACE}mΩ"),
        (rounded(1234567.0, 3), "1234567"),
        (rounded(0.0123456, 3), "0.0123"),
        (rounded(None, 3), "–"),
        (percent(0.12345), "12.3 %"),
        (percent(None), "–"),
    ],
)
def test_figures_are_written_for_reading(written, expected):
    assert written == expected


def test_a_state_is_told_by_a_word_and_escaped():
    assert pill("held") == '<span class="pill bad">held</span>'
    assert "<b>" not in pill("<b>")


def test_a_unit_that_is_not_released_lists_what_stands_in_the_way(page, held):
    said = page(f"/units/{held.serial}/").content.decode()
    assert "open points" in said
    assert "nonconformance NC-000001" in said
    assert "its disposition" in said


def test_a_unit_with_nothing_open_says_that_it_may_be_released(page, unit, afterwards):
    assert "Nothing stands in the way" in page(f"/units/{unit.serial}/").content.decode()


def test_the_strip_of_a_program_counts_what_is_open_at_each_stage(page, held):
    said = page("/").content.decode()
    strip = said[said.index('class="strip"') :]
    assert [t for t in ("Requirements", "Design", "Process", "Supply", "Production", "Quality",
                        "Assurance", "Insight") if f'"stage">{t}<' not in strip] == []  # fmt: skip
    production = strip[strip.index(">Production<") : strip.index(">Quality<")]
    assert ">held</span>" in production
    assert "1 open" in production
