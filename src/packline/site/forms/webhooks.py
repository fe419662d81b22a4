"""What an administrator fills in about who outside is told of what."""

from __future__ import annotations

from django import forms

from packline.requirements.models import Program

__all__ = ["MakeWebhook", "Rekey"]


class MakeWebhook(forms.Form):
    """A receiver, the events it is told of, and what of the house it may see."""

    code = forms.CharField(
        label="What to call it", max_length=40, help_text="Small letters, digits and hyphens."
    )
    url = forms.CharField(label="Address", max_length=300, help_text="https://HOST/PATH")
    verbs = forms.CharField(
        label="Events",
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        initial="production.unit.*",
        help_text="One a line; a star stands for any. The reference lists all there are.",
    )
    programs = forms.ModelMultipleChoiceField(
        Program.objects.order_by("code"),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Programs that it may see",
    )
    everything = forms.BooleanField(
        label="It sees every program and the whole house instead", required=False
    )
    from_start = forms.BooleanField(label="Tell it of all that ever happened, too", required=False)

    def clean_verbs(self) -> list[str]:
        """Return each event, or pattern of events, by itself."""
        return str(self.cleaned_data["verbs"]).split()

    def clean_programs(self) -> list[Program]:
        """Return the programs as rows."""
        return list(self.cleaned_data["programs"])


class Rekey(forms.Form):
    """How long the last secret signs beside the new one."""

    overlap_hours = forms.IntegerField(
        label="For how many hours both sign",
        min_value=0,
        max_value=720,
        initial=24,
        help_text="0 if the last one became known: change the receiver at once.",
    )
