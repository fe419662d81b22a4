"""One gauge: its calibrations, what a bad one puts in doubt, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.errors import DomainError
from packline.foundation.files import store
from packline.foundation.models import Person, StoredFile
from packline.production.queries.affected import affected_by
from packline.quality.services import hold_affected_units
from packline.resources.models import Gauge
from packline.resources.queries import calibrations_of
from packline.resources.services import calibrate_gauge, recall_gauge, return_gauge
from packline.resources.states import AS_FOUND, AS_LEFT, OUT_OF_TOLERANCE
from packline.site import access
from packline.site.download import download
from packline.site.listeners import listen
from packline.site.paging import page_of
from packline.site.refusals import status_of

LARGEST_CERTIFICATE = 10_000_000  # bytes
CALIBRATION = ("calibrated_on", "due_on", "as_found", "as_left", "laboratory", "note")


def gauge(request: HttpRequest, code: str) -> HttpResponse:
    """Show a gauge with its calibrations and what was measured with it while it was wrong."""
    return _page(request, code)


@require_POST
def calibrate(request: HttpRequest, code: str) -> HttpResponse:
    """Record a calibration with its certificate."""
    typed = {name: request.POST.get(name, "").strip() for name in CALIBRATION}
    person, at = access.who(request), timezone.now()

    def act(found: Gauge) -> None:
        calibrate_gauge(
            gauge=found,
            calibrated_on=_day(typed["calibrated_on"], "calibrated on"),
            due_on=_day(typed["due_on"], "due on"),
            as_found=typed["as_found"],
            as_left=typed["as_left"],
            laboratory=typed["laboratory"][:80],
            note=typed["note"],
            certificate=_certificate(request, person),
            by=person,
            at=at,
        )

    return _carry_out(request, code, act, "The calibration is on record.", typed)


@require_POST
def recall(request: HttpRequest, code: str) -> HttpResponse:
    """Call a gauge back: nothing is measured with it until it is put back."""
    typed = {"reason": request.POST.get("reason", "").strip()}
    for_good = request.POST.get("for_good") == "yes"

    def act(found: Gauge) -> None:
        recall_gauge(
            gauge=found,
            reason=typed["reason"],
            for_good=for_good,
            by=access.who(request),
            at=timezone.now(),
        )

    return _carry_out(request, code, act, "The gate lets nobody measure with it now.", typed)


@require_POST
def put_back(request: HttpRequest, code: str) -> HttpResponse:
    """Put a gauge back into service."""
    typed = {"because": request.POST.get("because", "").strip()}

    def act(found: Gauge) -> None:
        return_gauge(
            gauge=found, because=typed["because"], by=access.who(request), at=timezone.now()
        )

    return _carry_out(request, code, act, "It may be used again.", typed)


@require_POST
def hold(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Hold every unit that a calibration puts in doubt."""
    reason = request.POST.get("reason", "").strip()

    def act(found: Gauge) -> None:
        calibration = get_object_or_404(found.calibrations.select_related("gauge"), number=number)
        hold_affected_units(
            calibration=calibration, reason=reason, by=access.who(request), at=timezone.now()
        )

    return _carry_out(request, code, act, "Every unit in doubt is on hold.", {})


def certificate(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Send the certificate of a calibration as it was handed in."""
    found = get_object_or_404(calibrations_of(_found(request, code)), number=number)
    if found.certificate is None:
        raise Http404
    return download(found.certificate)


def _found(request: HttpRequest, code: str) -> Gauge:
    access.for_the_house_only(request)
    return get_object_or_404(Gauge, code=code)


def _carry_out(
    request: HttpRequest,
    code: str,
    act: Callable[[Gauge], None],
    done: str,
    typed: Mapping[str, str],
) -> HttpResponse:
    try:
        act(_found(request, code))
    except DomainError as error:
        return _page(request, code, status=status_of(error), refusal=error, typed=typed)
    listen()
    messages.success(request, done, extra_tags="good")
    return redirect("gauge", code=code)


def _page(
    request: HttpRequest,
    code: str,
    *,
    status: int = 200,
    refusal: DomainError | None = None,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    found = _found(request, code)
    person = access.who(request)
    calibrations = list(calibrations_of(found))
    today = timezone.now().date()
    bad = next((c for c in calibrations if c.as_found == OUT_OF_TOLERANCE), None)
    affected = affected_by(bad) if bad is not None else None
    return render(
        request,
        "resources/gauge.html",
        {
            "stage": "resources",
            "virtual": found.virtual,
            "gauge": found,
            "lapsed": not found.calibrated_on <= today <= found.due_on,
            "calibrations": calibrations,
            "affected": affected,
            "units": list(affected.units) if affected else [],
            "joints": list(affected.joints[:100]) if affected else [],
            "readings": page_of(request, affected.readings) if affected else None,
            "as_found": AS_FOUND,
            "as_left": AS_LEFT,
            "today": today,
            "may_calibrate": person.has_perm("resources.calibrate_gauge"),
            "may_recall": found.state == "in_service"
            and person.has_perm("resources.recall_gauge"),
            "may_return": found.state != "in_service"
            and person.has_perm("resources.return_gauge"),
            "may_hold": person.has_perm("quality.open_nonconformance"),
            "refusal": refusal,
            "typed": typed or {},
        },
        status=status,
    )


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DomainError(f"{name}: {text or 'nothing'} is no date like 2026-03-31") from None


def _certificate(request: HttpRequest, person: Person) -> StoredFile | None:
    file = request.FILES.get("certificate")
    if file is None:
        return None
    if (file.size or 0) > LARGEST_CERTIFICATE:
        raise DomainError(f"the certificate is larger than {LARGEST_CERTIFICATE // 10**6} MB")
    return store(
        content=file.read(),
        name=(file.name or "certificate")[:200],
        media_type="application/octet-stream",
        by=person,
        at=timezone.now(),
    )
