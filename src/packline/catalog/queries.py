"""What can be asked about the catalogue. Reads only."""

from __future__ import annotations

from django.db.models import QuerySet

from packline.catalog.models import CellModel

__all__ = ["registered_cells"]


def registered_cells() -> QuerySet[CellModel]:
    """Return the cells that some study has looked at, by code."""
    return CellModel.objects.order_by("code")
