"""What is filled in about single cells of a lot."""

from __future__ import annotations

from typing import Any

from django import forms

from packline.foundation.models import Person

__all__ = ["DECISIONS", "CellsOfALot", "ReplaceCell"]

MOST = 500  # cells that are named at once

# what may become of cells: (the permission that it needs, how it is called on the page)
DECISIONS: dict[str, tuple[str, str]] = {
    "quarantine": ("supply.quarantine_cells", "set apart until somebody decides"),
    "restock": ("supply.restock_cells", "back into stock: sound, and not built in"),
    "concede": ("supply.concede_cells", "use as they are, by concession"),
    "scrap": ("supply.dispose_cells", "scrap: never used, cannot be undone"),
    "return": ("supply.dispose_cells", "return to the supplier, cannot be undone"),
}


class CellsOfALot(forms.Form):
    """Cells by their serials, what becomes of them, and why."""

    decision = forms.ChoiceField(label="What becomes of them?")
    serials = forms.CharField(
        label="Serials",
        widget=forms.Textarea({"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text="One a line, as scanned.",
    )
    reason = forms.CharField(label="Why?", max_length=300)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decision = self.fields["decision"]
        assert isinstance(decision, forms.ChoiceField)
        decision.choices = [
            (name, words) for name, (needs, words) in DECISIONS.items() if person.has_perm(needs)
        ]

    def clean_serials(self) -> list[str]:
        """Return each serial once, in the order in which they came."""
        found = list(dict.fromkeys(self.cleaned_data["serials"].split()))
        if len(found) > MOST:
            raise forms.ValidationError(f"{len(found)} serials; at most {MOST} at once.")
        return found


class ReplaceCell(forms.Form):
    """A cell of a unit that another one takes the place of."""

    old = forms.CharField(label="Cell to be replaced", max_length=60)
    new = forms.CharField(label="Cell that takes its place", max_length=60)
    reason = forms.CharField(label="Why?", max_length=300)
