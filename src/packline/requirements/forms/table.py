"""One table of a TOML file, read key by key, that remembers everything wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from math import isfinite
from typing import Any

from packline.foundation.errors import Problem

__all__ = ["Table", "did_you_mean", "listed", "number_fault", "shown"]

LONGEST = 500  # characters of a text


def shown(value: object) -> str:
    """Show a value as it stands in TOML, shortened."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = '"' + value.encode("unicode_escape").decode() + '"'
    elif isinstance(value, dict):
        text = "{...}"
    else:
        try:
            text = str(value)
        except ValueError:  # an integer of thousands of digits
            text = "a very long number"
    return text if len(text) <= 60 else text[:57] + "..."


def listed(names: Iterable[object], most: int = 14) -> str:
    """List what is allowed, cut off where it gets too long to read."""
    all_names = [str(name) for name in names]
    rest = len(all_names) - most
    return ", ".join(all_names[:most]) + (f", ... ({rest} more)" if rest > 0 else "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known word that was probably meant, or nothing."""
    names = list(known)
    lower = {name.lower(): name for name in names}
    near = get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return f"; did you mean {lower[near[0]]}?" if near else ""


class Table:
    """Reads keys by kind. A bad value becomes a problem, and a harmless one is returned."""

    def __init__(self, where: str, data: dict[str, Any], problems: list[Problem]) -> None:
        self.where = where
        self._data = data
        self._problems = problems
        self._before = len(problems)
        self._asked: list[str] = []
        self._bad: set[str] = set()

    def has(self, key: str) -> bool:
        """Whether the key is written."""
        return key in self._data

    def good(self, *keys: str) -> bool:
        """Whether all these keys were read without a problem."""
        return all(key in self._data and key not in self._bad for key in keys)

    @property
    def usable(self) -> bool:
        """Whether nothing at all was wrong so far, in this table and those read inside it."""
        return len(self._problems) == self._before

    def problem(self, key: str, message: str, allowed: str = "") -> None:
        """Note what is wrong with a key."""
        self._bad.add(key)
        value = shown(self._data[key]) if key in self._data else ""
        self._problems.append(Problem(self.where, key, value, message, allowed))

    def _take(self, key: str, required: bool, allowed: str) -> Any:
        self._asked.append(key)
        if key not in self._data and required:
            self.problem(key, "is missing", allowed)
        return self._data.get(key)

    def text(
        self,
        key: str,
        *,
        default: str | None = None,
        among: Sequence[str] | None = None,
        pattern: str | None = None,
        allowed: str = "a text in quotes",
        longest: int = LONGEST,
    ) -> str:
        """Read a text of at most `longest` characters, one of `among` or of form `pattern`."""
        if among is not None:
            allowed = listed(among)
        value = self._take(key, default is None, allowed)
        if value is None:
            return default or ""
        if not isinstance(value, str):
            self.problem(key, "is not a text", allowed)
        elif not value.strip() and default != "":
            self.problem(key, "is empty", allowed)
        elif len(value) > longest:
            self.problem(key, "is too long", f"at most {longest} characters")
        elif not all(c.isprintable() or c in "\n\t" for c in value):
            self.problem(key, "has control characters", allowed)
        elif among is not None and value not in among:
            self.problem(key, "is not known" + did_you_mean(value, among), allowed)
        elif pattern is not None and not re.fullmatch(pattern, value):
            self.problem(key, "has not the right form", allowed)
        else:
            return value
        return ""

    def texts(self, key: str, *, among: Sequence[str] | None = None) -> tuple[str, ...]:
        """Read an optional list of texts without repetition."""
        allowed = listed(among) if among is not None else 'a list of texts, ["..."]'
        value = self._take(key, False, allowed)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            self.problem(key, "is not a list of texts", allowed)
            return ()
        if among is not None and (wrong := [v for v in value if v not in among]):
            self.problem(
                key, f"{wrong[0]!r} is not known" + did_you_mean(wrong[0], among), allowed
            )
            return ()
        if len(set(value)) != len(value):
            self.problem(key, "names something twice", allowed)
            return ()
        return tuple(value)

    def number(
        self,
        key: str,
        *,
        low: float | None = None,
        high: float | None = None,
        above: float | None = None,
        default: float | None = None,
    ) -> float:
        """Read a finite number between bounds (`low` and `high` included, `above` excluded)."""
        allowed = _range("a number", low, high, above)
        value = self._take(key, default is None, allowed)
        if value is None:
            return default or 0.0
        fault = number_fault(value)
        if fault is None and _outside(value, low, high, above):
            fault = "is out of range"
        if fault is not None:
            self.problem(key, fault, allowed)
            return 0.0
        return float(value)

    def whole(
        self, key: str, *, low: int = 0, high: int = 1_000_000_000, default: int | None = None
    ) -> int:
        """Read a whole number between bounds."""
        allowed = f"a whole number from {low} to {high}"
        value = self._take(key, default is None, allowed)
        if value is None:
            return default or 0
        if isinstance(value, bool) or not isinstance(value, int):
            self.problem(key, number_fault(value) or "is not a whole number", allowed)
        elif not low <= value <= high:
            self.problem(key, "is out of range", allowed)
        else:
            return value
        return 0

    def day(self, key: str) -> date:
        """Read a date, written as TOML writes dates: without quotes and without a time."""
        allowed = "a date without quotes, for example 2027-03-31"
        value = self._take(key, True, allowed)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not None:
            self.problem(key, "is not a date", allowed)
        return date.min

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Read true or false."""
        value = self._take(key, default is None, "true, false")
        if value is None:
            return bool(default)
        if not isinstance(value, bool):
            self.problem(key, "is not true or false", "true, false")
            return False
        return value

    def raw(self, key: str, *, required: bool = True, allowed: str = "") -> Any:
        """Return a value as it is, for a key whose form depends on another one."""
        return self._take(key, required, allowed)

    def table(self, key: str, *, required: bool = True) -> Table | None:
        """Open a table inside this one."""
        where = f"{self.where.split(' [')[0]} [{self._path(key)}]"
        value = self._take(key, required, f"a table [{self._path(key)}]")
        if value is None:
            return None
        if not isinstance(value, dict):
            self.problem(key, "is not a table", f"a table [{self._path(key)}]")
            return None
        return Table(where, value, self._problems)

    def tables(self, key: str, name: Callable[[dict[str, Any]], str]) -> list[Table]:
        """Open each of an array of tables; `name` adds what identifies one to its number."""
        value = self._take(key, False, f"tables [[{key}]]")
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.problem(key, "is not an array of tables", f"tables [[{key}]]")
            return []
        return [
            Table(f"{self.where} [[{key}]] #{n}{name(row)}", row, self._problems)
            for n, row in enumerate(value, start=1)
        ]

    def chosen_keys(self) -> tuple[str, ...]:
        """Return the keys that are written, for tables whose keys the program chooses."""
        self._asked.extend(self._data)
        return tuple(self._data)

    def finish(self) -> None:
        """Call every key that nobody asked for a mistake."""
        for key in self._data:
            if key not in self._asked:
                self.problem(
                    key,
                    "is not a known key" + did_you_mean(key, self._asked),
                    listed(self._asked, 20),
                )

    def _path(self, key: str) -> str:
        inside = re.search(r"\[([^\[\]]+)\]$", self.where)
        return f"{inside.group(1)}.{key}" if inside else key


def number_fault(value: object) -> str | None:
    """Say why a TOML value is not a finite number; None when it is one."""
    if isinstance(value, bool):
        return "is true or false, not a number"
    if isinstance(value, str):
        return "is a text, not a number (remove the quotes)"
    if not isinstance(value, int | float):
        return "is not a number"
    try:
        finite = isfinite(value)
    except OverflowError:
        return "is too large"
    return None if finite else "is not finite"


def _outside(value: float, low: float | None, high: float | None, above: float | None) -> bool:
    return (
        (low is not None and value < low)
        or (high is not None and value > high)
        or (above is not None and value <= above)
    )


def _range(noun: str, low: float | None, high: float | None, above: float | None) -> str:
    if above is not None:
        return f"{noun} above {above:g}" + (f", at most {high:g}" if high is not None else "")
    if low is not None and high is not None:
        return f"{noun} from {low:g} to {high:g}"
    return f"{noun}, at least {low:g}" if low is not None else noun
