"""Samples of lots, what is still missing in them, and how a supplier's lots went."""

from __future__ import annotations

from django.db.models import QuerySet

from packline.supply.models import CellLot, LotSample, SampleReading, SamplingScheme

__all__ = [
    "history_of_scheme",
    "missing_in_sample",
    "open_sample",
    "readings_of_sample",
    "sample_of_lot",
    "scheme_of",
]


def scheme_of(lot: CellLot) -> SamplingScheme | None:
    """Return how lots like this one are sampled, if that was set."""
    return (
        SamplingScheme.objects.filter(supplier=lot.supplier, cell=lot.cell)
        .select_related("cell")
        .first()
    )


def sample_of_lot(lot: CellLot) -> LotSample | None:
    """Return the latest sample of a lot."""
    return lot.samples.select_related("lot").order_by("-number").first()


def open_sample(lot: CellLot) -> LotSample | None:
    """Return the sample of a lot that was drawn and not judged yet."""
    return lot.samples.filter(state="drawn").select_related("lot").first()


def readings_of_sample(sample: LotSample) -> QuerySet[SampleReading]:
    """Return what was found in a sample, cell by cell."""
    return sample.readings.select_related("cell", "taken_by").order_by("cell__serial", "code")


def missing_in_sample(sample: LotSample) -> list[tuple[str, str]]:
    """Return what was not looked at yet: (serial, code)."""
    known = set(sample.readings.values_list("cell__serial", "code"))
    return [
        (serial, code)
        for serial in sample.serials
        for code in sample.codes
        if (serial, code) not in known
    ]


def history_of_scheme(scheme: SamplingScheme) -> QuerySet[LotSample]:
    """Return the judged samples of a supplier's lots of a cell, the latest first."""
    return (
        LotSample.objects.filter(lot__supplier=scheme.supplier, lot__cell=scheme.cell)
        .exclude(state="drawn")
        .select_related("lot")
        .order_by("-judged_at", "-pk")
    )
