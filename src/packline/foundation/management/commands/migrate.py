"""`migrate`, which makes an empty database at once and puts the append-only triggers back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from packline.foundation.triggers import install_triggers, remove_triggers


class Command(DjangoMigrate):
    """Migrate, with the triggers off while tables are rebuilt and back on afterwards.

    An empty database gets the tables of the models at once, which takes a tenth of the time that
    replaying their whole history does, and every migration is noted as applied. A test holds both
    ways to the same tables; ``--step-by-step`` takes the long one.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch for the long way."""
        super().add_arguments(parser)
        parser.add_argument(
            "--step-by-step",
            action="store_true",
            dest="step_by_step",
            help="Replay every migration even where the database is empty.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        connection = connections[options["database"]]
        tables = connection.introspection.table_names()
        whole = not (options["app_label"] or options["fake"] or options["plan"])
        if "foundation_event" in tables:
            remove_triggers(connection)
        try:
            if tables or not whole or options.get("step_by_step"):
                super().handle(*args, **options)
            else:
                self._make(connection, *args, **options)
        finally:
            install_triggers(connection)

    def _make(self, connection: BaseDatabaseWrapper, *args: Any, **options: Any) -> None:
        known = sorted(MigrationLoader(connection).disk_migrations)
        with _without_history():
            super().handle(*args, **options | {"run_syncdb": True})
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for app, name in known:
            recorder.record_applied(app, name)


@contextmanager
def _without_history() -> Iterator[None]:
    """Let every app look as if it had models and no migrations."""
    before = settings.MIGRATION_MODULES
    settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
    try:
        yield
    finally:
        settings.MIGRATION_MODULES = before
