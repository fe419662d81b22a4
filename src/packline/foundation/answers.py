"""One answer per idempotency key, kept in the same transaction as what was written.

A request that is sent again, because its answer was lost on the way, is answered as before and
does nothing. Only what was accepted is kept: a refusal wrote nothing, so the same key may be
tried again once the reason is gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from packline.foundation.errors import Refused
from packline.foundation.models import Answer
from packline.foundation.retries import with_retries
from packline.foundation.turns import own_turn

__all__ = ["KEEP_DAYS", "Given", "KeyReused", "answer_once", "forget_answers"]

KEEP_DAYS = 32  # at least: longer than the interface takes old work for


class KeyReused(Refused):
    """An idempotency key came again with another request."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer: its status, what it says, and whether it was given before."""

    status: int
    content: Any
    repeated: bool = False


def answer_once(
    *,
    owner: str,
    key: str,
    digest: str,
    at: datetime,
    work: Callable[[], tuple[int, Any]],
    stale: bool = True,
) -> Given:
    """Do `work` once for this key of this owner, and give the same answer ever after.

    `work` returns a status and what is answered, as plain values; it reads afresh what it
    decides on, for it is tried again when only others stood in the way.

    Raises
    ------
    KeyReused
        If the key was used for another request before.
    """

    def whole() -> Given:
        with own_turn(), transaction.atomic():
            if not _claim(owner, key, digest, at):
                return _known(owner, key, digest)
            status, content = work()
            text = json.dumps(content, ensure_ascii=False, allow_nan=False)
            _keep(owner, key, status, text)
            return Given(status, content)

    return with_retries(whole, stale=stale)


def _claim(owner: str, key: str, digest: str, at: datetime) -> bool:
    """Take the key, waiting for whoever is using it at this moment; False if it is taken."""
    table = connection.ops.quote_name(Answer._meta.db_table)
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (owner, key, request_sha256, status, text, answered_at) "
            "VALUES (%s, %s, %s, 0, '', %s) ON CONFLICT (owner, key) DO NOTHING",
            [owner, key, digest, moment],
        )
        return bool(cursor.rowcount)


def _keep(owner: str, key: str, status: int, text: str) -> None:
    table = connection.ops.quote_name(Answer._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET status = %s, text = %s WHERE owner = %s AND key = %s",
            [status, text, owner, key],
        )


def _known(owner: str, key: str, digest: str) -> Given:
    known = Answer.objects.get(owner=owner, key=key)
    if known.request_sha256 != digest:
        raise KeyReused(
            f"the idempotency key {key} was used for another request on "
            f"{known.answered_at:%Y-%m-%d %H:%M} UTC: a new request needs a new key"
        )
    return Given(known.status, json.loads(known.text), repeated=True)


def forget_answers(*, before: datetime) -> int:
    """Forget answers older than `before`; return how many."""
    forgotten, _ = Answer.objects.filter(answered_at__lt=before).delete()
    return forgotten
