"""Agreement of people or machines that sort into good and bad (or more) classes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from packcalc.stats.intervals import Ends, Proportion, proportion
from packcalc.stats.msa.kappa import Kappa, cohen_kappa, fleiss_kappa
from packcalc.stats.no_data import NoData

__all__ = ["AppraiserAgreement", "AttributeStudy", "attribute_agreement"]

Rated = Sequence[Sequence[Hashable]]
Ratings = Mapping[str, Rated]
Share = Callable[[int, int], Proportion | NoData]


@dataclass(frozen=True, slots=True)
class AppraiserAgreement:
    """One appraiser: agreement with oneself, with the reference, and the kinds of error.

    `missed` are bad parts called good, `false_alarms` good parts called bad, over all decisions.
    `kappa` is Cohen's against the reference; `fleiss_within` is Fleiss' over the appraiser's own
    trials, `fleiss_reference` Fleiss' of each trial with the reference, averaged over the trials,
    as Minitab prints them.
    """

    name: str
    within: Proportion | NoData
    effectiveness: Proportion | NoData
    kappa: Kappa | NoData
    fleiss_within: float | NoData
    fleiss_reference: float | NoData
    missed: Proportion | NoData
    false_alarms: Proportion | NoData
    verdict: str


@dataclass(frozen=True, slots=True)
class AttributeStudy:
    """An attribute agreement study."""

    appraisers: tuple[AppraiserAgreement, ...]
    between: tuple[tuple[str, str, Kappa | NoData], ...]
    all_agree: Proportion | NoData
    all_agree_with_reference: Proportion | NoData
    fleiss: Kappa | NoData
    convention: str


def attribute_agreement(
    ratings: Ratings,
    reference: Sequence[Hashable] | None = None,
    *,
    good: Hashable = 1,
    confidence: float = 0.95,
    ends: Ends = "two_sided",
) -> AttributeStudy:
    """Study how appraisers agree with themselves, each other and the reference.

    Parameters
    ----------
    ratings : mapping of str to sequence of sequence
        For each appraiser, for each part, the rating of every trial. [-]
    reference : sequence, optional
        True class of each part. [-]
    good : hashable, optional
        The class that passes; any other is bad. Misses and false alarms need it. [-]
    confidence : float, optional
        Confidence of the exact intervals. [1]
    ends : {"two_sided", "one_sided"}, optional
        Interval at 0 of n and n of n: AIAG halves the risk, Minitab spends it on one side. [-]

    Returns
    -------
    AttributeStudy
        Agreement, kappas, effectiveness and AIAG's verdict for each appraiser. [1]

    Raises
    ------
    ValueError
        If appraisers rated different numbers of parts or trials.

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. III-C (effectiveness 90 / 80 %,
           miss rate 2 / 5 %, false alarms 5 / 10 %).

    Examples
    --------
    >>> study = attribute_agreement({"A": [[1, 1], [0, 0], [1, 0]], "B": [[1, 1], [0, 0], [0, 0]]},
    ...                             reference=[1, 0, 0])
    >>> [round(a.effectiveness.value, 2) for a in study.appraisers]
    [0.67, 1.0]
    """
    names, parts, trials = _shape(ratings, reference)
    classes = list(
        dict.fromkeys(
            [r for n in names for part in ratings[n] for r in part] + [*(reference or ())]
        )
    )
    number = {c: i for i, c in enumerate(classes)}

    def share(hits: int, total: int) -> Proportion | NoData:
        return proportion(hits, total, confidence=confidence, ends=ends)

    def crossed(
        first: Sequence[Sequence[Hashable]], second: Sequence[Sequence[Hashable]]
    ) -> Kappa | NoData:
        table = np.zeros((len(classes), len(classes)))
        for a, b in zip(first, second, strict=True):
            for x, y in zip(a, b, strict=True):
                table[number[x], number[y]] += 1
        return cohen_kappa(table)

    def several(rated: Sequence[Sequence[Hashable]]) -> Kappa | NoData:
        counts = np.zeros((len(rated), len(classes)))
        for i, part in enumerate(rated):
            for r in part:
                counts[i, number[r]] += 1
        return fleiss_kappa(counts)

    truth = None if reference is None else [[r] * trials for r in reference]
    made = [
        _appraiser(name, ratings[name], reference, truth, good, share, crossed, several)
        for name in names
    ]
    same = sum(len({r for n in names for r in ratings[n][i]}) == 1 for i in range(parts))
    right: Proportion | NoData = NoData("no reference was given")
    if reference is not None:
        hits = sum(
            {r for n in names for r in ratings[n][i]} == {reference[i]} for i in range(parts)
        )
        right = share(hits, parts)
    everyone = [[r for n in names for r in ratings[n][i]] for i in range(parts)]
    enough = len(names) * trials > 1
    return AttributeStudy(
        tuple(made),
        tuple((a, b, crossed(ratings[a], ratings[b])) for a, b in combinations(names, 2)),
        share(same, parts),
        right,
        several(everyone) if enough else NoData("one rating per part"),
        f"exact {confidence:g} intervals, {ends.replace('_', '-')} at the ends; Cohen's kappa on"
        " decisions of the same trial",
    )


def _appraiser(
    name: str,
    rated: Rated,
    reference: Sequence[Hashable] | None,
    truth: list[list[Hashable]] | None,
    good: Hashable,
    share: Share,
    crossed: Callable[[Rated, Rated], Kappa | NoData],
    several: Callable[[Rated], Kappa | NoData],
) -> AppraiserAgreement:
    parts = len(rated)
    trials = len(rated[0])
    none = NoData("no reference was given")
    within = share(sum(len(set(part)) == 1 for part in rated), parts)
    own: float | NoData = _value(several(rated)) if trials > 1 else NoData("one trial")
    if trials < 2:
        within = NoData("one trial cannot repeat itself")
    if reference is None or truth is None:
        return AppraiserAgreement(name, within, none, none, own, none, none, none, "no data")
    with_truth = [
        _value(several([(part[k], ref) for part, ref in zip(rated, reference, strict=True)]))
        for k in range(trials)
    ]
    known = [kappa for kappa in with_truth if not isinstance(kappa, NoData)]
    against: float | NoData = NoData("in one trial one class only was used")
    if len(known) == trials:
        against = sum(known) / trials
    hits = sum(set(part) == {ref} for part, ref in zip(rated, reference, strict=True))
    decisions = [(r, ref) for part, ref in zip(rated, reference, strict=True) for r in part]
    bad = [r for r, ref in decisions if ref != good]
    fine = [r for r, ref in decisions if ref == good]
    effectiveness = share(hits, parts)
    missed = share(sum(r == good for r in bad), len(bad))
    alarms = share(sum(r != good for r in fine), len(fine))
    return AppraiserAgreement(
        name,
        within,
        effectiveness,
        crossed(rated, truth),
        own,
        against,
        missed,
        alarms,
        _verdict(effectiveness, missed, alarms),
    )


def _value(kappa: Kappa | NoData) -> float | NoData:
    return kappa if isinstance(kappa, NoData) else kappa.value


def _verdict(
    effectiveness: Proportion | NoData, missed: Proportion | NoData, alarms: Proportion | NoData
) -> str:
    """Read AIAG's bands; the worst of the three decides."""
    grades = []
    if isinstance(effectiveness, Proportion):
        grades.append(0 if effectiveness.value >= 0.9 else 1 if effectiveness.value >= 0.8 else 2)
    if isinstance(missed, Proportion):
        grades.append(0 if missed.value <= 0.02 else 1 if missed.value <= 0.05 else 2)
    if isinstance(alarms, Proportion):
        grades.append(0 if alarms.value <= 0.05 else 1 if alarms.value <= 0.10 else 2)
    return ("acceptable", "marginal", "unacceptable")[max(grades)] if grades else "no data"


def _shape(ratings: Ratings, reference: Sequence[Hashable] | None) -> tuple[list[str], int, int]:
    names = list(ratings)
    if not names or not ratings[names[0]] or not ratings[names[0]][0]:
        raise ValueError("a study needs an appraiser, a part and a trial")
    parts, trials = len(ratings[names[0]]), len(ratings[names[0]][0])
    for name in names:
        if len(ratings[name]) != parts or any(len(part) != trials for part in ratings[name]):
            raise ValueError(f"{name} must rate {parts} parts {trials} times, as {names[0]} did")
    if reference is not None and len(reference) != parts:
        raise ValueError(f"{len(reference)} reference classes do not fit {parts} parts")
    return names, parts, trials
