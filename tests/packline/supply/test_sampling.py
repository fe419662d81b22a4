"""Acceptance sampling at receipt: plan, draw, results, verdict, and the switching of severity."""

import pytest
from django.db import IntegrityError, transaction

from packline.foundation.errors import Blocked, InputError, NotAllowed, Refused
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.quality.models import Nonconformance
from packline.quality.services import close_nonconformance, dispose_nonconformance
from packline.site.listeners import listen
from packline.supply.calc.limits import IncomingLimit
from packline.supply.calc.sampling import Found, draw
from packline.supply.forms import blank_sheet, read_sheet
from packline.supply.models import Cell, LotSample, SampleReading, SamplingScheme
from packline.supply.services import (
    allot_cells,
    draw_sample,
    inspect_lot,
    judge_sample,
    measure_sample,
    resume_inspection,
    set_sampling,
)

LIMITS = [IncomingLimit("cell_capacity", "Ah", low=4.8)]


def scheme(people, now, cell, *, aql="4.0", level="II", checks=("visual", "cell_capacity")):
    return set_sampling(
        supplier="Cells Ltd", cell=cell, aql=aql, level=level, checks=checks, agreement_pct=2.0,
        by=people.inspector, at=now,
    )  # fmt: skip


@pytest.fixture
def lot_of(receive):
    """Receive a lot of so many cells."""

    def lot_of(number, cells=40):
        return receive(
            *((f"{number}-{n:03d}", 5.0, 3.6, 15.0) for n in range(cells)), number=number
        )

    return lot_of


@pytest.fixture
def sampled(people, now, lot_of, cell_model):
    """Take a lot through its sample, with so many cells that look bad."""

    def sampled(number, bad=0, cells=40):
        lot = lot_of(number, cells)
        sample = draw_sample(lot=lot, seed=1, by=people.inspector, at=now)
        measure(sample, people, now, bad)
        return judge_sample(sample=sample, by=people.inspector, at=now)

    return sampled


def measure(sample, people, now, bad=0):
    found = [
        Found(serial=s, code=code, value=0.0 if code == "visual" and k < bad else
              1.0 if code == "visual" else 5.01)
        for k, s in enumerate(sample.serials) for code in sample.codes
    ]  # fmt: skip
    return measure_sample(sample=sample, found=found, by=people.inspector, at=now)


def test_the_plan_is_that_of_the_standard_and_stays_with_the_lot(people, now, lot_of, cell_model):
    scheme(people, now, cell_model)
    sample = draw_sample(lot=lot_of("L1"), seed=7, by=people.inspector, at=now)
    # MIL-STD-105E: Table I, lot 26 to 50, level II: D; Table II-A, D at 4.0 points down to E
    assert (sample.letter, sample.size) == ("E", 13)
    assert (sample.accept_up_to, sample.reject_from) == (1, 2)
    scheme(people, now, cell_model, aql="0.65")
    sample.refresh_from_db()
    assert sample.aql == "4.0"


def test_the_same_seed_draws_the_same_cells_from_any_order():
    serials = [f"C{n}" for n in range(100)]
    first = draw(serials, 13, 42)
    assert first == draw(serials[::-1], 13, 42)
    assert first != draw(serials, 13, 43)
    assert len(set(first)) == 13


def test_every_cell_is_drawn_as_often_as_any_other():
    serials = [f"C{n}" for n in range(20)]
    times = {s: sum(s in draw(serials, 5, seed) for seed in range(400)) for s in serials}
    # 400 draws of 5 of 20: mean 100, sd sqrt(400 x 1/4 x 3/4) = 8.7; five of them
    assert all(abs(n - 100) < 44 for n in times.values())


def test_a_lot_waits_for_its_sample(people, now, lot_of, cell_model):
    scheme(people, now, cell_model)
    lot = lot_of("L1")
    with pytest.raises(Refused, match="are sampled: draw a sample of L1"):
        inspect_lot(lot=lot, limits=LIMITS, by=people.inspector, at=now)
    sample = draw_sample(lot=lot, seed=1, by=people.inspector, at=now)
    with pytest.raises(Refused, match="drawn and not judged"):
        inspect_lot(lot=lot, limits=LIMITS, by=people.inspector, at=now)
    with pytest.raises(Refused, match="results are missing, the first is visual of"):
        judge_sample(sample=sample, by=people.inspector, at=now)
    measure(sample, people, now)
    assert judge_sample(sample=sample, by=people.inspector, at=now).state == "accepted"
    inspect_lot(lot=lot, limits=LIMITS, by=people.inspector, at=now)
    assert lot.cells.filter(state="accepted").count() == 40
    assert verify_record().proven


