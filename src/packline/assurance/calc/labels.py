"""Labels of units, boxes, groups and cells: as ZPL for a label printer, as PDF for any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import zxingcpp

from packline.assurance.calc.gs1 import Element, element_string, encoded
from packline.assurance.calc.typeset import typeset
from packline.foundation.errors import DomainError

__all__ = ["Label", "labels_pdf", "symbol", "symbol_svg", "to_zpl"]

WIDTH_MM, HEIGHT_MM = 70, 36
DOTS_PER_MM = 8  # 203 dpi
MOST = 400  # labels in one file
LONGEST = 44  # characters of a line that fit beside the symbol


@dataclass(frozen=True, slots=True)
class Label:
    """What one label says, and what its symbol holds: GS1 elements, or a plain text."""

    title: str
    number: str
    lines: tuple[str, ...] = ()
    elements: tuple[Element, ...] = ()
    qr: bool = False  # a QR code for telephones; else Data Matrix
    virtual: bool = False

    @property
    def read(self) -> str:
        """What a person reads below the symbol."""
        return element_string(self.elements) if self.elements else self.number


def symbol(label: Label) -> zxingcpp.Barcode:
    """Return the symbol of a label; GS1 elements stand behind FNC1, with FNC1 between them."""
    kind = zxingcpp.BarcodeFormat.QRCode if label.qr else zxingcpp.BarcodeFormat.DataMatrix
    if label.elements:
        return zxingcpp.create_barcode(label.read, kind, gs1=True)
    return zxingcpp.create_barcode(label.number, kind)


def symbol_svg(label: Label) -> str:
    """Return the symbol as a picture."""
    return str(symbol(label).to_svg(add_quiet_zones=True))


def labels_pdf(labels: Sequence[Label], *, at: datetime, sheet: bool = False) -> bytes:
    """Return labels as PDF/A: one a page in the size of the label, or a sheet of A4 to cut."""
    if not 1 <= len(labels) <= MOST:
        raise DomainError(f"{len(labels)} labels; allowed: 1 to {MOST} in one file")
    return typeset(
        "labels.typ",
        {
            "sheet": sheet,
            "width": WIDTH_MM,
            "height": HEIGHT_MM,
            "labels": [
                {
                    "title": label.title,
                    "number": label.number,
                    "lines": list(label.lines),
                    "read": label.read if label.elements else "",
                    "banner": "VIRTUAL – NOT FOR SHIPMENT" if label.virtual else "",
                }
                for label in labels
            ],
        },
        at=at,
        pictures={str(k): symbol_svg(label) for k, label in enumerate(labels)},
    )


def to_zpl(labels: Sequence[Label]) -> str:
    """Return labels in ZPL II, 203 dpi: Data Matrix by ``^BX`` (quality 200), QR by ``^BQ``.

    In the data of ``^BX`` the escape character is set to ``_``: ``_1`` is FNC1 and ``__`` an
    underscore (ZPL II Programming Guide, ^BX, quality 200). ``^FH\\`` comes first, so that no
    text of ours is ever read as a command. ``^BQ`` cannot say FNC1, so GS1 is never in it.
    """
    if not 1 <= len(labels) <= MOST:
        raise DomainError(f"{len(labels)} labels; allowed: 1 to {MOST} in one file")
    return "".join(_zpl(label) for label in labels)


def _zpl(label: Label) -> str:
    width, height = WIDTH_MM * DOTS_PER_MM, HEIGHT_MM * DOTS_PER_MM
    left = 24 * DOTS_PER_MM
    parts = ["^XA", "^CI28", f"^PW{width}", f"^LL{height}"]
    if label.qr and not label.elements:
        parts.append(f"^FO16,24^BQN,2,5^FH\\^FDMA,{_text(label.number)}^FS")
    else:
        parts.append(f"^FO16,24^BXN,7,200,,,,_^FH\\^FD{_matrix(label)}^FS")
    parts.append(f"^FO{left},20^A0N,26,26^FH\\^FD{_text(label.title[:LONGEST])}^FS")
    parts.append(f"^FO{left},52^A0N,36,36^FH\\^FD{_text(label.number[:LONGEST])}^FS")
    y = 98
    for line in label.lines:
        parts.append(f"^FO{left},{y}^A0N,22,22^FH\\^FD{_text(line[:LONGEST])}^FS")
        y += 28
    if label.elements:
        parts.append(f"^FO16,{height - 58}^A0N,20,20^FH\\^FD{_text(label.read)}^FS")
    if label.virtual:
        parts.append(f"^FO16,{height - 30}^A0N,24,24^FH\\^FDVIRTUAL - NOT FOR SHIPMENT^FS")
    return "\n".join([*parts, "^PQ1", "^XZ"]) + "\n"


def _matrix(label: Label) -> str:
    if not label.elements:
        return _text(label.number).replace("_", "__")
    data = encoded(label.elements).split("\x1d")
    return "_1" + "_1".join(_text(part).replace("_", "__") for part in data)


def _text(text: str) -> str:
    """Write text so that no character of it is a command: all but plain ones in hexadecimal."""
    plain = set(" -./:()+#%&,*=")
    return "".join(
        c
        if (c.isascii() and (c.isalnum() or c in plain)) or c == "_"
        else "".join(f"\\{byte:02X}" for byte in c.encode())
        for c in text
        if c.isprintable()
    )
