"""The one message a day: what is due or due soon, and letters past their day. Each person's is a transaction by itself.

What one message could not be written about stays to be told: the next round tries again, and tells nobody else twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actions.heartbeats import beat
from workflows.actions.late_letters import has_heard, late_letters, senders_of
from workflows.actions.reminders import held, level_of, mark, recipients, reminder, to_remind, words_of
from workflows.casework.notice import Heartbeat, Letter, Notice
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.clock import LONDON, london_day
from workflows.desk import Desk, Work
from workflows.duties.outgoing import put_out
from workflows.duties.overtaken import retire_past

DIGEST_HOUR = time(9)
DIGEST, DIGEST_AND_LETTERS, LETTERS_ALONE = "digest", "digest_and_letters", "letters_past_their_day"
DIGESTS = (DIGEST, DIGEST_AND_LETTERS, LETTERS_ALONE)
REMEMBERED = timedelta(days=14)  # how long a message that could not be written is worth a repetition to the others
AT_ONCE = 500  # tasks marked in one transaction


@dataclass(frozen=True)
class Told:
    """Something people are told of: a task on a rung of its ladder, or a letter. `news`: nobody has heard of it yet."""

    id: UUID
    level: int | None  # None: a letter
    news: bool = True

    @property
    def name(self) -> str:
        """The same in a message that told of it: what was told to somebody is not told again."""
        return f"{self.id.hex}.{'letter' if self.level is None else self.level}"


Whom = Mapping[Told, Collection[UUID]]


def digest_is_due(desk: Desk) -> bool:
    """Say whether the messages of the day are still to be written: once a day, from 09:00."""
    now = desk.clock.now()
    if now.astimezone(LONDON).time() < DIGEST_HOUR:
        return False
    with desk.looking() as session:
        last = session.get(Heartbeat, DIGEST)
        return last is None or london_day(last.at) != london_day(now)


def retire_letters(desk: Desk) -> None:
    """Retire the letters that name a day which is over, before anybody is told to send them."""
    with desk.work() as work:
        retire_past(work)
        work.commit()


def to_tell_of(desk: Desk) -> list[Told]:
    """Return what there is to tell of today: tasks whose reminder has come, and letters past their day."""
    with desk.looking() as session:
        now = desk.clock.now()
        due = to_remind(now, safety=False).limit(None).with_only_columns(Task.id, Task.due_at)
        found = [Told(task_id, level_of(due_at, now)) for task_id, due_at in session.execute(due)]
        return found + [Told(one.id, None, one.reminded_at is None) for one in late_letters(session, desk.today)]


def whom_to_tell(desk: Desk, told: Told) -> tuple[UUID, ...]:
    """Return who is told of it, as things stand today."""
    with desk.work() as work:  # nothing of it is kept
        if told.level is None:
            return tuple(staff.id for staff in senders_of(work, work.session.get_one(Letter, told.id)))
        return tuple(staff.id for staff in recipients(work, work.session.get_one(Task, told.id)))


def write_digest(desk: Desk, staff_id: UUID, told: Iterable[Told]) -> int:
    """Write one person's message of the day; twice is once. Returns the messages written."""
    with desk.work() as work:
        had = _had(work.session, staff_id, work.now)
        news = {one.id: one for one in told if one.name not in had}
        letters = [one for one in told if one.level is None]
        if not any(one.level is None and one.news for one in news.values()):
            letters = []  # they have heard of all of them
        due = held(to_remind(work.now, safety=False).where(Task.id.in_(news)).limit(None))
        tasks = list(work.session.scalars(due).unique())
        if not tasks and not letters:
            return 0
        names = [news[task.id].name for task in tasks] + [one.name for one in letters]
        written = _write(work, work.session.get_one(StaffMember, staff_id), tasks, len(letters), names)
        work.commit()
        return written


def settle(desk: Desk, whom: Whom) -> None:
    """Note what everybody concerned has been told; the rest waits for the next round."""
    with desk.looking() as session:
        everybody = {staff for people in whom.values() for staff in people}
        had = {staff: _had(session, staff, desk.clock.now()) for staff in everybody}
    done = [told for told, people in whom.items() if all(told.name in had[staff] for staff in people)]
    for first in range(0, len(done), AT_ONCE):
        _settle(desk, {told.id: told for told in done[first : first + AT_ONCE]}, whom)


def end_digest(desk: Desk, written: int) -> None:
    """Note that everybody has had their message of today."""
    beat(desk, DIGEST, f"{written} messages")


def _settle(desk: Desk, done: Mapping[UUID, Told], whom: Whom) -> None:
    with desk.work() as work:
        due = held(to_remind(work.now, safety=False).where(Task.id.in_(done)).limit(None))
        for task in work.session.scalars(due).unique():
            mark(task, level_of(task.due_at, work.now))
        letters = select(Letter).where(Letter.id.in_([one.id for one in done.values() if one.level is None]))
        for letter in work.session.scalars(letters.order_by(Letter.id).with_for_update(of=Letter)):
            if whom[done[letter.id]]:
                has_heard(letter, work.now)
        work.commit()


def _had(session: Session, staff_id: UUID, now: datetime) -> frozenset[str]:
    """Return what somebody's last messages told them of."""
    sent = select(Notice.words).where(Notice.staff_id == staff_id, Notice.kind.in_(DIGESTS))
    found = session.scalars(sent.where(Notice.made_at > now - REMEMBERED))
    return frozenset(name for words in found for name in str(words.get("told", "")).split())


def _write(work: Work, staff: StaffMember, tasks: list[Task], letters: int, told: list[str]) -> int:
    """Write the message: of tasks, of letters past their day, or of both."""
    kind = DIGEST if not letters else DIGEST_AND_LETTERS if tasks else LETTERS_ALONE
    words = (words_of(work, tasks) if tasks else {}) | ({"letters": str(letters)} if letters else {})
    once = f"{DIGEST}:{staff.id.hex}:{work.today.isoformat()}"
    link = {"link": f"{work.desk.settings.base_url}/{'letters' if kind == LETTERS_ALONE else 'inbox'}"}
    return int(put_out(work, reminder(kind, once, words | link | {"told": " ".join(told)}, tasks), staff))
