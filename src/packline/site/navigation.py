"""The menu: the stages of the thread, in its order, as far as they have pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from packline.foundation.models import Person
from packline.site.access import roles_of, sees_everything
from packline.site.roles import ROLES
from packline.thread import STAGES

__all__ = ["Entry", "menu", "navigation"]

# stage: (what it is called, its first page, whether a customer may open it)
PAGES: dict[str, tuple[str, str, bool]] = {
    "catalog": ("Cells", "cells", False),
    "resources": ("Resources", "resources", False),
    "requirements": ("Programs", "programs", True),
    "design": ("Designs", "designs", True),
    "process": ("Processes", "processes", True),
    "supply": ("Lots", "lots", False),
    "production": ("Orders", "orders", True),
    "quality": ("Nonconformances", "nonconformances", True),
    "assurance": ("Releases", "releases", True),
    "insight": ("Key figures", "key-figures", True),
}

# stage: further pages that it opens with, each as (mark, what it is called, page, for customers)
BESIDE: dict[str, tuple[tuple[str, str, str, bool], ...]] = {
    "resources": (
        ("maintenance", "Maintenance", "maintenance", False),
        ("training", "Training", "training", False),
        ("documents", "Documents", "documents", False),
        ("tokens", "Tokens", "tokens", False),
    ),
    "process": (("revisions", "Revisions", "revisions", False),),
    "production": (
        ("materials", "Materials", "materials", False),
        ("holds", "Holds", "holds", False),
        ("permits", "Permits", "permits", False),
        ("boxes", "Boxes", "boxes", False),
    ),
    "quality": (
        ("reactions", "Signals", "reactions", True),
        ("recall", "Recall", "recall", False),
    ),
    "insight": (
        ("charts", "Control charts", "charts", True),
        ("webhooks", "Webhooks", "webhooks", False),
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the menu; a page marks its own by `stage`; `beside` a stage's first page."""

    stage: str
    title: str
    url: str
    beside: bool


def menu(person: Person) -> list[Entry]:
    """Return the entries that a person may open, upstream first."""
    everything = sees_everything(person)
    return [
        Entry(mark, title, reverse(page), beside=mark != stage)
        for stage in STAGES
        if stage in PAGES
        for mark, title, page, for_customers in [(stage, *PAGES[stage]), *BESIDE.get(stage, ())]
        if everything or for_customers
    ]


def navigation(request: HttpRequest) -> dict[str, object]:
    """Give every page its menu and the roles of who looks; a context processor."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {}
    held = ["administrator"] if person.is_superuser else roles_of(person)
    return {
        "menu": menu(person),
        "roles": [role for role in ("administrator", *ROLES) if role in held],
    }
