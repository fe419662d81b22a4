"""`packline webhook`: who outside is told of events, and how that goes."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from packline.site.options import (
    NO,
    DatabaseOption,
    DataOption,
    JsonOption,
    ends_well,
    out,
    print_json,
)
from packline.site.persons import administrator_called
from packline.site.prepare import point_at, prepare_database, require_record, start_django

if TYPE_CHECKING:
    from packline.insight.models import Subscription

webhook = typer.Typer(
    help="Webhooks: other systems are told of events, signed, until they took them.",
    no_args_is_help=True,
)

Code = Annotated[str, typer.Argument(help="Code of the webhook.")]
SignedBy = Annotated[str, typer.Option("--as", help="Administrator who does this.")]


@webhook.command("make")
@ends_well
def make(
    code: Annotated[str, typer.Argument(help="What to call it: small letters, digits, hyphens.")],
    url: Annotated[str, typer.Argument(help="Where to send: https://HOST/PATH.")],
    event: Annotated[
        list[str],
        typer.Option(
            "--event", help="An event, or several: 'production.unit.*'; repeat for more."
        ),
    ],
    program: Annotated[
        list[str] | None,
        typer.Option("--program", help="A program it may see; repeat for more."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="It sees every program and the whole house.")
    ] = False,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Tell it of all that ever happened, too.")
    ] = False,
    signed_by: SignedBy = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a system be told of events; its secret is shown once.

    Exit code 0: made. 1: refused. 2: the address, an event, a program or the administrator cannot
    be used.
    """
    point_at(data, database)
    start_django()
    prepare_database()
    from packline.foundation.errors import InputError, Problem
    from packline.insight.services import make_subscription
    from packline.requirements.models import Program

    known = {p.code: p for p in Program.objects.order_by("code")}
    if missing := [c for c in program or () if c not in known]:
        named = ", ".join(known) or "none yet"
        raise InputError([Problem("--program", "", c, "no such program", named) for c in missing])
    at = datetime.now(UTC)
    made = make_subscription(
        code=code,
        url=url,
        verbs=event,
        programs=[known[c] for c in dict.fromkeys(program or ())],
        everything=everything,
        from_start=from_start,
        by=administrator_called(signed_by),
        at=at,
    )
    show_secret(made, at, as_json)


@webhook.command("list")
@ends_well
def list_webhooks(
    data: DataOption = None, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List every webhook with its state and how many messages wait, are parked and were taken."""
    point_at(data, database)
    start_django()
    require_record()
    from packline.insight.queries.subscriptions import all_subscriptions

    rows = [_said(s) for s in all_subscriptions()]
    if as_json:
        print_json(rows)
        return
    screen = out()
    for row in rows:
        line = (
            "{code}  {state}  {waiting} waiting, {parked} parked, {delivered} delivered, "
            "{dropped} dropped  {url}  {verbs}  sees {sees}"
        )
        failing = f"  failing since {row['failing_since']:.16}" if row["failing_since"] else ""
        silent = "" if row["from_here"] else "  silent: this record is a copy"
        screen.print(line.format(**row) + failing + silent, markup=False)
    if not rows:
        screen.print("There is no webhook yet.")


@webhook.command("log")
@ends_well
def log(
    code: Code,
    parked: Annotated[bool, typer.Option("--parked", help="Only what is parked.")] = False,
    count: Annotated[int, typer.Option("--count", min=1, max=10_000, help="How many.")] = 50,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a webhook was told, the newest first: event, attempts, answer.

    Exit code 0: shown. 2: there is no such webhook.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.insight.queries.subscriptions import deliveries_of

    found = deliveries_of(found_webhook(code))
    if parked:
        found = found.filter(state="parked")
    rows = [
        {
            "event": str(d.event),
            "verb": d.event.verb,
            "state": d.state,
            "attempts": d.attempts,
            "status": d.status,
            "note": d.note,
            "tried_at": d.tried_at.isoformat() if d.tried_at else "",
            "next_at": d.next_at.isoformat() if d.state == "waiting" else "",
            "id": d.event.hash,
        }
        for d in found[:count]
    ]
    if as_json:
        print_json(rows)
        return
    screen = out()
    for row in rows:
        line = "{tried_at:<19.19}  {state:<9}  {attempts:>2} attempts  {verb}  {event}"
        answer = f"  {row['status'] or ''} {row['note']}".rstrip()
        screen.print(line.format(**row) + answer, markup=False)


@webhook.command("test")
@ends_well
def try_it(code: Code, data: DataOption = None, database: DatabaseOption = None) -> None:
    """Send a signed message of type `webhook.test` now, and say what came back.

    Exit code 0: it was taken. 1: it was not. 2: there is no such webhook.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.site.telling import allowed_networks, headers_of
    from packlink.webhooks import post

    found, at = found_webhook(code), datetime.now(UTC)
    body = b'{"data":{},"timestamp":"%s","type":"webhook.test"}' % at.isoformat().encode()
    headers = headers_of(found, f"test-{secrets.token_hex(16)}", body, at)
    answer = post(found.url, body, headers, allowed=allowed_networks())
    said = f"{answer.status or 'no answer'} {answer.note}".rstrip()
    out().print(f"{found.url}: {said}", markup=False)
    if not answer.taken:
        raise typer.Exit(NO)


def found_webhook(code: str) -> Subscription:
    from packline.foundation.errors import InputError, Problem
    from packline.insight.models import Subscription

    found = Subscription.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(Subscription.objects.order_by("code").values_list("code", flat=True))
        raise InputError([Problem("CODE", "", code, "no such webhook", known or "none yet")])
    return found


def _said(subscription: Subscription) -> dict[str, Any]:
    from packline.foundation.deliveries import is_told_from_here, standing
    from packline.insight.queries.subscriptions import receiver_of

    receiver = receiver_of(subscription)
    programs = sorted(str(p.program) for p in subscription.programs.select_related("program"))
    return {
        "code": subscription.code,
        "state": subscription.state,
        "url": subscription.url,
        "verbs": subscription.verbs,
        "sees": "everything" if subscription.everything else ", ".join(programs),
        "from_here": is_told_from_here(receiver),
        "failing_since": receiver.failing_since.isoformat() if receiver.failing_since else "",
        **standing(receiver),
    }


def show_secret(subscription: Subscription, at: datetime, as_json: bool) -> None:
    from packline.insight.queries.subscriptions import secrets_of
    from packlink.webhooks import secret_text

    secret = secret_text(secrets_of(subscription, at)[0])
    if as_json:
        print_json({"secret": secret, **_said(subscription)})
        return
    screen = out()
    screen.print(f"Secret    {secret}", markup=False)
    screen.print("          Give it to whoever runs the receiver; it is not shown again.")
    screen.print(f"Webhook   {subscription}: {subscription.verbs}", markup=False)
    screen.print(f"Address   {subscription.url}", markup=False)
    screen.print(f"Try it    packline webhook test {subscription}", markup=False)
