"""What an administrator fills in to let a machine speak for a station."""

from __future__ import annotations

from django import forms

from packline.resources.calc.tokens import SCOPES
from packline.resources.models import Station
from packline.resources.services import LONGEST_TOKEN

__all__ = ["IssueToken"]


class IssueToken(forms.Form):
    """A station, what runs there, what it may do and for how long."""

    station = forms.ModelChoiceField(
        Station.objects.order_by("code"),
        to_field_name="code",
        help_text="One that is not listed is registered under Resources first.",
    )
    name = forms.CharField(
        label="What runs with it", max_length=60, help_text="For example: EOL rig, left PC."
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=[(scope, f"{scope}: {words}") for scope, words in SCOPES.items()],
        initial=["units:read", "steps:write"],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label="For how many days",
        min_value=1,
        max_value=LONGEST_TOKEN.days,
        initial=365,
    )
