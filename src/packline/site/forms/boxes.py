"""What is filled in at packing."""

from __future__ import annotations

from django import forms

from packline.production.queries.boxes import BOXES
from packline.site.forms.asked import choices_of

__all__ = ["PackBox", "TakeOut"]

MOST = 500  # what goes into a box at once


class PackBox(forms.Form):
    """A box with the units that go into it, or a pallet with its boxes."""

    kind = forms.ChoiceField(choices=choices_of(*BOXES), help_text="Boxes stand on a pallet.")
    number = forms.CharField(
        label="Number of the box or pallet",
        max_length=60,
        help_text="One that is known gets more; an SSCC is printed on its label as GS1 has it.",
    )
    inside = forms.CharField(
        label="Units, or boxes for a pallet",
        widget=forms.Textarea({"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text="One a line, as scanned.",
    )

    def clean_inside(self) -> list[str]:
        """Return each number once, in the order in which they came."""
        found = list(dict.fromkeys(self.cleaned_data["inside"].split()))
        if len(found) > MOST:
            raise forms.ValidationError(f"{len(found)} numbers; at most {MOST} at once.")
        return found


class TakeOut(forms.Form):
    """What is taken out of a box, and why."""

    number = forms.CharField(widget=forms.HiddenInput, max_length=60)
    reason = forms.CharField(label="Why?", max_length=300)
