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


@command("insight.write_report")
def write_report(*, order: Order, by: Person, at: datetime) -> Report:
    """Write the report of an order, number it, and keep it."""
    content = render(
        kpis_of_order(order),
        title=order.program.title,
        customer=order.program.customer,
        virtual=order.virtual,
        at=at,
    )
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
