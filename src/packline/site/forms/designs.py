"""What is filled in about a design: which of the candidates it is."""

from __future__ import annotations

from typing import Any

from django import forms

from packline.design.models import Candidate, Study

__all__ = ["ReleaseDesign"]


class _CandidateField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Candidate) -> str:
        mass = "" if obj.mass_kg is None else f", {obj.mass_kg:.3g} kg"
        return (
            f"{obj.rank}: {obj.series}S{obj.parallel}P of {obj.cell.maker} {obj.cell.name}, "
            f"{obj.energy_wh:.4g} Wh{mass}"
        )


class ReleaseDesign(forms.Form):
    """One of the candidates of a study that meet every requirement."""

    candidate = _CandidateField(
        Candidate.objects.none(),
        label="Which one?",
        empty_label=None,
        help_text="By rank. The limits follow from it; a design released before is superseded.",
    )

    def __init__(self, *args: Any, of: Study | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        candidate = self.fields["candidate"]
        assert isinstance(candidate, forms.ModelChoiceField)
        candidate.queryset = (
            Candidate.objects.filter(study=of, feasible=True)
            .select_related("cell", "study__program")
            .order_by("rank")
        )
