"""All joints of one kind across packs: of a weld head, a program or a place, over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from packline.assurance.calc.wording import unit_symbol
from packline.foundation.files import DamagedFile
from packline.production.models import JointSet
from packline.production.queries.joints import JointSeries, joint_series
from packline.site import access, charts
from packline.site.charts.scatter import Point

MOST_PACKS = 200
MOST_DOTS = 1500
ASKED = ("code", "head", "recipe", "place")


@dataclass(frozen=True, slots=True)
class PackOfJoints:
    """What the chosen joints of one pack come to."""

    serial: str
    taken_at: datetime
    n: int
    n_failed: int
    least: float
    median: float
    greatest: float


def joints(request: HttpRequest) -> HttpResponse:
    """Draw the joints that were asked for, pack by pack; for the house only."""
    if not access.sees_everything(access.who(request)):
        raise Http404("the joints of all packs are the house's")
    codes = sorted(
        set(JointSet.objects.order_by().values_list("characteristic__code", flat=True).distinct())
    )
    asked = {name: request.GET.get(name, "").strip() for name in ASKED}
    code = asked["code"] if asked["code"] in codes else (codes[0] if codes else "")
    found, damage = None, ""
    if code:
        try:
            found = joint_series(
                code,
                head=asked["head"] or None,
                recipe=asked["recipe"] or None,
                place=_place(asked["place"]),
                most_packs=MOST_PACKS,
            )
        except DamagedFile as error:
            damage = str(error)
    return render(
        request,
        "production/joints.html",
        {
            "stage": "production",
            "codes": codes,
            "asked": asked | {"code": code},
            "series": found,
            "damage": damage,
            "count": found.values.size if found else 0,
            "most": MOST_PACKS,
            "picture": mark_safe(_drawn(found)) if found is not None else "",
            "packs": _by_pack(found) if found is not None else [],
        },
    )


def _place(text: str) -> tuple[int, ...] | None:
    """Read a place as it is typed: 3/2/1 is group 3, cell 2, end 1; anything else is no place."""
    parts = text.replace(",", "/").split("/")
    if not all(part.strip().isdecimal() for part in parts):
        return None
    return tuple(int(part) for part in parts)


def _drawn(found: JointSeries) -> str:
    every = max(1, -(-found.values.size // MOST_DOTS))
    shown = np.arange(found.values.size)
    shown = shown[(shown % every == 0) | found.failed]  # what is out of limits is always shown
    points = [
        Point(
            float(found.pack[k]) + 1,
            float(found.values[k]),
            f"{found.serials[found.pack[k]]}, joint {found.row[k]}",
            "rejected" if found.failed[k] else "feasible",
        )
        for k in shown[: 2 * MOST_DOTS]
    ]
    return charts.scatter(
        points,
        title=f"{found.code} of {found.values.size} joints",
        x_label="pack, in the order of their logs",
        y_label=f"{found.code.replace('_', ' ')} / {unit_symbol(found.unit_code)}",
    )


def _by_pack(found: JointSeries) -> list[PackOfJoints]:
    rows = []
    for k, serial in enumerate(found.serials):
        mine = found.pack == k
        values = found.values[mine]
        if values.size:
            rows.append(
                PackOfJoints(
                    serial,
                    found.taken_at[k],
                    values.size,
                    int(found.failed[mine].sum()),
                    float(values.min()),
                    float(np.median(values)),
                    float(values.max()),
                )
            )
    return rows[::-1]
