"""What a plan does: chance of acceptance, outgoing quality, amount of inspection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.sampling.plans import Stage

__all__ = [
    "Curve",
    "acceptance_probability",
    "accepted_quality",
    "operating_characteristic",
    "outgoing_limit",
]

Floats = NDArray[np.float64]
Model = Literal["binomial", "poisson", "hypergeometric"]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Operating characteristic of a plan; every array has one element per quality `p`.

    `accept` is the chance of acceptance, `outgoing` the average outgoing quality when rejected
    lots are screened, `samples` the average sample number, `inspected` the average total
    inspection per lot.
    """

    p: Floats
    accept: Floats
    outgoing: Floats
    samples: Floats
    inspected: Floats
    convention: str


def acceptance_probability(
    stages: Sequence[Stage],
    p: ArrayLike,
    *,
    model: Model = "binomial",
    lot: int | None = None,
) -> Floats:
    """Compute the chance that a plan accepts a lot of a given quality.

    Parameters
    ----------
    stages : sequence of Stage
        The samples of the plan, numbers cumulative; a last gap between accepting and rejecting
        (reduced inspection) accepts. [1]
    p : array_like, shape (...)
        Fraction nonconforming; with ``poisson`` nonconformities per unit. [1]
    model : {"binomial", "poisson", "hypergeometric"}, optional
        Process of fraction p (type B), nonconformities, or one finite lot (type A; the number
        of nonconforming units in it is rounded). [-]
    lot : int, optional
        Units in the lot, for ``hypergeometric``. [1]

    Returns
    -------
    ndarray, shape (...)
        Probability of acceptance. [1]

    Raises
    ------
    ValueError
        If p is out of range, or the lot missing or smaller than the samples.

    References
    ----------
    .. [1] E. G. Schilling and D. V. Neubauer, Acceptance Sampling in Quality Control, 3rd ed.,
           CRC Press, 2017, ch. 5 and 6.

    Examples
    --------
    >>> acceptance_probability([Stage(52, 3, 4)], [0.01, 0.05]).round(3).tolist()
    [0.998, 0.738]
    """
    quality = np.asarray(p, dtype=float)
    if np.any(quality < 0) or (model != "poisson" and np.any(quality > 1)):
        raise ValueError("a fraction nonconforming lies between 0 and 1")
    if model == "hypergeometric" and (lot is None or lot < sum(s.n for s in stages)):
        raise ValueError(f"a lot of {lot} cannot give samples of {[s.n for s in stages]}")
    found = [_walk(stages, float(q), model, lot)[0] for q in quality.ravel()]
    return np.array(found).reshape(quality.shape)


def operating_characteristic(
    stages: Sequence[Stage],
    p: ArrayLike,
    *,
    lot: int | None = None,
    model: Model = "binomial",
    finite_outgoing: bool = False,
) -> Curve:
    """Compute the curves of a plan over a range of qualities.

    Parameters
    ----------
    stages : sequence of Stage
        The samples of the plan, numbers cumulative. [1]
    p : array_like, shape (point,)
        Fraction nonconforming. [1]
    lot : int, optional
        Units in the lot; needed for the total inspection and the finite outgoing quality. [1]
    model : {"binomial", "poisson", "hypergeometric"}, optional
        See `acceptance_probability`. [-]
    finite_outgoing : bool, optional
        Outgoing quality with the units of accepted samples replaced, ``Pa p (N - n) / N``,
        instead of ``Pa p`` (NIST). [-]

    Returns
    -------
    Curve
        The curves. [1]

    References
    ----------
    .. [1] NIST/SEMATECH e-Handbook of Statistical Methods, sec. 6.2.3.2.

    Examples
    --------
    >>> curve = operating_characteristic([Stage(52, 3, 4)], [0.03], lot=10_000)
    >>> int(curve.inspected[0]), round(float(curve.outgoing[0]), 4)
    (752, 0.0279)
    """
    quality = np.atleast_1d(np.asarray(p, dtype=float))
    walks = [_walk(stages, float(q), model, lot) for q in quality]
    accept = np.array([walk[0] for walk in walks])
    samples = np.array([walk[1] for walk in walks])
    used = np.array([walk[2] for walk in walks])  # units sampled in accepted lots
    inspected = np.full(quality.shape, np.nan)
    outgoing = accept * quality
    if lot is not None:
        inspected = used + (1 - accept) * lot
        if finite_outgoing:
            outgoing = quality * (accept * lot - used) / lot
    text = f"{model}; AOQ {'Pa p (N - n) / N' if finite_outgoing else 'Pa p'}; lots screened"
    return Curve(quality, accept, outgoing, samples, inspected, text)


