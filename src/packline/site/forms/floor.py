"""What is filled in about what stands on the floor: stations, gauges, tools and their service."""

from __future__ import annotations

from typing import Any

from django import forms

__all__ = ["DAY", "FloorFile", "Gauge", "Service", "Station", "Tool"]

DAY = "%Y-%m-%d"  # as browsers write it
LARGEST_FILE = 1_000_000  # bytes


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, DAY))


class FloorFile(forms.Form):
    """The file that makes much known at once."""

    file = forms.FileField(
        label="File of the floor, TOML", widget=forms.FileInput({"accept": ".toml"})
    )

    def clean_file(self) -> Any:
        """Take no file that is larger than any floor."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(f"{file.size} bytes; at most {LARGEST_FILE}.")
        return file


class Station(forms.Form):
    """A place of the line."""

    code = forms.CharField(max_length=40, help_text="As it is written on the station: EOL-1.")
    kind = forms.CharField(
        max_length=30, help_text="As the operations name it, for example welder."
    )


class Service(forms.Form):
    """When something was serviced, and until when that holds."""

    serviced_on = _day("Serviced on")
    due_on = _day("Due again on")

    def clean(self) -> dict[str, Any]:
        """Let a service hold for at least a day."""
        done, due = self.cleaned_data.get("serviced_on"), self.cleaned_data.get("due_on")
        if done and due and due <= done:
            self.add_error("due_on", f"It is due later than it was serviced, on {done}.")
        return self.cleaned_data


class Tool(Service):
    """A weld head, a torque driver: what is identified at a station."""

    code = forms.CharField(max_length=40)
    kind = forms.CharField(
        max_length=30, help_text="As the operations name it, for example weld-head."
    )
    field_order = ("code", "kind", "serviced_on", "due_on")


class Gauge(forms.Form):
    """What measures, with its calibration."""

    code = forms.CharField(max_length=40)
    kind = forms.CharField(
        max_length=30, help_text="As the control plan names it, for example multimeter."
    )
    calibrated_on = _day("Calibrated on")
    due_on = _day("Due again on")

    def clean(self) -> dict[str, Any]:
        """Let a calibration hold for at least a day."""
        done, due = self.cleaned_data.get("calibrated_on"), self.cleaned_data.get("due_on")
        if done and due and due <= done:
            self.add_error("due_on", f"It is due later than it was calibrated, on {done}.")
        return self.cleaned_data
