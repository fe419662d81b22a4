"""Signals of control charts, and what was done about them."""

from __future__ import annotations

from django.db.models import Count, Max, QuerySet

from packline.process.models import Characteristic
from packline.production.models import Order
from packline.quality.models import Reaction, Signal

__all__ = ["explained_points", "reactions", "reactions_by_step", "signals_of"]


def reactions() -> QuerySet[Reaction]:
    """Return every reaction with what a list shows of it, what waits first, newest first."""
    return (
        Reaction.objects.select_related(
            "limits__characteristic__operation__routing__design__program",
            "limits__station",
            "limits__gauge",
            "opened_by",
            "acknowledged_by",
            "closed_by",
        )
        .annotate(n_points=Count("signals__step", distinct=True), last_at=Max("signals__taken_at"))
        .order_by("-number")
    )


def signals_of(reaction: Reaction) -> QuerySet[Signal]:
    """Return the signals that a reaction has collected, oldest first."""
    return reaction.signals.select_related(
        "step__unit", "step__operation", "step__station"
    ).order_by("point", "statistic", "rule_code")


def reactions_by_step(check: Characteristic, order: Order) -> dict[str, list[Reaction]]:
    """Return which steps of an order gave a signal of a characteristic, and its reactions."""
    found: dict[str, list[Reaction]] = {}
    rows = (
        Signal.objects.filter(reaction__limits__characteristic=check, step__unit__order=order)
        .select_related("reaction", "step__unit", "step__operation")
        .order_by("reaction__number", "point")
    )
    for signal in rows:
        of_step = found.setdefault(str(signal.step), [])
        if signal.reaction not in of_step:
            of_step.append(signal.reaction)
    return found


def explained_points(check: Characteristic) -> dict[str, str]:
    """Return the steps whose signal was answered by a cause, with the reason to leave them out."""
    rows = (
        Signal.objects.filter(
            reaction__limits__characteristic=check,
            reaction__state="closed",
            reaction__verdict__in=("removed", "measurement"),
        )
        .select_related("reaction", "step__unit", "step__operation")
        .order_by("reaction__number", "point")
    )
    return {str(s.step): f"{s.reaction}: {s.reaction.found}" for s in rows}
