"""What the virtual line has to know of a released design."""

from __future__ import annotations

from packcalc.design import dc_resistance
from packline.catalog.calc.stored import stored_cell
from packline.design.models import Candidate, Design
from packlink.virtual import DesignFacts

__all__ = ["design_facts"]

SOUND_SHARE = 0.3  # of the largest allowed self-discharge: what a sound cell typically shows


def design_facts(design: Design) -> DesignFacts:
    """Return a design's figures as the virtual line takes them: milliohms, joules, kilograms.

    Joints and links are taken at the values that the design expects, not at their limits.
    """
    limits = {row.code: row for row in design.limits.order_by("code")}
    joint = limits["joint_resistance"]
    assert joint.target is not None
    assert joint.high is not None
    candidate = Candidate.objects.get(
        study=design.study, cell=design.cell, series=design.series, parallel=design.parallel
    )
    expected = candidate.interconnect_mohm * joint.target / joint.high
    joints = 2 * design.series * joint.target / design.parallel
    drop = limits["ocv_drop"].high
    mass = limits.get("pack_mass")
    energy = limits["weld_energy"].target
    assert drop is not None
    assert energy is not None
    return DesignFacts(
        joint_resistance_mohm=joint.target,
        path_resistance_mohm=max(expected - joints, 0.0),
        link_resistance_mohm=max(expected - joints, 0.0) / (design.series + 1),
        dc_per_ac=_dc_per_ac(design),
        pack_mass_kg=mass.target if mass is not None and mass.target is not None else 1.0,
        ocv_drop_mv_per_day=SOUND_SHARE * drop,
        weld_energy_j=energy,
    )


def _dc_per_ac(design: Design) -> float:
    """Return how much more the design's cell resists to a direct current than at 1 kHz."""
    cell, _ = stored_cell(design.cell.spec_text)
    alternating = cell.ac_resistance or cell.ac_resistance_max
    direct = dc_resistance(cell)
    return direct[0] / alternating if direct is not None and alternating else 1.0
