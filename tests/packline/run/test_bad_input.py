"""Bad input: for each kind the message, the exit code, and what the database holds afterwards."""

import pytest

from packline.design.models import Design, Study
from packline.foundation.files import read
from packline.foundation.verification import verify_record
from packline.production.models import Order, Unit
from packline.requirements.models import Program
from packline.supply.models import Cell, CellLot

NOTHING = {}
OPENED = {Program: 1}
DESIGNED = {Program: 1, Study: 1, Design: 1}
HEADER = "serial,capacity_Ah,ocv_V,acir_mohm\n"
COUNTED = (Program, Study, Design, CellLot, Order, Unit)


def rows(n, start=0, capacity=4.97, ocv=3.552, resistance=26.0):
    return "".join(
        f"C{k:04d},{capacity + k / 1e4:.4f},{ocv},{resistance}\n" for k in range(start, start + n)
    )


def replaced(old, new):
    def change(program, tmp_path):
        program.replace(old, new)
        return []

    return change


def appended(text):
    def change(program, tmp_path):
        program.append(text)
        return []

    return change


def program_is(content):
    def change(program, tmp_path):
        program.file.write_bytes(content)
        return []

    return change


def cells_are(content, *options):
    def change(program, tmp_path):
        path = tmp_path / "cells.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return ["--cells", path, *options]

    return change


def no_folder(program, tmp_path):
    program.path = tmp_path / "nowhere"
    return []


def a_file_instead_of_a_folder(program, tmp_path):
    program.path = program.file
    return []


def no_program_file(program, tmp_path):
    program.file.unlink()
    return []


def no_cell_file(program, tmp_path):
    return ["--cells", tmp_path / "missing.csv"]


def no_catalogue(program, tmp_path):
    return ["--catalog", tmp_path / "missing"]


def a_broken_sheet(program, tmp_path):
    (tmp_path / "sheets").mkdir()
    (tmp_path / "sheets/a-cell.toml").write_text('code = "a-cell"\ncolour = "red"\n')
    return ["--catalog", tmp_path / "sheets"]


def a_missing_report(program, tmp_path):
    (program.path / "reports/ul2271.toml").unlink()
    return []


