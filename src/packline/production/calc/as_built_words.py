"""What a residual means, in the words of whoever has to go and look."""

from __future__ import annotations

from collections.abc import Sequence

from packline.production.calc.as_built import Figure

__all__ = ["NAMES", "reason_of"]

NAMES = {
    "group_dc_resistance": "DC resistance of a group",
    "pack_dc_resistance": "DC resistance of the pack",
    "baseline_capacity": "Capacity",
    "group_ocv_delta": "Voltage difference between groups",
    "baseline_temperature_rise": "Warming in the capacity test",
}
SHOWN = {"mOhm": "mΩ"}


def reason_of(figures: Sequence[Figure]) -> str:
    """Say of the worst figure what it shows and where to look; the others are counted."""
    worst = max(figures, key=_excess)
    more = f"; and {len(figures) - 1} more" if len(figures) > 1 else ""
    return f"{_said(worst)}{more}"


def _excess(figure: Figure) -> float:
    assert figure.residual is not None
    assert figure.tolerance is not None
    return abs(figure.residual) / figure.tolerance


def _said(figure: Figure) -> str:
    assert figure.residual is not None
    assert figure.tolerance is not None
    unit = SHOWN.get(figure.unit_code, figure.unit_code)
    over = figure.residual > 0
    size = f"{abs(figure.residual):.2g} {unit} {'more' if over else 'less'}"
    span = f"tolerance {figure.tolerance:.2g}"
    match figure.code:
        case "group_dc_resistance":
            where = f"group {figure.position} has {size} than its cells and joints explain"
            look = "look for a cold joint" if over else "look for a wrong cell or a shunt"
        case "pack_dc_resistance":
            where = f"the pack has {size} than its groups explain"
            look = "look at terminals, fuse and leads" if over else "look at the sense leads"
        case "baseline_capacity":
            where = f"the pack has {size} capacity than its weakest group"
            look = "look for an open joint or a wrong cell" if not over else "look at the cycler"
        case "group_ocv_delta":
            where = f"the groups are {size} apart than their cells were"
            look = "look for a leaking cell or a sense lead"
        case _:
            where = f"the pack warmed by {size} than cells that keep all their heat could"
            look = "look for a hot joint"
    return f"{where}, {span}: {look}"
