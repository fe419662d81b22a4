"""Labels to print: of one unit, and a sheet of an order's units."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from packline.assurance.calc.labels import Label, labels_pdf, to_zpl
from packline.assurance.queries import label_of_unit, labels_of_order
from packline.site import access


def unit_label(request: HttpRequest, serial: str, form: str) -> HttpResponse:
    """Send the label of a unit as PDF or ZPL."""
    unit = access.one_unit(request, serial)
    return send_labels([label_of_unit(unit)], f"label-{unit.serial}", form)


def order_labels(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """Send the labels of all units of an order: a sheet to cut, or one after another as ZPL."""
    order = access.one_order(request, number)
    labels = labels_of_order(order)
    if not labels:
        raise Http404("no unit of this order has a serial yet")
    return send_labels(labels, f"labels-{order.number}", form, sheet=True)


def send_labels(
    labels: Sequence[Label], name: str, form: str, *, sheet: bool = False
) -> HttpResponse:
    """Send labels as PDF or ZPL, whichever the address names."""
    if form == "pdf":
        content = labels_pdf(labels, at=timezone.now(), sheet=sheet)
        response = HttpResponse(content, content_type="application/pdf")
    elif form == "zpl":
        response = HttpResponse(to_zpl(labels), content_type="text/plain; charset=utf-8")
    else:
        raise Http404(f"{form}: labels come as pdf or zpl")
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.{form}")
    if disposition:
        response["Content-Disposition"] = disposition
    return response
