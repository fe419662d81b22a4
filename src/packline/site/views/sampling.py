"""Sampling on the page of a lot: set, draw, fill in a sheet, judge, resume."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from packcalc.stats.sampling.master import AQLS
from packline.design.models import Design
from packline.foundation.errors import DomainError
from packline.foundation.models import Person
from packline.site import access
from packline.site.acting import carry_out, verb_named
from packline.site.run.upstream import incoming_of
from packline.supply.calc.limits import IncomingLimit
from packline.supply.forms import blank_sheet, read_sheet
from packline.supply.models import (
    LEVELS,
    SAMPLE_CODES,
    CellLot,
    LotSample,
    SampleReading,
    SamplingScheme,
)
from packline.supply.queries.lots import find_lot
from packline.supply.queries.sampling import (
    history_of_scheme,
    missing_in_sample,
    open_sample,
    readings_of_sample,
    sample_of_lot,
    scheme_of,
)
from packline.supply.services import (
    draw_sample,
    judge_sample,
    measure_sample,
    resume_inspection,
    set_sampling,
)

__all__ = ["SamplingShown", "act", "sampling_of", "sheet"]

SHOWN = 12  # lots of the history
SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class SamplingShown:
    """What the page of a lot shows of its sampling."""

    scheme: SamplingScheme | None
    sample: LotSample | None
    missing: int
    failed: list[SampleReading]
    measured: int
    history: list[LotSample]
    may: frozenset[str]
    aqls: tuple[str, ...] = tuple(AQLS)
    levels: tuple[str, ...] = LEVELS
    codes: tuple[str, ...] = SAMPLE_CODES


def sampling_of(lot: CellLot, person: Person) -> SamplingShown:
    """Return plan, sample, results and the history of the supplier."""
    scheme, sample = scheme_of(lot), sample_of_lot(lot)
    asks = ("set_sampling", "draw_sample", "measure_sample", "judge_sample", "resume_inspection")
    return SamplingShown(
        scheme,
        sample,
        len(missing_in_sample(sample)) if sample is not None and sample.state == "drawn" else 0,
        list(readings_of_sample(sample).filter(passed=False)) if sample is not None else [],
        sample.readings.count() if sample is not None else 0,
        list(history_of_scheme(scheme)[:SHOWN]) if scheme is not None else [],
        frozenset(name for name in asks if person.has_perm(f"supply.{name}")),
    )


def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """Send the blank sheet of the sample: which cells to look at, and for what."""
    sample = sample_of_lot(_lot(request, number))
    if sample is None:
        raise Http404
    response = HttpResponse(blank_sheet(sample), content_type="text/csv")
    name = str(sample).replace("/", "-")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Carry out one step of sampling; what is refused is said on the page of the lot."""
    lot = _lot(request, number)
    asked = verb_named(ACTS, verb)
    carry_out(request, lambda: asked(request, lot))
    return redirect("lot", number=number)


def _lot(request: HttpRequest, number: str) -> CellLot:
    access.for_the_house_only(request)
    found = find_lot(number)
    if found is None:
        raise Http404
    return found


def _set(request: HttpRequest, lot: CellLot) -> str:
    text = request.POST.get("agreement_pct", "")
    try:
        agreement = float(text)
    except ValueError as error:
        raise DomainError(f"{text!r} is no share in percent") from error
    set_sampling(
        supplier=lot.supplier,
        cell=lot.cell,
        aql=request.POST.get("aql", ""),
        level=request.POST.get("level", ""),
        checks=request.POST.getlist("checks"),
        agreement_pct=agreement,
        by=access.who(request),
        at=timezone.now(),
    )
    return "Sampling was set: it applies from the next sample on."


def _draw(request: HttpRequest, lot: CellLot) -> str:
    sample = draw_sample(
        lot=lot, seed=secrets.randbelow(SEEDS), by=access.who(request), at=timezone.now()
    )
    return f"{sample.size} cells were drawn."


def _measure(request: HttpRequest, lot: CellLot) -> str:
    sample = _open(lot)
    upload = request.FILES.get("file")
    if upload is None:
        raise DomainError("choose the sheet that was filled in")
    found = read_sheet(sample, upload.read(), name=str(upload.name))
    rows = measure_sample(
        sample=sample,
        found=found,
        limits=_limits(lot),
        by=access.who(request),
        at=timezone.now(),
    )
    return f"{len(rows)} results were recorded, {sum(not r.passed for r in rows)} do not conform."


def _judge(request: HttpRequest, lot: CellLot) -> str:
    sample = judge_sample(sample=_open(lot), by=access.who(request), at=timezone.now())
    return f"The lot is {sample.state} by its sample."


def _resume(request: HttpRequest, lot: CellLot) -> str:
    scheme = scheme_of(lot)
    if scheme is None:
        raise Http404
    resume_inspection(
        scheme=scheme,
        reason=request.POST.get("reason", ""),
        by=access.who(request),
        at=timezone.now(),
    )
    return "Inspection is resumed, tightened."


def _open(lot: CellLot) -> LotSample:
    sample = open_sample(lot)
    if sample is None:
        raise DomainError(f"lot {lot} has no sample that is being looked at")
    return sample


def _limits(lot: CellLot) -> list[IncomingLimit]:
    """Return the incoming limits of the design that uses the cell, if there is exactly one.

    Limits that no design states alone are left out: the claims of the lot's file still bound
    what is measured again.
    """
    designs = list(Design.objects.filter(cell=lot.cell, state="released")[:2])
    return incoming_of(designs[0]) if len(designs) == 1 else []


ACTS: dict[str, Callable[[HttpRequest, CellLot], str]] = {
    "set": _set,
    "draw": _draw,
    "measure": _measure,
    "judge": _judge,
    "resume": _resume,
}
