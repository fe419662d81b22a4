"""The report of an order: one HTML file that needs nothing else."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from packcalc.stats.capability import Capability
from packline.insight.calc.kpis import Kpis
from packline.insight.calc.pictures import capability_picture, pareto_picture, yield_picture

__all__ = ["render"]


def render(kpis: Kpis, *, title: str, customer: str, virtual: bool, at: datetime) -> bytes:
    """Return the report as UTF-8 HTML with its pictures inside."""
    context = {
        "kpis": kpis,
        "title": title,
        "customer": customer,
        "virtual": virtual,
        "at": at,
        # The pictures are markup that matplotlib wrote, which escapes what it is given.
        "yield_svg": mark_safe(yield_picture(kpis.steps)) if kpis.steps else "",
        "pareto_svg": mark_safe(pareto_picture(kpis.defects)) if kpis.defects else "",
        "ctqs": [
            {
                "ctq": ctq,
                "study": ctq.study if isinstance(ctq.study, Capability) else None,
                "svg": mark_safe(capability_picture(ctq)) if ctq.values else "",
            }
            for ctq in kpis.ctqs
        ],
    }
    return render_to_string("insight/report.html", context).encode()
