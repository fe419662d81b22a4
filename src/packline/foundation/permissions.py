"""What a person may do: the permissions of the roles held, asked of the database each time."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import Q

from packline.foundation.prepared import Prepared

__all__ = ["Permissions"]

_held = Prepared(
    lambda person: (
        Permission.objects.filter(
            Q(pk__in=Permission.objects.filter(group__user=person).values("pk"))
            | Q(pk__in=Permission.objects.filter(user=person).values("pk"))
        )
        .order_by()
        .values_list("content_type__app_label", "codename")
    )
)


class Permissions(ModelBackend):
    """Django's own way, with queries that are compiled once: every command asks."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return everything that a person may do; read once for each time the person is read."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if user_obj.is_superuser:
            return super().get_all_permissions(user_obj, obj)
        held: set[str] | None = getattr(user_obj, "_perm_cache", None)
        if held is None:
            rows = _held(person=user_obj)
            held = user_obj._perm_cache = {f"{app}.{name}" for app, name in rows}
        return held
