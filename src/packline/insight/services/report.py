"""Writing the report of an order as it stands."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.events import record
from packline.foundation.files import store
from packline.foundation.models import Person
from packline.insight.calc.report import render
from packline.insight.models import Report
from packline.insight.queries import kpis_of_order
from packline.production.models import Order


def _render(*, order: Order, at: datetime, **_: object) -> bytes:
    return render(
        kpis_of_order(order),
        title=order.program.title,
        customer=order.program.customer,
        virtual=order.virtual,
        at=at,
    )


@command("insight.write_report", prepare=_render)
def write_report(
    *, order: Order, by: Person, at: datetime, prepared: bytes | None = None
) -> Report:
    """Write the report of an order, number it, and keep it; `prepared` is its own doing."""
    assert prepared is not None
    content = prepared
    number = order.reports.count() + 1
    file = store(
        content=content,
        name=f"{order.number}-report-{number}.html",
        media_type="text/html",
        by=by,
        at=at,
    )
    report = Report.objects.create(order=order, number=number, file=file, written_at=at)
    record("insight.report.written", report, by=by, at=at, rows=[report])
    return report
