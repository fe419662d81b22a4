"""The `packline` command: one thread of data, from requirements to released packs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import metadata
from typing import Annotated

import typer

from packline.site.commands import admin
from packline.site.commands.admit import admit
from packline.site.commands.backup import backup
from packline.site.commands.design import design
from packline.site.commands.epcis import epcis
from packline.site.commands.equip import equip
from packline.site.commands.forget import forget
from packline.site.commands.gauge_study import gauge_study
from packline.site.commands.grade import grade
from packline.site.commands.identify import identify
from packline.site.commands.illustrate import illustrate
from packline.site.commands.import_cells import import_cells
from packline.site.commands.import_joints import import_joints
from packline.site.commands.label import label
from packline.site.commands.lint import lint
from packline.site.commands.match import match
from packline.site.commands.open_program import open_program
from packline.site.commands.permit import permit
from packline.site.commands.recall import recall
from packline.site.commands.replacement import replacement
from packline.site.commands.run import run
from packline.site.commands.seal import seal
from packline.site.commands.serve import serve
from packline.site.commands.simulate import simulate
from packline.site.commands.statistics import capability, msa, sample_plan, spc
from packline.site.commands.token import badge, token
from packline.site.commands.trace import trace
from packline.site.commands.twin import twin
from packline.site.commands.verify import verify
from packline.site.commands.webhook_steer import webhook

app = typer.Typer(
    name="packline",
    help="One thread of data for companies that assemble custom lithium battery packs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",  # whose lines flow to the width of the terminal
    context_settings={"help_option_names": ["-h", "--help"]},
)

THREAD = "The thread: from what was asked for to what proves it"
FILES = "From files, without a database"
HOUSE = "People, stations, equipment"
SERVER = "The server and its data"

COMMANDS: dict[str, tuple[Callable[..., None], ...]] = {
    THREAD: (
        *(lint, open_program, design, run, import_cells, import_joints),
        *(trace, twin, recall, label, epcis, seal, verify),
    ),
    FILES: (match, grade, replacement, simulate, identify, spc, msa, capability, sample_plan),
    HOUSE: (admit, badge, equip, illustrate, gauge_study),
    SERVER: (serve, backup, forget),
}
NAMED = {open_program: "open"}  # a name that Python keeps for itself
for panel, commands in COMMANDS.items():
    for command in commands:
        app.command(NAMED.get(command), rich_help_panel=panel)(command)
app.add_typer(permit, name="permit", rich_help_panel=HOUSE)
app.add_typer(token, name="token", rich_help_panel=SERVER)
app.add_typer(webhook, name="webhook", rich_help_panel=SERVER)


@app.command(
    name="admin",
    rich_help_panel=SERVER,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def _admin() -> None:
    """Django's own commands (migrate, changepassword, shell ...) on this data directory."""


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"packline {metadata.version('packline')}")
        raise typer.Exit


def main() -> None:
    """Run the command line."""
    if sys.argv[1:2] == ["admin"]:  # Django reads its own arguments
        admin.run(sys.argv[2:])
        return
    app()


if __name__ == "__main__":
    main()
