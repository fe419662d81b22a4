"""The stage as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Design."""

    name = "packline.design"
    label = "design"
