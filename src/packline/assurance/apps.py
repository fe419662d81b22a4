"""The stage as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class AssuranceConfig(AppConfig):
    """Assurance."""

    name = "packline.assurance"
    label = "assurance"
