"""A plant whose packs are tested group by group: 6S1P of cells with a DC resistance."""

import numpy as np

from packline.design.models import Candidate, DesignLimit
from packline.process.models import Characteristic
from packline.production.services import ReadingIn, install_parts, take_joints
from packline.supply.models import Cell
from tests.packline.production.test_building import Line
from tests.packline.world import build_world, order_in

GROUPS = 6
CELL_MOHM = [2.61, 2.68, 2.72, 2.75, 2.79, 2.88]  # by capacity; every pack gets all six
JOINT, LINK = 0.03, 0.05  # one joint, one link


def build_tested_world(people, now, packs=2):
    """Build the small plant anew around packs of single cells, as second-life packs are."""
    world = build_world(people, now, cells=GROUPS * packs)
    design = world.design
    design.series, design.parallel = GROUPS, 1
    design.save()
    for n, cell in enumerate(Cell.objects.order_by("serial")):
        cell.ac_ir_mohm, cell.dc_resistance_mohm = None, CELL_MOHM[n % GROUPS]
        cell.save()
    DesignLimit.objects.create(
        design=design, code="joint_resistance", kind="weld", quantity="joint", high=2 * JOINT,
        target=JOINT, unit_code="mOhm", reason="test",
    )  # fmt: skip
    Candidate.objects.create(
        study=design.study, cell=design.cell, sheet_sha256="0" * 64, series=GROUPS, parallel=1,
        feasible=True, rank=1, unit_code="kg", binding="mass", reason="test", energy_wh=100,
        capacity_ah=5, nominal_voltage_v=21.6, max_voltage_v=25, min_voltage_v=15,
        interconnect_mohm=2 * GROUPS * 2 * JOINT + (GROUPS + 1) * 2 * LINK,
    )  # fmt: skip
    eol = world.operation("eol")
    Characteristic.objects.filter(code="kit_cell_count").update(low=GROUPS, high=GROUPS)
    Characteristic.objects.filter(code="pack_ocv").update(low=20.0, high=23.0)
    Characteristic.objects.filter(code="joint_resistance").update(high=0.12)
    for code, per, high in (
        ("group_dc_resistance", "group", 4),
        ("pack_dc_resistance", "pack", 22),
    ):
        Characteristic.objects.create(
            operation=eol, code=code, name=code, per=per, unit_code="mOhm", low=1, high=high,
            gauge_kind="eol_tester", sample="all", reaction="hold", ctq=True, revision="1",
            source="test",
        )  # fmt: skip
    order_in(world, people, now, quantity=packs)
    return world


class TestedLine(Line):
    """Otto, who also puts the parts in, and a tester that shows what is truly there."""

    __test__ = False

    def kit(self, unit):
        step = self.start(unit, "kitting")
        install_parts(unit=unit, by=self.people.operator, at=self.now)
        self.read(step, ReadingIn(code="kit_cell_count", value=GROUPS))
        return self.finish(step)

    def weld(self, unit, joints=None, parts=None):
        """Take the log of all joints, or in `parts`: rows of the pack, from 0, of each part."""
        step = self.start(unit, "welding")
        values = np.full(2 * GROUPS, JOINT) if joints is None else joints
        for rows in parts or [None]:
            columns = {"resistance_mohm": values}
            if rows is not None:
                group, end = np.divmod(np.asarray(rows), 2)
                columns = {
                    "resistance_mohm": values[rows], "group": group + 1,
                    "cell": np.ones_like(group), "end": end + 1,
                }  # fmt: skip
            take_joints(
                step=step, columns=columns, judged={"joint_resistance": "resistance_mohm"},
                gauge=self.world.gauges["milliohm_meter"], program_version="test",
                taken_at=self.now, virtual=False, by=self.people.operator, at=self.now,
            )  # fmt: skip
        return self.finish(step)

    def measure(self, unit, excess=(0, 0.0), noise=0.0):
        """Read a pack of which one group (from 1) has so many milliohms more than it should."""
        step = self.start(unit, "eol", by=self.people.inspector)
        gauges = self.world.gauges
        groups = [
            row.cell.dc_resistance_mohm + 2 * JOINT + LINK
            for row in unit.placements.select_related("cell").order_by("group")
        ]
        groups = [r * (1 + noise * (-1) ** k) for k, r in enumerate(groups)]
        if excess[0]:
            groups[excess[0] - 1] += excess[1]
        readings = [("group_dc_resistance", k, r) for k, r in enumerate(groups, start=1)]
        readings += [("pack_dc_resistance", 0, sum(groups) + LINK), ("pack_ocv", 0, 6 * 3.6)]
        self.read(
            step,
            *(
                ReadingIn(code=code, position=k, value=value, gauge=gauges["eol_tester"])
                for code, k, value in readings
            ),
            *(
                ReadingIn(
                    code="sense_voltage_error", value=1, position=k, gauge=gauges["multimeter"]
                )
                for k in range(1, GROUPS + 1)
            ),
            by=self.people.inspector,
        )
        return self.finish(step, by=self.people.inspector)
