"""Those who are said to have caused harm: what is written and done about it is kept from them, in this case only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ColumnExpressionArgument,
    Select,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task

CONCERN = "F23"
ALLEGED = ("alleged_colleagues", "alleged_colleague")  # what names colleagues in a concern, and one in an older form
ITS_FORMS = frozenset({CONCERN, "F23b"})
ITS_STEPS = frozenset({"settle_safeguarding"})  # besides those that ask one of its forms
ITS_PROCESSES = frozenset({"acm_safeguarding", "acm_left_open"})
ITS_FLAG = "safeguarding_open"
Place = InstrumentedAttribute[UUID]
_PAPER, _NEWER = aliased(Document), aliased(Document)


def names(staff_id: UUID | None, case_id: Place = Case.id) -> ColumnElement[bool]:
    """Whether a concern of the case, as it was last corrected, names this colleague, as a condition on `Case`."""
    return false() if staff_id is None else name_any(literal(staff_id.hex), case_id)


def name_any(who: ColumnExpressionArgument[Any], case_id: Place = Case.id) -> ColumnElement[bool]:
    """The same of the colleague with this id, which may be that of another row: on any database its digits alone."""
    newer = exists().where(_NEWER.amends_id == _PAPER.id).correlate_except(_NEWER)
    named = or_(*(_digits(_PAPER.answers[question].as_string()).contains(_digits(who)) for question in ALLEGED))
    paper = exists().where(_PAPER.case_id == case_id, _PAPER.form_key == CONCERN, named, ~newer)
    return paper.correlate_except(_PAPER)


def _digits(of: ColumnExpressionArgument[Any]) -> ColumnElement[str]:
    return func.replace(cast(of, String), "-", "")


def named_in(session: Session, case_id: UUID, staff_id: UUID | None) -> bool:
    """Say whether a concern of this case names this colleague."""
    if staff_id is None:
        return False
    return session.scalar(select(Case.id).where(Case.id == case_id, names(staff_id))) is not None


def cases_naming(session: Session, staff_id: UUID | None) -> frozenset[UUID]:
    """Return the cases of which a concern names this colleague."""
    return frozenset(session.scalars(select(Case.id).where(names(staff_id)))) if staff_id else frozenset()


def about_it() -> ColumnElement[bool]:
    """The tasks that follow a safeguarding concern, as a condition on `Task`."""
    return or_(Task.form_key.in_(sorted(ITS_FORMS)), Task.key.in_(sorted(ITS_STEPS)))


def kept_from_any(who: ColumnExpressionArgument[Any]) -> ColumnElement[bool]:
    """The tasks that are kept from the colleague with this id, of another row, as a condition on `Task` and `Case`."""
    return and_(about_it(), name_any(who))


def kept_from(staff_id: UUID | None, case_id: Place = Case.id) -> ColumnElement[bool]:
    """The tasks that are kept from this colleague, as a condition on `Task` and its `Case` (or where that is named)."""
    return and_(about_it(), names(staff_id, case_id)) if staff_id else false()


def tasks_kept_from(staff_id: UUID) -> Select[UUID]:
    """The open ones of them, said of `Task` alone: a concern says something of a colleague in few cases."""
    return select(Task.id).where(in_a_concern(), kept_from(staff_id, Task.case_id))


def in_a_concern() -> ColumnElement[bool]:
    """The open tasks that follow a safeguarding concern, found by its paper: there is none without one."""
    raised = select(Document.case_id).where(Document.form_key == CONCERN)
    return and_(Task.open, Task.case_id.in_(raised), about_it())


def is_kept_from(session: Session, task: Task, staff_id: UUID | None) -> bool:
    """Say whether this task is kept from this colleague."""
    return follows_it(task.form_key, task.key) and named_in(session, task.case_id, staff_id)


def follows_it(form_key: str | None, key: str) -> bool:
    """Say whether a step with this form and key follows a safeguarding concern."""
    return form_key in ITS_FORMS or key in ITS_STEPS


def besides_those_named(session: Session, task: Task, staff: Iterable[StaffMember]) -> list[StaffMember]:
    """Return those of the staff from whom this task is not kept."""
    return [one for one in staff if not is_kept_from(session, task, one.id)]
