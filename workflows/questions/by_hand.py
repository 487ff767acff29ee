"""A process as an operator sees it: drawn and told, with what was done to it by hand. Never whom it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, Release
from workflows.casework.errors import NotFound
from workflows.casework.intervention import Intervention
from workflows.casework.masking import kinds_only
from workflows.casework.staff import StaffMember
from workflows.desk import Desk
from workflows.engine.refusals import DiagramRefused
from workflows.questions.incidents import hidden_from, must_see_operations, sees_record
from workflows.questions.process import (
    NO_PROCESS,
    Drawn,
    RunRow,
    Teller,
    ToldProcess,
    drawn_of,
    innermost,
    outline_of,
    run_row,
    walked_so_far,
)
from workflows.storage.incidents import of_run

VALUES = ("value_before", "value_after")


@dataclass(frozen=True)
class Laid:
    """What somebody did to the process by hand."""

    kind: str
    what: Mapping[str, Any]
    why: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Process:
    """One process of a case, drawn and told."""

    number: str
    case_id: UUID
    run: RunRow
    told: ToldProcess
    drawn: Drawn
    parts: tuple[Drawn, ...]
    laid: Sequence[Laid]
    failed: Sequence[tuple[UUID, str]]  # its open incidents, each with the name of its step


def process(desk: Desk, run_id: UUID, part: str = "") -> Process:
    """Return a process; one of a case that is kept from whoever asks does not exist for them."""
    must_see_operations(desk)
    with desk.looking() as session:
        run, case = _found(session, desk, run_id)
        release = session.get_one(Release, run.release_id).number
        row, drawing = run_row(desk, run, release), outline_of(desk.library, run.release_id.hex, run.process)
        walked = walked_so_far(session, row, drawing)
        told = Teller(drawing, walked, case.programme.role_names).process(run.process)
        parts = tuple(drawn_of(name, drawing, walked) for name in drawing.by_process)
        drawn = next((each for each in parts if each.process == part), None) or innermost(parts, drawing)
        laid = _laid(session, run_id, sees_record(session, desk, case))
        return Process(case.number, case.id, row, told, drawn, parts, laid, _failed(session, run_id))


def drawing_xml(desk: Desk, run_id: UUID, part: str = "") -> tuple[bytes, Mapping[str, str]]:
    """Return a drawing of a process, as published in the release it runs on, and what the roles are called."""
    must_see_operations(desk)
    with desk.looking() as session:
        run, case = _found(session, desk, run_id)
        try:
            drawing = desk.library.spec(run.release_id.hex, run.process).diagram_xml(part or None)
        except DiagramRefused as refused:
            raise NotFound(NO_PROCESS) from refused
        return drawing, case.programme.role_names


def _found(session: Session, desk: Desk, run_id: UUID) -> tuple[CaseRun, Case]:
    run = session.get(CaseRun, run_id)
    if run is None or run.case_id in hidden_from(session, desk, (run.case_id,)):
        raise NotFound(NO_PROCESS)
    return run, session.get_one(Case, run.case_id)


def _laid(session: Session, run_id: UUID, sees: bool) -> list[Laid]:
    query = (
        select(Intervention, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.id == Intervention.staff_id)
        .where(Intervention.run_id == run_id)
        .order_by(Intervention.at.desc(), Intervention.id.desc())
    )
    return [Laid(one.kind, _shown(one.what, sees), one.why, name or "", one.at) for one, name in session.execute(query)]


def _failed(session: Session, run_id: UUID) -> list[tuple[UUID, str]]:
    return [(one.id, one.step_name) for one in of_run(session, run_id) if one.open]


def _shown(what: Mapping[str, Any], sees: bool) -> dict[str, Any]:
    """Leave out the value itself: what may be seen of it stands beside it."""
    values = {name: said for name, said in what.items() if name in VALUES}
    told = {name: said for name, said in what.items() if name not in VALUES and name != "value"}
    return told | (values if sees else kinds_only(values))
