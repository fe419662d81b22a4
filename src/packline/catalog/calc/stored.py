"""What of a sheet is kept with the registered cell: the values that designs were drawn from."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from packcalc.bms import Conventions, VoltageConvention
from packcalc.design import CellSpec
from packline.catalog.calc.chemistry import conventions_of
from packline.catalog.calc.sheet import CellSheet
from packline.catalog.calc.spec import to_spec

__all__ = ["stored_cell", "stored_text"]


def stored_text(sheet: CellSheet) -> str:
    """Write cell and conventions as canonical JSON, in SI."""
    values = {
        "cell": asdict(to_spec(sheet)),
        "conventions": asdict(conventions_of(sheet.conventions, sheet.common)),
    }
    return json.dumps(
        values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def stored_cell(text: str) -> tuple[CellSpec, Conventions]:
    """Read back what `stored_text` wrote."""
    values = json.loads(text)
    conventions = _tuples(values["conventions"])
    voltage = VoltageConvention(**_tuples(conventions.pop("voltage")))
    return CellSpec(**_tuples(values["cell"])), Conventions(voltage=voltage, **conventions)


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
