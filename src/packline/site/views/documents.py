"""Controlled documents: what is in force, how it came to be, and who has read it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.errors import DomainError
from packline.resources.models import ControlledDocument, DocumentReading, DocumentRevision
from packline.resources.queries import all_documents, revisions_of_document
from packline.resources.services import (
    approve_revision,
    confirm_reading,
    draft_revision,
    register_document,
    rewrite_revision,
    submit_revision,
    withdraw_revision,
)
from packline.site import access
from packline.site.acting import carry_out, verb_named
from packline.site.download import download

__all__ = ["act", "document", "documents", "file", "register"]

MAY = ("register", "draft", "approve", "withdraw", "read")
LARGEST = 20_000_000  # bytes


def documents(request: HttpRequest) -> HttpResponse:
    """List the documents with what is in force and what is being written."""
    access.for_the_house_only(request)
    return render(
        request,
        "resources/documents.html",
        {
            "stage": "documents",
            "documents": [(d, _in_force(d), _written(d)) for d in all_documents()],
            "may": _may(request),
        },
    )


def document(request: HttpRequest, code: str) -> HttpResponse:
    """Show a document with all its revisions, and who has read the one in force."""
    found = _document(request, code)
    revisions = list(revisions_of_document(found))
    current = next((r for r in revisions if r.state == "effective"), None)
    readers = (
        DocumentReading.objects.filter(revision=current)
        .select_related("person")
        .order_by("read_at")
        if current
        else DocumentReading.objects.none()
    )
    me = access.who(request)
    return render(
        request,
        "resources/document.html",
        {
            "stage": "documents",
            "document": found,
            "revisions": revisions,
            "current": current,
            "pending": next((r for r in revisions if r.state in ("draft", "review")), None),
            "readers": readers,
            "have_read": any(r.person_id == me.pk for r in readers),
            "may": _may(request),
        },
    )


def file(request: HttpRequest, code: str, revision: int) -> HttpResponse:
    """Send the file of a revision as it was stored."""
    return download(_revision(_document(request, code), revision).file)


@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """Put a document under control."""
    access.for_the_house_only(request)
    code = request.POST.get("code", "").strip()[:40]

    def act() -> str:
        made = register_document(
            code=code,
            title=request.POST.get("title", "")[:160],
            operation_code=request.POST.get("operation_code", "").strip()[:20],
            by=access.who(request),
            at=timezone.now(),
        )
        return f"{made} is under control; its first revision is yours to write."

    if not carry_out(request, act):
        return redirect("documents")
    return redirect("document", code=code)


@require_POST
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Carry out what a form of the page asks; what is refused is said there."""
    found = _document(request, code)
    asked = verb_named(ACTS, verb)
    carry_out(request, lambda: asked(request, found))
    return redirect("document", code=code)


def _document(request: HttpRequest, code: str) -> ControlledDocument:
    access.for_the_house_only(request)
    found = ControlledDocument.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _revision(found: ControlledDocument, number: int) -> DocumentRevision:
    revision = revisions_of_document(found).filter(revision=number).first()
    if revision is None:
        raise Http404
    return revision


def _in_force(found: ControlledDocument) -> DocumentRevision | None:
    return next((r for r in found.revisions.all() if r.state == "effective"), None)


def _written(found: ControlledDocument) -> DocumentRevision | None:
    return next((r for r in found.revisions.all() if r.state in ("draft", "review")), None)


def _may(request: HttpRequest) -> frozenset[str]:
    person = access.who(request)
    return frozenset(v for v in MAY if person.has_perm(f"resources.{v}_document"))


def _pending(found: ControlledDocument) -> DocumentRevision:
    revision = revisions_of_document(found).filter(state__in=("draft", "review")).first()
    if revision is None:
        raise DomainError(f"no revision of {found} is being written")
    return revision


def _current(found: ControlledDocument) -> DocumentRevision:
    revision = revisions_of_document(found).filter(state="effective").first()
    if revision is None:
        raise DomainError(f"no revision of {found} is in force")
    return revision


def _draft(request: HttpRequest, found: ControlledDocument) -> str:
    upload = request.FILES.get("file")
    if upload is None:
        raise DomainError("choose the file of the revision")
    if (upload.size or 0) > LARGEST:
        raise DomainError(f"the file has more than {LARGEST // 1_000_000} MB")
    pending = revisions_of_document(found).filter(state__in=("draft", "review")).first()
    content, name = upload.read(), str(upload.name)
    media_type = upload.content_type or "application/octet-stream"
    change, by, at = request.POST.get("change", ""), access.who(request), timezone.now()
    if pending is None:
        made = draft_revision(
            document=found,
            content=content,
            name=name,
            media_type=media_type,
            change=change,
            by=by,
            at=at,
        )
    else:
        made = rewrite_revision(
            revision=pending,
            content=content,
            name=name,
            media_type=media_type,
            change=change,
            by=by,
            at=at,
        )
    return f"{made} is a draft."


def _submit(request: HttpRequest, found: ControlledDocument) -> str:
    made = submit_revision(revision=_pending(found), by=access.who(request), at=timezone.now())
    return f"{made} is in review."


def _approve(request: HttpRequest, found: ControlledDocument) -> str:
    me = access.who(request)
    if not me.check_password(request.POST.get("password", "")):
        raise DomainError("This is not your password, so nothing was signed.")
    made = approve_revision(revision=_pending(found), by=me, at=timezone.now())
    return f"{made} was signed and is in force."


def _withdraw(request: HttpRequest, found: ControlledDocument) -> str:
    made = withdraw_revision(
        revision=_current(found),
        reason=request.POST.get("reason", ""),
        by=access.who(request),
        at=timezone.now(),
    )
    return f"{made} is not in force any more."


def _read(request: HttpRequest, found: ControlledDocument) -> str:
    made = confirm_reading(revision=_current(found), by=access.who(request), at=timezone.now())
    return f"You have read and understood {made.revision}."


ACTS: dict[str, Callable[[HttpRequest, ControlledDocument], str]] = {
    "draft": _draft,
    "submit": _submit,
    "approve": _approve,
    "withdraw": _withdraw,
    "read": _read,
}
