"""What is filled in about lots that are used by quantity, and about holds of parts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from packline.production.calc.quantities import UNITS
from packline.production.models import Part

__all__ = ["BookLot", "HoldPart", "MergeLots", "ScrapSome", "SplitLot"]

EXACT = "A number with a point, in a unit of which it is a whole number of mm, mg or mm³."
IN_WORDS = {"1": "pieces", "mm3": "mm³"}


class BookLot(forms.Form):
    """A lot of nickel, adhesive, cells without serials ..., as it was delivered."""

    kind = forms.CharField(
        label="What it is",
        max_length=16,
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9-]*$", "Small letters, digits and hyphens: nickel.")
        ],
        help_text="As operations call it, for example nickel or adhesive.",
    )
    number = forms.CharField(label="Number of the lot", max_length=60)
    amount = forms.CharField(label="Quantity", max_length=30, help_text=EXACT)
    unit = forms.ChoiceField(choices=[(code, IN_WORDS.get(code, code)) for code in UNITS])
    supplier = forms.CharField(max_length=80, required=False)


class _OfLot(forms.Form):
    """A quantity of one lot, in a unit in which it is kept."""

    amount = forms.CharField(label="Quantity", max_length=30, help_text=EXACT)
    unit = forms.ChoiceField()

    def __init__(self, *args: Any, of: Part, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ChoiceField)
        unit.choices = [
            (code, IN_WORDS.get(code, code))
            for code, (base, _) in UNITS.items()
            if base == of.unit_code
        ]


class ScrapSome(_OfLot):
    """How much of a lot is lost, and why."""

    reason = forms.CharField(label="Why?", max_length=300)


class SplitLot(_OfLot):
    """How much of a lot goes on under a number of its own."""

    new = forms.CharField(label="Number of the new lot", max_length=60)


class MergeLots(forms.Form):
    """Lots of the same kind that are poured together, and the number of what they become."""

    others = forms.CharField(
        label="The other lots",
        widget=forms.Textarea({"rows": 3}),
        help_text="A number on each line. What is left of all of them goes into the new lot.",
    )
    into = forms.CharField(label="Number of the new lot", max_length=60)

    def clean_others(self) -> list[str]:
        """Return the numbers, each once."""
        text: str = self.cleaned_data["others"]
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class HoldPart(forms.Form):
    """A part or a lot of parts, by kind and number, and why it is held."""

    kind = forms.CharField(
        max_length=20,
        widget=forms.TextInput({"list": "kinds"}),
        help_text="cell, bms, nickel-lot, group ...: as a trace names it.",
    )
    part = forms.CharField(label="Serial, or number of the lot", max_length=60)
    reason = forms.CharField(label="Why?", max_length=300)
