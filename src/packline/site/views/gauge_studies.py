"""The studies of a gauge: what they came to, drawn, and a form that shows before it records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from packline.assurance.calc.wording import unit_symbol
from packline.foundation.errors import DomainError
from packline.foundation.files import read
from packline.resources.calc.studies import Evaluation, evaluate, guard_band
from packline.resources.calc.study_data import StudyData, Task
from packline.resources.forms import COLUMNS, read_study
from packline.resources.models import STUDY_KINDS, STUDY_VERDICTS, Gauge, GaugeStudy
from packline.resources.queries import studies_of_gauge
from packline.resources.services import record_study
from packline.site import access, charts
from packline.site.download import download
from packline.site.paging import page_of
from packline.site.refusals import status_of

__all__ = ["record", "studies", "study_file"]

PER_PAGE_PICTURES = 5
CARRIED = (
    "kind",
    "code",
    "unit",
    "low",
    "high",
    "reference",
    "reference_uncertainty",
    "taken_on",
    "valid_until",
    "name",
)  # from what is shown to what is recorded; and the readings themselves
LARGEST = 1_000_000  # bytes of a file of readings


@dataclass
class Typed:
    """What was typed into the form, as it was typed."""

    kind: str = "type1"
    code: str = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    reference: str = ""
    reference_uncertainty: str = ""
    taken_on: str = ""
    valid_until: str = ""
    verdict: str = ""
    reason: str = ""
    name: str = ""
    content: str = ""
    problems: list[str] = field(default_factory=list)


def studies(request: HttpRequest, code: str) -> HttpResponse:
    """Show the studies of a gauge, the latest first."""
    return _page(request, _gauge(request, code))


def study_file(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Send the readings of a study as they came."""
    study = _gauge(request, code).studies.filter(number=number).select_related("file").first()
    if study is None:
        raise Http404
    return download(study.file)


@require_POST
def record(request: HttpRequest, code: str) -> HttpResponse:
    """Show what would be recorded; record it once that has been seen and confirmed."""
    gauge = _gauge(request, code)
    typed = _typed(request)
    if typed.problems:
        return _page(request, gauge, typed=typed, status=422)
    try:
        task = _task(typed)
        data = read_study(typed.content.encode(), name=typed.name, kind=typed.kind)
        found = evaluate(data, task)
        if request.POST.get("confirmed") != "yes":
            guard = _guard(found, task)
            return _page(request, gauge, typed=typed, preview=(found, _draw(data, task), guard))
        record_study(
            gauge=gauge,
            task=task,
            evaluation=found,
            content=typed.content.encode(),
            name=typed.name,
            taken_on=date.fromisoformat(typed.taken_on),
            valid_until=date.fromisoformat(typed.valid_until) if typed.valid_until else None,
            verdict=typed.verdict,
            reason=typed.reason,
            by=access.who(request),
            at=timezone.now(),
        )
    except DomainError as error:
        typed.problems = str(error).splitlines()
        return _page(request, gauge, typed=typed, status=status_of(error))
    messages.success(request, "The study was recorded.", extra_tags="good")
    return redirect("gauge-studies", code=code)


def _page(
    request: HttpRequest,
    gauge: Gauge,
    *,
    typed: Typed | None = None,
    preview: tuple[Evaluation, SafeString, float | None] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = page_of(request, studies_of_gauge(gauge), per_page=PER_PAGE_PICTURES)
    today = timezone.now().date()
    return render(
        request,
        "resources/gauge_studies.html",
        {
            "stage": "resources",
            "gauge": gauge,
            "page": page,
            "studies": [(s, _picture(s), s.taken_on <= today <= s.valid_until) for s in page],
            "may_record": access.who(request).has_perm("resources.record_study"),
            "typed": typed or Typed(taken_on=today.isoformat()),
            "preview": preview,
            "carried": [(name, getattr(typed, name)) for name in CARRIED] if preview else [],
            "kinds": [
                (kind, name, ", ".join(COLUMNS[kind])) for kind, name in STUDY_KINDS.items()
            ],
            "verdicts": STUDY_VERDICTS,
            "verdict": STUDY_VERDICTS[preview[0].verdict] if preview else "",
        },
        status=status,
    )


def _gauge(request: HttpRequest, code: str) -> Gauge:
    access.for_the_house_only(request)
    found = Gauge.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _typed(request: HttpRequest) -> Typed:
    names = [n for n in Typed.__dataclass_fields__ if n != "problems"]
    told: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in names}
    typed = Typed(**told)
    upload = request.FILES.get("file")
    if upload is not None:
        if (upload.size or 0) > LARGEST:
            typed.problems.append(f"the file has more than {LARGEST // 1000} kB")
            return typed
        typed.name = str(upload.name)
        try:
            typed.content = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            typed.problems.append("the file is not text in UTF-8")
    if not typed.content and not typed.problems:
        typed.problems.append("choose a file of readings")
    if not typed.code:
        typed.problems.append("say which characteristic was measured")
    for name in ("taken_on", "valid_until"):
        value = getattr(typed, name)
        try:
            if value or name == "taken_on":
                date.fromisoformat(value)
        except ValueError:
            typed.problems.append(f"{name.replace('_', ' ')}: {value!r} is no day (2026-03-31)")
    for name in ("low", "high", "reference", "reference_uncertainty"):
        value = getattr(typed, name)
        try:
            if value and not isfinite(float(value)):
                raise ValueError(value)
        except ValueError:
            typed.problems.append(f"{name.replace('_', ' ')}: {value!r} is no number")
    return typed


def _task(typed: Typed) -> Task:
    def number(text: str) -> float | None:
        return float(text) if text else None

    return Task(
        typed.code,
        typed.unit,
        number(typed.low),
        number(typed.high),
        number(typed.reference),
        number(typed.reference_uncertainty) or 0.0,
    )


def _guard(found: Evaluation, task: Task) -> float | None:
    if found.uncertainty is None:
        return None
    return guard_band(found.uncertainty, task.limits, confidence=0.95, unit_code=task.unit_code)


def _picture(study: GaugeStudy) -> SafeString:
    """Draw a study from the file of its readings; a file that cannot be used is named."""
    try:
        data = read_study(read(study.file.sha256), name=study.file.name, kind=study.kind)
    except DomainError as error:
        return format_html('<p class="message bad">{}</p>', error)
    task = Task(
        study.characteristic_code,
        study.unit_code,
        study.low,
        study.high,
        study.reference_value,
    )
    return _draw(data, task)


def _draw(data: StudyData, task: Task) -> SafeString:
    if data.kind == "crossed":
        from packcalc.stats.drawings.gauge_plot import gauge_svg
        from packcalc.stats.msa.crossed import crossed_anova

        limits = task.limits
        drawn = gauge_svg(
            data.block,
            crossed_anova(data.block, tolerance=limits.width if limits else None),
            title=task.characteristic_code,
            parts=data.parts,
            operators=data.operators,
            unit=unit_symbol(task.unit_code),
        )
        return mark_safe(drawn[drawn.index("<svg") :])
    values = list(data.values) or [v for row in data.by_reference.values() for v in row]
    values = values or [v for row in data.occasions for v in row]
    values = values or [v for part in data.block for person in part for v in person]
    if not values:
        return SafeString("")
    return mark_safe(
        charts.histogram(
            values,
            name=task.characteristic_code,
            unit=unit_symbol(task.unit_code),
            low=task.low,
            high=task.high,
        )
    )
