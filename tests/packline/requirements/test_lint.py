"""The linter: each rule fires where it should and is silent where it should."""

import pytest

from packline.requirements.calc.finding import SEVERITIES
from packline.requirements.calc.lint import RULES, lint

from .programs import MINIMAL, REPORT, spec_of, write_program

HEAD = MINIMAL[: MINIMAL.index("[[requirement]]")]
TAIL = MINIMAL[MINIMAL.index("[design]") :]


def row(quantity, operator, value, unit="", group="safety", method="test", more=""):
    """Return one requirement; its id is the quantity's, so that a test can read it back."""
    ref = "R-" + quantity.upper().replace("_", "-")[:36]
    unit_line = f'unit = "{unit}"\n' if unit else ""
    return (
        f'[[requirement]]\nid = "{ref}"\ngroup = "{group}"\nquantity = "{quantity}"\n'
        f'operator = "{operator}"\nvalue = {value}\n{unit_line}method = "{method}"\n{more}\n\n'
    )


def yes(quantity, group="firmware", more=""):
    return row(quantity, "==", 1, group=group, more=more)


UN = "un38_3_tests_passed", ">=", 8
BASE = row("max_voltage", "<=", 54.6, "V", "performance", "analysis")


def program(*rows, **changes):
    """Return a program of these requirements, with changes outside of them."""
    text = HEAD + "".join(rows or (BASE,)) + TAIL
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return text


def playbook(name):
    return ('"micromobility"', f'"{name}"')


def systems(*names):
    return ('["ISO 9001"]', "[" + ", ".join(f'"{name}"' for name in names) + "]")


def design(extra):
    return ('objective = "mass"', f'objective = "mass"\n{extra}')


PEAK = row("peak_discharge_current", ">=", 35, "A", "performance", "analysis")
DURATION = row("peak_duration", ">=", 10, "s", "performance", "analysis")
LIFE = row("cycle_life", ">=", 500, "", "reliability", "analysis")
END = row("end_of_life_capacity", ">=", 80, "%", "reliability")
COLD = row("charge_temperature_min", "<=", -10, "degC", "thermal", "analysis")
POUCH = design('formats = ["pouch"]')
RATE = row("cell_discharge_rate", ">=", 5, "1/h", "electrical", "inspection")
POTTING = row("potting_fill", ">=", 80, "%", "mechanical")
SECURE = yes("secure_boot") + yes("signed_updates")
UL2271 = row("standard_passed", "==", 1, more='test = "UL2271"')
UN_EARLY = row(*UN, group="compliance", more='by_stage = "EVT"')

# rule -> (a program in which it fires, one in which it does not)
CASES = {
    "iso-9001-alone": (
        program(a=playbook("medical")),
        program(a=playbook("medical"), b=systems("ISO 9001", "ISO 13485")),
    ),
    "un38-3-at-the-end": (
        program(row(*UN, group="compliance", more='by_stage = "PVT"')),
        program(UN_EARLY),
    ),
    "pouch-always-denser": (
        program(a=POUCH),
        program(
            row("vibration_acceleration", ">=", 20, "m/s^2", "mechanical"),
            row("mass", "<=", 5, "kg", "mechanical", "analysis"),
            row("temperature_rise", "<=", 20, "K", "thermal"),
            a=POUCH,
        ),
    ),
    "potting-always-safer": (
        program(POTTING),
        program(POTTING, row("temperature_rise", "<=", 20, "K", "thermal"),
                yes("serviceable", "mechanical")),
    ),
    "c-rate-cures-everything": (
        program(RATE),
        program(
            RATE,
            row("pack_resistance", "<=", 60, "mOhm", "electrical"),
            row("temperature_rise", "<=", 20, "K", "thermal"),
        ),
    ),
    "cybersecurity-later": (program(yes("secure_boot")), program(SECURE)),
    "peak-without-duration": (program(PEAK), program(PEAK, DURATION)),
    "life-without-end": (program(LIFE), program(LIFE, END)),
    "charge-below-freezing": (
        program(COLD),
        program(COLD, a=design('chemistries = ["LTO"]')),
    ),
    "insulation-floor": (  # 100 Ohm/V x 54.6 V = 5.46 kOhm
        program(BASE, row("insulation_resistance", ">=", 5.4, "kOhm")),
        program(BASE, row("insulation_resistance", ">=", 5.5, "kOhm")),
    ),
    "hipot-below-60-v": (
        program(BASE, row("leakage_current", "<=", 1, "mA")),
        program(BASE.replace("54.6", "96"), row("leakage_current", "<=", 1, "mA")),
    ),
    "ship-soc-above-air-limit": (
        program(row("ship_soc", "<=", 50, "%", "logistics")),
        program(row("ship_soc", "<=", 30, "%", "logistics")),
    ),
    "group-spread-too-wide": (
        program(row("group_capacity_spread", "<=", 3, "%", "electrical")),
        program(row("group_capacity_spread", "<=", 2, "%", "electrical")),
    ),
    "capability-below-target": (
        program(row("process_capability", ">=", 1.0, "1", "eol", "inspection")),
        program(row("process_capability", ">=", 1.33, "1", "eol", "inspection")),
    ),
    "perfection": (
        program(row("first_pass_yield", ">=", 100, "%", "kpi", "inspection")),
        program(row("first_pass_yield", ">=", 98, "%", "kpi", "inspection")),
    ),
    "no-pack-safety-standard": (program(), program(UL2271)),
    "standard-of-another-market": (
        program(row("standard_passed", "==", 1, more='test = "UL1973"')),
        program(UL2271),
    ),
    "no-evidence": (program(UL2271), program(UN_EARLY)),
    "evidence-without-figure": (
        program(UN_EARLY, row("drop_height", ">=", 1, "m"),
                a=('test = "UN38.3"\n', 'test = "LAB-MECHANICAL"\n')),
        program(UN_EARLY),
    ),
    "evidence-says-no": (
        program(UN_EARLY, a=("reports/un.toml", "reports/seven.toml")),
        program(UN_EARLY),
    ),
    "ageing-too-short": (
        program(row("ocv_drop", "<=", 2, "mV/d", "reliability"),
                row("ageing_time", ">=", 12, "h", "eol", "inspection")),
        program(row("ocv_drop", "<=", 2, "mV/d", "reliability"),
                row("ageing_time", ">=", 72, "h", "eol", "inspection")),
    ),
}  # fmt: skip


