"""The stage as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ProcessConfig(AppConfig):
    """Process."""

    name = "packline.process"
    label = "process"
