"""Letting the database itself refuse to rewrite history; installed anew after each migration.

SQLite drops a table's triggers without a word when Django alters the table, so the triggers are
no migration of their own: `migrate` puts them back every time it has run.
"""

from __future__ import annotations

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["append_only_tables", "install_triggers", "remove_triggers"]


def append_only_tables() -> list[str]:
    """Return the tables whose rows are never changed or deleted."""
    return sorted(
        model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)
    )


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    """Make every append-only table of this database refuse UPDATE, DELETE and TRUNCATE."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in append_only_tables():
            if table in present:
                for statement in _statements(connection.vendor, table):
                    cursor.execute(statement)


def remove_triggers(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away; only migrations of these tables themselves may need it."""
    with connection.cursor() as cursor:
        for table in append_only_tables():
            if connection.vendor == "sqlite":
                for verb in ("update", "delete"):
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_no_{verb}"')
            else:
                for name in ("rows", "truncate"):
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_no_{name}" ON "{table}"')


def _statements(vendor: str, table: str) -> list[str]:
    refusal = f"{table} is append-only"
    if vendor == "sqlite":
        return [
            f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{verb}" BEFORE {verb.upper()} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            for verb in ("update", "delete")
        ]
    function = f"{table}_refuse"
    return [
        f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql AS $$ '
        f"BEGIN RAISE EXCEPTION '{refusal}'; END $$",
        f'DROP TRIGGER IF EXISTS "{table}_no_rows" ON "{table}"',
        f'CREATE TRIGGER "{table}_no_rows" BEFORE UPDATE OR DELETE ON "{table}" '
        f'FOR EACH ROW EXECUTE FUNCTION "{function}"()',
        f'DROP TRIGGER IF EXISTS "{table}_no_truncate" ON "{table}"',
        f'CREATE TRIGGER "{table}_no_truncate" BEFORE TRUNCATE ON "{table}" '
        f'FOR EACH STATEMENT EXECUTE FUNCTION "{function}"()',
    ]
