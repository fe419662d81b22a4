"""How much of what a specification of its playbook should state is stated, group by group."""

from __future__ import annotations

from dataclasses import dataclass

from packline.requirements.calc.playbooks import Expectation, playbooks
from packline.requirements.calc.quantities import GROUPS
from packline.requirements.calc.spec import ProgramSpec

__all__ = ["Completeness", "GroupScore", "completeness"]


@dataclass(frozen=True, slots=True)
class GroupScore:
    """One group: what is expected of it, and what of that is missing."""

    group: str
    title: str
    requirements: int
    expected: int
    missing: tuple[Expectation, ...]

    @property
    def stated(self) -> int:
        """How many of the expected things are stated."""
        return self.expected - len(self.missing)

    @property
    def score(self) -> float:
        """Share of the expected things that are stated, 0 to 1."""
        return self.stated / self.expected if self.expected else 1.0


@dataclass(frozen=True, slots=True)
class Completeness:
    """The score of each group, in the order of the groups, and of the whole."""

    playbook: str
    groups: tuple[GroupScore, ...]

    @property
    def score(self) -> float:
        """Share of all expected things that are stated: every one counts the same."""
        expected = sum(group.expected for group in self.groups)
        return sum(group.stated for group in self.groups) / expected if expected else 1.0


def completeness(spec: ProgramSpec) -> Completeness:
    """Compare a program with what its playbook expects a specification to state.

    An expectation is met by any requirement on one of its quantities, or by one that is proved
    by a type test it names; the group under which the requirement stands does not matter.
    """
    stated = {r.quantity for r in spec.requirements} | {r.verified_by for r in spec.requirements}
    expectations = playbooks()[spec.playbook].expectations
    groups = []
    for group, title in GROUPS.items():
        expected = [e for e in expectations if e.group == group]
        groups.append(
            GroupScore(
                group=group,
                title=title,
                requirements=sum(r.group == group for r in spec.requirements),
                expected=len(expected),
                missing=tuple(e for e in expected if not stated.intersection(e.any_of)),
            )
        )
    return Completeness(spec.playbook, tuple(groups))
