"""What the pages show: every fact, safely, on every page marked when it is virtual."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace

import pikepdf
import pytest

from packline.assurance.calc.document import make_document
from packline.assurance.calc.pictures import joint_map, qr_code
from packline.assurance.calc.proof import verify_document
from packline.assurance.calc.view import NOT_FOR_SHIPMENT
from packline.assurance.calc.wording import aligned, breakable, figure, limits, moment
from tests.packline.assurance.histories import SERIAL, Key, sample_history

KEY = Key(1)
NEEDS_POPPLER = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed"
)


def made(history) -> bytes:
    return make_document(history, sign=KEY.sign, key_id="0123456789abcdef")


def pages_of(pdf: bytes) -> list[str]:
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    return text.replace("\u200b", "").rstrip("\f").split("\f")


@pytest.fixture(scope="module")
def history():
    return sample_history(KEY)


@NEEDS_POPPLER
def test_every_cell_reading_and_event_is_on_paper(history):
    text = " ".join(pages_of(made(history)))
    cells = [cell for group in history.groups for cell in group.cells]
    assert [c.serial for c in cells if c.serial not in text] == []
    values = [r for step in history.steps for r in step.readings if r.unit_code != "1"]
    assert [r for r in values if figure(r.value) not in text] == []
    assert [e for e in history.chain if e.hash[:16] not in text] == []


@NEEDS_POPPLER
def test_a_serial_copied_from_the_page_is_the_serial(history):
    out = subprocess.run(["pdftotext", "-", "-"], input=made(history), capture_output=True)
    assert history.groups[0].cells[0].serial in out.stdout.decode()


@NEEDS_POPPLER
def test_every_page_of_a_virtual_pack_says_so(history):
    pages = pages_of(made(history))
    assert len(pages) > 3
    assert [page for page in pages if NOT_FOR_SHIPMENT not in page] == []


@NEEDS_POPPLER
def test_no_page_of_a_real_pack_says_so(history):
    real = replace(history, header=replace(history.header, virtual=False, state="released"))
    assert NOT_FOR_SHIPMENT not in " ".join(pages_of(made(real)))


@NEEDS_POPPLER
def test_text_from_outside_is_never_read_as_markup(history):
    nasty = r'#panic("x") *bold* $x^2$ [a] <b> @ref \ // /* " `raw` #sys.inputs'
    header = replace(history.header, customer=nasty, title=nasty)
    text = " ".join(" ".join(pages_of(made(replace(history, header=header)))).split())
    assert '#panic("x") *bold* $x^2$ [a] <b> @ref' in text


@pytest.mark.parametrize(
    "name", ["電池株式会社", "Аккумулятор", "بطارية", "🔋", "x" * 300, "", "\u0000"]
)
def test_any_name_can_be_printed_and_verifies(history, name):
    header = replace(history.header, customer=name)
    pdf = make_document(replace(history, header=header), sign=KEY.sign, key_id=key_id_of(KEY))
    assert verify_document(pdf, KEY.public).proven


def key_id_of(key: Key) -> str:
    from packline.foundation.keys import key_id

    return key_id(key.public)


def test_the_document_declares_pdf_a_3b_and_its_data_as_associated_file(history):
    with pikepdf.open(io.BytesIO(made(history))) as document:
        metadata = document.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        associated = document.Root.AF[0]
        assert associated.AFRelationship == "/Data"
        assert associated.UF == "device-history.json"
        assert associated.EF.F.Subtype == "/application/json"
        assert metadata["dc:title"] == f"Device history record {SERIAL}"


def test_the_joint_map_has_a_square_per_joint_and_a_cross_per_failed_one(history):
    svg = joint_map(history.joints[0].joints)
    assert svg.count("<rect") == 104
    assert svg.count("<path") == 1


def test_the_joint_map_of_a_large_pack_goes_on_below(history):
    first = history.joints[0].joints[0]
    svg = joint_map([replace(first, group=group) for group in range(1, 60)])
    assert svg.count("<rect") == 59
    width = float(svg.split('width="')[1].split('"')[0])
    assert width < 600


def test_the_code_is_a_picture_without_outside_references():
    svg = qr_code("(01)04012345000016(21)EB48-000001")
    assert svg.startswith("<svg")
    assert "href" not in svg


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (2.5, 4.2, "V", "2.5 to 4.2\u00a0V"),
        (None, 0.35, "mOhm", "≤ 0.35\u00a0mΩ"),
        (5460.0, None, "kOhm", "≥ 5460\u00a0kΩ"),
        (52.0, 52.0, "1", "52"),
        (1.0, None, "1", "good"),
    ],
)
def test_limits_are_written_as_people_read_them(low, high, unit, text):
    assert limits(low, high, unit) == text


def test_a_figure_has_at_most_six_digits():
    assert figure(48.123456789, "V") == "48.1235\u00a0V"


def test_a_column_is_aligned_at_its_decimals():
    assert aligned([4.955, 4.9512, None, 5.0]) == ["4.9550", "4.9512", "–", "5.0000"]


def test_a_moment_names_its_time_zone():
    assert moment("2026-11-02T06:00:00.000000+00:00") == "2026-11-02 06:00:00 UTC"


def test_a_long_word_may_break_and_loses_no_letter():
    word = "production.reading:EB48-000001/80-eol/1/insulation_resistance/0"
    assert breakable(word).replace("\u200b", "") == word
    assert max(map(len, breakable("x" * 90).split("\u200b"))) <= 18
