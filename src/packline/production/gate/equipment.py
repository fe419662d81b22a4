"""Whether station, gauges and tools are the right ones, named, and fit for use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from packline.foundation.errors import Blocker
from packline.process.models import Operation
from packline.production.gate.asked import Measuring
from packline.production.queries.stations import overdue_at
from packline.resources.models import Gauge, Station, Tool
from packline.resources.queries import calibration_holding, condition_at, studies_in_force

NOT_WORKING = ("down", "maintenance")
NO_GAUGE = "none"  # worked out, or seen


def station_blocks(station: Station, operation: Operation) -> list[Blocker]:
    """Return the station, if it is not of the kind that the operation needs."""
    if station.kind == operation.station_kind:
        return []
    return [
        Blocker(
            f"station {station}",
            f"is a {station.kind}, and {operation.title} needs a {operation.station_kind}",
            "going to the right station",
            code="station_wrong_kind",
        )
    ]


def upkeep_blocks(station: Station, at: datetime) -> list[Blocker]:
    """Return why nothing may begin at a station: it is down, or its maintenance is overdue.

    What was begun before may be read for and finished.
    """
    found = [
        Blocker(
            f"maintenance {standing.plan}",
            f"{standing.plan.task} is overdue at {station}",
            "doing it, on record",
            code="maintenance_overdue",
        )
        for standing in overdue_at(station, at)
    ]
    now = condition_at(station, at)
    if now is not None and now.condition in NOT_WORKING:
        found.append(
            Blocker(
                f"station {station}",
                f"is {now.condition} since {now.began_at:%Y-%m-%d %H:%M} UTC: {now.reason}",
                "logging that it runs again",
                code="station_not_working",
            )
        )
    return found


def gauge_blocks(
    gauges: Sequence[Gauge], measuring: Sequence[Measuring], at: datetime
) -> list[Blocker]:
    """Return what is to be measured without the right gauge, and gauges not fit for use."""
    named = {gauge.code: gauge for gauge in gauges}
    named |= {m.gauge.code: m.gauge for m in measuring if m.gauge is not None}
    found = list(dict.fromkeys(b for m in measuring for b in _wrong_gauge(m)))
    for code in sorted(named):
        found += _unfit_gauge(named[code], at)
    return found + _rejected(list(named.values()), measuring, at)


def _rejected(
    gauges: Sequence[Gauge], measuring: Sequence[Measuring], at: datetime
) -> list[Blocker]:
    """Return the gauge studies by which a gauge must not judge what it is used for."""
    used = {(m.gauge.pk, m.characteristic.code): m.gauge for m in measuring if m.gauge is not None}
    if not used:
        return []
    known = studies_in_force(gauges, [code for _, code in used], at.date())
    found = []
    for key in sorted(used, key=lambda key: (str(used[key]), key[1])):
        study = known[key].rejecting if key in known else None
        if study is not None:
            found.append(
                Blocker(
                    f"gauge study {study}",
                    f"gauge {used[key]} was found unfit for {key[1]}: {study.reason}",
                    "another gauge, or a new study of this one",
                    code="gauge_unfit",
                )
            )
    return found


def _wrong_gauge(measuring: Measuring) -> Iterator[Blocker]:
    characteristic, gauge = measuring.characteristic, measuring.gauge
    needed = characteristic.gauge_kind
    if needed == NO_GAUGE:
        return
    if gauge is None:
        yield Blocker(
            f"characteristic {characteristic.code}",
            f"{characteristic.code} needs a gauge of kind {needed}, not no gauge",
            "naming the gauge",
            code="gauge_not_identified",
        )
    elif gauge.kind != needed:
        yield Blocker(
            f"characteristic {characteristic.code}",
            f"{characteristic.code} needs a gauge of kind {needed}, not gauge {gauge}",
            "measuring with the right gauge",
            code="gauge_wrong_kind",
        )


def _unfit_gauge(gauge: Gauge, at: datetime) -> Iterator[Blocker]:
    day = at.date()
    if gauge.state != "in_service":
        yield _set_aside("gauge", gauge, "gauge_set_aside")
    if not calibration_holding(gauge, day):
        yield Blocker(
            f"gauge {gauge}",
            f"is out of calibration on {day} (due {gauge.due_on})",
            "calibrating it",
            code="gauge_out_of_calibration",
        )


def tool_blocks(tools: Sequence[Tool], operation: Operation, at: datetime) -> list[Blocker]:
    """Return the tool that is missing, and tools that are not fit for use."""
    day = at.date()
    found = []
    if operation.tool_kind and all(tool.kind != operation.tool_kind for tool in tools):
        others = ", ".join(str(tool) for tool in tools) or "no tool"
        found.append(
            Blocker(
                f"tool {operation.tool_kind}",
                f"{operation.title} needs a tool of kind {operation.tool_kind}, not {others}",
                "naming the tool",
                code="tool_not_identified",
            )
        )
    for tool in sorted(tools, key=str):
        if tool.state != "in_service":
            found.append(_set_aside("tool", tool, "tool_set_aside"))
        if not tool.serviced_on <= day <= tool.due_on:
            found.append(
                Blocker(
                    f"tool {tool}",
                    f"is overdue for its service on {day} (due {tool.due_on})",
                    "servicing it",
                    code="tool_overdue",
                )
            )
    return found


def _set_aside(noun: str, thing: Gauge | Tool, code: str) -> Blocker:
    words = thing.state.replace("_", " ")
    return Blocker(
        f"{noun} {thing}",
        f"is {words}: {thing.state_reason}",
        f"using another {noun}, or putting it back into service",
        code=code,
    )
