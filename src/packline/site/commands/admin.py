"""`packline admin`: Django's own commands, on this data directory."""

from __future__ import annotations

from pathlib import Path

from packline.site.place import data_directory
from packline.site.prepare import point_at


def run(arguments: list[str]) -> None:
    """Hand the arguments to Django, after `--data` and `--database` are taken out of them."""
    rest: list[str] = []
    named: dict[str, str | None] = {"--data": None, "--database": None}
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name in named:
            named[name] = value if equals else next(words, "")
        else:
            rest.append(word)
    data = named["--data"]
    point_at(Path(data) if data else None, named["--database"])
    data_directory().mkdir(parents=True, exist_ok=True)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["packline admin", *rest])