CASES = {
    # name: (change, exit code, words of the message, rows afterwards)
    "folder missing": (no_folder, 2, ["nowhere", "does not exist"], NOTHING),
    "file for a folder": (a_file_instead_of_a_folder, 2, ["is not a folder"], NOTHING),
    "program missing": (no_program_file, 2, ["program.toml"], NOTHING),
    "program empty": (program_is(b""), 2, ["program.toml", "empty"], NOTHING),
    "wrong encoding": (program_is("[program]\ntitle = 'é'".encode("latin-1")), 2, ["UTF-8"], NOTHING),
    "not TOML": (program_is(b"[program\ncode=1"), 2, ["program.toml", "line 1"], NOTHING),
    "key missing": (replaced('customer = "Cargo Cycles (example)"\n', ""), 2, ["[program]", "customer"], NOTHING),
    "key unknown": (replaced('revision = "A"', 'revision = "A"\ncolour = "red"'), 2, ["[program]", "colour"], NOTHING),
    "table unknown": (appended("\n[painting]\ncolour = 1\n"), 2, ["painting"], NOTHING),
    "playbook unknown": (replaced('playbook = "micromobility"', 'playbook = "boats"'), 2, ["playbook", "boats", "micromobility"], NOTHING),
    "wrong unit": (replaced('value = 0.86\nunit = "kWh"', 'value = 0.86\nunit = "kg"'), 2, ["PERF-04", "unit", "kg"], NOTHING),
    "operator unknown": (replaced('operator = ">="\nvalue = 0.86', 'operator = "about"\nvalue = 0.86'), 2, ["PERF-04", "about", ">="], NOTHING),
    "quantity unknown": (replaced('quantity = "energy"', 'quantity = "enrgy"'), 2, ["enrgy", "energy"], NOTHING),
    "not a number": (replaced("value = 0.86", "value = nan"), 2, ["PERF-04", "value", "nan"], NOTHING),
    "infinite": (replaced("value = 0.86", "value = inf"), 2, ["PERF-04", "value", "inf"], NOTHING),
    "a truth for a number": (replaced("value = 0.86", "value = true"), 2, ["PERF-04", "value", "true"], NOTHING),
    "negative": (replaced("value = 0.86", "value = -0.86"), 2, ["PERF-04", "-0.86"], NOTHING),
    "limits contradict": (replaced("value = 32\n", "value = 60\n"), 2, ["PERF-02", "PERF-03"], NOTHING),
    "id twice": (replaced('id = "PERF-02"', 'id = "PERF-01"'), 2, ["PERF-01"], NOTHING),
    "check digit": (replaced('gtin = "09506000134376"', 'gtin = "09506000134377"'), 2, ["gtin", "09506000134377"], NOTHING),
    "serial pattern": (replaced('pattern = "EB48-{n:06d}"', 'pattern = "EB48"'), 2, ["pattern", "{n}"], NOTHING),
    "quantity ordered": (replaced("quantity = 2", "quantity = 0"), 2, ["[order]", "quantity"], NOTHING),
    "defect rate": (replaced("defect_rate = 0.0", "defect_rate = 4"), 2, ["[line]", "defect_rate"], NOTHING),
    "report missing": (a_missing_report, 2, ["reports/ul2271.toml"], NOTHING),
    "catalogue missing": (no_catalogue, 2, ["missing", "no such folder"], OPENED),
    "sheet broken": (a_broken_sheet, 2, ["a-cell.toml", "colour"], OPENED),
    "requirement infeasible": (replaced("value = 0.86", "value = 4.3"), 1, ["no feasible design"], OPENED | {Study: 1}),
    "cell not in catalogue": (replaced('objective = "mass"', 'objective = "mass"\ncells = ["no-such-cell"]'), 1, ["no-such-cell"], OPENED),
    "cells missing": (no_cell_file, 2, ["missing.csv"], DESIGNED),
    "cells empty": (cells_are(""), 2, ["cells.csv", "empty"], DESIGNED),
    "cells header only": (cells_are(HEADER), 2, ["cells.csv"], DESIGNED),
    "cells binary": (cells_are(b"\x00\x01\xff\xfe"), 2, ["cells.csv"], DESIGNED),
    "cells wrong encoding": (cells_are((HEADER + "Zelle-\xe4,1,2,3\n").encode("latin-1")), 2, ["UTF-8"], DESIGNED),
    "cells column missing": (cells_are("serial,ocv_V,acir_mohm\n" + "C1,3.5,20\n"), 2, ["capacity"], DESIGNED),
    "resistance of no kind": (cells_are("serial,capacity_Ah,ocv_V,ir_mohm\n" + "C1,5,3.5,20\n"), 2, ["ir_mohm", "ac", "dc"], DESIGNED),
    "strict: not a number": (cells_are(HEADER + rows(120) + "X1,abc,3.5,26\n", "--strict"), 2, ["line 122", "abc"], DESIGNED),
    "strict: serial twice": (cells_are(HEADER + rows(120) + "C0000,4.97,3.55,26\n", "--strict"), 2, ["line 122", "C0000"], DESIGNED),
    "strict: negative": (cells_are(HEADER + rows(120) + "X1,-4.9,3.55,26\n", "--strict"), 2, ["line 122", "-4.9"], DESIGNED),
    "no acceptable cell": (cells_are(HEADER + rows(120, capacity=3.0)), 1, ["0 accepted cells", "52"], DESIGNED | {CellLot: 1}),
    "too few cells": (cells_are(HEADER + rows(51)), 1, ["51 accepted cells", "52"], DESIGNED | {CellLot: 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_bad_input(cli, program, tmp_path, name):
    change, code, words, held = CASES[name]
    options = change(program, tmp_path)
    result = cli("run", program.path, *options)
    assert result.exit_code == code, result.output
    for word in words:
        assert word in result.stderr, result.stderr
    assert "Traceback" not in result.output
    counts = {model: model.objects.count() for model in COUNTED}
    expected = {model: held.get(model, 0) for model in COUNTED}
    if held.get(CellLot):
        expected[Order] = 1  # placed, and waiting for cells
    assert counts == expected
    assert verify_record().proven


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("X1,abc,3.552,26", "abc"),
        ("X1,-4.97,3.552,26", "-4.97"),
        ("X1,nan,3.552,26", "nan"),
        ("X1,0,3.552,26", "0"),
        ("C0000,4.97,3.552,26", "C0000"),
        (",4.97,3.552,26", "serial"),
        ("X1,4.97,3.552", "3"),
    ],
)
def test_a_row_that_cannot_be_read_is_set_aside_and_the_rest_is_imported(
    cli, tmp_path, row, reason
):
    file = tmp_path / "cells.csv"
    file.write_text(HEADER + rows(120) + row + "\n")
    named = ("--lot", "L1", "--supplier", "S", "--cell", "samsung-inr21700-50e")
    result = cli("import-cells", file, *named)
    assert result.exit_code == 0, result.output
    assert "line 122" in result.stderr
    lot = CellLot.objects.get()
    assert (lot.row_count, lot.rejected_count, Cell.objects.count()) == (120, 1, 120)
    rejected = read(lot.rejects.sha256).decode()
    assert "122" in rejected
    assert reason in rejected


def test_a_lot_with_an_unreadable_row_is_built_without_it(cli, program, tmp_path):
    options = cells_are(HEADER + rows(120) + "X1,abc,3.552,26\n")(program, tmp_path)
    result = cli("run", program.path, *options)
    assert result.exit_code == 0, result.output
    assert "1 rows could not be read" in result.stdout
    assert CellLot.objects.get().rejected_count == 1