def test_a_value_measured_again_is_held_to_the_claim_and_to_the_limit(
    people, now, lot_of, cell_model
):
    scheme(people, now, cell_model)
    sample = draw_sample(lot=lot_of("L1"), seed=1, by=people.inspector, at=now)
    one, two, three = sample.serials[:3]
    rows = measure_sample(
        sample=sample, limits=[IncomingLimit("cell_capacity", "Ah", low=4.95)],
        found=[
            Found(serial=one, code="cell_capacity", value=4.96),
            Found(serial=two, code="cell_capacity", value=4.94),  # within 2 % of 5 Ah, below 4.95
            Found(serial=three, code="cell_capacity", value=5.11),  # more than claimed by 2.2 %
        ],
        by=people.inspector, at=now,
    )  # fmt: skip
    assert [(r.passed, r.low, r.high, r.claimed_value) for r in rows] == [
        (True, 4.95, 5.1, 5.0), (False, 4.95, 5.1, 5.0), (False, 4.95, 5.1, 5.0),
    ]  # fmt: skip


def test_a_rejected_lot_is_held_and_booked_and_may_be_returned(people, now, sampled, cell_model):
    scheme(people, now, cell_model)
    sample = sampled("L1", bad=8)
    assert sample.state == "rejected"
    lot = sample.lot
    listen()
    found = Nonconformance.objects.get(lot=lot)
    assert found.title.startswith("lot L1 is rejected by its sample: 8 cells do not conform")
    assert lot.holds.get().cause == "supply.lotsample:L1/sample/1"
    inspect_lot(lot=lot, limits=LIMITS, by=people.inspector, at=now)
    accepted = list(lot.cells.filter(state="accepted").select_related("lot"))
    with pytest.raises(Blocked, match="rejected by sampling: 8 of"):
        allot_cells(cells=accepted[:1], to="P1", by=people.planner, at=now)
    dispose_nonconformance(
        nonconformance=found, disposition="return_to_supplier", justification="AQL not met",
        by=people.approver, at=now,
    )  # fmt: skip
    assert set(lot.cells.values_list("state", flat=True)) == {"returned"}
    assert not lot.holds.filter(lifted_at=None).exists()
    close_nonconformance(nonconformance=found, note="sent back", by=people.approver, at=now)
    assert verify_record().proven


def test_a_rejected_lot_used_as_it_is_is_freed_by_signature(people, now, sampled, cell_model):
    scheme(people, now, cell_model)
    sample = sampled("L1", bad=8)
    listen()
    dispose_nonconformance(
        nonconformance=Nonconformance.objects.get(), disposition="use_as_is",
        justification="scratches only", by=people.approver, at=now,
    )  # fmt: skip
    assert not sample.lot.holds.filter(lifted_at=None).exists()
    assert sample.lot.cells.filter(state="accepted").count() == 8


def test_the_suppliers_history_switches_the_severity(people, now, sampled, lot_of, cell_model):
    # ISO 2859-1:1999, 9.3: two of five lots not accepted lead to tightened inspection, five
    # accepted in a row back to normal; five not accepted while tightened end inspection
    made = scheme(people, now, cell_model)
    severities = [
        sampled(f"A{n}", bad).severity for n, bad in enumerate((0, 8, 0, 8, 0, 0, 0, 0, 0))
    ]
    assert severities == ["normal"] * 4 + ["tightened"] * 5
    made.refresh_from_db()
    assert made.state == "normal"
    severities = [sampled(f"B{n}", 13).severity for n in range(7)]
    assert severities == ["normal"] * 2 + ["tightened"] * 5
    made.refresh_from_db()
    assert made.state == "discontinued"
    with pytest.raises(Refused, match="is discontinued"):
        draw_sample(lot=lot_of("C"), seed=1, by=people.inspector, at=now)
    resume_inspection(scheme=made, reason="8D accepted", by=people.approver, at=now)
    made.refresh_from_db()
    assert made.state == "tightened"
    assert Event.objects.filter(verb="supply.sampling.resumed").count() == 1


