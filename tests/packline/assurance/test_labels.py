import re
import shutil
import subprocess

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from packline.assurance.calc.gs1 import (
    CHARACTERS,
    Element,
    check_digit,
    element_string,
    encoded,
    parse,
    read_elements,
)
from packline.assurance.calc.labels import Label, labels_pdf, symbol, to_zpl
from packline.assurance.queries import label_named
from packline.foundation.errors import DomainError
from packline.production.services import pack_box

UNIT = (
    Element("01", "09506000134352"), Element("21", "PK-000001"), Element("10", "ORDER-7"),
    Element("240", "EB48_A"),
)  # fmt: skip
LABEL = Label("An e-bike pack", "PK-000001", ("13S4P",), UNIT, virtual=True)


def read(image):
    """What a scanner finds: format, whether it is GS1, text."""
    return [
        (b.format, b.content_type == zxingcpp.ContentType.GS1, b.text, b.bytes.decode())
        for b in zxingcpp.read_barcodes(image, try_rotate=False)
    ]


# GTIN-13 6291041500213 is worked through in GS1's "How to calculate a check digit manually"; GTIN
# 09506000134352 is that of GS1's own examples; SSCC 106141412345678908 is that of the EPC Tag Data
# Standard (urn:epc:id:sscc:0614141.1234567890).
@pytest.mark.parametrize("number", ["6291041500213", "09506000134352", "106141412345678908"])
def test_check_digits_are_those_of_published_numbers(number):
    assert check_digit(number[:-1]) == int(number[-1])


VALUE = st.text(sorted(CHARACTERS - set("()")), min_size=1, max_size=20)


@given(serial=VALUE, batch=VALUE, own=VALUE)
def test_what_is_encoded_is_read_again(serial, batch, own):
    elements = [UNIT[0], Element("21", serial), Element("10", batch), Element("240", own)]
    assert read_elements(encoded(elements)) == elements
    assert parse(element_string(elements)) == elements


def test_a_separator_stands_only_behind_what_has_no_fixed_length():
    assert encoded(UNIT) == "010950600013435221PK-000001\x1d10ORDER-7\x1d240EB48_A"


@pytest.mark.parametrize(
    ("element", "said"),
    [
        (Element("01", "09506000134353"), "wrong check digit: 3, not 2"),
        (Element("01", "9506000134352"), "has 13 characters; allowed: 14"),
        (Element("21", "X" * 21), "has 21 characters; allowed: 1 to 20"),
        (Element("21", "Ä"), "which GS1 does not allow"),
        (Element("37", "1.5"), "is not all digits"),
        (Element("99", "1"), "is not known"),
    ],
)
def test_a_false_element_is_refused(element, said):
    with pytest.raises(DomainError, match=re.escape(said)):
        encoded([element])


@pytest.mark.parametrize("qr", [False, True])
def test_a_symbol_is_read_back_as_gs1(qr):
    made = Label("T", "N", (), UNIT, qr=qr)
    ((kind, is_gs1, text, data),) = read(symbol(made).to_image(scale=5, add_quiet_zones=True))
    assert kind == (zxingcpp.BarcodeFormat.QRCode if qr else zxingcpp.BarcodeFormat.DataMatrix)
    assert is_gs1
    assert (text, data) == (element_string(UNIT), encoded(UNIT))


def pictures(pdf, tmp_path):
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not installed: labels are not looked at as pictures")
    (tmp_path / "labels.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-gray", "-r", "300", "labels.pdf", "page"], cwd=tmp_path, check=True
    )
    for page in sorted(tmp_path.glob("page*.pgm")):
        content = page.read_bytes()
        width, height = map(int, content.split(b"\n", 2)[1].split())
        pixels = np.frombuffer(content[-width * height :], dtype=np.uint8)
        yield pixels.reshape(height, width)


def test_a_printed_label_is_read_back(now, tmp_path):
    plain = Label("Box", "BOX-17", ("2 packs",), qr=True)
    pages = list(pictures(labels_pdf([LABEL, plain], at=now), tmp_path))
    assert [read(page)[0][2] for page in pages] == [element_string(UNIT), "BOX-17"]
    assert abs(pages[0].shape[1] / pages[0].shape[0] - 70 / 36) < 0.01


def test_a_sheet_holds_the_label_of_every_unit(now, tmp_path):
    labels = [
        Label("Pack", f"PK-{k:06d}", (), (UNIT[0], Element("21", f"PK-{k:06d}"))) for k in range(9)
    ]
    (page,) = pictures(labels_pdf(labels, at=now, sheet=True), tmp_path)
    assert {text for _, _, text, _ in read(page)} == {element_string(k.elements) for k in labels}


def fields(zpl):
    """Take ZPL apart as the printer does: fields with their commands, ^FH before the escapes."""
    for block in re.findall(r"\^FO\d+,\d+(.*?)\^FS", zpl):
        head, _, data = block.partition("^FD")
        if "^FH\\" in head:
            raw = re.sub(rb"\\([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), data.encode())
            data = raw.decode()
        yield head, data


def scanned(data, escape="_"):
    """The data of ^BX as it is encoded: _1 is FNC1, __ an underscore."""
    return re.sub(f"{escape}(.)", lambda m: "\x1d" if m[1] == "1" else m[1], data)


def test_zpl_holds_the_same_data_behind_fnc1():
    (head, data), *texts = fields(to_zpl([LABEL]))
    assert re.fullmatch(r"\^BXN,7,200,,,,_\^FH\\", head)
    assert scanned(data) == "\x1d" + encoded(UNIT)
    assert read_elements(scanned(data)) == list(UNIT)
    said = [text for _, text in texts]
    assert said[:2] == ["An e-bike pack", "PK-000001"]
    assert said[-1] == "VIRTUAL - NOT FOR SHIPMENT"


def test_no_text_is_read_as_a_command_of_the_printer():
    zpl = to_zpl([Label("^XZ~JA ^FO", "A_^B~C\\41", ("^XA", "ü"))])
    assert re.findall(r"[\^~][A-Z][A-Z0-9@]", zpl).count("^XZ") == 1
    assert "~" not in zpl
    (_, data), *texts = fields(zpl)
    assert scanned(data) == "A_^B~C\\41"
    assert [t for _, t in texts] == ["^XZ~JA ^FO", "A_^B~C\\41", "^XA", "ü"]


def test_labels_of_what_is_on_record(world, people, now):
    unit = world.unit()
    made = label_named(unit.serial)
    assert element_string(made.elements) == (
        "(01)09506000134352(21)PK-000001(10)O1(240)P1"
    )  # fmt: skip
    world.order.units.update(state="passed")
    sscc = "106141412345678908"
    for box in ("BOX-1", sscc):
        pack_box(box=box, units=[world.unit(1 if box == "BOX-1" else 2)], by=people.operator,
                 at=now)  # fmt: skip
    assert (label_named("BOX-1").qr, label_named("BOX-1").elements) == (True, ())
    assert element_string(label_named(sscc).elements) == f"(00){sscc}(02)09506000134352(37)1"
    assert label_named("C001").lines == ("test-cell", "Lot L1")
    assert label_named("nothing") is None
