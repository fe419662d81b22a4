"""`migrate`, which puts the append-only triggers back whenever it has run."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

from packline.foundation.triggers import install_triggers, remove_triggers


class Command(DjangoMigrate):
    """Migrate, with the triggers off while tables are rebuilt and back on afterwards."""

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if "foundation_event" in connection.introspection.table_names():
            remove_triggers(connection)
        try:
            super().handle(*args, **options)
        finally:
            install_triggers(connection)
