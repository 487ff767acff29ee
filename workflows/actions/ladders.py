"""Publishing the ladders of a programme, and working out anew when each open task is reminded of. Twice is once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, or_, select

from workflows.actions.programmes import managed
from workflows.casework.errors import AnswersRefused, OutOfDate
from workflows.casework.escalation import LadderVersion
from workflows.casework.ladder import Ladder
from workflows.casework.ladder_table import written
from workflows.casework.programme import LADDER, Programme
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties import rungs

LONGEST_REASON = 500
TASKS_A_ROUND = 500


def publish(desk: Desk, programme_key: str, ladder: Ladder, why: str, instead_of: int | None = None) -> int:
    """Let a ladder count for every open task of a programme from now on; returns its number.

    instead_of: the number that counted when the ladder was drafted. Raises AnswersRefused without a reason or where
    nothing differs, OutOfDate where somebody else has published since.
    """
    with desk.work() as work:
        programme, why = managed(work, programme_key), why.strip()
        before = programme.ladder_number
        if instead_of is not None and instead_of != before:
            raise OutOfDate("Somebody has published other reminders since. Compare them with yours, and try again.")
        _must_say_why(why)
        if ladder == programme.ladder:
            raise AnswersRefused({"why": "Nothing would change: these are the reminders that count already"})
        number, table = before + 1, written(ladder)
        version = LadderVersion(
            programme_id=programme.id, number=number, content=table, published_at=work.now,
            published_by=work.actor.name, why=why,
        )  # fmt: skip
        work.session.add(version)
        version.happened("ladder published", programme=programme.key, number=number, why=why)
        programme.content = {**programme.content, LADDER: {"number": number, "table": table}}
        programme.happened("ladder changed", programme=programme.key, number=number, was=before)
        work.commit()
        return number


def _must_say_why(why: str) -> None:
    if not why:
        raise AnswersRefused({"why": "Say why the reminders change: it stands in their history"})
    if len(why) > LONGEST_REASON:
        raise AnswersRefused({"why": f"Say it in {LONGEST_REASON} characters or fewer"})


def tasks_of_older_ladders(desk: Desk, limit: int = TASKS_A_ROUND) -> Sequence[UUID]:
    """Return at most so many open tasks that climb an older ladder; a stopped clock waits."""
    with desk.looking() as session:
        numbers = [(one.id, one.ladder_number) for one in session.scalars(select(Programme)) if one.ladder_number]
        if not numbers:
            return ()
        older = or_(*(and_(Task.programme_id == one, Task.ladder_number < number) for one, number in numbers))
        query = select(Task.id).where(Task.open, Task.paused_at.is_(None), older)
        return session.scalars(query.order_by(Task.id).limit(limit)).all()


def take_up_ladder(desk: Desk, task_id: UUID) -> None:
    """Work out by the ladder of today when a task is reminded of next; what was told of it already stays told."""
    with desk.work() as work:
        held = select(Task).where(Task.id == task_id, Task.open, Task.paused_at.is_(None)).with_for_update(of=Task)
        task = work.session.scalars(held).first()
        if task is not None and rungs.take_up_ladder(work, task):
            work.commit()
