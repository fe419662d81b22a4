"""Sampling a lot at receipt: draw by plan, record what was found, judge, switch the severity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import isfinite

from packcalc.stats.sampling.master import AQLS
from packcalc.stats.sampling.switching import Inspection, resumed
from packline.catalog.models import CellModel
from packline.foundation.commands import command, unchanged
from packline.foundation.errors import NotANumber, Refused
from packline.foundation.events import canonical, record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.supply.calc.limits import IncomingLimit, freeze
from packline.supply.calc.sampling import Found, draw, found_on, next_inspection, plan_of
from packline.supply.calc.sampling import inspection_of as _inspection
from packline.supply.models import (
    LEVELS,
    SAMPLE_CODES,
    CellLot,
    LotSample,
    SampleReading,
    SamplingScheme,
)
from packline.supply.queries.lots import measured_values
from packline.supply.queries.sampling import missing_in_sample, scheme_of
from packline.supply.services.cells import _reason, quarantine_cells
from packline.supply.services.hold import place_lot_hold
from packline.supply.states import SAMPLE, SEVERITY


@command("supply.set_sampling")
def set_sampling(
    *,
    supplier: str,
    cell: CellModel,
    aql: str,
    level: str,
    checks: Sequence[str],
    agreement_pct: float,
    by: Person,
    at: datetime,
) -> SamplingScheme:
    """Say how lots of a cell from a supplier are sampled; the history of its lots stays."""
    if aql not in AQLS:
        raise Refused(f"AQL {aql!r} is no preferred value; allowed: {', '.join(AQLS)}")
    if level not in LEVELS:
        raise Refused(f"no such inspection level: {level!r}; allowed: {', '.join(LEVELS)}")
    wanted = list(dict.fromkeys(checks))
    if not wanted or set(wanted) - set(SAMPLE_CODES):
        raise Refused(f"checks must be some of {', '.join(SAMPLE_CODES)}, not {', '.join(wanted)}")
    if not (isfinite(agreement_pct) and agreement_pct > 0):
        raise Refused(f"the agreement is a positive share in percent, not {agreement_pct}")
    told = {
        "aql": aql,
        "level": level,
        "checks": ",".join(wanted),
        "agreement_pct": agreement_pct,
    }
    scheme = SamplingScheme.objects.filter(supplier=supplier, cell=cell).first()
    if scheme is None:
        scheme = SamplingScheme(supplier=supplier, cell=cell)
    elif all(getattr(scheme, name) == value for name, value in told.items()):
        return unchanged(scheme)
    for name, value in told.items():
        setattr(scheme, name, value)
    scheme.save()
    record("supply.sampling.set", scheme, by=by, at=at, rows=[scheme], **told)
    return scheme


@command("supply.draw_sample")
def draw_sample(*, lot: CellLot, seed: int, by: Person, at: datetime) -> LotSample:
    """Choose the plan of a lot by the severity of the moment, and draw its cells.

    The seed is kept: whoever doubts the draw can repeat it.

    Raises
    ------
    Refused
        If the lot has no scheme, was inspected or sampled already, or inspection is discontinued.
    """
    scheme = scheme_of(lot)
    if scheme is None:
        raise Refused(f"nothing says how {lot.cell} from {lot.supplier} is sampled: set it first")
    last = lot.samples.order_by("-number").first()
    if last is not None:
        raise Refused(f"lot {lot} was sampled already: {last} is {last.state}")
    if lot.state != "received":
        raise Refused(f"lot {lot} is {lot.state}: a sample is drawn before it is inspected")
    serials = list(lot.cells.filter(state="received").values_list("serial", flat=True))
    plan = plan_of(scheme, len(serials))
    chosen = draw(serials, plan.n, seed)
    sample = LotSample(
        lot=lot,
        number=1,
        aql=scheme.aql,
        level=scheme.level,
        severity=scheme.state,
        letter=plan.letter,
        size=plan.n,
        accept_up_to=plan.stages[0].accept,
        reject_from=plan.stages[0].reject,
        inspect_all=plan.inspect_all,
        edition=plan.edition,
        checks=scheme.checks,
        agreement_pct=scheme.agreement_pct,
        seed=seed,
        serials_text=canonical(chosen),
        drawn_at=at,
    )
    sample.save(force_insert=True)
    record(
        "supply.sample.drawn",
        lot,
        by=by,
        at=at,
        rows=[sample],
        sample=str(sample),
        of=len(serials),
    )
    return sample


@command("supply.measure_sample")
def measure_sample(
    *,
    sample: LotSample,
    found: Sequence[Found],
    limits: Sequence[IncomingLimit] = (),
    virtual: bool = False,
    by: Person,
    at: datetime,
) -> list[SampleReading]:
    """Record what was found on cells of a sample, each against its limits.

    `limits` are the incoming limits of the design; what the file of the lot claims of a cell
    bounds its re-measurement as well.
    """
    if sample.state != "drawn":
        raise Refused(f"{sample} is {sample.state}: nothing is added to it any more")
    if not found:
        raise Refused(f"{sample}: nothing was found that could be recorded")
    cells = {c.serial: c for c in sample.lot.cells.filter(serial__in=sample.serials)}
    bounds = (
        {
            row.code: (row.low, row.high)
            for row in freeze(limits, measured_values(list(sample.lot.cells.order_by("serial"))))
        }
        if limits
        else {}
    )
    rows = []
    for one in found:
        if one.serial not in cells:
            raise Refused(f"cell {one.serial} is not in {sample}")
        if one.code not in sample.codes:
            raise Refused(f"{one.code} is not checked; {sample} asks {', '.join(sample.codes)}")
        if not isfinite(one.value):
            raise NotANumber(
                f"{one.serial} {one.code} = {one.value}: a reading is a finite number"
            )
        cell = cells[one.serial]
        bound = found_on(cell, one.code, sample.agreement_pct, bounds)
        rows.append(
            SampleReading(
                sample=sample,
                cell=cell,
                code=one.code,
                value=one.value,
                unit_code=bound.unit_code,
                low=bound.low,
                high=bound.high,
                claimed_value=bound.claimed,
                passed=(bound.low is None or one.value >= bound.low)
                and (bound.high is None or one.value <= bound.high),
                note=one.note[:200],
                taken_at=at,
                taken_by=by,
                virtual=virtual,
            )
        )
    SampleReading.objects.bulk_create(rows, batch_size=50)
    record(
        "supply.sample.measured",
        sample.lot,
        by=by,
        at=at,
        rows=rows,
        sample=str(sample),
        failed=[str(row) for row in rows if not row.passed],
    )
    return rows


@command("supply.judge_sample")
def judge_sample(*, sample: LotSample, by: Person, at: datetime) -> LotSample:
    """Accept or reject the lot by the numbers of its plan, and switch the severity of the next.

    A rejected lot is on hold at once; `supply.lot.rejected` tells whoever opens the
    nonconformance.

    Raises
    ------
    Refused
        If a cell of the sample was not looked at in every respect.
    """
    missing = missing_in_sample(sample)
    if missing:
        serial, code = missing[0]
        raise Refused(
            f"{sample} cannot be judged: {len(missing)} results are missing, "
            f"the first is {code} of {serial}"
        )
    bad = list(
        sample.readings.filter(passed=False)
        .select_related("cell__lot")
        .order_by("cell__serial", "code")
    )
    nonconforming = len({row.cell_id for row in bad})
    scheme = scheme_of(sample.lot)
    assert scheme is not None
    after = next_inspection(scheme, sample, nonconforming)
    sample.judged_at, sample.nonconforming = at, nonconforming
    sample.next_severity, sample.why = after.severity, after.why[:200]
    state = "rejected" if nonconforming >= sample.reject_from else "accepted"
    _close(sample, state)
    _switch(scheme, after)
    record(
        f"supply.lot.{state}",
        sample.lot,
        by=by,
        at=at,
        rows=[sample, scheme],
        sample=str(sample),
        nonconforming=[
            {
                "serial": row.cell.serial,
                "code": row.code,
                "value": row.value,
                "low": row.low,
                "high": row.high,
                "unit": row.unit_code,
            }
            for row in bad
        ],
        severity=scheme.state,
    )
    aside = {row.cell_id: row for row in reversed(bad) if row.cell.state == "received"}
    if aside:
        quarantine_cells(
            cells=[row.cell for row in aside.values()],
            reason=f"does not conform in {sample}",
            by=by,
            at=at,
        )
    if state == "rejected":
        place_lot_hold(
            lot=sample.lot,
            reason=f"rejected by sampling: {nonconforming} of {sample.size} cells do not conform "
            f"(AQL {sample.aql}, rejected from {sample.reject_from})",
            cause=f"supply.lotsample:{sample}",
            by=by,
            at=at,
        )
    return sample


@command("supply.resume_inspection")
def resume_inspection(
    *, scheme: SamplingScheme, reason: str, by: Person, at: datetime
) -> SamplingScheme:
    """Take up inspection again, tightened, after the supplier has acted; say what was done."""
    if scheme.state != "discontinued":
        raise Refused(f"inspection of {scheme} is {scheme.state}: there is nothing to resume")
    reason = _reason(reason)
    _switch(scheme, resumed(_inspection(scheme)))
    record("supply.sampling.resumed", scheme, by=by, at=at, rows=[scheme], reason=reason)
    return scheme


def _close(sample: LotSample, state: str) -> None:
    """Write verdict and state at once: the database holds one to the other."""
    if not SAMPLE.allows(sample.state, state):
        raise Refused(f"{sample} is {sample.state}: it was judged already")
    moved = LotSample.objects.filter(pk=sample.pk, state=sample.state).update(
        state=state,
        judged_at=sample.judged_at,
        nonconforming=sample.nonconforming,
        next_severity=sample.next_severity,
        why=sample.why,
    )
    if not moved:
        raise Refused(f"{sample} was judged by somebody else: reload")
    sample.state = state


def _switch(scheme: SamplingScheme, after: Inspection) -> None:
    scheme.recent = "".join("+" if accepted else "-" for accepted in after.recent)
    scheme.refused, scheme.score, scheme.why = after.refused, after.score, after.why[:200]
    scheme.save(update_fields=["recent", "refused", "score", "why"])
    if after.severity != scheme.state:
        move(scheme, SEVERITY, to=after.severity)
