"""Which column of a table holds which reading, by its heading, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from packcalc.matching.stock import Floats

__all__ = ["BadTable", "Column"]

# patterns of plain headings by preference: English, and what German testers write
PATTERNS: dict[str, tuple[str, ...]] = {
    "serial": (
        r"serial.*|seriennummer|serien_?nr",
        r"s_?n|(cell_)?barcode|qr_?code",
        r"(cell|zell(en)?)_?(id|no|nr|number|nummer|serial)",
        r"cell|zelle|id",
    ),
    "capacity": (
        r"(discharged?_|entlade)(capacity|cap|kapazit[äa]t)(_.*)?",
        r"(measured_|usable_)?(capacity|kapazit[äa]t)(_(?!nom|rated|nenn).*)?",
        r"cap(_(?!nom|rated).*)?",
        r"[qc]_m?ah|q(_.*)?",
    ),
    "resistance": (
        r"(ac_?ir|ir|acr|impedance|impedanz|resistance)(_.*)?",
        r"ac_?(ir|resistance|impedance).*",
        r"(internal_(resistance|impedance)|innenwiderstand|widerstand)(_.*)?",
        r"(dc_?ir|dcr|dc_resistance|r_?i|r)(_.*)?",
    ),
    "ocv": (
        r"ocv(_.*)?",
        r"(open_circuit_voltage|leerlaufspannung|ruhespannung).*",
        r"(rest(ing)?_|no_load_)?voltage(_.*)?|spannung(_.*)?",
        r"[uv]_?(oc)?(_m?v)?",
    ),
    "self_discharge": (r"(self_?discharge|selbstentladung).*", r"k_?value.*", r"ocv_?drop.*"),
    "lot": (r"(sub_?)?lot.*", r"batch.*", r"charge(_?(no|nr|nummer))?|los(_?nr)?"),
    "made_on": (
        r"(made|produced|manufactured)_(on|at)",
        r"((production|manufactur(ing|e)|mfg)_?)?date.*|(herstell|produktions)_?datum|datum",
    ),
}
# what one unit is in Ah, mOhm, V or mV/d; longer names first where one ends like another
UNITS: dict[str, dict[str, float]] = {
    "capacity": {"mah": 1e-3, "ah": 1.0, "a_h": 1.0, "as": 1 / 3600, "a_s": 1 / 3600},
    "resistance": {"uohm": 1e-3, "mohm": 1.0, "milliohm": 1.0, "ohm": 1e3},
    "ocv": {"uv": 1e-6, "mv": 1e-3, "v": 1.0, "volt": 1.0},
    "self_discharge": {
        **dict.fromkeys(("mv_per_day", "mv_day", "mv_d", "mv"), 1.0),
        **dict.fromkeys(("mv_per_h", "mv_h"), 24.0),
        **dict.fromkeys(("v_per_day", "v_d", "v"), 1e3),
    },
}
USUAL = {"capacity": "ah", "resistance": "mohm", "ocv": "v", "self_discharge": "mv_d"}
# where no unit is said: from which median up, and down to which, it must be another
TOO_LARGE = {"capacity": (1000.0, "mah"), "resistance": (1000.0, "uohm"), "ocv": (50.0, "mv")}
TOO_SMALL = {"resistance": (0.1, "ohm")}
SHOWN = {"ah": "Ah", "mah": "mAh", "mohm": "mOhm", "ohm": "Ohm", "uohm": "uOhm", "v": "V"} | {
    "mv": "mV",
    "mv_d": "mV/d",
}
WRONG = ("wh", "kwh", "mwh", "w_h", "kohm", "kv", "pct", "percent")


class BadTable(ValueError):
    """The table cannot be used; one line for each thing wrong with it."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what one of its units is in Ah, V or mOhm.

    `factor` is None when the heading names no unit: the size of the readings must tell. `said`
    is the unit that was taken then.
    """

    name: str
    factor: float | None = 1.0
    said: str = ""


def plain(heading: str) -> str:
    """'IR (mΩ)' as ir_mohm."""
    text = heading.strip().lower()
    for sign, word in (("ω", "ohm"), ("\u2126", "ohm"), ("µ", "u"), ("μ", "u"), ("%", "_pct")):
        text = text.replace(sign, word)
    return re.sub(r"\W+", "_", text).strip("_")


def find_columns(heading: list[str], asked: Mapping[str, str], name: str) -> dict[str, Column]:
    """Take the columns asked for; recognise the others by their headings."""
    unknown = sorted(set(asked) - set(PATTERNS))
    allowed = ", ".join(PATTERNS)
    problems = [f"{name}: no such kind of column: {kind}; allowed: {allowed}" for kind in unknown]
    taken: dict[str, str] = {}
    for kind, patterns in PATTERNS.items():
        if kind in asked:
            if asked[kind] in heading:
                taken[kind] = asked[kind]
            else:
                has = ", ".join(heading)
                problems.append(f"{name}: no column {asked[kind]!r}; the heading has {has}")
            continue
        free = [h for h in heading if h and h not in asked.values()]
        free = [h for h in free if h not in taken.values()]
        hits = (h for pattern in patterns for h in free if re.fullmatch(pattern, plain(h)))
        found = next(hits, None)
        if found is not None:
            taken[kind] = found
    if "capacity" not in taken and not problems:
        problems.append(
            f"{name}: no column for the capacity; the heading has {', '.join(heading)}; "
            "name it with --column capacity=NAME"
        )
    for kind, column in taken.items():
        if heading.count(column) > 1:
            problems.append(f"{name}: {heading.count(column)} columns are called {column!r}")
        if kind in UNITS and plain(column).endswith(tuple("_" + unit for unit in WRONG)):
            units = ", ".join(UNITS[kind])
            problems.append(f"{name} column {column}: not a unit of {kind}; allowed: {units}")
    if problems:
        raise BadTable(problems)
    return {kind: Column(column, _factor(kind, column)) for kind, column in taken.items()}


def _factor(kind: str, heading: str) -> float | None:
    words = plain(heading)
    for unit, factor in UNITS.get(kind, {}).items():
        if words == unit or words.endswith("_" + unit):
            return factor
    return None if kind in UNITS else 1.0


def scaled(values: Floats, kind: str, column: Column) -> tuple[Floats, Column]:
    """Readings in Ah, mOhm, V or mV/d; where the heading names no unit, their size tells it.

    Without leaving the decimal grid: 4996.3 mAh is 4.9963 Ah exactly.
    """
    factor = column.factor
    if factor is None:
        unit = USUAL[kind]
        known = np.abs(values[np.isfinite(values)])
        middle = float(np.median(known)) if len(known) else 0.0
        if kind in TOO_LARGE and middle > TOO_LARGE[kind][0]:
            unit = TOO_LARGE[kind][1]
        if kind in TOO_SMALL and 0 < middle < TOO_SMALL[kind][0]:
            unit = TOO_SMALL[kind][1]
        factor = UNITS[kind][unit]
        column = Column(column.name, factor, SHOWN[unit])
    if factor == 1.0:
        return values, column
    return (values / (1 / factor) if factor < 1 else values * factor), column