def found(tmp_path, text):
    write_program(tmp_path, text)
    (tmp_path / "reports" / "seven.toml").write_text(REPORT.replace("value = 8", "value = 7"))
    return lint(spec_of(tmp_path, text))


def test_every_rule_is_tested():
    assert CASES.keys() == RULES.keys()


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_fires(tmp_path, rule):
    findings = [f for f in found(tmp_path, CASES[rule][0]) if f.rule == rule]
    assert findings
    assert all(f.severity in SEVERITIES and f.where for f in findings)
    assert all(len(f.explanation) > 40 for f in findings)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_is_silent(tmp_path, rule):
    assert not [f for f in found(tmp_path, CASES[rule][1]) if f.rule == rule]


def test_a_finding_names_the_requirement(tmp_path):
    (finding,) = [f for f in found(tmp_path, program(PEAK)) if f.rule == "peak-without-duration"]
    assert finding.where == "R-PEAK-DISCHARGE-CURRENT"


@pytest.mark.parametrize(
    ("market", "wanted"), [("automotive", "IATF 16949"), ("medical", "ISO 13485")]
)
def test_iso_9001_is_not_enough_where_a_sector_has_its_own(tmp_path, market, wanted):
    (finding,) = [
        f for f in found(tmp_path, program(a=playbook(market))) if f.rule == "iso-9001-alone"
    ]
    assert finding.severity == "error"
    assert wanted in finding.explanation


def test_a_program_without_un38_3_is_an_error(tmp_path):
    assert ("un38-3-at-the-end", "error") in {
        (f.rule, f.severity) for f in found(tmp_path, program())
    }


def test_un38_3_without_a_date_is_a_warning(tmp_path):
    findings = found(tmp_path, program(row(*UN, group="compliance")))
    assert ("un38-3-at-the-end", "warning") in {(f.rule, f.severity) for f in findings}


def test_security_that_is_planned_for_a_locked_design_is_named(tmp_path):
    text = program(yes("secure_boot", more='by_stage = "PVT"'), yes("signed_updates"))
    (finding,) = [f for f in found(tmp_path, text) if f.rule == "cybersecurity-later"]
    assert finding.where == "R-SECURE-BOOT"


def test_a_cap_on_potting_is_no_misconception(tmp_path):
    text = program(row("potting_fill", "<=", 40, "%", "mechanical"))
    assert not [f for f in found(tmp_path, text) if f.rule == "potting-always-safer"]


def test_the_gravest_findings_come_first(tmp_path):
    order = [SEVERITIES.index(f.severity) for f in found(tmp_path, program(PEAK, COLD))]
    assert order == sorted(order)
