"""Typesetting: data and a typst template in, the bytes of a PDF/A-3b out."""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

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
    with tempfile.TemporaryDirectory(prefix="packline-page-") as name:
        # What varies lies in files: typst keeps what it worked out from those that stay the same,
        # so that the same pages are set again, with another attachment, in a third of the time.
        folder = Path(name)
        for source in TEMPLATES.glob("*.typ"):
            (folder / source.name).write_bytes(source.read_bytes())
        (folder / "data.json").write_text(json.dumps(_printable(data)), encoding="utf-8")
        (folder / "attachment.json").write_text(attachment, encoding="utf-8")
        for picture, svg in (pictures or {}).items():
            (folder / f"picture-{picture}.svg").write_text(svg, encoding="utf-8")
        compiler = typst.Compiler(
            folder / template, root=folder, font_paths=_fonts(), ignore_system_fonts=True
        )
        pdf = compiler.compile(pdf_standards=["a-3b"], timestamp=int(at.timestamp()))
    assert isinstance(pdf, bytes)
    return pdf


@cache
def _fonts() -> typst.Fonts:
    """No fonts of the machine: those in typst, and matplotlib's for what typst's cannot write."""
    import matplotlib

    return typst.Fonts(
        include_system_fonts=False,
        font_paths=[str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")],
    )


def _printable(value: Any) -> Any:
    """Replace what has no shape on paper, such as control characters, by a sign that shows it."""
    if isinstance(value, str):
        return value if value.isprintable() else "".join(map(_shape, value))
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value


def _shape(letter: str) -> str:
    if letter in _KEPT or unicodedata.category(letter) not in _SHAPELESS:
        return letter
    return "\N{REPLACEMENT CHARACTER}"
