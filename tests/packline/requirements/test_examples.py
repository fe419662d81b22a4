"""The programs that are shipped: usable, complete enough, and leading to the intended pack."""

from pathlib import Path

import pytest

from packcalc.design import find_designs
from packline.catalog.calc.spec import to_spec
from packline.catalog.forms.cells import read_catalogue
from packline.design.calc.rows import rows_of
from packline.design.calc.targets import question_of
from packline.requirements.calc.completeness import completeness
from packline.requirements.calc.lint import lint
from packline.requirements.forms import read_program
from packlink.virtual import population

EXAMPLES = Path(__file__).parents[3] / "examples"
INTENDED = {
    "ebike-48v": ("samsung-inr21700-50e", 13, 4),
    "medical-cart": ("lg-inr21700-m50lt", 7, 8),
    "stationary-48v": ("eve-lf105", 16, 1),
    "second-life-48v": ("retired-nmc-21ah", 14, 1),
}
EACH = pytest.mark.parametrize("name", INTENDED)


def test_every_example_is_here():
    assert {path.parent.name for path in EXAMPLES.glob("*/program.toml")} == INTENDED.keys()
    assert all((EXAMPLES / name / "README.md").is_file() for name in INTENDED)


@EACH
def test_an_example_has_no_error_and_most_of_what_is_expected(name):
    spec = read_program(EXAMPLES / name)
    assert not [finding for finding in lint(spec) if finding.severity == "error"]
    assert completeness(spec).score >= 0.8
    assert len({r.group for r in spec.requirements}) == 11


@EACH
def test_every_report_of_an_example_calls_itself_a_sample(name):
    spec = read_program(EXAMPLES / name)
    assert spec.evidence
    for evidence in spec.evidence:
        assert evidence.sample
        assert "SAMPLE" in (EXAMPLES / name / evidence.report).read_text()


@EACH
def test_the_search_finds_the_intended_pack(name):
    spec = read_program(EXAMPLES / name)
    cells = [to_spec(sheet) for sheet in read_catalogue()]
    study = find_designs(cells, question_of(spec).targets, spec.design.objective)
    first = rows_of(study, spec.design)[0]
    assert (first.code, first.series, first.parallel) == INTENDED[name]
    assert first.rank == 1


@EACH
def test_a_drawn_lot_suffices_for_the_order(name):
    spec = read_program(EXAMPLES / name)
    if spec.cells.population is None:
        pytest.skip("the cells of this example come with the run")
    _, series, parallel = INTENDED[name]
    assert spec.cells.population.n > spec.order.quantity * series * parallel


def test_the_drawn_lot_of_the_bike_has_few_outliers():
    from dataclasses import asdict

    lot = population(**asdict(read_program(EXAMPLES / "ebike-48v").cells.population))
    assert sum(bool(kind) for kind in lot.outlier) == 9
