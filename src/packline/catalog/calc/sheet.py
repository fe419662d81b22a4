"""A cell's data sheet as a value: figures that each carry their own source and confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from packline.catalog.calc.chemistry import Chemistry, CommonConventions

__all__ = [
    "CONFIDENCES",
    "QUANTITIES",
    "UNITS",
    "CellSheet",
    "Figure",
    "Quantity",
    "Source",
]

# high: read in the maker's own document or page; medium: read in a transcript of it or on a
# seller's page; low: read in a report, or worked out from read figures as the figure says.
CONFIDENCES = ("high", "medium", "low")

# Units a sheet may be written in: what they measure, and SI = value * factor + offset.
UNITS: Mapping[str, tuple[str, float, float]] = {
    "Ah": ("charge", 3600.0, 0.0),
    "mAh": ("charge", 3.6, 0.0),
    "V": ("voltage", 1.0, 0.0),
    "mV": ("voltage", 1e-3, 0.0),
    "A": ("current", 1.0, 0.0),
    "mA": ("current", 1e-3, 0.0),
    "Ohm": ("resistance", 1.0, 0.0),
    "mOhm": ("resistance", 1e-3, 0.0),
    "s": ("time", 1.0, 0.0),
    "kg": ("mass", 1.0, 0.0),
    "g": ("mass", 1e-3, 0.0),
    "m": ("length", 1.0, 0.0),
    "mm": ("length", 1e-3, 0.0),
    "degC": ("temperature", 1.0, 273.15),
    "K": ("temperature", 1.0, 0.0),
    "1": ("number", 1.0, 0.0),
    "EUR": ("money", 1.0, 0.0),
    "USD": ("money", 1.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing that a sheet may state: what it measures, and between which SI values it lies."""

    measures: str
    low: float
    high: float
    meaning: str


QUANTITIES: Mapping[str, Quantity] = {
    "capacity_min": Quantity("charge", 36.0, 3.6e6, "least capacity that the maker warrants"),
    "capacity_typical": Quantity("charge", 36.0, 3.6e6, "rated or typical capacity"),
    "nominal_voltage": Quantity("voltage", 1.0, 5.0, "mean voltage on discharge"),
    "charge_voltage": Quantity("voltage", 1.5, 5.0, "limit of charge"),
    "cutoff_voltage": Quantity("voltage", 0.5, 4.0, "limit of discharge"),
    "protection_voltage_max": Quantity("voltage", 1.5, 5.5, "where over-voltage must act"),
    "protection_voltage_min": Quantity("voltage", 0.5, 4.0, "where under-voltage must act"),
    "shipping_voltage_max": Quantity("voltage", 0.5, 5.0, "open circuit as delivered, highest"),
    "shipping_voltage_min": Quantity("voltage", 0.5, 5.0, "open circuit as delivered, lowest"),
    "charge_current_standard": Quantity("current", 1e-3, 1e4, "standard charge current"),
    "charge_current_max": Quantity("current", 1e-3, 1e4, "largest continuous charge current"),
    "discharge_current_continuous": Quantity("current", 1e-3, 1e4, "continuous rating"),
    "discharge_current_peak": Quantity("current", 1e-3, 1e5, "rating of a pulse"),
    "peak_duration": Quantity("time", 1e-3, 3600.0, "time that the pulse may last"),
    "ac_resistance": Quantity("resistance", 1e-5, 1.0, "typical at 1 kHz"),
    "ac_resistance_max": Quantity("resistance", 1e-5, 1.0, "largest at 1 kHz at delivery"),
    "dc_resistance": Quantity("resistance", 1e-5, 1.0, "typical of a pulse of some seconds"),
    "dc_resistance_max": Quantity("resistance", 1e-5, 1.0, "largest of such a pulse"),
    "mass": Quantity("mass", 1e-3, 50.0, "mass of a cell"),
    "diameter": Quantity("length", 1e-3, 0.5, "of a cylindrical cell"),
    "width": Quantity("length", 1e-3, 2.0, "of a prismatic or pouch cell"),
    "thickness": Quantity("length", 1e-3, 0.5, "of a prismatic or pouch cell"),
    "height": Quantity("length", 1e-3, 2.0, "upright, terminals included"),
    "charge_temperature_min": Quantity("temperature", 193.15, 373.15, "coldest for charging"),
    "charge_temperature_max": Quantity("temperature", 193.15, 373.15, "hottest for charging"),
    "discharge_temperature_min": Quantity("temperature", 193.15, 373.15, "coldest for discharge"),
    "discharge_temperature_max": Quantity("temperature", 193.15, 373.15, "hottest for discharge"),
    "cycle_life": Quantity("number", 1.0, 1e6, "cycles under the condition that is quoted"),
    "price": Quantity("money", 1e-3, 1e5, "price of one cell"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures were read: title, address (or repository path), and by what way."""

    key: str
    title: str
    address: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as written, with what the source says and how far to trust it."""

    quantity: str
    value: float
    unit: str
    source: str
    read: str
    confidence: str

    @property
    def si(self) -> float:
        """The figure in coherent SI."""
        _, factor, offset = UNITS[self.unit]
        return self.value * factor + offset


@dataclass(frozen=True, slots=True)
class CellSheet:
    """A cell of the catalogue. A figure that was not read in a source is not in `figures`."""

    code: str
    maker: str
    name: str
    chemistry: str
    chemistry_source: str
    chemistry_read: str
    format: str
    note: str
    sources: tuple[Source, ...]
    figures: tuple[Figure, ...]
    conventions: Chemistry
    common: CommonConventions
    text: str
    sha256: str
    parameters_text: str = ""  # TOML of the identified circuit; "" when there is none
    parameters_sha256: str = ""

    def figure(self, quantity: str) -> Figure | None:
        """Return the figure of a quantity, or `None` if the sheet does not state it."""
        return next((f for f in self.figures if f.quantity == quantity), None)
