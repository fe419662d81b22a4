"""The stage as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Catalog."""

    name = "packline.catalog"
    label = "catalog"
