"""What is filled in about revisions: of a machine's program, of an instruction, and for whom."""

from __future__ import annotations

from typing import Any

from django import forms

from packline.design.models import Design
from packline.process.calc.catalogue import operation_types
from packline.process.models import Characteristic, Recipe
from packline.process.queries.revisions import instruction_in_force
from packline.process.states import EFFECTIVE_KINDS
from packline.site.forms.asked import MOMENT, choices_of

__all__ = ["MakeEffective", "RegisterRecipe", "ReviseInstruction"]


class RegisterRecipe(forms.Form):
    """A revision of what a machine has loaded."""

    code = forms.CharField(max_length=40, help_text="As the machine and the operation name it.")
    revision = forms.CharField(max_length=20)
    note = forms.CharField(label="What is new", max_length=300, required=False)


class ReviseInstruction(forms.Form):
    """The next revision of an instruction."""

    operation_code = forms.ChoiceField(
        label="Operation", choices=lambda: choices_of(*operation_types())
    )
    text = forms.CharField(
        label="Instruction",
        widget=forms.Textarea({"rows": 6}),
        help_text="Figures of the design stand in braces, as in the revision before.",
    )
    note = forms.CharField(label="What is new", max_length=300)
    retraining = forms.BooleanField(
        label="Training on earlier revisions no longer suffices", required=False, initial=True
    )


class MakeEffective(forms.Form):
    """Which revision rules for which serials, from when on, and why."""

    design = forms.ModelChoiceField(
        Design.objects.filter(state="released")
        .select_related("program")
        .order_by("program__code", "-revision")
    )
    kind = forms.ChoiceField(choices=choices_of(*EFFECTIVE_KINDS))
    operation_code = forms.ChoiceField(
        label="Operation", choices=lambda: choices_of(*operation_types())
    )
    code = forms.CharField(
        label="Code of the recipe or of the characteristic",
        max_length=40,
        required=False,
        help_text="Instructions and firmware need none.",
    )
    revision = forms.CharField(max_length=40)
    first_serial = forms.CharField(max_length=40, required=False)
    last_serial = forms.CharField(
        max_length=40, required=False, help_text="Both empty: every serial of the design."
    )
    effective_from = forms.DateTimeField(
        label="From (UTC)",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, MOMENT),
        help_text="Empty: from now on.",
    )
    effective_until = forms.DateTimeField(
        label="Until (UTC)",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, MOMENT),
        help_text="Empty: until something later rules.",
    )
    reason = forms.CharField(
        label="Why?", max_length=300, help_text="For example the number of the change."
    )

    def clean(self) -> dict[str, Any]:
        """Take no revision that there is not: every unit would stop for it."""
        said = self.cleaned_data
        complete = {"design", "kind", "operation_code", "revision"} <= said.keys()
        if complete and (fault := _no_such_revision(said)):
            self.add_error("revision", fault)
        return said


def _no_such_revision(said: dict[str, Any]) -> str:
    kind, code, revision = said["kind"], said.get("code", ""), said["revision"]
    if kind == "recipe" and not Recipe.objects.filter(code=code, revision=revision).exists():
        known = Recipe.objects.filter(code=code).order_by("revision")
        named = ", ".join(known.values_list("revision", flat=True))
        return f"There is no recipe {code}@{revision}. Known: {named or 'none of this code'}."
    if kind == "instruction":
        last = instruction_in_force(said["operation_code"]).revision
        if not revision.isdecimal() or not 1 <= int(revision[:9]) <= last:
            return f"This instruction has the revisions 1 to {last}."
    if kind == "limit":
        known_limits = Characteristic.objects.filter(
            operation__routing__design=said["design"],
            operation__code=said["operation_code"],
            code=code,
        )
        named = ", ".join(sorted(set(known_limits.values_list("revision", flat=True))))
        if not named:
            return f"This operation of the design has no characteristic {code or '(no code)'}."
        if revision not in named.split(", "):
            return f"The limits of {code} have the revisions {named}."
    return ""
