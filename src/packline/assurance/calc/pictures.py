"""Pictures that a record carries, drawn as SVG: the joint map and the code on the label."""

from __future__ import annotations

import io
from collections.abc import Sequence
from xml.sax.saxutils import escape

import segno

from packline.assurance.calc.dhr import JointFact

__all__ = ["joint_map", "qr_code"]

# Light to dark: readable in grey on a bad printer, and told apart by the colour-blind.
_PALE, _DEEP = (222, 235, 247), (8, 81, 156)
_FAILED = "#b3261e"
_SIDE, _GAP, _LEFT, _TOP = 16.0, 2.0, 52.0, 18.0
_BAND = 28  # groups side by side before the map goes on below


def qr_code(text: str) -> str:
    """Return a QR code that holds `text`, for scanners; level M, quiet zone included."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=4, border=4, xmldecl=False, svgns=True, nl=False
    )
    return out.getvalue().decode()


def joint_map(joints: Sequence[JointFact]) -> str:
    """Draw every joint as a square: a column per group, a row per cell and pole.

    The darker the higher; a joint out of its limits is crossed out in red.
    """
    rows = sorted({(j.cell, j.pole) for j in joints}, key=lambda r: (r[0], r[1] != "+"))
    groups = sorted({j.group for j in joints})
    values = [j.value for j in joints]
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    bands = [groups[i : i + _BAND] for i in range(0, len(groups), _BAND)]
    step = _SIDE + _GAP
    height_of_band = _TOP + len(rows) * step + _GAP * 4
    by_place = {(j.group, j.cell, j.pole): j for j in joints}
    parts: list[str] = []
    for index, band in enumerate(bands):
        top = index * height_of_band
        for column, group in enumerate(band):
            x = _LEFT + column * step
            parts.append(_text(x + _SIDE / 2, top + _TOP - 5, str(group), "middle"))
        for line, (cell, pole) in enumerate(rows):
            y = top + _TOP + line * step
            sign = "\N{MINUS SIGN}" if pole == "-" else pole
            name = f"cell {cell} {sign}" if sign else f"joint {cell}"
            parts.append(_text(_LEFT - 6, y + _SIDE * 0.72, name, "end"))
            for column, group in enumerate(band):
                joint = by_place.get((group, cell, pole))
                if joint is not None:
                    parts.append(_square(_LEFT + column * step, y, joint, low, high))
    width = _LEFT + max((len(b) for b in bands), default=0) * step
    height = max(len(bands), 1) * height_of_band
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{"".join(parts)}</svg>'
    )


def _square(x: float, y: float, joint: JointFact, low: float, high: float) -> str:
    share = (joint.value - low) / (high - low) if high > low else 0.5
    red, green, blue = (round(p + (d - p) * share) for p, d in zip(_PALE, _DEEP, strict=True))
    square = f'<rect x="{x:g}" y="{y:g}" width="{_SIDE:g}" height="{_SIDE:g}" rx="2" '
    if joint.passed:
        return f'{square}fill="rgb({red},{green},{blue})"/>'
    right, bottom = x + _SIDE, y + _SIDE
    return (
        f'{square}fill="#fff" stroke="{_FAILED}" stroke-width="2"/>'
        f'<path d="M{x:g} {y:g}L{right:g} {bottom:g}M{right:g} {y:g}L{x:g} {bottom:g}" '
        f'stroke="{_FAILED}" stroke-width="2"/>'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="9" font-family="DejaVu Sans" fill="#444" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
