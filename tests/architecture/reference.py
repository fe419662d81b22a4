"""Write the pages that follow from the code: ``python -m tests.architecture.reference``."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

import click
import typer

DOCS = Path(__file__).parents[2] / "docs" / "reference"
NOTE = "<!-- Written by `python -m tests.architecture.reference`; a test holds it to the code. -->"


def commands_page() -> str:
    """One section per command: what it does, its arguments, options and exit codes."""
    from packline.site.cli import app

    root = typer.main.get_command(app)
    lines = ["# Commands", "", NOTE, "", "`packline COMMAND --help` says the same.", ""]
    for name, command in _every(root):
        lines += [f"## packline {name}", "", inspect.cleandoc(command.help or ""), ""]
        rows = [_row(p) for p in command.params if p.name != "help"]
        if rows:
            lines += ["| argument or option | meaning |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def _every(group: click.Group, prefix: str = "") -> list[tuple[str, click.Command]]:
    """Return every command by its whole name; a group is followed by its own."""
    found = []
    for name in sorted(group.commands):
        command = group.commands[name]
        found.append((prefix + name, command))
        if hasattr(command, "commands"):
            found += _every(command, f"{prefix}{name} ")
    return found


def _row(parameter: click.Parameter) -> str:
    names = ", ".join(f"`{o}`" for o in [*parameter.opts, *parameter.secondary_opts])
    if parameter.param_type_name == "argument":
        names = f"`{(parameter.name or '').upper()}`"
    told = " ".join((getattr(parameter, "help", "") or "").split())
    return f"| {names} | {told} |".replace("|  |", "| |")


def tables_page() -> str:
    """One line per table and field, from the models."""
    import django
    from django.apps import apps

    django.setup()
    from packline.thread import STAGES

    lines = ["# Tables", "", NOTE, "", "Fields of the record, stage by stage; `*` is unique.", ""]
    for stage in ("foundation", *STAGES):
        models = sorted(apps.get_app_config(stage).get_models(), key=lambda m: m.__name__)
        if not models:
            continue
        lines += [f"## {stage}", ""]
        for model in models:
            append_only = " Append-only." if getattr(model, "append_only", False) else ""
            lines += [f"### {model.__name__}", ""]
            lines += [f"`{model._meta.db_table}`: {inspect.cleandoc(model.__doc__)}{append_only}"]
            lines += ["", ", ".join(_field(f) for f in model._meta.concrete_fields), ""]
    return "\n".join(lines)


def _field(field: object) -> str:
    star = "*" if field.unique and not field.primary_key else ""
    target = f" -> {field.related_model.__name__}" if field.is_relation else ""
    return f"`{field.name}`{star}{target}"


def interface_page() -> str:
    """One section per operation of the interface, from its OpenAPI document, and every refusal."""
    import django

    django.setup()
    from packline.resources.calc.tokens import SCOPES
    from packline.site.api import api
    from packline.site.api.problems import CODES, STATUSES

    document = api.get_openapi_schema()
    lines = ["# The interface of machines and stations", "", NOTE, ""]
    lines += [
        "`/api/v1/openapi.json` is the same as an OpenAPI document, `/api/v1/docs` a page.",
        "",
    ]
    lines += [document["info"]["description"].partition("\n\n")[2].strip(), ""]
    lines += ["## Scopes", "", "| scope | lets a token |", "|---|---|"]
    lines += [f"| `{scope}` | {meaning} |" for scope, meaning in SCOPES.items()]
    lines += ["", "## Operations", ""]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            lines += [f"### {method.upper()} {path}", "", operation["description"].strip(), ""]
            lines += _parameters(operation)
            good = [str(s) for s in operation["responses"] if int(s) < 400]
            lines += [f"Answers {', '.join(good)}: {_schema(operation, good[0])}.", ""]
    lines += ["## Bodies and answers", ""]
    for name, schema in sorted(document["components"]["schemas"].items()):
        if "properties" in schema:
            fields = ", ".join(f"`{field}`" for field in schema["properties"])
            told = " ".join(schema.get("description", "").split())
            lines += [f"- **{name}**: {told} {fields}"]
    statuses = {code: str(status) for _, status, code in STATUSES}
    lines += [
        "",
        "## Refusals",
        "",
        "| `type` urn:packline:problem: | status | meaning |",
        "|---|---|---|",
    ]
    lines += [f"| `{code}` | {statuses.get(code, '')} | {said} |" for code, said in CODES.items()]
    return "\n".join([*lines, ""])


def _parameters(operation: dict) -> list[str]:
    rows = []
    for parameter in operation["parameters"]:
        must = "must" if parameter["required"] else "may"
        told = parameter.get("description", "")
        rows.append(f"| `{parameter['name']}` | {parameter['in']} | {must} | {told} |")
    body = operation.get("requestBody")
    if body:
        for kind, content in body["content"].items():
            name = content["schema"].get("$ref", "").rpartition("/")[2] or "the bytes"
            rows.append(f"| body | {kind} | must | {name} |")
    return ["| parameter | in | | |", "|---|---|---|---|", *rows, ""] if rows else []


def _schema(operation: dict, status: str) -> str:
    responses = {str(s): r for s, r in operation["responses"].items()}
    for kind, content in responses[status].get("content", {}).items():
        schema = content["schema"]
        several = "list of " if "items" in schema else ""
        name = schema.get("items", schema).get("$ref", "").rpartition("/")[2]
        return f"{several}{name}" if name else kind
    return "nothing"


def events_page() -> str:
    """One line per event that there is, as webhooks name it."""
    from packline.insight.calc.verbs import VERBS

    lines = [
        "# Events",
        "",
        NOTE,
        "",
        "What a [webhook](../how-to/receive-webhooks.md) can ask for.",
    ]
    lines += ["", "| event | what happened |", "|---|---|"]
    lines += [f"| `{verb}` | {meaning} |" for verb, meaning in VERBS.items()]
    return "\n".join([*lines, ""])


PAGES = {
    "commands.md": commands_page,
    "events.md": events_page,
    "interface.md": interface_page,
    "tables.md": tables_page,
}


def main() -> None:
    """Write every page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packline.site.settings")
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
