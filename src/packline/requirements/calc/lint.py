"""The linter of programs: every named rule, run in one order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from packline.requirements.calc import misconceptions, plausibility
from packline.requirements.calc.finding import SEVERITIES, Finding
from packline.requirements.calc.spec import ProgramSpec

__all__ = ["RULES", "lint"]

Rule = Callable[[ProgramSpec], Iterator[Finding]]

RULES: Mapping[str, Rule] = MappingProxyType({**misconceptions.RULES, **plausibility.RULES})


def lint(spec: ProgramSpec) -> list[Finding]:
    """Return what every rule finds, the gravest first."""
    found = [finding for rule in RULES.values() for finding in rule(spec)]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))
