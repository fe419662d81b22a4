"""What a matching must obey and what it should aim for: topology, windows, rules, objective."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Objective", "Rules", "Topology", "Window"]

LotRule = Literal["free", "pack", "group"]


@dataclass(frozen=True, slots=True)
class Topology:
    """`series` groups in a row, each of `parallel` cells: 14S3P is Topology(14, 3)."""

    series: int
    parallel: int

    def __post_init__(self) -> None:
        if self.series < 1 or self.parallel < 1:
            raise ValueError(f"a topology needs at least 1S1P, got {self}")

    def __str__(self) -> str:
        return f"{self.series}S{self.parallel}P"

    @property
    def cells(self) -> int:
        """Cells of one pack."""
        return self.series * self.parallel

    @classmethod
    def parse(cls, text: str) -> Topology:
        """Read '14S3P'; either letter may be small."""
        found = re.fullmatch(r"\s*(\d+)\s*[sS]\s*(\d+)\s*[pP]\s*", text)
        if not found:
            raise ValueError(f"{text!r} is not a topology such as 14S3P")
        return cls(int(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True)
class Window:
    """Readings that are let in: between `low` and `high`, and within `sigmas` of the median.

    `sigmas` counts robust standard deviations, 1.4826 times the median absolute deviation.
    """

    low: float | None = None
    high: float | None = None
    sigmas: float | None = None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"window from {self.low:g} up to {self.high:g} is empty")
        if self.sigmas is not None and self.sigmas <= 0:
            raise ValueError(f"a window of {self.sigmas:g} sigma is empty")


@dataclass(frozen=True, slots=True)
class Rules:
    """Hard rules; a pack that would break one is not made.

    Attributes
    ----------
    windows : mapping of 'capacity', 'resistance', 'ocv' or 'self_discharge' to Window
        Which cells are let in at all.
    ocv_spread : float
        Largest max - min of the open-circuit voltages of the cells joined in one group.
    resistance_spread : float
        Largest max - min of the resistances of the cells of one group.
    resistance_deviation : float
        Largest deviation of a cell's resistance from the mean of its group, as a ratio of it.
    capacity_spread : float
        Largest (max - min) / mean of the group capacities of one pack, as a ratio.
    lots : 'free', 'pack' or 'group'
        Cells of different lots may meet anywhere, only in different packs, or only in
        different groups.
    oldest_first : bool
        When fewer packs are wanted than the stock could give, use the oldest cells.
    """

    windows: Mapping[str, Window] = field(default_factory=dict)
    ocv_spread: float | None = None
    resistance_spread: float | None = None
    resistance_deviation: float | None = None
    capacity_spread: float | None = None
    lots: LotRule = "free"
    oldest_first: bool = False

    def __post_init__(self) -> None:
        if self.lots not in ("free", "pack", "group"):
            raise ValueError(f"lots is {self.lots!r}; allowed: free, pack, group")
        unknown = set(self.windows) - {"capacity", "resistance", "ocv", "self_discharge"}
        if unknown:
            raise ValueError(f"no such reading to set a window on: {sorted(unknown)}")
        for name in ("ocv_spread", "resistance_spread", "resistance_deviation", "capacity_spread"):
            limit = getattr(self, name)
            if limit is not None and not limit >= 0:
                raise ValueError(f"{name} is {limit!r}; it must be 0 or more")


@dataclass(frozen=True, slots=True)
class Objective:
    """What to aim for inside the rules; every part has a weight.

    Attributes
    ----------
    capacity : float
        Weight of equal group capacities (each pack's weakest group limits it).
    conductance : float
        Weight of equal group conductances; both count in standard deviations of the cells that
        may stand together. Left out it is 9 over the number of those cells, from 0.0125 for many
        to 0.3 for one pack; and 0 for groups of one cell, where equal capacity and equal
        conductance cannot both be had: set it to trade. 0 is matching by capacity alone.
    closeness : float
        How much cells of one group should be close in resistance: cells are first laid out
        in strata of resistance, 1 / `closeness` as wide. 0 lays out none.
    alike : float
        How much packs should be alike in total capacity, from 0 (free) to 1: strata are then
        cut across what of the resistance goes with capacity, so that all have cells of like
        capacity; cells of one group are less close in resistance for it.
    effort : int
        Rounds of improvement; 0 takes the constructive start alone.
    """

    capacity: float = 1.0
    conductance: float | None = None
    closeness: float = 1.0
    alike: float = 0.0
    effort: int = 8

    def __post_init__(self) -> None:
        for name in ("capacity", "conductance", "closeness", "alike", "effort"):
            value = getattr(self, name)
            if value is not None and not value >= 0:
                raise ValueError(f"weight {name} is {value!r}; it must be 0 or more")
        if self.alike > 1:
            raise ValueError(f"weight alike is {self.alike!r}; it must be from 0 to 1")
        if self.effort == 0 and self.capacity == 0:
            raise ValueError("effort 0 looks at capacity alone: give it a weight")
        if self.capacity == 0 and self.conductance == 0:
            raise ValueError("an objective needs a weight on capacity or on conductance")
