"""`packline webhook pause` and what else is decided about a webhook that there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from packline.site.commands.webhook import Code, SignedBy, found_webhook, show_secret, webhook
from packline.site.options import DatabaseOption, DataOption, JsonOption, ends_well, out
from packline.site.persons import administrator_called
from packline.site.prepare import point_at, require_record, start_django

__all__ = ["webhook"]

Reason = Annotated[str, typer.Option("--reason", help="Why, for the record.")]
Formats = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


@webhook.command("pause")
@ends_well
def pause(
    code: Code,
    reason: Reason,
    signed_by: SignedBy = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Send nothing for now; what happens meanwhile waits.

    Exit code 0: paused. 1: refused. 2: there is no such webhook or administrator.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.insight.services import pause_subscription

    found, by = found_webhook(code), administrator_called(signed_by)
    pause_subscription(subscription=found, reason=reason, by=by, at=datetime.now(UTC))
    out().print(f"{found} is paused; what happens meanwhile waits", markup=False)


@webhook.command("resume")
@ends_well
def resume(
    code: Code,
    signed_by: SignedBy = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Send again, beginning with what waits.

    Exit code 0: resumed. 1: refused. 2: there is no such webhook or administrator.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.insight.services import resume_subscription

    found, by = found_webhook(code), administrator_called(signed_by)
    resume_subscription(subscription=found, by=by, at=datetime.now(UTC))
    out().print(f"{found} is told again", markup=False)


@webhook.command("claim")
@ends_well
def claim(
    code: Code,
    reason: Reason,
    signed_by: SignedBy = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Tell it from this installation, after the record was restored or moved for good.

    Exit code 0: it is told from here. 1: refused. 2: there is no such webhook or administrator.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.insight.services import claim_subscription

    found, by = found_webhook(code), administrator_called(signed_by)
    claim_subscription(subscription=found, reason=reason, by=by, at=datetime.now(UTC))
    out().print(f"{found} is told from here, beginning with what waits", markup=False)


@webhook.command("resend")
@ends_well
def resend(
    code: Code,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=Formats, help="Events since then, UTC, taken or not."),
    ] = None,
    signed_by: SignedBy = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Try what is parked again, now; with --since also what was taken, for who lost it.

    Exit code 0: queued. 1: refused. 2: there is no such webhook or administrator.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.insight.services import resend_deliveries

    count = resend_deliveries(
        subscription=found_webhook(code),
        since=since.replace(tzinfo=UTC) if since else None,
        by=administrator_called(signed_by),
        at=datetime.now(UTC),
    )
    out().print(f"{count} messages are queued again", markup=False)


@webhook.command("drop")
@ends_well
def drop(
    code: Code,
    event: Annotated[str, typer.Argument(help="The parked event, as `webhook log` names it.")],
    reason: Reason,
    signed_by: SignedBy = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Give a parked message up, so that what waits behind it may go.

    Exit code 0: dropped. 1: refused. 2: there is no such webhook, event or administrator.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.foundation.errors import InputError, Problem
    from packline.insight.queries.subscriptions import deliveries_of
    from packline.insight.services import drop_delivery

    found = found_webhook(code)
    subject, _, seq = event.rpartition("#")
    row = deliveries_of(found).filter(
        event__subject=subject, event__seq=int(seq) if seq.isdecimal() else 0
    )
    delivery = row.first()
    if delivery is None:
        raise InputError([Problem("EVENT", "", event, "is not in the log of this webhook")])
    by = administrator_called(signed_by)
    drop_delivery(
        subscription=found, delivery=delivery, reason=reason, by=by, at=datetime.now(UTC)
    )
    out().print(f"{event} is given up; what waited behind it goes", markup=False)


@webhook.command("move")
@ends_well
def move(
    code: Code,
    url: Annotated[str, typer.Argument(help="Where to send from now on: https://HOST/PATH.")],
    signed_by: SignedBy = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Send to another address; what waits goes there too.

    Exit code 0: moved. 1: refused. 2: the address, webhook or administrator cannot be used.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.insight.services import move_subscription

    found, by = found_webhook(code), administrator_called(signed_by)
    move_subscription(subscription=found, url=url, by=by, at=datetime.now(UTC))
    out().print(f"{found} is told at {url}", markup=False)


@webhook.command("rekey")
@ends_well
def rekey(
    code: Code,
    overlap_hours: Annotated[
        int,
        typer.Option(
            "--overlap-hours", min=0, max=720, help="How long the last secret signs as well."
        ),
    ] = 24,
    signed_by: SignedBy = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new secret and show it once; the last one signs as well for a while.

    With --overlap-hours 0 the last one is worth nothing at once: for one that became known.

    Exit code 0: made. 1: refused. 2: there is no such webhook or administrator.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.insight.services import rekey_subscription

    found, by, at = found_webhook(code), administrator_called(signed_by), datetime.now(UTC)
    rekey_subscription(subscription=found, overlap=timedelta(hours=overlap_hours), by=by, at=at)
    show_secret(found, at, as_json)


@webhook.command("end")
@ends_well
def end(
    code: Code,
    reason: Reason,
    signed_by: SignedBy = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Tell it nothing any more, for good.

    Exit code 0: ended. 1: refused. 2: there is no such webhook or administrator.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.insight.services import end_subscription

    found, by = found_webhook(code), administrator_called(signed_by)
    end_subscription(subscription=found, reason=reason, by=by, at=datetime.now(UTC))
    out().print(f"{found} is told nothing any more", markup=False)
