"""Documents that are being set: what they tell was read, and nothing is written yet."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from packline.assurance.calc.document import make_document
from packline.assurance.calc.traveller import make_traveller
from packline.assurance.queries.history import device_history
from packline.assurance.queries.traveller import traveller_of
from packline.assurance.states import DEVICE_HISTORY, DOCUMENT_KINDS
from packline.foundation.errors import DomainError
from packline.foundation.events import head_of, subject_of
from packline.foundation.keys import key_id, signer
from packline.production.models import Unit

__all__ = ["Draft", "draft_document", "head_of_unit"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is being set, and the head of the unit's chain that it tells."""

    unit: Unit
    kind: str
    at: datetime
    head: str
    content: Future[bytes]


def draft_document(
    *, unit: Unit, kind: str, at: datetime, executor: Executor | None = None
) -> Draft:
    """Read what a document tells and have it set, by `executor` if there is one.

    Raises
    ------
    Refused
        If a device history record is asked for before the release.
    """
    if kind not in DOCUMENT_KINDS:
        raise DomainError(f"{kind} is no document; allowed: {', '.join(DOCUMENT_KINDS)}")
    head = head_of_unit(unit)
    work: Callable[[], bytes]
    if kind == DEVICE_HISTORY:
        history = device_history(unit, at)
        work = partial(make_document, history, sign=signer(), key_id=key_id())
    else:
        work = partial(make_traveller, traveller_of(unit, at))
    if executor is not None:
        return Draft(unit, kind, at, head, executor.submit(work))
    done: Future[bytes] = Future()
    done.set_result(work())
    return Draft(unit, kind, at, head, done)


def head_of_unit(unit: Unit) -> str:
    """Return the hash of the last event of a unit's chain."""
    head = head_of(subject_of(unit))
    return "" if head is None else head[1]
