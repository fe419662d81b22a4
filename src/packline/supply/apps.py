"""The stage as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class SupplyConfig(AppConfig):
    """Supply."""

    name = "packline.supply"
    label = "supply"
