"""Every case of the reference set, at its stated tolerance; the name of a test is its case."""

import json

import pytest

from packcalc.stats.charts.shewhart import xbar_s
from tests.packcalc.stats.reference.answering import answer
from tests.packcalc.stats.reference.compare import FOLDER, cases, differences

CASES = cases()
ABSENT = pytest.param(
    None, id="absent", marks=pytest.mark.skip(reason=f"no reference set at {FOLDER.name}")
)


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=f"{c['area']}-{c['id']}") for c in CASES] or [ABSENT]
)
def test_a_published_answer_is_reproduced(case):
    print(f"{case['id']}: {case['title']}\nsource: {case['source']}")  # noqa: T201
    wrong = differences(answer(case), case["expected"], case["tolerance"])
    assert not wrong, f"{case['id']} ({case['source']}): " + "; ".join(wrong)


def a_case(area, method, given, expected, **more):
    return {
        "id": "new", "area": area, "method": method, "title": "t", "source": "s",
        "input": given, "expected": expected, "tolerance": {"abs": 1e-9}, **more,
    }  # fmt: skip


def test_a_new_file_of_a_known_family_is_computed_as_it_stands(tmp_path):
    # Lucas & Crosier (1982) Technometrics 24, Table 1: h = 5 with and without a head start
    blocks = [[9.9, 10.1, 10.0], [10.2, 10.0, 10.1]]
    known = xbar_s(blocks).panel("sd")
    new = [
        a_case("time_weighted", "cusum ARL", {"k": 0.5, "h": 5, "head_start": 2.5},
               {"0": 430.0, "0.25": 122.0, "1": 6.35}, tolerance={"abs": 0.005, "rel": 0.003}),
        a_case("shewhart", "xbar_s", {"subgroups": blocks}, {"s_center": known.centre[0]}),
        a_case("acceptance", "double sampling plan look-up",
               [{"letter": "L", "aql": "1.5", "severity": "normal"}],
               [[[125, 3, 7], [125, 8, 9]]]),
        # Prabhu & Runger (1997) J. Quality Technology 29; R survival of the 6-MP patients (log)
        a_case("multivariate", "mewma limit", {"p": 4, "r": 0.1, "arl": 200}, {"h4": 12.73},
               tolerance={"abs": 0.01}),
        a_case("reliability", "kaplan-meier",
               {"failures": [6, 6, 6, 7, 10, 13, 16, 22, 23], "bounds": "log",
                "suspensions": [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]},
               {"low": [0.720, 0.653, 0.586, 0.510, 0.439, 0.337, 0.249]},
               tolerance={"abs": 6e-4}),
        a_case("run_rules", "minitab", {"seven_rising": [-0.5, -0.3, -0.1, 0.1, 0.3, 0.5, 0.7]},
               {"seven_rising": {"3": [7]}}),
    ]  # fmt: skip
    for n, case in enumerate(new):
        (tmp_path / case["area"]).mkdir(exist_ok=True)
        (tmp_path / case["area"] / f"{n}.json").write_text(json.dumps(case))
    read = cases(tmp_path)
    assert len(read) == len(new)
    for case in read:
        assert not differences(answer(case), case["expected"], case["tolerance"])
    wrong = new[1] | {"expected": {"s_center": known.centre[0] + 1e-6}}
    assert differences(answer(wrong), wrong["expected"], wrong["tolerance"])


@pytest.mark.parametrize(
    ("case", "error", "words"),
    [
        (a_case("shewhart", "xbar_q", {}, {}), LookupError, "shewhart knows no 'xbar_q'.*xbar_r"),
        (a_case("astrology", "p", {}, {}), LookupError, "astrology knows no 'p'"),
        (
            a_case("time_weighted", "ewma", {"x": [1.0], "mu0": 0, "sigma": 1, "lambda": 0.2,
                                             "L": 3, "limits": "guessed"}, {}),
            ValueError, "limits 'guessed' is no convention known",
        ),
    ],
)  # fmt: skip
def test_a_method_or_convention_that_is_not_known_is_a_clear_failure(case, error, words):
    with pytest.raises(error, match=words):
        answer(case)
