"""Reading one TOML file from outside, with an error that says what is wrong with it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from packline.foundation.errors import InputError, Problem

__all__ = ["read_bytes", "read_toml"]

LARGEST = 2_000_000  # bytes; a program is some hundred lines


def _unusable(name: str, message: str, allowed: str = "") -> InputError:
    return InputError([Problem(where=name, message=message, allowed=allowed)])


def read_bytes(path: Path, name: str) -> bytes:
    """Read a file whole.

    Raises
    ------
    InputError
        If it is missing, not a file, not readable, empty or far too large.
    """
    try:
        if not path.is_file():
            what = "is a folder, not a file" if path.is_dir() else "is missing"
            raise _unusable(name, f"{what} (looked for {path})")
        if path.stat().st_size > LARGEST:
            raise _unusable(name, "is too large", f"at most {LARGEST} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise _unusable(name, f"cannot be read: {error.strerror}") from error
    except ValueError as error:  # a null byte in the path
        raise _unusable(name, f"is not a file name: {error}") from error
    if not content.strip():
        raise _unusable(name, "is empty")
    return content


def read_toml(path: Path, name: str) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    InputError
        If it cannot be read, is not UTF-8, or is not TOML; the line is named.
    """
    content = read_bytes(path, name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise _unusable(
            f"{name} line {line}", f"is not UTF-8 (byte 0x{byte:02x})", "a file saved as UTF-8"
        ) from error
    try:
        return tomllib.loads(text)
    except ValueError as error:  # a decoding error, or an integer of thousands of digits
        raise _unusable(name, f"is not TOML: {error}") from error
    except RecursionError as error:
        raise _unusable(name, "is not usable TOML: nested too deeply") from error
