"""What a gauge study was asked for with, and what it comes to, for `packline msa`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Asked", "Studied"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line, as it stands there."""

    method: str
    value: str
    part: str
    operator: str
    occasion: str
    reference: str | None
    tolerance: float | None
    one_sided: bool
    process_sd: float | None
    pool_above: float
    multiple: float
    percent: float
    required: float
    unit: str
    title: str


@dataclass(frozen=True, slots=True)
class Studied:
    """A study: its result, a table and sentences for people, the verdict, and the picture."""

    result: Any
    heading: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    said: tuple[str, ...]
    good: bool
    draw: Callable[[], str] | None
    names: tuple[tuple[str, Sequence[str]], ...] = ()
