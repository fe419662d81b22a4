"""The stage as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Quality."""

    name = "packline.quality"
    label = "quality"
