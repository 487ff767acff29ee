"""What a change means for so many open cases of the lifecycle: each is really moved, and nothing of that is kept."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text

from tests.bench.figures import report
from tests.bench.rig import Rig
from tests.builders.walked_case import Town
from tests.builders.ways_in import nhs_numbers
from workflows.actions import impacts, process_changes, process_saves
from workflows.actions.diagrams import SHIPPED
from workflows.casework.base import new_id
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, Waiting
from workflows.casework.impact import ImpactOnCase
from workflows.casework.person import Person
from workflows.casework.process_change import Place
from workflows.casework.task import Task
from workflows.engine.prospect import MOVES

STANDS_AT = ("triage_referral", "first_contact", "assess_whole_person", "plan_conversation")
CHANGED = ("care_plan", "consent", "intake")  # each says one thing differently
WRITTEN = 100  # cases in one go


def impact(rig: Rig, cases: int) -> None:
    """Let the worker work out what a change of three diagrams means for cases that stand at different steps."""
    _open_cases(rig, cases)
    desk = rig.office.desk(Town(rig.office).who("Joanna"))
    change = process_changes.open_change(desk, "Other names")
    for key in CHANGED:
        process_changes.take_in(desk, Place(change, "bpmn", key))
        process_saves.save_model(desk, Place(change, "bpmn", key), _redrawn(key), seen=1)
    asked = impacts.ask_for_impact(desk, change)
    begun, cpu = time.perf_counter(), time.process_time()
    impacts.work_out(desk, asked)
    seconds, spent = time.perf_counter() - begun, (time.process_time() - cpu) * 1000
    with desk.looking() as session:
        moving = select(func.count()).select_from(ImpactOnCase).where(ImpactOnCase.verdict == MOVES)
        assert (session.scalar(moving) or 0) >= cases  # other figures may have left open cases of their own
    more = {"cases": cases, "a_case_ms": seconds * 1000 / cases, "seconds": seconds}
    report("impact", rig.database, [seconds * 1000], cpu_ms=spent, **more)


def _redrawn(key: str) -> bytes:
    """A shipped diagram whose steps for people have other names."""
    return re.sub(rb'(userTask [^>]*name=")', rb"\1Now: ", (SHIPPED["bpmn"] / f"{key}.bpmn").read_bytes())


def _open_cases(rig: Rig, cases: int) -> None:
    town, given, numbers = Town(rig.office), nhs_numbers(), []
    for key in STANDS_AT[:cases]:
        number = town.refer(nhs_number=next(given))
        town.walk_until(number, key)
        numbers.append(number)
    for number in range(len(numbers), cases, WRITTEN):
        for place, one in enumerate(numbers):
            these = [n for n in range(number, min(number + WRITTEN, cases)) if n % len(numbers) == place]
            _copy(rig, town.case(one).id, these)
    with rig.office.database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def _copy(rig: Rig, case_id: UUID, numbers: list[int]) -> None:
    """Put a case down again under other numbers, its person, processes, tasks and what it waits for with it."""
    with rig.office.database.engine.begin() as connection:
        rows = {noun: connection.execute(_of(noun, case_id)).mappings().all() for noun in _COPIED}
        for number in numbers:
            ids = {row["id"]: new_id() for found in rows.values() for row in found}
            for noun, found in rows.items():
                own = {Case: {"number": f"BEN-{number}"}, Person: {"nhs_number": None}}.get(noun, {})
                copies = [_other(noun.__table__, row, ids) | own for row in found]
                if copies:
                    connection.execute(insert(noun.__table__), copies)


def _other(table: Any, row: Mapping[str, Any], ids: Mapping[Any, UUID]) -> dict[str, Any]:
    """A row with the ids of another case in place of its own."""
    written = (column.name for column in table.c if column.computed is None)
    return {name: ids.get(row[name], row[name]) if isinstance(row[name], UUID) else row[name] for name in written}


_COPIED = (Person, Case, CaseRun, Task, Waiting)


def _of(noun: Any, case_id: UUID) -> Any:
    table = noun.__table__
    if noun is Person:
        return select(table).where(table.c.id == select(Case.person_id).where(Case.id == case_id).scalar_subquery())
    return select(table).where((table.c.id if noun is Case else table.c.case_id) == case_id)
