"""Reading the cases, and comparing an answer with the published one at its tolerance."""

import json
from pathlib import Path

FOLDER = Path(__file__).parents[4].parent / "shared" / "reference" / "statistics"


def cases(folder=FOLDER):
    """Read every case; none when the folder is absent."""
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*/*.json"))]


def differences(got, expected, tolerance, path=""):
    """List where an answer is missing or farther from the published one than allowed."""
    if callable(got):  # takes long, and is asked for by few
        got = got()
    if isinstance(expected, dict):
        found = []
        for key, value in expected.items():
            here = f"{path}.{key}" if path else str(key)
            if not isinstance(got, dict) or key not in got:
                found.append(f"{here}: no answer")
            else:
                found += differences(got[key], value, tolerance, here)
        return found
    if isinstance(expected, list):
        if len(got) != len(expected):
            return [f"{path}: {len(got)} values, {len(expected)} expected: {got}"]
        pairs = enumerate(zip(got, expected, strict=True))
        return [d for i, (g, e) in pairs for d in differences(g, e, tolerance, f"{path}[{i}]")]
    return [] if agrees(got, expected, tolerance, path) else [f"{path}: {got!r}, not {expected!r}"]


def agrees(got, expected, tolerance, path):
    """Say whether one value passes: |got - expected| <= max(abs, rel |expected|)."""
    if isinstance(expected, bool | str) or expected is None:
        return got == expected
    per_field = tolerance.get("abs_per_field", {})
    field = path.split("[")[0]
    allowed = per_field.get(field, per_field.get("*", tolerance.get("abs")))
    if isinstance(expected, int) and field not in per_field and isinstance(got, int):
        return got == expected
    if allowed is None:
        return got == expected
    return abs(got - expected) <= max(allowed, tolerance.get("rel", 0.0) * abs(expected))
