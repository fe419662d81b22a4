"""The `packline` command: one thread of data, from requirements to released packs."""

from __future__ import annotations

import sys

import typer

from packline.site.commands import admin

app = typer.Typer(
    name="packline",
    help="One thread of data for companies that assemble custom lithium battery packs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line."""
    if sys.argv[1:2] == ["admin"]:  # Django reads its own arguments
        admin.run(sys.argv[2:])
        return
    app()


if __name__ == "__main__":
    main()
