"""Queries that are written once, compiled once, and asked often.

Django works out the SQL of a query set anew each time it is read, which takes several times as
long as the database does to answer. What is asked at every reading of every station is therefore
declared with holes for its values; its SQL is kept from the first time on.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.expressions import Expression

__all__ = ["Prepared"]

R = TypeVar("R")


class _Hole(Expression):
    """Where a value goes; it stands for itself among the parameters of the SQL."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Write a placeholder."""
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A query set with the SQL that Django made of it."""

    rows: models.QuerySet[Any]
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    converters: dict[int, Any]  # from what the database answers to Python, by column


class Prepared(Generic[R]):
    """A query set with holes, called by the names of what fills them; reads afresh each time.

    Parameters
    ----------
    build : callable
        Returns the query set; its parameters are the holes. They may stand wherever a filter
        takes one value; neither None nor a list goes into one.

    Examples
    --------
    ``open_holds = Prepared(lambda unit: Hold.objects.filter(unit=unit, lifted_at=None))``, and
    then ``open_holds(unit=unit.pk)`` as often as wanted.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, R]]) -> None:
        self._build = build
        self._names = tuple(inspect.signature(build).parameters)
        self._compiled: _Compiled | None = None

    def __call__(self, **values: Any) -> list[R]:
        """Return the rows for these values."""
        if values.keys() != set(self._names):
            raise TypeError(f"this query takes {', '.join(self._names)}, not {', '.join(values)}")
        return list(self._read(values))

    def first(self, **values: Any) -> R | None:
        """Return the first row for these values, or None."""
        return next(iter(self(**values)), None)

    def _read(self, values: dict[str, Any]) -> Iterator[R]:
        known = self._compiled
        if known is None:  # two threads may do it at the same time; either serves
            known = self._compiled = self._compile()
        params = [
            _adapted(values[p.name], connection.ops) if isinstance(p, _Hole) else p
            for p in known.params
        ]
        compiler = copy.copy(known.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # that of this thread
        compiler.as_sql = lambda *_, **__: (known.sql, params)
        compiler.get_converters = lambda _: known.converters
        rows: Any = known.rows.all()
        rows.query.get_compiler = lambda *_, **__: compiler
        return iter(rows)

    def _compile(self) -> _Compiled:
        rows = self._build(**{name: _Hole(name) for name in self._names})
        query: Any = rows.query
        query.chain = lambda *_, **__: copy.copy(query)  # nothing is added to it any more
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        return _Compiled(rows, compiler, sql, tuple(params), compiler.get_converters(columns))


def _adapted(value: Any, ops: Any) -> Any:
    """Return a value as the database takes it."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, datetime):
        return ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return ops.adapt_datefield_value(value)
    if value is None or isinstance(value, list | tuple | set):
        raise TypeError(f"{value!r} does not fit into a hole of a prepared query")
    return value
