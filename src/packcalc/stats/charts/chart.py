"""What a control chart is: panels of points and lines, on a baseline that can be kept."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from packcalc.stats.charts.conventions import RuleSet, rule_set
from packcalc.stats.charts.run_rules import Engine, Signals, flag_runs, zone_levels

__all__ = ["Baseline", "Chart", "Panel", "read_baseline"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The process as Phase I found it, to be frozen and judged against in Phase II.

    `centre` and `sigma` are those of single values; attribute charts keep their rate in `centre`
    and Laney's ratio in `sigma_ratio`; where subgroups may differ by more than their values do,
    `sigma_between` is the standard deviation of their means. `points` were used; `excluded`
    gives number and reason of those that were not. `version` names the frozen limits; an unnamed
    baseline is a trial. `widening` is how many times wider limits and zones of the values (not
    of their scatter) are drawn because few points do not know sigma well (see `small_sample`).
    """

    kind: str
    centre: float
    sigma: float
    subgroup_size: int
    points: int
    sigmas: float
    convention: str
    sigma_ratio: float = 1.0
    excluded: tuple[tuple[int, str], ...] = ()
    version: str | None = None
    sigma_between: float | None = None
    widening: float = 1.0

    def frozen(self, version: str) -> Baseline:
        """Give these limits a version, after which they are Phase II limits."""
        if not version.strip():
            raise ValueError("frozen limits need a version")
        if self.version is not None:
            raise ValueError(f"these limits are frozen as {self.version}; find new ones instead")
        return replace(self, version=version)

    def to_json(self) -> str:
        """Write the baseline as one line of JSON; `read_baseline` reads it back unchanged."""
        return json.dumps(asdict(self), sort_keys=True, allow_nan=False)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One plotted statistic; every array has one element per point.

    `sigma` is the standard deviation of the plotted statistic, which the zones are made of.
    """

    statistic: str
    points: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    sigma: Floats
    signals: Signals

    def named(self, statistic: str) -> Panel:
        """Give the same panel under another name."""
        return replace(self, statistic=statistic)


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A control chart: its panels, the baseline they stand on, the excluded points."""

    baseline: Baseline
    panels: tuple[Panel, ...]

    @property
    def phase(self) -> str:
        """``"I"`` while the limits are found from the plotted points, ``"II"`` once frozen."""
        return "I" if self.baseline.version is None else "II"

    def panel(self, statistic: str) -> Panel:
        """Give the panel of one statistic."""
        for panel in self.panels:
            if panel.statistic == statistic:
                return panel
        known = ", ".join(panel.statistic for panel in self.panels)
        raise ValueError(f"no panel {statistic!r}; there is {known}")

    def in_control(self) -> bool:
        """Say whether no rule fires on any panel, excluded points aside."""
        aside = {number for number, _ in self.baseline.excluded}
        return not any(set(panel.signals.points()) - aside for panel in self.panels)


def read_baseline(text: str) -> Baseline:
    """Read a baseline that `Baseline.to_json` wrote.

    Parameters
    ----------
    text : str
        One JSON object. [-]

    Returns
    -------
    Baseline
        The same baseline, every digit of it. [unit]

    Raises
    ------
    ValueError
        If the text is no such object.

    References
    ----------
    .. [1] RFC 8259, The JavaScript Object Notation (JSON) Data Interchange Format, 2017.

    Examples
    --------
    >>> kept = Baseline("i_mr", 3.6, 0.01, 1, 25, 3.0, "moving range", version="A")
    >>> read_baseline(kept.to_json()) == kept
    True
    """
    try:
        fields = json.loads(text)
        fields["excluded"] = tuple((int(n), str(why)) for n, why in fields["excluded"])
        found = Baseline(**fields)
    except (TypeError, KeyError, json.JSONDecodeError) as error:
        raise ValueError(f"not a baseline of a control chart: {error}") from error
    if not (math.isfinite(found.centre) and found.sigma >= 0 and found.widening >= 1):
        raise ValueError(
            f"centre {found.centre}, sigma {found.sigma} and widening {found.widening} are no"
            " baseline"
        )
    return found


def exclusions(
    exclude: Mapping[int, str] | None, size: int
) -> tuple[tuple[tuple[int, str], ...], NDArray[np.bool_]]:
    """Check excluded points (number from 1, reason); give them sorted, and mask the rest."""
    kept = np.ones(size, dtype=bool)
    named = []
    for number, reason in sorted((exclude or {}).items()):
        if not 1 <= number <= size:
            raise ValueError(f"cannot exclude point {number}; there are points 1 to {size}")
        if not reason.strip():
            raise ValueError(f"point {number} needs a reason to be excluded")
        kept[number - 1] = False
        named.append((number, reason))
    return tuple(named), kept


def make_panel(
    statistic: str,
    points: Floats,
    centre: Floats | float,
    sigma: Floats | float,
    *,
    rules: RuleSet,
    sigmas: float = 3.0,
    floor: float | None = None,
    ceiling: float | None = None,
    engine: Engine = "auto",
) -> Panel:
    """Draw the lines of a panel and apply the rules to it."""
    lower = np.asarray(centre - sigmas * np.asarray(sigma))
    upper = np.asarray(centre + sigmas * np.asarray(sigma))
    if floor is not None:
        lower = np.maximum(lower, floor)
    if ceiling is not None:
        upper = np.minimum(upper, ceiling)
    levels = zone_levels(centre, sigma, lower, upper, points.size)
    flags = flag_runs(points, levels, rules, engine)
    c, s, low, high = (
        np.broadcast_to(line, points.shape) for line in (centre, sigma, lower, upper)
    )
    return Panel(statistic, points, c, low, high, s, Signals(rules, flags))


def only_limits(convention: str) -> RuleSet:
    """The rule set of a panel of ranges: a point beyond its limits, nothing else."""
    return rule_set(convention, ["we1" if convention == "western_electric" else "1"])
