"""One text per program: what is hashed, stored, and read back as the same values."""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any

from packline.requirements.calc.spec import ProgramSpec

__all__ = ["spec_from_text", "spec_hash", "spec_text"]


def spec_text(spec: ProgramSpec) -> str:
    """Write a program as canonical JSON: the same values give the same text."""
    return json.dumps(
        asdict(spec),
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
        default=date.isoformat,
    )


def spec_hash(spec: ProgramSpec) -> str:
    """Return the SHA-256 of a program's canonical text; comments and layout do not count."""
    return hashlib.sha256(spec_text(spec).encode()).hexdigest()


def spec_from_text(text: str) -> ProgramSpec:
    """Read back what `spec_text` wrote.

    Raises
    ------
    ValueError
        If the text was not written by `spec_text` of this version.
    """
    try:
        built = _built(ProgramSpec, json.loads(text))
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a stored program: {error}") from error
    return typing.cast(ProgramSpec, built)


@cache
def _hints(kind: type[Any]) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _built(kind: Any, value: Any) -> Any:
    """Rebuild a value of an annotated type from JSON."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return typing.cast(Any, kind)(
            **{f.name: _built(hints[f.name], value[f.name]) for f in fields(kind)}
        )
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return tuple(_built(arguments[0], item) for item in value)
        return tuple(_built(a, item) for a, item in zip(arguments, value, strict=True))
    if origin in (types.UnionType, typing.Union):
        inner = next(a for a in arguments if a is not type(None))
        return None if value is None else _built(inner, value)
    if kind is date:
        return date.fromisoformat(value)
    return float(value) if kind is float else value
