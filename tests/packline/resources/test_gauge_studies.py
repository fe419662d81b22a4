"""Gauge studies: recorded with their readings, judged, and what they say on a day."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from packline.foundation.errors import InputError, NotAllowed, Refused
from packline.foundation.files import read
from packline.foundation.verification import verify_record
from packline.resources.calc.studies import evaluate, guard_band
from packline.resources.calc.study_data import Task
from packline.resources.forms import read_study
from packline.resources.models import GaugeStudy
from packline.resources.queries import guard_band_of, repeatability_of, studies_in_force
from packline.resources.services import record_study, register_gauge

# AIAG MSA 4th edition, fig. III-B 15: 10 parts, 3 appraisers, 3 trials (as often reprinted)
AIAG = {
    "A": "0.29 -0.56 1.34 0.47 -0.80 0.02 0.59 -0.31 2.26 -1.36 "
    "0.41 -0.68 1.17 0.50 -0.92 -0.11 0.75 -0.20 1.99 -1.25 "
    "0.64 -0.58 1.27 0.64 -0.84 -0.21 0.66 -0.17 2.01 -1.31",
    "B": "0.08 -0.47 1.19 0.01 -0.56 -0.20 0.47 -0.63 1.80 -1.68 "
    "0.25 -1.22 0.94 1.03 -1.20 0.22 0.55 0.08 2.12 -1.62 "
    "0.07 -0.68 1.34 0.20 -1.28 0.06 0.83 -0.34 2.19 -1.50",
    "C": "0.04 -1.38 0.88 0.14 -1.46 -0.29 0.02 -0.46 1.77 -1.49 "
    "-0.11 -1.13 1.09 0.20 -1.07 -0.67 0.01 -0.56 1.45 -1.77 "
    "-0.15 -0.96 0.67 0.11 -1.45 -0.49 0.21 -0.49 1.87 -2.16",
}
TYPE1 = b"value\n" + b"\n".join(b"%.2f" % v for v in (10.02, 9.98, 10.01, 9.99, 10.0) * 5)


def aiag():
    rows = ["part,operator,value"]
    for operator, text in AIAG.items():
        rows += [f"{i % 10 + 1},{operator},{v}" for i, v in enumerate(text.split())]
    return "\n".join(rows).encode()


@pytest.fixture
def gauge(people, now):
    return register_gauge(
        code="G1", kind="multimeter", calibrated_on=now.date() - timedelta(10),
        due_on=now.date() + timedelta(100), virtual=False, by=people.engineer, at=now,
    )  # fmt: skip


def study(gauge, people, now, *, content=TYPE1, kind="type1", width=1.0, days=0, by=None, **told):
    reference = 10.0 if kind == "type1" else None
    task = Task("pack_ocv", "V", 10 - width / 2, 10 + width / 2, reference)
    return record_study(
        gauge=gauge, task=task, content=content, name="study.csv",
        evaluation=evaluate(read_study(content, name="study.csv", kind=kind), task),
        taken_on=now.date() + timedelta(days), by=by or people.engineer, at=now, **told,
    )  # fmt: skip


def test_the_aiag_example_comes_to_the_published_figures():
    # AIAG MSA 4th ed., fig. III-B 16: EV 0.20188, AV 0.22963, GRR 0.30575, PV 1.10456, ndc 5;
    # table III-B 7 (ANOVA): EV 0.199933, AV 0.226838, GRR 0.302373, PV 1.042327
    task = Task("x", "mm")
    by_range = evaluate(read_study(aiag(), name="a.csv", kind="range"), task)
    assert by_range.repeatability == pytest.approx(0.20188, abs=5e-5)
    assert by_range.uncertainty == pytest.approx(0.30575, abs=2e-4)
    by_anova = evaluate(read_study(aiag(), name="a.csv", kind="crossed"), task)
    assert by_anova.repeatability == pytest.approx(0.199933, abs=1e-6)
    assert by_anova.uncertainty == pytest.approx(0.302373, abs=2e-6)
    assert by_anova.verdict == "guarded"  # 27.9 % of study variation


def test_the_guard_band_is_that_of_iso_14253():
    # ISO 14253-1:2017, 6.2: g = 1.65 u for a conformance probability of 95 % (1.645 unrounded)
    assert guard_band(0.1, None, confidence=0.95, unit_code="V") == pytest.approx(0.1644854)
    assert guard_band(0.1, None, confidence=0.5, unit_code="V") == 0
    with pytest.raises(Refused, match="leaves nothing"):
        guard_band(0.1, Task("x", "V", 1.0, 1.3).limits, confidence=0.95, unit_code="V")


def test_a_study_is_kept_with_its_readings_and_sets_the_guard_band(gauge, people, now):
    made = study(gauge, people, now, width=0.5)
    # sd of the five values repeated five times: sqrt(25 * 2e-4 / 24); no bias
    sd = (25 * 2e-4 / 24) ** 0.5
    assert made.verdict == "guarded"
    assert made.share_pct == pytest.approx(100 * 6 * sd / 0.5)
    assert read(made.file.sha256) == TYPE1
    error = repeatability_of(gauge, "pack_ocv", now.date())
    assert (error.value, error.unit_code, error.source) == (pytest.approx(sd), "V", "G1/study/1")
    assert guard_band_of(gauge, "pack_ocv", now.date()).value == pytest.approx(1.644854 * sd)
    assert guard_band_of(gauge, "another", now.date()) is None
    assert verify_record().proven


def test_a_study_holds_from_its_day_until_the_next_calibration(gauge, people, now):
    study(gauge, people, now)
    day = now.date()
    assert guard_band_of(gauge, "pack_ocv", day - timedelta(1)) is None
    assert guard_band_of(gauge, "pack_ocv", day + timedelta(100)) is not None
    assert guard_band_of(gauge, "pack_ocv", day + timedelta(101)) is None
    with pytest.raises(Refused, match="would not hold"):
        study(gauge, people, now, days=101)


def test_the_widest_guard_band_of_the_last_study_of_each_kind_counts(gauge, people, now):
    study(gauge, people, now, width=10)  # fine: no guard band
    assert guard_band_of(gauge, "pack_ocv", now.date()).value == 0
    study(gauge, people, now, content=aiag(), kind="crossed", width=10)
    study(gauge, people, now, width=10)  # a later type-1 study does not undo it
    assert guard_band_of(gauge, "pack_ocv", now.date()).source == "G1/study/2"


def test_another_verdict_than_the_figures_suggest_needs_a_reason(gauge, people, now):
    with pytest.raises(Refused, match="accepted needs a reason"):
        study(gauge, people, now, width=0.5, verdict="accepted")
    kept = study(gauge, people, now, width=0.5, verdict="rejected", reason="it was dropped")
    assert (kept.suggested, kept.verdict, kept.guard_value) == ("guarded", "rejected", 0)
    found = studies_in_force([gauge], ["pack_ocv"], now.date())
    assert found[gauge.pk, "pack_ocv"].rejecting == kept


def test_an_operator_records_no_study(gauge, people, now):
    with pytest.raises(NotAllowed):
        study(gauge, people, now, by=people.operator)


def test_what_cannot_be_read_is_named_by_line(db):
    with pytest.raises(InputError, match=r"a\.csv line 3 value = ten: not a finite number"):
        read_study(b"value\n10\nten\n", name="a.csv", kind="type1")
    with pytest.raises(InputError, match="operator: is missing"):
        read_study(b"part,value\n1,10\n", name="a.csv", kind="crossed")
    with pytest.raises(InputError, match="maybe: is no rating"):
        read_study(b"part,operator,value\n1,A,maybe\n", name="a.csv", kind="attribute")


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"guard_value": 0.0}, "gaugestudy_guards_as_it_says"),
        ({"uncertainty_value": None}, "gaugestudy_states_its_error"),
        ({"verdict": "fine", "guard_value": 0.0}, "gaugestudy_verdict_is_known"),
    ],
)
def test_the_database_refuses_a_study_that_contradicts_itself(
    gauge, people, now, changed, constraint
):
    made = study(gauge, people, now, width=0.5)
    fields = {f.attname: getattr(made, f.attname) for f in made._meta.concrete_fields}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        GaugeStudy.objects.create(**fields | {"id": None, "number": 2} | changed)