def accepted_quality(
    stages: Sequence[Stage], chance: float, *, model: Model = "binomial"
) -> float:
    """Find the quality of lots that a plan accepts with a given chance.

    Parameters
    ----------
    stages : sequence of Stage
        The samples of the plan, numbers cumulative. [1]
    chance : float
        Chance of acceptance: 0.10 gives the limiting quality, 0.95 what is nearly always
        accepted. [1]
    model : {"binomial", "poisson"}, optional
        Fraction nonconforming, or nonconformities per unit. [-]

    Returns
    -------
    float
        Fraction nonconforming, or nonconformities per unit. [1]

    Raises
    ------
    ValueError
        If the chance is not between 0 and 1.

    References
    ----------
    .. [1] ISO 2859-1:1999, 12.6: limiting quality at a chance of acceptance of 10 %.

    Examples
    --------
    >>> round(accepted_quality([Stage(80, 2, 3)], 0.10), 4)  # 6.52 %, MIL-STD-105E Table X-J
    0.0652
    """
    if not 0 < chance < 1:
        raise ValueError(f"a chance lies between 0 and 1; this is {chance:g}")
    low, high = 0.0, 1.0
    while model == "poisson" and float(acceptance_probability(stages, high, model=model)) > chance:
        high *= 2
    for _ in range(80):  # acceptance falls with the quality: halving finds the one place
        middle = (low + high) / 2
        if float(acceptance_probability(stages, middle, model=model)) > chance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def outgoing_limit(
    stages: Sequence[Stage],
    *,
    model: Model = "binomial",
    lot: int | None = None,
    finite_outgoing: bool = False,
) -> tuple[float, float]:
    """Find the worst average outgoing quality (AOQL), and the quality that leads to it.

    Parameters
    ----------
    stages : sequence of Stage
        The samples of the plan, numbers cumulative. [1]
    model : {"binomial", "poisson"}, optional
        See `acceptance_probability`. [-]
    lot : int, optional
        Units in the lot, for the finite outgoing quality. [1]
    finite_outgoing : bool, optional
        See `operating_characteristic`. [-]

    Returns
    -------
    limit, at : float
        Average outgoing quality limit and incoming quality there. [1]

    References
    ----------
    .. [1] H. F. Dodge and H. G. Romig, Sampling Inspection Tables, 2nd ed., Wiley, 1959.

    Examples
    --------
    >>> limit, at = outgoing_limit([Stage(52, 3, 4)], lot=10_000, finite_outgoing=True)
    >>> round(limit, 4), round(at, 4)
    (0.0372, 0.0559)
    """

    def outgoing(p: Floats) -> Floats:
        return operating_characteristic(
            stages, p, lot=lot, model=model, finite_outgoing=finite_outgoing
        ).outgoing

    low, high = 0.0, min(1.0, 10.0 * (stages[-1].accept + 1) / sum(s.n for s in stages))
    for _ in range(12):  # each pass narrows the bracket of the maximum eightfold
        grid = np.linspace(low, high, 17)
        best = int(np.argmax(outgoing(grid)))
        low, high = float(grid[max(0, best - 1)]), float(grid[min(16, best + 1)])
    at = (low + high) / 2
    return float(outgoing(np.array([at]))[0]), at


def _walk(
    stages: Sequence[Stage], p: float, model: Model, lot: int | None
) -> tuple[float, float, float]:
    """Follow the count of nonconforming units through the stages.

    Gives the chance to accept, the mean number sampled, and the mean number sampled in accepted
    lots (each accepted lot counted with its chance).
    """
    going = np.array([1.0])  # chance of each count that is still undecided
    accepted, sampled, used, total = 0.0, 0.0, 0.0, 0
    bad = 0 if lot is None else round(p * lot)
    for number, stage in enumerate(stages):
        sampled += stage.n * float(going.sum())
        size = stage.reject
        after = np.zeros(size)
        for count, weight in enumerate(going):
            if weight > 0:
                after[count:] += weight * _chances(
                    stage.n, size - count, p, model, lot, bad, total, count
                )
        total += stage.n
        last = number == len(stages) - 1
        to = size if last else stage.accept + 1
        taken = float(after[:to].sum())
        accepted += taken
        used += taken * total
        after[:to] = 0.0
        going = after
    return accepted, sampled, used


def _chances(
    n: int,
    size: int,
    p: float,
    model: Model,
    lot: int | None,
    bad: int,
    drawn: int,
    found: int,
) -> Floats:
    """Chance of 0, 1, ... nonconforming units in the next sample of n."""
    from scipy.special import gammaln, xlog1py, xlogy

    x = np.arange(size, dtype=float)
    if model == "poisson":
        return np.exp(xlogy(x, n * p) - n * p - gammaln(x + 1))
    if model == "binomial":
        out = np.zeros(size)
        x = x[: n + 1]
        ways = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
        out[: x.size] = np.exp(ways + xlogy(x, p) + xlog1py(n - x, -p))
        return out
    assert lot is not None
    left, worse = lot - drawn, bad - found
    out = np.zeros(size)
    possible = (x <= n) & (x <= worse) & (n - x <= left - worse)
    x = x[possible]

    def choose(a: float, b: Floats | float) -> Floats:
        return np.asarray(gammaln(a + 1) - gammaln(np.asarray(b) + 1) - gammaln(a - b + 1))

    out[possible] = np.exp(choose(worse, x) + choose(left - worse, n - x) - choose(left, n))
    return out
