"""Limits are frozen once per version; a signal on them opens a reaction that needs an answer."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from packcalc.stats.charts.chart import read_baseline
from packline.foundation.errors import Blocked, DomainError, IllegalTransition, NotAllowed, Refused
from packline.foundation.listeners import run_listeners
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.process.models import Characteristic
from packline.production.models import Unit
from packline.quality.calc.phase_one import doubts
from packline.quality.models import ControlLimits, LimitsPoint, Reaction, Signal, StreamState
from packline.quality.queries.charts import charts_of_order
from packline.quality.services import (
    acknowledge_reaction,
    close_reaction,
    contain_reaction,
    freeze_limits,
    hear_of_finished_step,
    let_units_go,
)
from packline.resources.models import Gauge
from packline.site.listeners import LISTENERS
from tests.packline.quality.readings import QUIET, heard, measured, quiet


@pytest.fixture
def ocv(world):
    return world.operation("eol").characteristics.get(code="pack_ocv")


def freeze(check, people, at, **more):
    return freeze_limits(
        characteristic=check, reason="the line is set up", by=more.pop("by", people.engineer),
        at=at, **more,
    )  # fmt: skip


@pytest.fixture
def frozen(world, people, now, ocv):
    quiet(world, people, now)
    return freeze(ocv, people, now)


@pytest.fixture
def go_on(world, people, now, ocv):
    """Take one more reading after the freezing, and let quality hear of it."""

    def take(n, volts, minutes=None, **where):
        at = now + timedelta(minutes=minutes or n)
        step = measured(world, people, at, 100 + n, volts, **where)
        return hear_of_finished_step(heard(step, people, at))

    return take


def told(world):
    written = {"quality"}
    return [d for d in verify_record().differences if d.subject.partition(".")[0] in written]


def test_frozen_limits_keep_who_when_why_and_from_which_points(world, people, now, ocv):
    steps = quiet(world, people, now)
    measured(world, people, now, 90, 7.5)  # outside what is allowed: it has a cause of its own
    measured(world, people, now, 1, 7.0, attempt=2)
    limits = freeze(ocv, people, now, exclude={str(steps[4]): "probe fell off"})
    assert (limits.number, limits.version, limits.kind) == ("CL-000001", 1, "i_mr")
    assert limits.frozen_by == people.engineer
    points = list(limits.points.order_by("number"))
    assert [p.step for p in points] == steps
    assert [p.excluded_because for p in points if p.excluded_because] == ["probe fell off"]
    baseline = read_baseline(limits.baseline_text)
    kept = [v for n, v in enumerate(QUIET) if n != 4]
    assert baseline.centre == pytest.approx(np.mean(kept))
    assert baseline.version == "1"
    assert baseline.points == len(kept)
    event = Event.objects.get(verb="quality.limits.frozen")
    assert "probe fell off" in event.text
    assert not told(world)


def test_a_new_version_supersedes_the_one_in_force(world, people, now, ocv, frozen):
    for n in range(12):
        measured(world, people, now + timedelta(hours=1, minutes=n), 200 + n, QUIET[n] + 0.1)
    again = freeze(ocv, people, now + timedelta(hours=2), since=now + timedelta(hours=1))
    frozen.refresh_from_db()
    assert (again.version, frozen.superseded_at) == (2, now + timedelta(hours=2))
    assert read_baseline(again.baseline_text).centre == pytest.approx(np.mean(QUIET[:12]) + 0.1)
    (figure,) = charts_of_order(world.order, [ocv])
    assert figure.frozen.version == 2
    assert not told(world)


def test_the_database_refuses_two_limits_in_force(frozen):
    with pytest.raises(IntegrityError), transaction.atomic():
        ControlLimits.objects.create(
            number="CL-9", characteristic=frozen.characteristic, stream=frozen.stream, version=9,
            kind="i_mr", rules="1", baseline_text="{}", reason="x", frozen_at=frozen.frozen_at,
            frozen_by=frozen.frozen_by,
        )  # fmt: skip
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        LimitsPoint.objects.filter(limits=frozen).update(excluded_because="")


@pytest.mark.parametrize(
    ("what", "error", "words"),
    [
        ({"reason": "  "}, DomainError, "say why"),
        ({"exclude": {"nothing": "x"}}, DomainError, "none of the points"),
        ({"exclude": {"PX-001/80-eol/1": " "}}, DomainError, "needs a reason"),
        ({"kind": "xbar_r"}, DomainError, "allowed: i_mr"),
        ({"since": "late"}, Refused, "0 points count"),
    ],
)
def test_what_cannot_be_frozen_is_refused(what, error, words, world, people, now, ocv):
    quiet(world, people, now)
    what = {k: now + timedelta(1) if v == "late" else v for k, v in what.items()}
    reason = what.pop("reason", "set up")
    with pytest.raises(error, match=words):
        freeze_limits(characteristic=ocv, reason=reason, by=people.engineer, at=now, **what)
    assert not ControlLimits.objects.exists()


def test_points_that_do_not_vary_and_few_points_give_no_limits(world, people, now, ocv):
    for n in range(1, 10):
        measured(world, people, now - timedelta(minutes=60 - n), n, 7.2)
    with pytest.raises(Refused, match="9 points count for its limits; freezing needs at least 10"):
        freeze(ocv, people, now)
    measured(world, people, now, 10, 7.2)
    with pytest.raises(Refused, match="do not vary"):
        freeze(ocv, people, now)


def test_an_operator_does_not_freeze(world, people, now, ocv):
    quiet(world, people, now)
    with pytest.raises(NotAllowed):
        freeze(ocv, people, now, by=people.operator)


def test_a_quiet_point_opens_nothing_and_is_counted(go_on, frozen):
    assert go_on(1, 7.2) == []
    assert StreamState.objects.get().n_points == 1
    assert not Reaction.objects.exists()


def test_a_signal_opens_the_reaction_plan_with_its_point_and_rule(go_on, frozen, world, people):
    go_on(1, 7.20)
    (reaction,) = go_on(2, 7.38)
    assert reaction.number == "SR-000001"
    assert reaction.plan == frozen.characteristic.reaction
    assert reaction.title == "pack_ocv: one point beyond three sigma, PX-102"
    by_rule = {(s.statistic, s.rule_code): s for s in reaction.signals.all()}
    assert set(by_rule) == {("individual", "1"), ("moving range", "1")}
    signal = by_rule["individual", "1"]
    assert (signal.point, signal.value) == (2, 7.38)
    assert signal.upper < 7.38
    assert str(signal.step) == "PX-102/80-eol/1"
    assert not told(world)


def test_further_points_are_collected_and_a_new_rule_asks_again(go_on, frozen, people, now):
    (reaction,) = go_on(1, 7.38)
    acknowledge_reaction(reaction=reaction, by=people.inspector, at=now + timedelta(hours=1))
    (same,) = go_on(2, 7.38)
    assert same == reaction
    same.refresh_from_db()
    assert same.state == "open"  # two of three beyond two sigma had not fired before
    acknowledge_reaction(reaction=same, by=people.inspector, at=now + timedelta(hours=2))
    go_on(3, 7.38)
    same.refresh_from_db()
    assert same.state == "acknowledged"
    assert Reaction.objects.count() == 1
    assert same.signals.values("step").distinct().count() == 3


def test_being_told_twice_changes_nothing(frozen, world, people, now):
    step = measured(world, people, now + timedelta(minutes=1), 101, 7.38)
    event = heard(step, people, now + timedelta(minutes=1))
    hear_of_finished_step(event)
    hear_of_finished_step(event)
    run_listeners(LISTENERS)
    run_listeners(LISTENERS)
    assert StreamState.objects.get().n_points == 1
    assert Signal.objects.count() == 1


def test_what_the_log_says_reaches_the_stream_and_equals_the_chart(
    frozen, world, people, now, ocv
):
    rng = np.random.default_rng(4)
    drift = np.linspace(0, 0.06, 40)
    for n, volts in enumerate(7.2 + drift + rng.normal(0, 0.018, 40), start=1):
        at = now + timedelta(minutes=n)
        heard(measured(world, people, at, 100 + n, float(volts)), people, at)
    run_listeners(LISTENERS)
    (figure,) = charts_of_order(world.order, [ocv])
    assert figure.judged_from == 1 + sum(p.taken_at <= now for p in figure.points)
    batch = {
        (figure.points[n - 1].step, fired.panel, fired.rule.code)
        for n in figure.signals()
        for fired in figure.fired(n)
        if n >= figure.judged_from
        and any(figure.frozen.asks(f.panel, [f.rule.code]) for f in figure.fired(n))
    }
    stream = {(str(s.step), s.statistic, s.rule_code) for s in Signal.objects.all()}
    assert batch == stream
    assert len({rule for _, _, rule in stream}) > 1
    assert Reaction.objects.count() == 1


def test_a_gauge_with_limits_of_its_own_is_a_stream_of_its_own(
    go_on, frozen, world, people, now, ocv
):
    other = Gauge.objects.create(
        code="G-2", kind="eol_tester", calibrated_on=now.date() - timedelta(1),
        due_on=now.date() + timedelta(9), virtual=False,
    )  # fmt: skip
    for n in range(12):
        at = now + timedelta(minutes=n)
        measured(world, people, at, 300 + n, QUIET[n] + 0.15, gauge=other)
    own = freeze(ocv, people, now + timedelta(minutes=20), gauge=other)
    assert (own.version, own.stream) == (1, "|G-2")
    assert go_on(30, 7.35, gauge=other) == []
    (reaction,) = go_on(31, 7.35)
    assert reaction.limits == frozen
    (figure,) = charts_of_order(world.order, [ocv], gauge="G-2")
    assert {p.gauge for p in figure.points} == {"G-2"}


def test_units_that_differ_are_judged_by_how_they_vary(world, people, now):
    check = Characteristic.objects.get(code="sense_voltage_error")
    rng = np.random.default_rng(2)
    for n in range(1, 16):
        values = (rng.normal() + rng.normal(0, 0.05, 4)).tolist()
        at = now - timedelta(minutes=20 - n)
        measured(world, people, at, n, values, code=check.code)
    limits = freeze(check, people, now)
    assert limits.kind == "i_mr_s"
    assert read_baseline(limits.baseline_text).sigma_between > 0.3
    assert freeze(check, people, now + timedelta(1), kind="xbar_r").kind == "xbar_r"


def test_only_rules_that_were_chosen_ask_for_a_reaction(world, people, now, ocv, go_on):
    quiet(world, people, now)
    freeze(ocv, people, now, rules=["1"])
    for n in range(1, 12):  # nine and more on one side, well within the limits
        assert go_on(n, 7.21) == []
    (reaction,) = go_on(12, 7.38)
    assert {s.rule_code for s in reaction.signals.filter(statistic="individual")} >= {"1", "2"}
    for wrong, words in ((["9"], "no rule 9"), ([], "at least one rule")):
        with pytest.raises(DomainError, match=words):
            freeze(ocv, people, now + timedelta(1), rules=wrong)


def test_a_moving_range_alone_asks_for_nothing(world, people, now, ocv, go_on):
    quiet(world, people, now)
    limits = freeze(ocv, people, now)
    sigma = read_baseline(limits.baseline_text).sigma
    centre = read_baseline(limits.baseline_text).centre
    go_on(1, centre + 2.2 * sigma)
    assert go_on(2, centre - 2.2 * sigma) == []
    (figure,) = charts_of_order(world.order, [ocv])
    assert {f.panel for f in figure.fired(len(figure.points))} == {"moving range"}


@pytest.fixture
def reaction(go_on, frozen):
    (reaction,) = go_on(1, 7.38)
    return reaction


def answer(reaction, people, at, **more):
    words = {"verdict": "removed", "found": "loose probe", "done": "probe replaced"} | more
    return close_reaction(reaction=reaction, by=people.inspector, at=at, **words)


def test_a_reaction_is_not_closed_without_an_answer(reaction, people, now):
    later = now + timedelta(hours=1)
    with pytest.raises(IllegalTransition):  # nobody has taken it on
        answer(reaction, people, later)
    reaction.refresh_from_db()
    acknowledge_reaction(reaction=reaction, by=people.operator, at=later)
    for missing in ({"found": " "}, {"done": ""}, {"verdict": "whatever"}):
        with pytest.raises(DomainError):
            answer(reaction, people, later, **missing)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reaction.objects.filter(pk=reaction.pk).update(state="closed")
    assert answer(reaction, people, later).state == "closed"


def test_after_an_answer_the_next_signal_opens_a_new_reaction(reaction, go_on, people, now):
    acknowledge_reaction(reaction=reaction, by=people.inspector, at=now + timedelta(hours=1))
    answer(reaction, people, now + timedelta(hours=1))
    (second,) = go_on(100, 7.01)
    assert second.number == "SR-000002"


def test_units_behind_a_signal_are_held_until_somebody_cleared_them(
    reaction, world, people, now, ocv
):
    later = now + timedelta(hours=1)
    units = list(Unit.objects.filter(serial__in=["PX-101", "PX-014"]).order_by("serial"))
    contain_reaction(
        reaction=reaction, units=units, reason="same probe", by=people.inspector, at=later
    )
    assert {u.state for u in Unit.objects.filter(pk__in=[u.pk for u in units])} == {"held"}
    with pytest.raises(Refused, match="holds PX-014 already"):
        contain_reaction(
            reaction=reaction, units=units[:1], reason="x", by=people.inspector, at=later
        )
    acknowledge_reaction(reaction=reaction, by=people.inspector, at=later)
    with pytest.raises(Blocked, match="unit PX-014: is held for it"):
        answer(reaction, people, later)
    reaction.refresh_from_db()
    let_units_go(reaction=reaction, because="measured again", by=people.inspector, at=later)
    assert {u.state for u in Unit.objects.filter(pk__in=[u.pk for u in units])} == {"building"}
    answer(reaction, people, later)
    assert not told(world)


def test_limits_of_few_points_are_widened_and_say_so(frozen):
    baseline = read_baseline(frozen.baseline_text)
    assert baseline.widening == pytest.approx(1.40, abs=0.03)  # fourteen points
    assert "found from 14 points" in baseline.convention


def test_values_that_are_not_normal_are_frozen_only_in_spite_of_it(world, people, now, ocv):
    for n in range(1, 21):
        volts = 7.2 + 1e-4 * (n % 2) if n % 5 else 7.25
        measured(world, people, now - timedelta(minutes=60 - n), n, volts)
    with pytest.raises(Refused, match=r"not normal .* freeze in spite of this"):
        freeze(ocv, people, now)
    freeze(ocv, people, now, despite_doubts=True)
    assert "not normal" in Event.objects.get(verb="quality.limits.frozen").text
    assert not told(world)


def test_values_that_follow_each_other_raise_a_doubt():
    walk = np.cumsum(np.random.default_rng(1).normal(size=60))
    (doubt,) = [d for d in doubts("i_mr", list(walk)) if "alike" in d]
    assert "correlation 0.87" in doubt
    assert not doubts("i_mr", list(np.random.default_rng(2).normal(size=60)))
    assert not doubts("p", [(0.0, 1.0)] * 19 + [(1.0, 1.0)])
