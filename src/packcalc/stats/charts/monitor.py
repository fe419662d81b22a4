"""Charts that grow point by point: a fixed amount of state per stream, saved and restored."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.charts import step
from packcalc.stats.charts.chart import Baseline
from packcalc.stats.charts.conventions import Rule, RuleSet, rule_set
from packcalc.stats.constants import d2, d3

__all__ = ["Monitor", "MonitorBank", "Watch"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EXTRA = (
    Rule("moving_range", step.MR_BIT, "moving range beyond its limit"),
    Rule("ewma", step.EWMA_BIT, "weighted average beyond its limit"),
    Rule("cusum_up", step.CUSUM_UP_BIT, "sum of positive deviations beyond its interval"),
    Rule("cusum_down", step.CUSUM_DOWN_BIT, "sum of negative deviations beyond its interval"),
)


@dataclass(frozen=True, slots=True)
class Watch:
    """What a stream is watched for, on frozen limits.

    EWMA and CUSUM are off until they are given a width; `ewma_width`, `cusum_slack` and
    `cusum_interval` count in standard deviations of a value.
    """

    baseline: Baseline
    convention: str = "nelson"
    codes: tuple[str, ...] | None = None
    ewma_weight: float = 0.2
    ewma_width: float = math.inf
    exact_ewma_limits: bool = True
    cusum_slack: float = 0.5
    cusum_interval: float = math.inf

    def rules(self) -> RuleSet:
        """Give the run rules that are applied."""
        return rule_set(self.convention, self.codes)

    def named(self, fired: int) -> tuple[Rule, ...]:
        """Give the rules whose bit is set in `fired`, run rules first."""
        return self.rules().named(fired) + tuple(r for r in EXTRA if fired >> r.bit & 1)

    def _configuration(self) -> Floats:
        found = self.baseline
        c, s, width = found.centre, found.sigma, found.sigmas
        if not s > 0:
            raise ValueError(f"a stream needs a sigma above zero; the baseline has {s:g}")
        reach = math.sqrt(self.ewma_weight / (2 - self.ewma_weight)) * s * self.ewma_width
        config = np.empty(step.CONFIG)
        config[: step.LAMBDA] = (
            c,
            c + s,
            c - s,
            c + 2 * s,
            c - 2 * s,
            c + width * s,
            c - width * s,
            (d2(2) + width * d3(2)) * s,
        )
        config[step.LAMBDA :] = (
            self.ewma_weight,
            reach,
            self.cusum_slack * s,
            self.cusum_interval * s,
            float(self.exact_ewma_limits),
        )
        return config


class Monitor:
    """One stream of single values, judged as it arrives exactly as the batch charts would.

    Parameters
    ----------
    watch : Watch
        Frozen limits, rules, and what else is watched. [unit]
    compiled : bool, optional
        Push through numba (about 1 us) or as plain Python (some 10 us, nothing to load). [-]

    Examples
    --------
    >>> base = Baseline("i_mr", 0.0, 1.0, 1, 25, 3.0, "given", version="A")
    >>> stream = Monitor(Watch(base), compiled=False)
    >>> [rule.code for rule in stream.watch.named(stream.push(3.2))]
    ['1']
    """

    __slots__ = ("_config", "_past", "_push", "_rules", "_state", "watch")

    def __init__(self, watch: Watch, *, compiled: bool = True) -> None:
        self.watch = watch
        self._config = watch._configuration()
        self._rules = watch.rules().parameters()
        self._past, self._state = _fresh(watch.baseline.centre)
        if compiled:
            from packcalc.stats.charts import kernels

            self._push = kernels.push
        else:
            self._push = push_plain

    def push(self, value: float) -> int:
        """Take one value; give the bits of everything that fires on it (see `Watch.named`)."""
        return self._push(value, self._config, self._rules, self._past, self._state)

    @property
    def count(self) -> int:
        """Values taken so far."""
        return int(self._state[step.COUNT])

    @property
    def mean(self) -> float:
        """Mean of the values so far; not a number before the first."""
        return float(self._state[step.MEAN]) if self.count else math.nan

    @property
    def sd(self) -> float:
        """Standard deviation of the values so far; not a number before the second."""
        return _sd(self._state) if self.count > 1 else math.nan

    @property
    def ewma(self) -> float:
        """The weighted average after the last value."""
        return float(self._state[step.EWMA])

    @property
    def cusum(self) -> tuple[float, float]:
        """The sums of positive and of negative deviations after the last value."""
        return float(self._state[step.C_PLUS]), float(self._state[step.C_MINUS])

    def save(self) -> str:
        """Write the state as JSON, every digit of it; the watch is kept by whoever made it."""
        state = [None if math.isnan(v) else v for v in self._state.tolist()]
        return json.dumps({"past": self._past.tolist(), "state": state})

    @classmethod
    def restore(cls, watch: Watch, saved: str, *, compiled: bool = True) -> Monitor:
        """Continue a stream from what `save` wrote."""
        made = cls(watch, compiled=compiled)
        try:
            fields: Mapping[str, list[float | None]] = json.loads(saved)
            past = np.array(fields["past"], dtype=np.int64)
            state = np.array([math.nan if v is None else v for v in fields["state"]], dtype=float)
            made._past[:], made._state[:] = past, state
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not the state of a monitor: {error}") from error
        return made


class MonitorBank:
    """Many streams under the same watch, or each under its own; points come mixed.

    Parameters
    ----------
    watches : sequence of Watch
        One per stream. All must share convention and rules. [unit]

    Examples
    --------
    >>> base = Baseline("i_mr", 0.0, 1.0, 1, 25, 3.0, "given", version="A")
    >>> bank = MonitorBank([Watch(base)] * 3)
    >>> bank.push([0, 2, 0], [0.1, 3.5, 0.2]).tolist()
    [0, 1, 0]
    """

    __slots__ = ("_config", "_past", "_rules", "_state", "watch")

    def __init__(self, watches: list[Watch]) -> None:
        if not watches:
            raise ValueError("a bank needs a stream")
        self.watch = watches[0]
        if len({(w.convention, w.codes) for w in watches}) > 1:
            raise ValueError("the streams of a bank must share convention and rules")
        made: dict[Watch, Floats] = {}
        for watch in watches:
            if watch not in made:
                made[watch] = watch._configuration()
        self._config = np.array([made[watch] for watch in watches])
        self._rules = self.watch.rules().parameters()
        self._past = np.zeros((len(watches), step.REGISTERS), np.int64)
        self._state = np.array([_fresh(watch.baseline.centre)[1] for watch in watches])

    def push(self, streams: ArrayLike, values: ArrayLike) -> NDArray[np.uint16]:
        """Take values in order, each for the stream of that number; give the bits that fire."""
        from packcalc.stats.charts import kernels

        which = np.ascontiguousarray(streams, dtype=np.int64)
        x = np.ascontiguousarray(values, dtype=float)
        if which.shape != x.shape or which.ndim != 1:
            raise ValueError(f"{which.shape} streams do not fit {x.shape} values")
        if which.size and not (which.min() >= 0 and which.max() < len(self._state)):
            raise ValueError(f"streams are numbered 0 to {len(self._state) - 1}")
        fired = np.empty(x.size, np.uint16)
        kernels.push_each(which, x, self._config, self._rules, self._past, self._state, fired)
        return fired

    def counts(self) -> Ints:
        """Values taken by each stream."""
        return self._state[:, step.COUNT].astype(np.int64)

    def save(self) -> tuple[Ints, Floats]:
        """Copy registers and sums of all streams, one row each."""
        return self._past.copy(), self._state.copy()

    def restore(self, saved: tuple[Ints, Floats]) -> None:
        """Continue from what `save` gave."""
        past, state = saved
        if past.shape != self._past.shape or state.shape != self._state.shape:
            raise ValueError(f"the saved bank has {len(past)} streams; this has {len(self._past)}")
        self._past[:], self._state[:] = past, state


def push_plain(x: float, config: Floats, rules: Ints, past: Ints, state: Floats) -> int:
    """Push one value without numba: the twin of `kernels.push`."""
    c = config.tolist()
    registers = step.shift_in(
        x, float(state[step.LAST]), c[0], c[1], c[2], c[3], c[4], *past.tolist()
    )
    past[:] = registers
    beyond = int(x > c[step.UPPER] or x < c[step.LOWER])
    mask, *windows = rules.tolist()
    fired: int = step.completed(beyond, *registers, *windows) & int(mask)
    return fired | step.accumulate(x, config, state)


def _fresh(centre: float) -> tuple[Ints, Floats]:
    state = np.zeros(step.STATE)
    state[step.LAST], state[step.DECAY], state[step.EWMA] = math.nan, 1.0, centre
    state[step.MEAN] = 0.0
    return np.zeros(step.REGISTERS, np.int64), state


def _sd(state: Floats) -> float:
    return math.sqrt(max(0.0, float(state[step.SQUARES])) / (float(state[step.COUNT]) - 1))
