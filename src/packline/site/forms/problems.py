"""What somebody fills in who sees that a unit is not as it should be."""

from __future__ import annotations

from django import forms

from packline.quality.calc.defects import defects

__all__ = ["BookProblem"]


class BookProblem(forms.Form):
    """A nonconformance that no reading told of."""

    defect_code = forms.ChoiceField(
        label="Defect",
        choices=lambda: [(code, defect.title) for code, defect in defects().items()],
        initial="other",
    )
    title = forms.CharField(label="What is wrong?", max_length=300)
