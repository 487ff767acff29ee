"""Hands that use the verbs directly: only until the pages are all there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from tests.walk.pen import Pen, Raw
from tests.walk.people import Person, Staff
from workflows.actions import accounts, companions, messages, tasks
from workflows.actions.referrals import submit_referral
from workflows.assembly import Office
from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, CaseworkError
from workflows.casework.task import Task
from workflows.questions import inbox
from workflows.questions.inbox_filters import Filters
from workflows.storage import cases


class Refused(Exception):
    """The service did not do it; the text is what the person reads."""


@dataclass
class VerbHands:
    """Does by verbs what a person would do on pages."""

    office: Office
    staff: Staff
    pen: Pen
    sent: int = field(default=0)

    def refer(self, who: Person, answers: Mapping[str, Any]) -> str:
        desk = self.office.desk(self.staff.actor(who))
        raw = self.pen.fill(desk.forms.form("F01"), answers)
        return _asked(lambda: submit_referral(desk, self.pen.programme, raw)).case_number

    def do(self, who: Person, number: str, key: str, answers: Mapping[str, Any]) -> None:
        desk = self.office.desk(self.staff.actor(who))
        task = self._task(number, key)
        if not self.in_inbox(who, number, key):
            raise Refused(f"{key} is not in the inbox of {who.name} (it is for the {task.role})")
        raw = self.pen.fill(desk.forms.form(task.form_key), answers, number, task.sections)
        _asked(lambda: tasks.complete_task(desk, task.id, raw))

    def press(self, who: Person, number: str, button: str, answers: Mapping[str, Any]) -> None:
        desk = self.office.desk(self.staff.actor(who))
        wanted = companions.BY_KEY[button]
        raw = self.pen.fill(desk.forms.form(wanted.form), answers, number, wanted.sections)
        _asked(lambda: companions.press(desk, number, button, raw))

    def message(self, envelope: messages.Envelope) -> messages.Received:
        return messages.receive(self.office.desk(), envelope)

    def leave(self, who: Person, first: date, last: date, cover: Person | None) -> None:
        desk = self.office.desk(self.staff.actor(who))
        _asked(lambda: accounts.enter_leave(desk, who.id, first, last, cover.id if cover else None))

    def sees(self, who: Person, number: str) -> bool:
        with self.office.desk().looking() as session:
            case = cases.by_number(session, number)
            excluded = cases.excluded_staff(session, case.id)
            return access.may_see_case(
                self.staff.actor(who), case.programme_id, case.team_id, excluded, case.sharing_scope
            )

    def in_inbox(self, who: Person, number: str, key: str = "") -> bool:
        desk = self.office.desk(self.staff.actor(who))
        wanted = self._task(number, key).id if key else None
        for view in ("mine", "pool"):
            found = inbox.inbox(desk, view, Filters(words=number)).rows
            if any(row.case_number == number and wanted in (None, row.id) for row in found):
                return True
        return False

    def _task(self, number: str, key: str) -> Task:
        with self.office.desk().looking() as session:
            found = session.scalars(
                select(Task)
                .join(Case)
                .where(Case.number == number, Task.key == key, Task.status == "open")
                .order_by(Task.id)
            ).first()
            if found is None:
                raise Refused(f"{key} is not asked in {number}")
            return found


def _asked(act: Any) -> Any:
    try:
        return act()
    except AnswersRefused as refused:
        raise Refused("; ".join(f"{name}: {words}" for name, words in refused.errors.items())) from refused
    except CaseworkError as refusal:
        raise Refused(str(refusal)) from refusal


_ = Raw
