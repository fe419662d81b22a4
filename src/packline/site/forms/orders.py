"""What is filled in about an order: when it is placed, and when its cells are matched."""

from __future__ import annotations

from typing import Any

from django import forms

from packline.process.models import Routing
from packline.process.queries import routings_to_build
from packline.resources.models import Gauge
from packline.resources.queries import all_gauges

__all__ = ["MatchCells", "PlaceOrder"]

MOST = 1_000_000  # packs of one order, as in a program


class _RoutingField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Routing) -> str:
        design = obj.design
        return (
            f"{design.program.code}: {design.series}S{design.parallel}P of {design.cell.name}, "
            f"design {design.revision}, routing {obj.revision}"
        )


class PlaceOrder(forms.Form):
    """So many packs of a released design, by its latest routing."""

    routing = _RoutingField(
        routings_to_build(),
        label="What is built",
        empty_label="choose",
        help_text="Released designs whose process is planned, each with its latest routing.",
    )
    number = forms.CharField(
        label="Number of the order",
        max_length=40,
        required=False,
        help_text="Empty: the next of the program.",
    )
    quantity = forms.IntegerField(label="How many packs", min_value=1, max_value=MOST)
    as_many_as_possible = forms.BooleanField(
        label="As many as the stock gives, at most that many", required=False
    )


class MatchCells(forms.Form):
    """How the units are numbered and what runs in them; who measured the capacities."""

    pattern = forms.CharField(
        label="Pattern of the serials",
        max_length=40,
        help_text="{n} stands for the number of the unit in its program.",
    )
    gtin = forms.CharField(
        label="GTIN", max_length=14, required=False, help_text="Of the product, for the label."
    )
    firmware_version = forms.CharField(label="Firmware", max_length=40)
    capacity_gauge = forms.ModelChoiceField(
        Gauge.objects.none(),
        label="Gauge that measured the capacities",
        required=False,
        empty_label="the studied one that repeats worst",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gauge = self.fields["capacity_gauge"]
        assert isinstance(gauge, forms.ModelChoiceField)
        gauge.queryset = (
            all_gauges().filter(studies__characteristic_code="cell_capacity").distinct()
        )
        if not gauge.queryset.exists():
            del self.fields["capacity_gauge"]  # nothing is known of how well any repeats
