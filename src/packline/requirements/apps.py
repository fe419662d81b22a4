"""The stage as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class RequirementsConfig(AppConfig):
    """Requirements."""

    name = "packline.requirements"
    label = "requirements"
