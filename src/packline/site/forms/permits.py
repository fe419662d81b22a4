"""What an approver fills in to sign a permit, and what is asked of the gate before."""

from __future__ import annotations

from typing import Any

from django import forms

from packline.foundation.models import Person
from packline.process.models import Operation, Recipe
from packline.production.states import OPENABLE
from packline.resources.models import Gauge, Station, Tool
from packline.site.forms.asked import MOMENT, Signed, choices_of

__all__ = ["AtTheGate", "PermitForm"]

WORKS_ON_UNITS = ("operator", "inspector")


class PermitForm(Signed):
    """One obstacle opened for a range of serials, for a while."""

    opens = forms.ChoiceField(label="Obstacle", choices=choices_of(*OPENABLE))
    record_named = forms.CharField(
        label="The one record that it is opened for",
        max_length=160,
        required=False,
        help_text="As the gate names it, for example: recipe weld@B. Empty: any of this kind.",
    )
    operation_code = forms.ChoiceField(label="Only at this operation", required=False)
    first_serial = forms.CharField(label="First serial", max_length=40)
    last_serial = forms.CharField(
        label="Last serial", max_length=40, help_text="The same as the first for one unit."
    )
    quantity = forms.IntegerField(
        label="How many of them may pass", min_value=1, max_value=10**6, required=False
    )
    expires_at = forms.DateTimeField(
        label="Until (UTC)", widget=forms.DateTimeInput({"type": "datetime-local"}, MOMENT)
    )
    reason = forms.CharField(
        label="Why?",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text="It is part of what you sign.",
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        codes = Operation.objects.order_by("code").values_list("code", flat=True).distinct()
        operation = self.fields["operation_code"]
        assert isinstance(operation, forms.ChoiceField)
        operation.choices = choices_of(*codes, none="any operation")


class AtTheGate(forms.Form):
    """Who would do the operation where, and with what."""

    operation = forms.CharField(widget=forms.HiddenInput)
    station = forms.ModelChoiceField(Station.objects.none(), to_field_name="code")
    operator = forms.ModelChoiceField(Person.objects.none(), to_field_name="username")
    recipe = forms.ModelChoiceField(
        Recipe.objects.none(), required=False, label="Program that the machine has loaded"
    )
    tools = forms.ModelMultipleChoiceField(
        Tool.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    gauges = forms.ModelMultipleChoiceField(
        Gauge.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, at: Operation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = at.characteristics.exclude(gauge_kind="none").values("gauge_kind")
        people = Person.objects.filter(groups__name__in=WORKS_ON_UNITS, is_active=True).distinct()
        offered = {
            "station": Station.objects.filter(kind=at.station_kind).order_by("code"),
            "operator": people.order_by("username"),
            "recipe": Recipe.objects.filter(code=at.recipe_code).order_by("revision"),
            "tools": Tool.objects.filter(kind=at.tool_kind).order_by("code"),
            "gauges": Gauge.objects.filter(kind__in=kinds).order_by("code"),
        }
        for name, rows in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        self.fields["station"].initial = offered["station"].first()
        self.fields["operator"].label_from_instance = _named  # type: ignore[attr-defined]
        if not at.recipe_code:
            del self.fields["recipe"]
        if not at.tool_kind:
            del self.fields["tools"]
        if not offered["gauges"].exists():
            del self.fields["gauges"]


def _named(person: Person) -> str:
    return person.shown_name