def test_fifteen_good_lots_lead_to_reduced_inspection(people, now, sampled, cell_model):
    # the switching score grows by 2 for each lot accepted with Ac 0 or 1; reduced from 30
    made = scheme(people, now, cell_model)
    assert {sampled(f"A{n}").severity for n in range(15)} == {"normal"}
    made.refresh_from_db()
    assert (made.state, made.why) == ("reduced", "the switching score reached 30")


def test_a_sheet_goes_out_blank_and_comes_back_filled_in(people, now, lot_of, cell_model):
    scheme(people, now, cell_model)
    sample = draw_sample(lot=lot_of("L1"), seed=1, by=people.inspector, at=now)
    lines = blank_sheet(sample).decode().splitlines()
    assert lines[0] == "serial,visual,cell_capacity [Ah],note"
    assert [line.split(",")[0] for line in lines[1:]] == sample.serials
    filled = [lines[0], f"{sample.serials[0]},nok,,dent", f"{sample.serials[1]},ok,4.99,"]
    found = read_sheet(sample, "\n".join(filled).encode(), name="s.csv")
    assert sorted((f.serial, f.code, f.value, f.note) for f in found) == sorted([
        (sample.serials[0], "visual", 0.0, "dent"), (sample.serials[1], "visual", 1.0, ""),
        (sample.serials[1], "cell_capacity", 4.99, ""),
    ])  # fmt: skip
    with pytest.raises(InputError, match="line 2 serial = X: is not in the sample"):
        read_sheet(sample, f"{lines[0]}\nX,ok,5,".encode(), name="s.csv")
    with pytest.raises(InputError, match=r"cell_capacity \[Ah\] = nan: cannot be read"):
        read_sheet(sample, f"{lines[0]}\n{sample.serials[0]},ok,nan,".encode(), name="s.csv")


def test_who_may_not_and_what_makes_no_sense_is_refused(people, now, lot_of, cell_model):
    with pytest.raises(NotAllowed):
        set_sampling(
            supplier="S", cell=cell_model, aql="1.0", level="II", checks=("visual",),
            agreement_pct=1, by=people.operator, at=now,
        )  # fmt: skip
    for told in ({"aql": "1.1"}, {"level": "IV"}, {"checks": ("colour",)}):
        with pytest.raises(Refused, match="allowed|must be some of"):
            scheme(people, now, cell_model, **told)
    lot = lot_of("L1")
    with pytest.raises(Refused, match="nothing says how"):
        draw_sample(lot=lot, seed=1, by=people.inspector, at=now)
    scheme(people, now, cell_model)
    draw_sample(lot=lot, seed=1, by=people.inspector, at=now)
    with pytest.raises(Refused, match="was sampled already"):
        draw_sample(lot=lot, seed=2, by=people.inspector, at=now)


def test_the_database_refuses_what_must_never_be(people, now, sampled, cell_model):
    made = scheme(people, now, cell_model)
    sample = sampled("L1", bad=8)
    for row, changed, constraint in (
        (sample, {"state": "accepted"}, "lotsample_judged_by_its_numbers"),
        (sample, {"reject_from": 0}, "lotsample_plan_decides"),
        (made, {"state": "lax"}, "samplingscheme_state_is_declared"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**changed)
    reading = SampleReading.objects.filter(passed=False).first()
    fields = {f.attname: getattr(reading, f.attname) for f in reading._meta.concrete_fields}
    other = Cell.objects.exclude(sample_readings__sample=sample).first()
    broken = fields | {"id": None, "cell_id": other.pk, "passed": True}
    with pytest.raises(IntegrityError, match="within_limits"), transaction.atomic():
        SampleReading.objects.create(**broken)
    assert LotSample.objects.count() == SamplingScheme.objects.count() == 1
    with pytest.raises(Refused, match="judged already"):
        judge_sample(sample=sample, by=people.inspector, at=now)
