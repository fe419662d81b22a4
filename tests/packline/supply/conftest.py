"""A cell model from the shipped catalogue, files of measured cells, and a received lot."""

from datetime import date
from pathlib import Path

import pytest

from packline.supply.calc.limits import IncomingLimit
from packline.supply.models import Cell

HEADER = "serial,capacity_Ah,ocv_V,acir_mohm"
LIMITS = (
    IncomingLimit("cell_capacity", "Ah", low=4.9),
    IncomingLimit("cell_ac_ir", "mOhm", high=20.0),
)


def nobody(_serials):
    """No serial is in stock."""
    return {}


@pytest.fixture
def write(tmp_path):
    """Write lines (or bytes) as a file and return its path."""

    def write(*lines, name="lot.csv", encoding="utf-8") -> Path:
        path = tmp_path / name
        if isinstance(lines[0], bytes):
            path.write_bytes(lines[0])
        else:
            path.write_text("".join(f"{line}\n" for line in lines), encoding=encoding)
        return path

    return write


@pytest.fixture
def cell_model(people, now):
    from packline.catalog.models import CellModel
    from packline.foundation.events import record

    model = CellModel.objects.create(
        code="test-cell",
        maker="Cells Ltd",
        name="T50",
        chemistry="NMC",
        format="cylindrical",
        sheet_sha256="0" * 64,
        sheet_text="",
    )
    record("catalog.cell.registered", model, by=people.admin, at=now, rows=[model])
    return model


@pytest.fixture
def receive(write, cell_model, people, now):
    """Receive a lot from rows of (serial, capacity, ocv, AC IR)."""
    from packline.supply.forms import read_cells
    from packline.supply.services import receive_cells

    def receive(*rows, number="LOT-1", header=HEADER, **named):
        path = write(header, *(",".join(map(str, row)) for row in rows), name=f"{number}.csv")
        return receive_cells(
            lot_number=number,
            supplier="Cells Ltd",
            cell=cell_model,
            cells=read_cells(path),
            received_on=date(2026, 11, 20),
            by=people.inspector,
            at=now,
            **named,
        )

    return receive


@pytest.fixture
def lot(receive):
    """Six cells; the fifth holds too little and the sixth resists too much."""
    return receive(
        ("A1", 5.01, 3.601, 15.0),
        ("A2", 5.02, 3.600, 15.1),
        ("A3", 5.00, 3.602, 15.2),
        ("A4", 5.03, 3.601, 15.1),
        ("A5", 4.60, 3.601, 15.0),
        ("A6", 5.01, 3.600, 25.0),
    )


@pytest.fixture
def stock(lot, people, now):
    """The lot after inspection: A1 to A4 accepted, A5 and A6 quarantined."""
    from packline.supply.services import inspect_lot

    inspect_lot(lot=lot, limits=LIMITS, by=people.inspector, at=now)
    return lot


def cells_of(lot, *serials):
    """Return these cells anew, in the order of their serials."""
    return list(Cell.objects.filter(serial__in=serials).select_related("lot").order_by("serial"))


def states():
    """Return the state of every cell by its serial."""
    return dict(Cell.objects.values_list("serial", "state"))
