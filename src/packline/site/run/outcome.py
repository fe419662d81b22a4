"""What a run came to, as plain values: the same answer on both databases and on every repeat."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from packline.assurance.models import Verdict
from packline.production.models import Order, Placement, Step
from packline.quality.models import Nonconformance

__all__ = ["units_of_order"]


def units_of_order(order: Order) -> list[dict[str, Any]]:
    """Return every unit with its state, groups, steps, verdicts and nonconformances.

    No times, hashes or database ids are in it: those differ from run to run.
    """
    groups: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    placements = Placement.objects.filter(unit__order=order).order_by("group", "slot")
    for serial, group, cell in placements.values_list("unit__serial", "group", "cell__serial"):
        groups[serial][group].append(cell)
    steps: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for serial, number, code, attempt, state in (
        Step.objects.filter(unit__order=order)
        .order_by("operation__number", "attempt")
        .values_list("unit__serial", "operation__number", "operation__code", "attempt", "state")
    ):
        steps[serial].append({"operation": f"{number}-{code}", "attempt": attempt, "state": state})
    verdicts: dict[str, dict[str, str]] = defaultdict(dict)
    for serial, ref, verdict in (
        Verdict.objects.filter(unit__order=order)
        .order_by("item__requirement__ref")
        .values_list("unit__serial", "item__requirement__ref", "verdict")
    ):
        verdicts[serial][ref] = verdict
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for serial, name, defect, title, disposition, state in (
        Nonconformance.objects.filter(unit__order=order)
        .order_by("number")
        .values_list("unit__serial", "number", "defect_code", "title", "disposition", "state")
    ):
        found[serial].append(
            {
                "number": name,
                "defect": defect,
                "title": title,
                "disposition": disposition,
                "state": state,
            }
        )
    return [
        {
            "serial": unit.serial,
            "state": unit.state,
            "virtual": unit.virtual,
            "groups": [groups[unit.serial][g] for g in sorted(groups[unit.serial])],
            "steps": steps[unit.serial],
            "verdicts": verdicts[unit.serial],
            "nonconformances": found[unit.serial],
        }
        for unit in order.units.order_by("number")
    ]
