"""Application playbooks: what each market demands, and what a specification for it states."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

__all__ = [
    "QUALITY_SYSTEMS",
    "Expectation",
    "Playbook",
    "PlaybookStandard",
    "playbooks",
]

QUALITY_SYSTEMS = ("ISO 9001", "ISO 14001", "ISO 45001", "ISO 13485", "IATF 16949")
_DATA = Path(__file__).with_name("playbook_data")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that a measurable specification states: any of these quantities or proofs."""

    group: str
    item: str
    any_of: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class PlaybookStandard:
    """A standard of a market. One whose role is "pack safety" must be asked for."""

    test: str
    market: str
    role: str  # "transport", "pack safety" or ""
    why: str


@dataclass(frozen=True, slots=True)
class Playbook:
    """What a market demands beyond the cell."""

    id: str
    title: str
    quality_system: str  # the certificate that the market asks of the assembler
    quality_why: str
    standards: tuple[PlaybookStandard, ...]
    priorities: tuple[str, ...]
    data_hooks: tuple[str, ...]
    expectations: tuple[Expectation, ...]
    source: str


@lru_cache(maxsize=1)
def playbooks() -> Mapping[str, Playbook]:
    """Return every playbook, keyed by its name in `program.toml`."""
    common = _expectations(_load(_DATA / "every.toml"))
    names = sorted(path for path in _DATA.glob("*.toml") if path.stem != "every")
    return MappingProxyType({path.stem: _playbook(path, common) for path in names})


def _load(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _expectations(data: dict[str, Any]) -> tuple[Expectation, ...]:
    return tuple(
        Expectation(row["group"], row["item"], tuple(row["any_of"]), data["source"])
        for row in data["expect"]
    )


def _playbook(path: Path, common: tuple[Expectation, ...]) -> Playbook:
    data = _load(path)
    dropped = set(data.get("not_expected", ()))
    return Playbook(
        id=path.stem,
        title=data["title"],
        quality_system=data["quality_system"],
        quality_why=data["quality_why"],
        standards=tuple(
            PlaybookStandard(row["test"], row["market"], row.get("role", ""), row["why"])
            for row in data["standard"]
        ),
        priorities=tuple(data["priorities"]),
        data_hooks=tuple(data["data_hooks"]),
        expectations=(
            *(e for e in common if e.item not in dropped),
            *_expectations(data),
        ),
        source=data["source"],
    )
