"""Bad input: what is said of it. Reading writes nothing, so nothing is left behind."""

import pytest

from packline.foundation.errors import InputError
from packline.requirements.forms import read_program

from .programs import MINIMAL, REPORT, changed, with_requirement, write_program

R1 = "[[requirement]] #1 (PERF-01)"
NEW = "[[requirement]] #4 (NEW-01)"
LABEL = 'pattern = "EB48-{n:06d}"'

# (name, program.toml, what the problem says: where, key, value, message, allowed)
BAD = [
    ("unknown table", MINIMAL + "\n[extra]\n", "extra = {...}: is not a known key"),
    (
        "unknown key, with the one meant",
        changed('title = "A pack"', 'titel = "A pack"'),
        '[program] titel = "A pack": is not a known key; did you mean title?',
    ),
    (
        "missing key",
        changed('customer = "ACME"\n', ""),
        "[program] customer: is missing; allowed: a text in quotes",
    ),
    ("missing table", changed('[design]\nobjective = "mass"\n', ""), "design: is missing"),
    (
        "a value instead of a table",
        "program = 3\n" + MINIMAL[MINIMAL.index("[[") :],
        "program = 3",
    ),
    ("empty text", changed('"ACME"', '" "'), '[program] customer = " ": is empty'),
    (
        "text with a control character",
        changed('"ACME"', '"A\\u0007"'),
        "has control characters",
    ),
    (
        "endless name",
        changed('"ACME"', '"' + "A" * 81 + '"'),
        "is too long; allowed: at most 80 characters",
    ),
    (
        "number instead of a text",
        changed('"ACME"', "5"),
        "[program] customer = 5: is not a text",
    ),
    ("bad code", changed('"EB48"\n', '"eb 48"\n'), '[program] code = "eb 48"'),
    (
        "unknown playbook",
        changed('"micromobility"', '"micromobilty"'),
        "is not known; did you mean micromobility?; allowed: automotive, industrial, medical",
    ),
    (
        "volume as true",
        changed("volume_per_year = 100", "volume_per_year = true"),
        "volume_per_year = true: is true or false, not a number",
    ),
    (
        "volume of zero",
        changed("= 100\nquality", "= 0\nquality"),
        "volume_per_year = 0: is out of",
    ),
    ("volume as a fraction", changed("= 100\nquality", "= 1.5\nquality"), "not a whole number"),
    (
        "unknown quality system",
        changed('["ISO 9001"]', '["ISO 9000"]'),
        "'ISO 9000' is not known; did you mean ISO 9001?",
    ),
    (
        "quality system as a text",
        changed('["ISO 9001"]', '"ISO 9001"'),
        'quality_systems = "ISO 9001": is not a list of texts',
    ),
    (
        "duplicate id",
        changed('"PERF-02"', '"PERF-01"'),
        '#2 (PERF-01) id = "PERF-01": is already the id of #1; allowed: an id of its own',
    ),
    ("id of a wrong form", changed('"PERF-02"', '"perf 2"'), 'id = "perf 2": has not the right'),
    (
        "unknown quantity",
        changed('"energy"', '"enregy"'),
        f'{R1} quantity = "enregy": is not a known quantity; did you mean energy?',
    ),
    (
        "unknown operator",
        changed('operator = "<="', 'operator = "=<"'),
        'operator = "=<": is not known; allowed: >=, <=, ==, between',
    ),
    (
        "not a unit",
        changed('"kWh"', '"Wx"'),
        f'{R1} unit = "Wx": is not a unit; allowed: Wh, kWh, J',
    ),
    (
        "unit of something else",
        changed('"kWh"', '"Ah"'),
        f'{R1} unit = "Ah": does not measure the same as Wh; allowed:',
    ),
    ("missing unit", changed('unit = "kWh"\n', ""), f"{R1} unit: is missing; allowed: Wh, kWh, J"),
    (
        "C for degrees",
        with_requirement("charge_temperature_min", "<=", 0, "C", group="thermal"),
        "is not a unit (write degC for degrees Celsius)",
    ),
    (
        "degrees Celsius for a difference",
        with_requirement(
            "delta_temperature_at_peak", "<=", 5, "degC", group="thermal", method="test"
        ),
        'unit = "degC": is a point on a scale, and this is a difference of temperatures',
    ),
    (
        "below absolute zero",
        with_requirement("charge_temperature_min", "<=", -300, "degC", group="thermal"),
        "value = -300: lies below absolute zero; allowed: -273.15 degC and above",
    ),
    ("NaN", changed("value = 0.9", "value = nan"), f"{R1} value = nan: is not finite"),
    ("infinity", changed("value = 0.9", "value = inf"), f"{R1} value = inf: is not finite"),
    (
        "overflow in SI",
        changed("value = 0.9", "value = 1e305"),
        f"{R1} value = 1e+305: 1e+305 kWh is not a finite number",
    ),
    (
        "an integer too large for a number",
        changed("value = 0.9", f"value = {10**400}"),
        "000...: is too large; allowed: a number in kWh",
    ),
    ("true as a value", changed("value = 0.9", "value = true"), f"{R1} value = true: is true or"),
    (
        "text as a value",
        changed("value = 0.9", 'value = "0.9"'),
        f'{R1} value = "0.9": is a text, not a number (remove the quotes)',
    ),
    (
        "negative energy",
        changed("value = 0.9", "value = -0.9"),
        "value = -0.9: cannot be negative",
    ),
    ("energy of zero", changed("value = 0.9", "value = 0"), f"{R1} value = 0: cannot be zero"),
    (
        "more than a hundred percent",
        with_requirement("first_pass_yield", ">=", 101, "%", group="kpi", method="inspection"),
        f"{NEW} value = 101: is more than there can be; allowed: at most 100 %",
    ),
    (
        "half a test",
        changed("value = 8", "value = 7.5"),
        "value = 7.5: is counted; allowed: a whole number",
    ),
    (
        "yes-or-no with a number",
        with_requirement("secure_boot", "==", 0.5, group="firmware", method="test"),
        f"{NEW} value = 0.5: is not an answer to a yes-or-no quantity; allowed: 1 (yes)",
    ),
    (
        "yes-or-no with an inequality",
        with_requirement("secure_boot", ">=", 1, group="firmware", method="test"),
        "is not possible: secure_boot is a yes-or-no quantity; allowed: ==",
    ),
    (
        "between without a pair",
        with_requirement("nominal_voltage", "between", 48, "V"),
        f"{NEW} value = 48: is not a pair, which the operator between needs; allowed: [low, high]",
    ),
    (
        "between the wrong way round",
        with_requirement("nominal_voltage", "between", "[50, 46]", "V"),
        "has a low that is not below its high",
    ),
    (
        "a pair without between",
        with_requirement("nominal_voltage", ">=", "[46, 50]", "V"),
        f"{NEW} value = [46, 50]: is not a number",
    ),
    (
        "group of another quantity",
        changed('group = "compliance"', 'group = "thermal"'),
        'group = "thermal": is not a group of un38_3_tests_passed; allowed: safety, compliance',
    ),
    (
        "unknown method",
        changed('unit = "kWh"\nmethod = "analysis"', 'unit = "kWh"\nmethod = "guess"'),
        f'{R1} method = "guess": is not known; allowed: analysis, test, inspection, demonstration',
    ),
    (
        "method that proves nothing of it",
        with_requirement("label_readable", "==", 1, group="logistics", method="analysis"),
        "does not prove label_readable; allowed: test, inspection, demonstration",
    ),
    (
        "unknown standard",
        with_requirement(
            "standard_passed", "==", 1, group="safety", method="test", more='test = "UL2272x"'
        ),
        f"{NEW} test = \"UL2272x\": 'UL2272x' is not a known type test; did you mean UL2272?",
    ),
    (
        "standard not named",
        with_requirement("standard_passed", "==", 1, group="safety", method="test"),
        f"{NEW} test: is missing: the requirement must name what is to be passed",
    ),
    (
        "a characteristic of something else",
        with_requirement(
            "mass", "<=", 5, "kg", group="mechanical", method="test", more='test = "eol:pack_ocv"'
        ),
        "does not measure mass; allowed: design:mass, eol:pack_mass",
    ),
    ("unknown stage", changed('"EVT"', '"EVTX"'), 'by_stage = "EVTX": is not known'),
    (
        "contradiction within a quantity",
        with_requirement("energy", "<=", 800, "Wh"),
        "PERF-01 and NEW-01 value = energy >= 0.9 kWh; energy <= 800 Wh: contradict each other",
    ),
    (
        "contradiction between quantities",
        with_requirement("min_voltage", ">=", 60, "V"),
        "NEW-01 and PERF-02 value = min_voltage >= 60 V; max_voltage <= 54.6 V: contradict each "
        "other: min_voltage is never above max_voltage",
    ),
    (
        "contradiction of a product",
        with_requirement("capacity", "<=", 15, "Ah"),
        "contradict each other: energy is never above capacity times max_voltage",
    ),
    ("unknown objective", changed('"mass"', '"speed"'), 'objective = "speed": is not known'),
    (
        "series of zero",
        changed('"mass"\n', '"mass"\nseries = 0\n'),
        "[design] series = 0: is no count of cells",
    ),
    (
        "bounds of a count the wrong way round",
        changed('"mass"\n', '"mass"\nparallel = [5, 3]\n'),
        "[design] parallel = [5, 3]: is no count of cells",
    ),
    (
        "AC against DC",
        changed('"mass"\n', '"mass"\nresistance_kind = "dc"\n'),
        'resistance_kind = "dc": does not fit the cells, measured by ac',
    ),
    ("order of none", changed("quantity = 40", "quantity = 0"), "[order] quantity = 0: is out of"),
    (
        "order in words",
        changed("quantity = 40", 'quantity = "many"'),
        '[order] quantity = "many": is a text, not a number',
    ),
    (
        "no maximum",
        changed("quantity = 40", 'quantity = "as_many_as_possible"'),
        "[order] max: is missing",
    ),
    (
        "date in quotes",
        changed("due = 2027-03-31", 'due = "2027-03-31"'),
        '[order] due = "2027-03-31": is not a date; allowed: a date without quotes',
    ),
    (
        "date with a time",
        changed("due = 2027-03-31", "due = 2027-03-31T10:00:00"),
        "[order] due = 2027-03-31 10:00:00: is not a date",
    ),
    (
        "wrong check digit",
        changed("09506000134376", "09506000134377"),
        'gtin = "09506000134377": has the wrong check digit 7; allowed: 09506000134376',
    ),
    ("GTIN as a number", changed('"09506000134376"', "9506000134376"), "gtin = 9506000134376: is"),
    ("pattern without a number", changed(LABEL, 'pattern = "EB48"'), "has not {n} once"),
    (
        "pattern with something else in it",
        changed(LABEL, 'pattern = "{n}{x.__class__}"'),
        "has not {n} once, or a character that a label cannot carry",
    ),
    (
        "serials too long for the label",
        changed(LABEL, 'pattern = "A-VERY-LONG-PREFIX-{n:6d}"'),
        "gives serials of more than 20 characters",
    ),
    ("short hash", changed('"' + "0" * 64 + '"', '"00"'), '[firmware] sha256 = "00": has not the'),
    (
        "population and file",
        changed("received_on = 2026-11-16\n", 'received_on = 2026-11-16\nfile = "c.csv"\n'),
        "has no use beside [cells.population]",
    ),
    (
        "file outside the folder",
        changed("received_on = 2026-11-16\n", 'received_on = 2026-11-16\nfile = "../c.csv"\n'),
        '[cells] file = "../c.csv": is not there',
    ),
    (
        "neither population nor columns",
        MINIMAL[: MINIMAL.index("[cells.population]")] + MINIMAL[MINIMAL.index("[line]") :],
        "[cells] columns: is missing: nothing says where the cells come from",
    ),
    (
        "kind of resistance not said",
        changed(', kind = "ac"', ""),
        "[cells.population.resistance] kind: is missing; allowed: ac, dc",
    ),
    (
        "spread of a quarter",
        changed("sd = 0.012", "sd = 1.5"),
        "[cells.population.capacity] sd = 1.5: is no spread of one cell type",
    ),
    (
        "limit of something else",
        changed("[line]", '[cells.limits]\ncell_mass = { low = 1, unit = "g" }\n\n[line]'),
        "[cells.limits] cell_mass = {...}: is not checked at receipt",
    ),
    (
        "limits the wrong way round",
        changed(
            "[line]", '[cells.limits]\ncell_ocv = { low = 3.6, high = 3.5, unit = "V" }\n[line]'
        ),
        "[cells.limits.cell_ocv] low = 3.6: is not below high",
    ),
    (
        "limit of the other resistance",
        changed(
            "[line]", '[cells.limits]\ncell_dc_resistance = { high = 3, unit = "mOhm" }\n[line]'
        ),
        "does not fit [cells.limits], which judges cell_dc_resistance",
    ),
    (
        "defect rate above one",
        changed("defect_rate = 0.02", "defect_rate = 2"),
        "[line] defect_rate = 2: is out of range; allowed: a number from 0 to 1",
    ),
    (
        "evidence of what each unit shows",
        changed('test = "UN38.3"', 'test = "eol:pack_ocv"'),
        "is measured or issued for each unit, not declared",
    ),
    (
        "unknown evidence",
        changed('test = "UN38.3"', 'test = "UN38"'),
        "is not a known type test; did you mean UN38.3?",
    ),
    (
        "missing report",
        changed("reports/un.toml", "reports/none.toml"),
        "reports/none.toml: is missing",
    ),
    (
        "report outside the folder",
        changed("reports/un.toml", "/etc/hostname"),
        "lies outside the program's folder",
    ),
    (
        "a sample that is not declared as one",
        changed("sample = true", "sample = false"),
        "calls itself a sample, and sample = true is not said here",
    ),
]


