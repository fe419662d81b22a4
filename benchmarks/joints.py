"""The figures that are quoted of joints: 4,000 a pack, taken and judged, against a row per joint.

    python benchmarks/joints.py [--packs N] [--naive N]

A hundred packs of 20S100P on a new SQLite record: each log has places, program, head and five
quantities, two of which are judged. What is timed is the product's own command: gate, places, one
judgement of all quantities, Parquet file under its digest, rows, event. The naive way hands the
same joints of one quantity to `take_readings`: one row and one verdict per joint. Both keep the
same answers, which is checked. Then all joints of one head are asked for across all packs.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # the plant of the tests

SERIES, PARALLEL = 20, 100
JOINTS = 2 * SERIES * PARALLEL
HEADS = 4


def log(pack: int) -> dict[str, np.ndarray]:
    """The log of one pack; every tenth pack has one weld that resists."""
    random = np.random.default_rng(pack)
    joint = np.arange(JOINTS)
    cell, end = np.divmod(joint, 2)
    group, slot = np.divmod(cell, PARALLEL)
    resistance = random.normal(0.1, 0.01, JOINTS)
    if pack % 10 == 0:
        resistance[random.integers(JOINTS)] = 0.9
    return {
        "group": group + 1.0,
        "cell": slot + 1.0,
        "end": end + 1.0,
        "program": np.full(JOINTS, "P7", dtype=object),
        "head": np.array([f"H{k}" for k in joint % HEADS], dtype=object),
        "resistance_mohm": resistance,
        "energy_j": random.normal(30, 0.5, JOINTS),
        "time_ms": random.normal(8, 0.1, JOINTS),
        "force_n": random.normal(25, 0.5, JOINTS),
        "displacement_mm": random.normal(0.06, 0.002, JOINTS),
    }


def plant(count: int):
    """A plant with `count` packs at the welder; what came before is written past the services."""
    from django.contrib.auth.models import Group
    from tests.packline.world import build_world

    from packline.design.models import Design
    from packline.foundation.models import Person
    from packline.process.models import Characteristic
    from packline.production.models import Order, Step, Unit

    people = SimpleNamespace()
    for role in ("planner", "operator", "inspector"):
        person = Person.objects.create_user(role)
        person.groups.add(Group.objects.get(name=role))
        setattr(people, role, person)
    now = datetime.now(UTC)
    world = build_world(people, now, cells=1)
    Design.objects.update(series=SERIES, parallel=PARALLEL)
    welding = world.operation("welding")
    first = welding.characteristics.get()
    Characteristic.objects.create(
        operation=welding, code="weld_energy", name="weld_energy", per="joint", unit_code="J",
        low=25, high=35, gauge_kind=first.gauge_kind, sample="all", reaction="hold", ctq=False,
        revision="1", source="benchmark",
    )  # fmt: skip
    design = Design.objects.get()
    order = Order.objects.create(
        number="O1", program=design.program, design=design, routing=world.routing,
        quantity=count, virtual=False, placed_at=now, state="matched",
    )  # fmt: skip
    steps = []
    for number in range(1, count + 1):
        unit = Unit.objects.create(
            serial=f"PK-{number:06d}", order=order, number=number, virtual=False, state="building"
        )
        for code, state in (("kitting", "passed"), ("welding", "started")):
            operation = world.operation(code)
            step = Step.objects.create(
                unit=unit, operation=operation, attempt=1, operator=people.operator,
                station=world.stations[operation.station_kind], started_at=now, state=state,
            )  # fmt: skip
        steps.append(step)
    return world, people, now, steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packs", type=int, default=100)
    parser.add_argument("--naive", type=int, default=3, help="packs taken a row per joint")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="packline-joints-") as folder:
        os.environ["PACKLINE_DATA"] = folder
        os.environ.pop("PACKLINE_DATABASE", None)
        from packline.site.prepare import point_at, prepare_database, start_django

        point_at(None, None)
        start_django()
        prepare_database()
        measure(asked.packs, asked.naive)


def measure(packs: int, naive: int) -> None:
    """Take every pack, then some of them a row per joint, then one head across all."""
    from packline.production.models import JointSet, Reading
    from packline.production.queries.joints import joint_series
    from packline.production.services import ReadingIn, take_joints, take_readings

    world, people, now, steps = plant(packs + naive)
    gauge = world.gauges["milliohm_meter"]
    logs = [log(k) for k in range(packs)]
    more = {"program_version": "b", "taken_at": now, "virtual": False, "by": people.operator,
            "at": now}  # fmt: skip
    start = time.perf_counter()
    for step, columns in zip(steps, logs, strict=False):
        take_joints(
            step=step, columns=columns, gauge=gauge,
            judged={"joint_resistance": "resistance_mohm", "weld_energy": "energy_j"}, **more,
        )  # fmt: skip
    ours = time.perf_counter() - start
    failed = JointSet.objects.filter(n_failed__gt=0).count()
    assert failed == len(range(0, packs, 10)), failed
    print(f"{packs} packs of {JOINTS} joints, two quantities judged: {ours:.2f} s (goal 10 s for "
          f"100), {1e3 * ours / packs:.1f} ms a pack; {failed} packs held")  # fmt: skip

    start = time.perf_counter()
    for step, columns in zip(steps[packs:], logs, strict=False):
        values = columns["resistance_mohm"].tolist()
        readings = [
            ReadingIn(code="joint_resistance", value=v, position=k, gauge=gauge)
            for k, v in enumerate(values, start=1)
        ]
        take_readings(step=step, readings=readings, **more)
    taken = time.perf_counter() - start
    assert Reading.objects.filter(passed=False).count() == len(range(0, naive, 10))
    if naive:
        print(f"a row per joint, one quantity: {1e3 * taken / naive:.0f} ms a pack; "
              f"{taken / naive / (ours / packs):.0f} x")  # fmt: skip

    start = time.perf_counter()
    series = joint_series("joint_resistance", head="H2")
    asked = time.perf_counter() - start
    assert series.values.size == packs * JOINTS // HEADS
    assert np.allclose(series.values[: JOINTS // HEADS], logs[0]["resistance_mohm"][2::HEADS])
    print(f"all {series.values.size:,} joints of one head over {packs} packs: {asked:.2f} s")


if __name__ == "__main__":
    main()
