"""A small program that is right, and ways to change it."""

from pathlib import Path

from packline.requirements.calc.spec import ProgramSpec
from packline.requirements.forms import read_program

MINIMAL = """\
[program]
code = "EB48"
title = "A pack"
customer = "ACME"
playbook = "micromobility"
volume_per_year = 100
quality_systems = ["ISO 9001"]
revision = "A"

[[requirement]]
id = "PERF-01"
group = "performance"
quantity = "energy"
operator = ">="
value = 0.9
unit = "kWh"
method = "analysis"

[[requirement]]
id = "PERF-02"
group = "performance"
quantity = "max_voltage"
operator = "<="
value = 54.6
unit = "V"
method = "analysis"

[[requirement]]
id = "COMP-01"
group = "compliance"
quantity = "un38_3_tests_passed"
operator = ">="
value = 8
method = "test"
by_stage = "EVT"

[design]
objective = "mass"

[order]
quantity = 40
due = 2027-03-31

[serials]
gtin = "09506000134376"
pattern = "EB48-{n:06d}"

[firmware]
version = "1.0.0"
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"

[cells]
lot = "LOT-1"
supplier = "Cells Ltd"
received_on = 2026-11-16

[cells.population]
n = 100
seed = 7
capacity = { mean = 4.97, sd = 0.012, unit = "Ah" }
ocv = { mean = 3552, sd = 0.8, unit = "mV" }
resistance = { mean = 0.026, sd = 0.0003, unit = "Ohm", kind = "ac" }

[line]
seed = 1
defect_rate = 0.02

[[evidence]]
test = "UN38.3"
report = "reports/un.toml"
issued_by = "Lab"
issued_on = 2026-10-01
sample = true
"""
REPORT = """\
title = "UN 38.3"
sample = true

[[result]]
quantity = "un38_3_tests_passed"
value = 8
"""


def write_program(folder: Path, text: str = MINIMAL, report: str | None = REPORT) -> Path:
    """Write a program folder."""
    (folder / "reports").mkdir(parents=True, exist_ok=True)
    (folder / "program.toml").write_text(text, encoding="utf-8")
    if report is not None:
        (folder / "reports" / "un.toml").write_text(report, encoding="utf-8")
    return folder


def changed(old: str, new: str) -> str:
    """Return the small program with one place changed, which must be there once."""
    assert MINIMAL.count(old) == 1, old
    return MINIMAL.replace(old, new)


def with_requirement(
    quantity: str,
    operator: str,
    value: object,
    unit: str = "",
    *,
    group: str = "performance",
    method: str = "analysis",
    more: str = "",
    ref: str = "NEW-01",
) -> str:
    """Return the small program with one more requirement."""
    unit_line = f'unit = "{unit}"\n' if unit else ""
    row = (
        f'[[requirement]]\nid = "{ref}"\ngroup = "{group}"\nquantity = "{quantity}"\n'
        f'operator = "{operator}"\nvalue = {value}\n{unit_line}method = "{method}"\n{more}\n'
    )
    return MINIMAL.replace("[design]", f"{row}\n[design]")


def spec_of(folder: Path, text: str = MINIMAL) -> ProgramSpec:
    """Write a program and read it."""
    return read_program(write_program(folder, text))
