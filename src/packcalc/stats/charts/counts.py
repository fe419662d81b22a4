"""Checking counts and finding their rate: what all attribute charts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.charts.chart import Baseline, exclusions
from packcalc.stats.charts.conventions import RuleSet, rule_set
from packcalc.stats.constants import d2

__all__: list[str] = []

Floats = NDArray[np.float64]
# The rules of zones need a normal statistic; of counts only the first four are used.
USUAL = {
    "nelson": ["1", "2", "3", "4"],
    "minitab": ["1", "2", "3", "4"],
    "western_electric": ["we1", "we4"],
}


def count_rules(convention: str, codes: Sequence[str] | None) -> RuleSet:
    rule_set(convention)
    return rule_set(convention, USUAL[convention] if codes is None else codes)


def counted(counts: ArrayLike, sizes: ArrayLike, *, most: bool) -> tuple[Floats, Floats]:
    """Check counts against the sizes of their samples."""
    count = np.atleast_1d(np.asarray(counts, dtype=float))
    size = np.broadcast_to(np.asarray(sizes, dtype=float), count.shape)
    if count.ndim != 1 or count.size == 0:
        raise ValueError(f"counts need one dimension and one sample at least; shape {count.shape}")
    bad = ~(np.isfinite(count) & (count >= 0) & (count == np.floor(count)))
    bad |= ~(np.isfinite(size) & (size > 0))
    if most:
        bad |= count > size
    if bad.any():
        i = int(np.flatnonzero(bad)[0])
        raise ValueError(f"sample {i + 1}: {count[i]:g} of {size[i]:g} cannot be counted")
    return count, size


def find_rate(
    kind: str,
    count: Floats,
    size: Floats,
    exclude: Mapping[int, str] | None,
    sigmas: float,
) -> Baseline:
    """Find the rate of Phase I, and for Laney's charts how much the samples vary beyond it."""
    named, kept = exclusions(exclude, count.size)
    if not kept.any():
        raise ValueError("every sample is excluded; none is left to find limits from")
    rate = float(count[kept].sum() / size[kept].sum())
    binomial = kind in ("p", "np", "laney_p")
    unit_variance = rate * (1 - rate) if binomial else rate
    text = f"{'binomial' if binomial else 'Poisson'}, pooled rate"
    ratio = 1.0
    if kind.startswith("laney"):
        if unit_variance <= 0 or kept.sum() < 2:
            raise ValueError("Laney's chart needs two samples and a rate that is not 0 (or 1)")
        z = (count / size - rate) / np.sqrt(unit_variance / size)
        moving = np.abs(np.diff(z))[kept[1:] & kept[:-1]]
        if moving.size == 0:
            raise ValueError("no two neighbouring samples are left to take a moving range of")
        ratio = float(moving.mean()) / d2(2)
        text += ", times sigma of z from its mean moving range / d2 (Laney)"
    return Baseline(
        kind,
        rate,
        float(np.sqrt(unit_variance)),
        int(np.median(size)),
        int(kept.sum()),
        sigmas,
        text,
        sigma_ratio=ratio,
        excluded=named,
    )
