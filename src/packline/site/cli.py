"""The `packline` command: one thread of data, from requirements to released packs."""

from __future__ import annotations

import sys
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
from packline.site.commands.permit import permit
from packline.site.commands.recall import recall
from packline.site.commands.replacement import replacement
from packline.site.commands.run import run
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
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(run)
app.command()(serve)
app.command()(verify)
app.command()(trace)
app.command()(twin)
app.command()(label)
app.command()(recall)
app.command()(epcis)
app.command()(lint)
app.command()(design)
app.command()(match)
app.command()(grade)
app.command()(replacement)
app.command()(admit)
app.add_typer(token, name="token")
app.command()(badge)
app.add_typer(webhook, name="webhook")
app.command()(illustrate)
app.command()(backup)
app.command()(forget)
app.command()(equip)
app.add_typer(permit, name="permit")
app.command()(simulate)
app.command()(identify)
app.command()(spc)
app.command()(msa)
app.command()(capability)
app.command("sample-plan")(sample_plan)
app.command("gauge-study")(gauge_study)
app.command("import-cells")(import_cells)
app.command("import-joints")(import_joints)


@app.command(
    name="admin", context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
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
