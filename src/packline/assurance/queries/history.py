"""Gathering the device history of a unit out of the thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from packline.assurance.calc.dhr import (
    CellFact,
    DeviceHistory,
    EventFact,
    GroupFact,
    Header,
    Identification,
    JointsFact,
    PartFact,
    ReadingFact,
    ReleaseFact,
    StepFact,
    VerificationFact,
)
from packline.assurance.calc.joints import place_joints
from packline.assurance.calc.moments import stored, stored_if_any
from packline.assurance.models import Release
from packline.assurance.queries.decisions import (
    deviations_of,
    holds_of,
    nonconformance_fact,
    signed_by,
)
from packline.assurance.queries.matrix import verdicts_of_unit
from packline.assurance.queries.twins import residuals_of, twins_of
from packline.foundation.errors import Refused
from packline.foundation.events import subject_of
from packline.foundation.files import read
from packline.foundation.models import Event
from packline.production.calc.joint_places import PLACE_COLUMNS, places_of_rows
from packline.production.calc.joints import from_parquet
from packline.production.models import JointSet, Link, Reading, Unit
from packline.production.queries.genealogy import links_of_unit
from packline.production.queries.units import joints_of_unit, readings_of_unit, steps_of_unit
from packline.quality.queries import nonconformances_of_unit
from packline.requirements.queries import spec_of_program
from packline.supply.models import Cell

__all__ = ["device_history"]


def device_history(unit: Unit, issued_at: datetime) -> DeviceHistory:
    """Return everything that is known of a released unit.

    Raises
    ------
    Refused
        If the unit was not released: its history is not finished.
    """
    release = Release.objects.select_related("unit", "released_by").filter(unit=unit).first()
    if release is None:
        raise Refused(f"{unit} is {unit.state}: a device history record is issued at release")
    steps = _steps(unit)
    links = links_of_unit(unit)
    cells = {
        cell.serial: cell
        for cell in Cell.objects.filter(
            serial__in=[link.child.number for link in links if _is_cell(link)]
        ).select_related("lot")
    }
    return DeviceHistory(
        header=_header(unit, release, steps, issued_at),
        groups=_groups(links, cells),
        removed=tuple(_cell(link, cells) for link in links if _is_cell(link) and link.removed_at),
        parts=tuple(
            PartFact(
                row=str(link),
                kind=link.kind,
                serial=link.child.number,
                position=link.position,
                quantity=link.quantity,
                installed_at=stored(link.installed_at),
                removed_at=stored_if_any(link.removed_at),
                unit_code=link.unit_code,
                is_lot=link.child.is_lot,
            )
            for link in links
            if link.kind != "group" and not _is_cell(link)
        ),
        steps=steps,
        joints=tuple(_joints(joint_set) for joint_set in joints_of_unit(unit)),
        holds=holds_of(unit),
        deviations=deviations_of(unit),
        nonconformances=tuple(nonconformance_fact(n) for n in nonconformances_of_unit(unit)),
        verification=_verification(unit),
        identification=Identification(
            label=unit.gs1 or unit.serial,
            firmware_version=unit.firmware_version,
            firmware_sha256=spec_of_program(unit.order.program).firmware.sha256,
        ),
        release=_release(release),
        chain=tuple(
            EventFact(e.seq, stored(e.at), str(e.by), e.verb, e.hash, e.text)
            for e in Event.objects.filter(subject=subject_of(unit))
            .select_related("by")
            .order_by("seq")
        ),
        twins=twins_of(unit),
        residuals=residuals_of(unit),
    )


def _header(
    unit: Unit, release: Release, steps: Sequence[StepFact], issued_at: datetime
) -> Header:
    order = unit.order
    program, design = order.program, order.design
    ends = [step.finished_at for step in steps if step.finished_at]
    return Header(
        serial=unit.serial,
        gs1=unit.gs1,
        program=program.code,
        title=program.title,
        customer=program.customer,
        playbook=program.playbook,
        program_revision=program.revision,
        design_revision=str(design.revision),
        routing_revision=str(order.routing.revision),
        cell=f"{design.cell.maker} {design.cell.name}",
        topology=f"{design.series}S{design.parallel}P",
        order=order.number,
        state=release.outcome
        if unit.state == "released"
        else f"{release.outcome}; now {unit.state}",
        released=unit.state == "released",
        virtual=not release.for_shipment,
        made_from=min((step.started_at for step in steps), default=""),
        made_to=max(ends, default=""),
        issued_at=stored(issued_at),
    )


def _steps(unit: Unit) -> tuple[StepFact, ...]:
    readings: dict[int, list[ReadingFact]] = {}
    for reading in readings_of_unit(unit):
        readings.setdefault(reading.step_id, []).append(_reading(reading))
    return tuple(
        StepFact(
            row=str(step),
            operation=f"{step.operation.number}-{step.operation.code}",
            title=step.operation.title,
            attempt=step.attempt,
            state=step.state,
            operator=str(step.operator),
            operator_name=step.operator.shown_name,
            station=str(step.station),
            started_at=stored(step.started_at),
            finished_at=stored_if_any(step.finished_at),
            readings=tuple(readings.get(step.pk, ())),
        )
        for step in steps_of_unit(unit)
    )


def _reading(reading: Reading) -> ReadingFact:
    return ReadingFact(
        row=str(reading),
        characteristic=reading.characteristic.code,
        name=reading.characteristic.name,
        per=reading.characteristic.per,
        position=reading.position,
        value=reading.value,
        unit_code=reading.unit_code,
        low=reading.low,
        high=reading.high,
        passed=reading.passed,
        gauge=str(reading.gauge) if reading.gauge else None,
        taken_at=stored(reading.taken_at),
        virtual=reading.virtual,
        characteristic_revision=reading.characteristic_revision,
        program_version=reading.program_version,
        accept_low=reading.accept_low,
        accept_high=reading.accept_high,
        guard_study=str(reading.guard_study) if reading.guard_study else None,
    )


def _groups(links: Iterable[Link], cells: dict[str, Cell]) -> tuple[GroupFact, ...]:
    inside: dict[str, list[CellFact]] = {}
    listed = list(links)
    for link in listed:
        if _is_cell(link) and link.removed_at is None:
            inside.setdefault(link.parent.number, []).append(_cell(link, cells))
    return tuple(
        GroupFact(
            row=str(link),
            serial=link.child.number,
            position=link.position,
            installed_at=stored(link.installed_at),
            cells=tuple(inside.get(link.child.number, ())),
        )
        for link in sorted(listed, key=lambda link: link.position)
        if link.kind == "group"
    )


def _is_cell(link: Link) -> bool:
    """Whether a link is of a single cell with a serial; cells by lot are among the parts."""
    return link.kind == "cell" and not link.child.is_lot


def _cell(link: Link, cells: dict[str, Cell]) -> CellFact:
    cell = cells[link.child.number]
    group = link.parent.number.rpartition("/G")[2].lstrip("0")
    return CellFact(
        row=str(link),
        position=f"{group}/{link.position}",
        serial=cell.serial,
        lot=cell.lot.number,
        installed_at=stored(link.installed_at),
        capacity_ah=cell.capacity_ah,
        ocv_v=cell.ocv_v,
        ac_ir_mohm=cell.ac_ir_mohm,
        dc_resistance_mohm=cell.dc_resistance_mohm,
        removed_at=stored_if_any(link.removed_at),
    )


def _joints(joint_set: JointSet) -> JointsFact:
    step = joint_set.step
    columns = from_parquet(read(joint_set.file.sha256))
    column = columns[joint_set.column]
    design = step.unit.order.design
    per = joint_set.characteristic.per
    stated = per == "joint" and set(PLACE_COLUMNS[per]) <= columns.keys()
    return JointsFact(
        row=str(joint_set),
        operation=f"{step.operation.number}-{step.operation.code}",
        attempt=step.attempt,
        name=joint_set.characteristic.name,
        n=joint_set.n,
        n_failed=joint_set.n_failed,
        unit_code=joint_set.unit_code,
        low=joint_set.low,
        high=joint_set.high,
        least_value=joint_set.least_value,
        median_value=joint_set.median_value,
        greatest_value=joint_set.greatest_value,
        worst_position=joint_set.worst_position,
        gauge=str(joint_set.gauge) if joint_set.gauge else None,
        file=joint_set.file.sha256,
        taken_at=stored(joint_set.taken_at),
        virtual=joint_set.virtual,
        joints=place_joints(
            [float(value) for value in column.tolist()],
            low=joint_set.judged_low,
            high=joint_set.judged_high,
            series=design.series,
            parallel=design.parallel,
            places=places_of_rows(
                columns, per=per, series=design.series, parallel=design.parallel
            ).tolist()
            if stated
            else (),
        ),
        accept_low=joint_set.accept_low,
        accept_high=joint_set.accept_high,
        guard_study=str(joint_set.guard_study) if joint_set.guard_study else None,
    )


def _verification(unit: Unit) -> tuple[VerificationFact, ...]:
    return tuple(
        VerificationFact(
            row=str(verdict),
            requirement=verdict.item.requirement.ref,
            statement=verdict.item.statement,
            method=verdict.item.test,
            acceptance=verdict.item.acceptance,
            observed=verdict.observed,
            evidence=verdict.evidence,
            verdict=verdict.verdict,
            sample=verdict.sample,
        )
        for verdict in verdicts_of_unit(unit)
    )


def _release(release: Release) -> ReleaseFact:
    return ReleaseFact(
        outcome=release.outcome,
        checklist=tuple(release.checklist.splitlines()),
        signature=signed_by(release.released_by, release.meaning, release.released_at),
        head_seq=release.head_seq,
        head_hash=release.head_hash,
        head_signature=release.signature,
        key_id=release.key_id,
    )
