"""What several forms ask for: why something is done, and a signature."""

from __future__ import annotations

from typing import Any

from django import forms

from packline.foundation.models import Person

__all__ = ["MOMENT", "Because", "Signed", "choices_of"]

MOMENT = "%Y-%m-%dT%H:%M"  # as browsers write it


class Because(forms.Form):
    """Why something is done; it goes into the record."""

    reason = forms.CharField(max_length=300, label="Why?")


class Signed(forms.Form):
    """A form that ends with the password of who signs; it is checked and not kept."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person
        self.fields["password"] = forms.CharField(
            label="Your password, as your signature",
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )

    def clean(self) -> dict[str, Any]:
        """Know the person who signs, at the moment of signing; forget the password."""
        password = self.cleaned_data.pop("password", None)
        if password is not None and not self._person.check_password(password):
            self.add_error("password", "This is not your password, so nothing was signed.")
        return self.cleaned_data


def choices_of(*codes: str, none: str | None = None) -> list[tuple[str, str]]:
    """Return codes as choices in words; with `none` nothing may be chosen, and is called so."""
    chosen = [(code, code.replace("_", " ")) for code in codes]
    return chosen if none is None else [("", none), *chosen]
