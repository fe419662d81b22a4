"""Studies of the virtual gauges: what their readings scatter, found by reading again."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.errors import Refused
from packline.process.models import Characteristic, Routing
from packline.production.models import Order
from packline.resources.calc.studies import Evaluation, evaluate
from packline.resources.calc.study_data import StudyData, Task
from packline.resources.models import Gauge, GaugeStudy
from packline.resources.queries import studies_in_force
from packline.resources.services import record_study
from packline.site.run.cast import Cast, Equipment
from packline.site.run.line import facts_of_unit, places, station_name
from packlink.virtual import DesignFacts, Measurand, UnitFacts, VirtualLine

__all__ = ["study_gauges"]

TIMES = 25  # readings of a type-1 study


def study_gauges(
    order: Order,
    routing: Routing,
    design: DesignFacts,
    equipment: Equipment,
    cast: Cast,
    at: datetime,
) -> list[GaugeStudy]:
    """Record a virtual type-1 study wherever the noise of the virtual line is the gauge's own.

    The first pack of the order serves as the reference, on a line that plants no defect. A study
    that holds for the same limits is not repeated.
    """
    unit = order.units.order_by("number").first()
    if unit is None:
        return []
    reference = facts_of_unit(
        unit, unit.placements.select_related("cell").order_by("group", "slot"), design
    )
    line = VirtualLine(order.line_seed or 0, 0.0)
    checks = list(
        Characteristic.objects.filter(operation__routing=routing)
        .exclude(gauge_kind="none")
        .select_related("operation__routing__design__program")
        .order_by("operation__number", "code")
    )
    known = studies_in_force(equipment.gauges.values(), [c.code for c in checks], at.date())
    made = []
    for check in checks:
        gauge = equipment.gauges[check.gauge_kind]
        held = known.get((gauge.pk, check.code))
        last = held.studies[-1] if held is not None else None
        if last is not None and (last.low, last.high) == (check.low, check.high):
            continue
        study = _study(line, reference, check, gauge, cast, at)
        if study is not None:
            made.append(study)
    return made


def _study(
    line: VirtualLine,
    unit: UnitFacts,
    check: Characteristic,
    gauge: Gauge,
    cast: Cast,
    at: datetime,
) -> GaugeStudy | None:
    measurand = Measurand(
        check.code, check.unit_code, places(check, unit), check.low, check.high, check.target
    )
    repeated = line.repeat(
        unit, operation=station_name(check.operation), measurand=measurand, times=TIMES
    )
    if repeated is None:
        return None
    reference, values = repeated
    task = Task(check.code, check.unit_code, check.low, check.high, reference)
    try:
        found = evaluate(StudyData("type1", len(values), values=values), task)
    except Refused:  # the readings do not vary: there is no error to speak of
        return None
    content = "value\n" + "".join(f"{value!r}\n" for value in values)
    verdict, reason = _decided(found)
    return record_study(
        gauge=gauge,
        task=task,
        evaluation=found,
        content=content.encode(),
        name=f"{gauge.code}-{check.code}-virtual.csv",
        taken_on=at.date(),
        verdict=verdict,
        reason=reason,
        virtual=True,
        by=cast.inspector,
        at=at,
    )


def _decided(found: Evaluation) -> tuple[str, str]:
    """The virtual line has no finer gauge to go to: a coarse one is used with its guard band."""
    if found.verdict != "rejected":
        return found.verdict, ""
    return "guarded", f"{found.why}; the virtual line has no finer gauge"
