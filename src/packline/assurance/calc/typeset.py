"""Typesetting: data and a typst template in, the bytes of a PDF/A-3b out."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import matplotlib
import typst

__all__ = ["typeset"]

_SHAPELESS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_KEPT = frozenset({"\N{ZERO WIDTH SPACE}", "\n"})  # where a line may break, and where it does
TEMPLATES = Path(__file__).parents[1] / "templates" / "typst"


def typeset(
    template: str,
    data: Mapping[str, Any],
    *,
    at: datetime,
    pictures: Mapping[str, str] | None = None,
    attachment: str = "",
) -> bytes:
    """Return a PDF/A-3b that is the same for the same arguments, on any day.

    Parameters
    ----------
    template : str
        Name of a file beside this stage's other typst templates.
    data : mapping
        What the template shows. It reaches the page as text and is never read as markup.
    at : datetime
        The moment that the document carries as its date.
    pictures : mapping of str to str, optional
        SVG pictures by name.
    attachment : str, optional
        Text of the JSON file that the template attaches.
    """
    inputs = {"data": json.dumps(_printable(data)), "attachment": attachment}
    inputs |= {f"picture-{name}": svg for name, svg in (pictures or {}).items()}
    # No fonts of the machine: those in typst, and matplotlib's for what typst's cannot write.
    pdf = typst.compile(
        str(TEMPLATES / template),
        sys_inputs=inputs,
        font_paths=[str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")],
        ignore_system_fonts=True,
        pdf_standards=["a-3b"],
        timestamp=int(at.timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf


def _printable(value: Any) -> Any:
    """Replace what has no shape on paper, such as control characters, by a sign that shows it."""
    if isinstance(value, str):
        return "".join(map(_shape, value))
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value


def _shape(letter: str) -> str:
    if letter in _KEPT or unicodedata.category(letter) not in _SHAPELESS:
        return letter
    return "\N{REPLACEMENT CHARACTER}"