@pytest.mark.parametrize(("text", "says"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_program_is_refused_and_the_place_named(tmp_path, text, says):
    with pytest.raises(InputError) as caught:
        read_program(write_program(tmp_path, text))
    assert any(says in str(problem) for problem in caught.value.problems), str(caught.value)
    assert all(
        str(problem).startswith(("program.toml", "reports/")) for problem in caught.value.problems
    )


def test_all_problems_are_named_at_once(tmp_path):
    text = changed('"kWh"', '"Wx"').replace("54.6", "nan").replace('"ACME"', '""')
    with pytest.raises(InputError) as caught:
        read_program(write_program(tmp_path, text))
    assert {problem.field for problem in caught.value.problems} == {"unit", "value", "customer"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "program.toml: is empty"),
        (b" \n\n", "program.toml: is empty"),
        (b'[program]\ntitle = "\xe4"\n', "program.toml line 2: is not UTF-8 (byte 0xe4)"),
        (b"[program\ncode = 1\n", "program.toml: is not TOML: "),
        (b"a = 1\nb = = 2\n", "(at line 2, column 5)"),
        (b"[program]\ncode = 1\ncode = 2\n", "program.toml: is not TOML: "),
        (b"a = " + b"[" * 100_000, "program.toml: is not "),
        (b"a = " + b"9" * 5000, "program.toml: is not TOML: "),
    ],
    ids=[
        "empty",
        "blank",
        "latin-1",
        "not TOML",
        "line named",
        "key twice",
        "nested deeply",
        "endless integer",
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, content, says):
    (tmp_path / "program.toml").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_program(tmp_path)
    assert says in str(caught.value)


def test_a_folder_without_a_program_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"program\.toml: is missing"):
        read_program(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="does not exist; allowed: a folder with program"):
        read_program(tmp_path / "none")


def test_a_file_instead_of_a_folder_is_refused(tmp_path):
    file = tmp_path / "program.toml"
    file.write_text(MINIMAL)
    with pytest.raises(InputError, match="is not a folder"):
        read_program(file)


@pytest.mark.parametrize(
    ("report", "says"),
    [
        ("", "reports/un.toml: is empty"),
        ("[[result]\n", "reports/un.toml: is not TOML"),
        (REPORT.replace("un38_3_tests_passed", "un38"), "is not a known quantity"),
        (
            REPORT.replace("value = 8", "value = -1"),
            "[[result]] #1 value = -1: cannot be negative",
        ),
        (
            REPORT.replace("value = 8", "value = 8\nx = 1"),
            "[[result]] #1 x = 1: is not a known key",
        ),
    ],
)
def test_a_bad_report_is_refused_by_its_own_name(tmp_path, report, says):
    with pytest.raises(InputError) as caught:
        read_program(write_program(tmp_path, report=report))
    assert says in str(caught.value)
    assert "reports/un.toml" in str(caught.value)
