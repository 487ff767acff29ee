"""Cases that run on an errand: steps one after the other, drawn for the test, on which they move to another release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from tests.builders.walked_case import Town
from tests.builders.ways_in import nhs_numbers, referral
from tests.engine import drawings as draw
from workflows.actions import diagrams, process_changes, process_saves, taking_on
from workflows.actions.moving_cases import Passage, Wanted, move_case
from workflows.casework.access import Actor, Post
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.diagram import Waiting
from workflows.casework.process_change import Place
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.questions.process_changes import content

OPERATOR = Actor(None, "the command line", (Post("sysadmin", None, None),))
EDITOR, APPROVER = "Joanna", "Priya"
VISIT = {"form": "F36", "escalation": "B", "due": "due.action"}


def errand(*keys: str, late: str = "late", role: str = "care_coordinator", **visit: str) -> bytes:
    """Steps one after the other; whoever has a visit to do is watched."""
    asked = {key: {"form": "F36"} | ({**VISIT, **visit} if key == "visit" else {}) for key in keys}
    watched = ""
    if late and "visit" in keys:
        date = draw.date("due('wait.service_received')")
        watched = draw.boundary(late, "visit", date, interrupting=False) + draw.user("look", properties={"form": "F36"})
        watched += draw.end("looked") + draw.chain(late, "look", "looked")
    return draw.diagram(
        draw.lanes(**{role: (*keys, "look") if watched else keys}), draw.start(),
        *(draw.user(key, properties=asked[key]) for key in keys), watched,
        draw.duty("close", "case.close", reason="'goals_met'"), draw.terminate("ended"),
        draw.chain("s", *keys, "close", "ended"), process="errand",
    )  # fmt: skip


class Street:
    """A town in which cases run on an errand."""

    def __init__(self, town: Town) -> None:
        self.town, self.operator = town, town.office.desk(OPERATOR)
        self._numbers = nhs_numbers()

    def publish(self, drawn: bytes) -> int:
        """Publish an errand; returns the number of the release."""
        return diagrams.publish_files(self.operator, {"errand.bpmn": drawn}, "to try").number

    def draft(self, drawn: bytes, change_id: UUID | None = None) -> UUID:
        """A process editor draws the errand anew; returns the change."""
        editor = self.by(EDITOR)
        if change_id is None:
            change_id = process_changes.open_change(editor, "Another errand")
            process_changes.take_in(editor, Place(change_id, "bpmn", "errand"))
        place = Place(change_id, "bpmn", "errand")
        process_saves.save_model(editor, place, drawn, content(editor, place).mark)
        return change_id

    def begin(self) -> str:
        """Somebody's case begins."""
        raw = {**referral(self.town), "nhs_number": [next(self._numbers)]}
        desk = self.town.office.desk(self.town.who("Ifeoma"))
        return taking_on.take_on(desk, taking_on.Wanted("acm", "errand", "east", raw, {})).number

    def move(self, number: str, to: int, **instead: str) -> Passage:
        return move_case(self.operator, number, Wanted(to, instead))

    def cases(self) -> list[Case]:
        """All cases."""
        return self.town.ask(lambda s: s.scalars(select(Case)).all())

    def task(self, number: str) -> Task:
        (found,) = self.town.open_tasks(number)
        return found

    def by(self, name: str) -> Desk:
        return self.town.office.desk(self.town.who(name))

    def waiting(self, number: str) -> list[Waiting]:
        return self.town.ask(
            lambda s: s.scalars(select(Waiting).where(Waiting.case_id == self.town.case(number).id)).all()
        )

    def trail(self) -> int:
        """How many entries all trails hold."""
        return self.town.ask(lambda s: s.scalar(select(func.count()).select_from(AuditEntry))) or 0

    def kept(self, task: Task) -> Mapping[str, Any]:
        """What no move may change of a task."""
        names = ("id", "assignee_id", "due_at", "opened_at", "remind_at", "level", "paused_at", "variables", "step_id")
        return {name: getattr(task, name) for name in names}
