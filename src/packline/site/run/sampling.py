"""Sampling of a virtual delivery: drawn, looked at and judged by the virtual inspector."""

from __future__ import annotations

from packline.site.listeners import listen
from packline.site.run.cast import Cast
from packline.site.run.job import Listener
from packline.supply.calc.measures import MEASURES
from packline.supply.calc.sampling import VISUAL, Found
from packline.supply.models import CellLot, LotSample
from packline.supply.queries.sampling import missing_in_sample, sample_of_lot, scheme_of
from packline.supply.services import draw_sample, judge_sample, measure_sample, set_sampling
from packlink.virtual import measured_again

__all__ = ["sample_lot"]

AQL, LEVEL, AGREEMENT_PCT = "1.0", "II", 2.0


def sample_lot(lot: CellLot, seed: int, cast: Cast, listener: Listener) -> LotSample:
    """Take a virtual lot through its sample, from wherever it stands."""
    if scheme_of(lot) is None:
        figures = [
            code
            for code, measure in MEASURES.items()
            if not lot.cells.filter(**{f"{measure.field}__isnull": True}).exists()
        ]
        set_sampling(
            supplier=lot.supplier,
            cell=lot.cell,
            aql=AQL,
            level=LEVEL,
            checks=(VISUAL, *figures),
            agreement_pct=AGREEMENT_PCT,
            by=cast.inspector,
            at=listener.clock(),
        )
    sample = sample_of_lot(lot) or draw_sample(
        lot=lot, seed=seed, by=cast.inspector, at=listener.clock()
    )
    if sample.state == "drawn":
        if missing_in_sample(sample):
            measure_sample(
                sample=sample,
                found=_looked_at(sample, seed),
                virtual=True,
                by=cast.inspector,
                at=listener.clock(),
            )
        judge_sample(sample=sample, by=cast.inspector, at=listener.clock())
    listen()
    return sample


def _looked_at(sample: LotSample, seed: int) -> list[Found]:
    cells = {c.serial: c for c in sample.lot.cells.filter(serial__in=sample.serials)}
    return [
        Found(
            serial=serial,
            code=code,
            value=1.0
            if code == VISUAL
            else measured_again(seed, serial, code, getattr(cells[serial], MEASURES[code].field)),
        )
        for serial, code in missing_in_sample(sample)
    ]
