"""The reference says everything that a program may say."""

from pathlib import Path

import pytest

from packline.requirements.calc.playbooks import playbooks
from packline.requirements.calc.proof import DOCUMENTS, METHODS, type_tests
from packline.requirements.calc.quantities import GROUPS, quantities
from packline.requirements.forms.requirement import PROGRAM_STAGES
from packline.requirements.states import OPERATORS

REFERENCE = (Path(__file__).parents[3] / "docs" / "reference" / "program-toml.md").read_text()
QUANTITIES = REFERENCE[REFERENCE.index("## Quantities") : REFERENCE.index("## Type tests")]


@pytest.mark.parametrize("word", quantities().values(), ids=lambda w: w.key)
def test_a_quantity_is_described_as_it_is(word):
    (row,) = [line for line in QUANTITIES.splitlines() if line.startswith(f"| `{word.key}` |")]
    assert row.endswith(f" {word.meaning} |")
    assert f" {word.unit} " in row
    assert all(group in row for group in word.groups)
    assert all(f"`{key}`" in row for key in word.verified_by)


@pytest.mark.parametrize(
    "name",
    [
        *GROUPS,
        *METHODS,
        *DOCUMENTS,
        *type_tests(),
        *playbooks(),
        *PROGRAM_STAGES,
        *(f'"{operator}"' for operator in OPERATORS),
    ],
)
def test_a_name_that_may_be_written_is_in_the_reference(name):
    assert f"`{name}`" in REFERENCE


@pytest.mark.parametrize("table", ["program", "design", "order", "serials", "firmware", "cells",
                                   "line"])  # fmt: skip
def test_every_key_that_an_example_writes_is_in_the_reference(table):
    import tomllib

    for path in (Path(__file__).parents[3] / "examples").glob("*/program.toml"):
        with path.open("rb") as file:
            for key in tomllib.load(file)[table]:
                assert f"`{key}`" in REFERENCE or f"[cells.{key}]" in REFERENCE, key


def test_every_rule_of_the_linter_is_in_the_how_to():
    from packline.requirements.calc.lint import RULES

    how_to = Path(__file__).parents[3] / "docs" / "how-to" / "write-requirements.md"
    text = how_to.read_text()
    assert [rule for rule in RULES if f"`{rule}`" not in text] == []
