"""Long lists a page at a time."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

__all__ = ["PER_PAGE", "page_of"]

PER_PAGE = 50


def page_of(
    request: HttpRequest, rows: QuerySet[Any] | list[Any], *, per_page: int = PER_PAGE
) -> Page[Any]:
    """Return the page that the address asks for; the nearest one there is if it does not exist."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))
