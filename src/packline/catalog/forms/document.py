"""A TOML file as nested tables, with every problem named by file, table and key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

from packline.foundation.errors import Problem

__all__ = ["Table", "load"]


def load(content: bytes, name: str, problems: list[Problem]) -> dict[str, Any]:
    """Read TOML; what is not UTF-8 or not TOML is one problem and no tables."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text (byte {error.start})"
        problems.append(Problem(name, message=message, allowed="a TOML file in UTF-8"))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(name, message=f"not TOML: {error}"))
    return {}


class Table:
    """One table of a file while it is read: typed access that collects problems."""

    def __init__(self, values: Any, where: str, problems: list[Problem]) -> None:
        self.where = where
        self.problems = problems
        self.values: Mapping[str, Any] = values if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            self.say("", values, "must be a table")

    def say(self, field: str, value: Any, message: str, allowed: str = "") -> None:
        """Note a problem."""
        shown = "" if value is None else repr(value)[:60]
        self.problems.append(Problem(self.where, field, shown, message, allowed))

    def only(self, keys: Iterable[str]) -> None:
        """Refuse every key that is not one of these."""
        known = list(keys)
        for key in self.values:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f"unknown key; did you mean {near[0]}?" if near else "unknown key"
                self.say(key, None, hint, ", ".join(known))

    def text(self, key: str, required: bool = True) -> str:
        """Return a non-empty string, or nothing and a problem."""
        value = self.values.get(key)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or not value.strip():
            missing = value is None
            self.say(
                key, value, "missing" if missing else "must be text", "text that is not empty"
            )
            return ""
        return value.strip()

    def word(self, key: str, allowed: Iterable[str]) -> str:
        """Return one of some words, or nothing and a problem."""
        words = tuple(allowed)
        value = self.text(key)
        if value and value not in words:
            self.say(key, value, "not known", ", ".join(words))
            return ""
        return value

    def number(self, key: str) -> float | None:
        """Return a finite number, or nothing and a problem."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.say(key, value, "missing" if value is None else "must be a number", "a number")
            return None
        if not isfinite(value):
            self.say(key, value, "not a finite number", "a number")
            return None
        return float(value)

    def table(self, key: str) -> Table:
        """Return a table inside this one."""
        if key not in self.values:
            self.say(key, None, "missing table")
            return Table({}, f"{self.where} [{key}]", [])  # its own lacks are not news
        return Table(self.values[key], f"{self.where} [{key}]", self.problems)

    def children(self) -> dict[str, Table]:
        """Return the tables in this table, by name."""
        inner = self.where.removesuffix("]")
        return {
            name: Table(value, f"{inner}.{name}]", self.problems)
            for name, value in self.values.items()
        }


def read_bytes(path: Path, problems: list[Problem]) -> bytes:
    """Return a file's content, or nothing and a problem."""
    try:
        return path.read_bytes()
    except OSError as error:
        problems.append(Problem(str(path), message=f"cannot be read: {error.strerror}"))
        return b""
