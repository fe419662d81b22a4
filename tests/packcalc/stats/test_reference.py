"""Every case of the reference set, at its stated tolerance; the name of a test is its case."""

import pytest

from tests.packcalc.stats.reference import charts, lots_and_lives, quality
from tests.packcalc.stats.reference.compare import FOLDER, cases, differences

ADAPTERS = {**charts.ADAPTERS, **quality.ADAPTERS, **lots_and_lives.ADAPTERS}
CASES = cases()
ABSENT = pytest.param(
    None, id="absent", marks=pytest.mark.skip(reason=f"no reference set at {FOLDER.name}")
)


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=f"{c['area']}-{c['id']}") for c in CASES] or [ABSENT]
)
def test_a_published_answer_is_reproduced(case):
    print(f"{case['id']}: {case['title']}\nsource: {case['source']}")  # noqa: T201
    got = ADAPTERS[case["area"], case["method"]](case["input"])
    wrong = differences(got, case["expected"], case["tolerance"])
    assert not wrong, f"{case['id']} ({case['source']}): " + "; ".join(wrong)
