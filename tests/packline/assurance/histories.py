"""A device history as production writes one: a 13S4P pack with a rework, made up for the tests."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from packline.assurance.calc.dhr import (
    CellFact,
    DeviationFact,
    DeviceHistory,
    EventFact,
    GroupFact,
    Header,
    HoldFact,
    Identification,
    JointFact,
    JointsFact,
    NonconformanceFact,
    PartFact,
    ReadingFact,
    ReleaseFact,
    SignatureFact,
    StepFact,
    VerificationFact,
)
from packline.assurance.calc.seal import head_statement
from packline.foundation.chain import GENESIS, canonical, chain_hash

SERIAL = "EB48-000001"
START = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


PARTS = (
    PartFact(f"{SERIAL}>BMS-7741-0093@bms", "bms", "BMS-7741-0093", 1, 1, "2026-11-02T06:45:00"),
)


class Key:
    """An Ed25519 key pair made from a number."""

    def __init__(self, number: int) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        self.public = self._private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)


def moment(minutes: float) -> str:
    return (START + timedelta(minutes=minutes)).isoformat(timespec="microseconds")


def _reading(step, code, name, per, position, value, unit, low, high, at) -> ReadingFact:
    return ReadingFact(
        row=f"{step}/{code}/{position}",
        characteristic=code,
        name=name,
        per=per,
        position=position,
        value=value,
        unit_code=unit,
        low=low,
        high=high,
        passed=(low is None or value >= low) and (high is None or value <= high),
        gauge="G-DMM-01",
        taken_at=moment(at),
        virtual=True,
        characteristic_revision="A",
        program_version="0.1.0",
    )


def _step(operation, title, attempt, state, at, readings=()) -> StepFact:
    row = f"{SERIAL}/{operation}/{attempt}"
    return StepFact(
        row=row,
        operation=operation,
        title=title,
        attempt=attempt,
        state=state,
        operator="virtual.operator",
        operator_name="Olga Okoye (virtual)",
        station="ST-40",
        started_at=moment(at),
        finished_at=moment(at + 18),
        readings=tuple(_reading(row, *r, at=at + 5) for r in readings),
    )


def _steps() -> tuple[StepFact, ...]:
    noise = random.Random(7)
    torque = [
        (
            "fastener_torque",
            "Fastener torque",
            "fastener",
            n,
            noise.gauss(2.5, 0.05),
            "N.m",
            2.25,
            2.75,
        )
        for n in range(1, 13)
    ]
    drops = [
        (
            "ocv_drop",
            "OCV drop while ageing",
            "group",
            n,
            abs(noise.gauss(0.4, 0.1)),
            "mV/d",
            None,
            1.5,
        )
        for n in range(1, 14)
    ]

    def eol(insulation: float):
        return [
            ("pack_ocv", "Pack OCV", "pack", 0, 46.8123, "V", 45.5, 54.6),
            ("group_ocv_delta", "Spread of group OCV", "pack", 0, 3.4, "mV", None, 10.0),
            ("pack_dc_resistance", "Pack DC resistance", "pack", 0, 71.35, "mOhm", None, 95.0),
            (
                "insulation_resistance",
                "Insulation resistance",
                "pack",
                0,
                insulation,
                "kOhm",
                5460.0,
                None,
            ),
            ("bms_communication", "BMS answers", "pack", 0, 1.0, "1", 1.0, None),
            ("firmware_match", "Firmware as ordered", "pack", 0, 1.0, "1", 1.0, None),
        ]

    return (
        _step("20-kitting", "Kit and serialise", 1, "passed", 0,
              [("kit_cell_count", "Cells in the kit", "pack", 0, 52.0, "1", 52.0, 52.0)]),
        _step("40-welding", "Weld cells, pair BMS", 1, "passed", 30),
        _step("60-enclosure", "Close the enclosure", 1, "passed", 60, torque),
        _step("70-ageing", "Age and watch the OCV", 1, "passed", 90, drops),
        _step("80-eol", "End-of-line test", 1, "superseded", 120, eol(812.0)),
        _step("80-eol", "End-of-line test", 2, "passed", 200, eol(48200.0)),
    )  # fmt: skip


def _joints() -> tuple[JointsFact, ...]:
    noise = random.Random(3)
    joints = tuple(
        JointFact(group, cell, pole, round(noise.gauss(0.21, 0.02), 4), passed=True)
        for group in range(1, 14)
        for cell in range(1, 5)
        for pole in "+-"
    )
    joints = (*joints[:37], replace(joints[37], value=0.41, passed=False), *joints[38:])
    values = sorted(j.value for j in joints)
    step = f"{SERIAL}/40-welding/1"
    return (
        JointsFact(
            row=f"{step}/joint_resistance/joints",
            operation="40-welding",
            attempt=1,
            name="Joint resistance",
            n=len(joints),
            n_failed=1,
            unit_code="mOhm",
            low=None,
            high=0.35,
            least_value=values[0],
            median_value=values[len(values) // 2],
            greatest_value=values[-1],
            worst_position=38,
            gauge="G-MICRO-02",
            file="9f" * 32,
            taken_at=moment(40),
            virtual=True,
            joints=joints,
        ),
    )


def _row(table: str, fact, skip=("row", "readings", "joints", "name", "per", "title")) -> dict:
    fields = {f: getattr(fact, f) for f in fact.__dataclass_fields__ if f not in skip}
    return {"table": f"production.{table}", "key": fact.row, "fields": fields}


def chained(entries) -> tuple[EventFact, ...]:
    """Chain (at, by, verb, rows) as `record` would."""
    events, previous = [], GENESIS
    for seq, (at, by, verb, rows) in enumerate(entries, 1):
        text = canonical(
            {
                "subject": f"production.unit:{SERIAL}",
                "seq": seq,
                "at": at,
                "by": by,
                "verb": verb,
                "data": {},
                "rows": rows,
            }
        )
        previous = chain_hash(previous, text)
        events.append(EventFact(seq, at, by, verb, previous, text))
    return tuple(events)


def _chain(steps, joints, holds, deviations, verification) -> tuple[EventFact, ...]:
    entries = [(moment(-30), "virtual.planner", "production.unit.serialised", [])]
    for step in steps:
        begun = replace(step, state="started", finished_at=None)
        entries.append(
            (step.started_at, step.operator, "production.step.started", [_row("step", begun)])
        )
        if step.readings:
            rows = [_row("reading", r) for r in step.readings]
            entries.append(
                (step.readings[0].taken_at, step.operator, "production.readings.taken", rows)
            )
        if step.operation == "20-kitting":
            rows = [_link(part) for part in _built_in()]
            entries.append((moment(10), step.operator, "production.parts.installed", rows))
        if step.operation == "40-welding":
            rows = [_row("jointset", j) for j in joints]
            entries.append((joints[0].taken_at, step.operator, "production.joints.taken", rows))
        if step.state == "superseded":
            rows = [_row("hold", hold) for hold in holds]
            entries.append((holds[0].placed_at, step.operator, "production.unit.held", rows))
        entries.append(
            (step.finished_at, step.operator, "production.step.finished", [_row("step", step)])
        )
    for deviation in deviations:
        rows = [
            {
                "table": "production.deviation",
                "key": deviation.row,
                "fields": {"reason": deviation.reason, "expires_at": deviation.expires_at},
            }
        ]
        signed = deviation.signed
        entries.append((signed.at, signed.person, "production.deviation.signed", rows))
    rows = [
        {
            "table": "assurance.verdict",
            "key": v.row,
            "fields": {"verdict": v.verdict, "observed": v.observed, "sample": v.sample},
        }
        for v in verification
    ]
    entries.append((moment(239), "virtual.inspector", "assurance.unit.judged", rows))
    entries.append((moment(240), "virtual.inspector", "production.unit.released", []))
    return chained(entries)


def _groups() -> tuple[GroupFact, ...]:
    noise = random.Random(11)
    return tuple(
        GroupFact(
            row=f"{SERIAL}>{SERIAL}/G{group:02d}@{moment(35)}",
            serial=f"{SERIAL}/G{group:02d}",
            position=group,
            installed_at=moment(35),
            cells=tuple(
                CellFact(
                    row=f"{SERIAL}/G{group:02d}>{slot}@{moment(35)}",
                    position=f"{group}/{slot}",
                    serial=f"INR21700-{noise.randrange(10**8):08d}",
                    lot="LOT-2026-0417",
                    installed_at=moment(35),
                    capacity_ah=round(noise.gauss(4.93, 0.02), 4),
                    ocv_v=round(noise.gauss(3.601, 0.0006), 4),
                    ac_ir_mohm=round(noise.gauss(13.2, 0.2), 3),
                )
                for slot in range(1, 5)
            ),
        )
        for group in range(1, 14)
    )


def _built_in():
    groups = _groups()
    return (*groups, *(cell for group in groups for cell in group.cells), *PARTS)


def _link(part) -> dict:
    kind = {GroupFact: "group", CellFact: "cell"}.get(type(part)) or part.kind
    child = f"{kind}:{part.serial}"
    fields = {"child": child, "installed_at": part.installed_at, "removed_at": None}
    return {"table": "production.link", "key": part.row, "fields": fields}


def _signature(name, role, meaning, at) -> SignatureFact:
    return SignatureFact(f"virtual.{role}", f"{name} (virtual)", role, meaning, moment(at))


def sample_history(key: Key) -> DeviceHistory:
    """Return a finished history whose head is signed with `key`."""
    steps, joints = _steps(), _joints()
    holds = (
        HoldFact(
            row=f"{SERIAL}/hold/1",
            reason="insulation_resistance 812 kOhm is below 5460 kOhm",
            cause=f"{SERIAL}/80-eol/1",
            placed_at=moment(126),
            placed_by="virtual.operator",
            lifted_at=None,
            lifted_because="",
        ),
    )
    deviations = (
        DeviationFact(
            row=f"{SERIAL}/40-welding/1/joint_resistance/deviation",
            name="Joint resistance",
            reason="One joint of 104 is 0.06 mΩ above; loss at 30 A is 12 mW, no hot spot",
            signed=_signature("Anna Approver", "approver", "accepted as it is", 70),
            expires_at=moment(70 + 60 * 24 * 30),
        ),
    )
    verification = tuple(
        VerificationFact(
            row=f"{SERIAL}/{ref}/verdict",
            requirement=ref,
            statement=statement,
            method=method,
            acceptance=acceptance,
            observed=observed,
            evidence=evidence,
            verdict="pass",
            sample=sample,
        )
        for ref, statement, method, acceptance, observed, evidence, sample in (
            (
                "PERF-01",
                "energy >= 0.9 kW.h",
                "design:energy_wh",
                "≥ 900 Wh",
                "936 Wh",
                "design EBIKE-48/1",
                False,
            ),
            (
                "ELEC-02",
                "insulation resistance >= 5460 kOhm",
                "eol:insulation_resistance",
                "≥ 5460 kΩ",
                "48200 kΩ",
                f"{SERIAL}/80-eol/2/insulation_resistance/0",
                False,
            ),
            (
                "TRAN-01",
                "passes UN 38.3",
                "type:UN38.3",
                "pass",
                "pass",
                "un383-summary-EXAMPLE-2026",
                True,
            ),
        )
    )
    chain = _chain(steps, joints, holds, deviations, verification)
    head = chain[-1]
    return DeviceHistory(
        header=Header(
            serial=SERIAL,
            gs1=f"(01)04012345000016(21){SERIAL}",
            program="EBIKE-48",
            title="E-bike pack 48 V, 20 Ah",
            customer="Vélo Müller & Søn #1 *GmbH*",
            playbook="micromobility",
            program_revision="A",
            design_revision="1",
            routing_revision="1",
            cell="Samsung SDI INR21700-50E",
            topology="13S4P",
            order="WO-EBIKE-48-1",
            state="released (virtual), not for shipment",
            released=True,
            virtual=True,
            made_from=moment(0),
            made_to=moment(218),
            issued_at=moment(250),
        ),
        groups=_groups(),
        removed=(),
        parts=PARTS,
        steps=steps,
        joints=joints,
        holds=holds,
        deviations=deviations,
        nonconformances=(
            NonconformanceFact(
                number="NC-000001",
                defect="insulation",
                title="Insulation resistance out of limits",
                cause=f"production.reading:{SERIAL}/80-eol/1/insulation_resistance/0",
                opened_at=moment(127),
                state="closed",
                disposition="rework",
                justification="Harness pinched under the lid: rerouted, repeat end-of-line test",
                signatures=(
                    replace(
                        _signature("Anna Approver", "approver", "disposition: rework", 140),
                        statement="I decide: rework",
                        signature=key.sign(b"I decide: rework").hex(),
                    ),
                    _signature("Ivo Inspector", "inspector", "closed: retest passed", 220),
                ),
            ),
        ),
        verification=verification,
        identification=Identification(f"(01)04012345000016(21){SERIAL}", "2.4.1", "ab" * 32),
        release=ReleaseFact(
            outcome="released (virtual), not for shipment",
            checklist=(
                "no hold is open",
                "every step of the routing is passed",
                "every nonconformance is closed",
                "every requirement is verified",
            ),
            signature=_signature("Ivo Inspector", "inspector", "released", 240),
            head_seq=head.seq,
            head_hash=head.hash,
            head_signature=key.sign(
                head_statement(f"production.unit:{SERIAL}", head.seq, head.hash)
            ).hex(),
            key_id="",
        ),
        chain=chain,
    )  # fmt: skip
