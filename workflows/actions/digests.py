"""The one message a day: what came to a rung of its ladder, and letters past their day. Each is a transaction alone.

Whom something concerns is noted when it happens. In the morning each person is told of all of it at once; what does not
concern them any more is left out, and looked at once more at the moment at which the message is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import select

from workflows.actions.climbing import when_due
from workflows.actions.heartbeats import beat
from workflows.actions.late_letters import has_heard, late_letters, senders_of
from workflows.casework.escalation import LETTER, Nudge
from workflows.casework.ladder import DAILY
from workflows.casework.notice import Heartbeat, Letter, Notice
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.casework.ways import EMAIL, TEXT
from workflows.clock import LONDON, london_day
from workflows.desk import Desk, Work
from workflows.duties.outgoing import Told, put_out
from workflows.duties.overtaken import retire_past
from workflows.duties.rungs import passed_on, whose_it_is
from workflows.storage.doers import may_be_asked

DIGEST_HOUR = time(9)
DIGEST, DIGEST_AND_LETTERS, LETTERS_ALONE = "digest", "digest_and_letters", "letters_past_their_day"
DIGESTS = (DIGEST, DIGEST_AND_LETTERS, LETTERS_ALONE)
OVER, NOT_THEIRS, ELSEWHERE = "it is done", "it is not shared with them", "it is somebody else’s now"


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


def letters_to_tell_of(desk: Desk) -> list[UUID]:
    """Return the letters past their day of which nobody has heard."""
    with desk.looking() as session:
        return [one.id for one in late_letters(session, desk.today) if one.reminded_at is None]


def note_letter(desk: Desk, letter_id: UUID) -> None:
    """Note whom a letter past its day concerns. Twice is once."""
    with desk.work() as work:
        letter = work.session.get_one(Letter, letter_id, with_for_update=True)
        if letter.reminded_at is not None or letter.status != "ready":
            return
        senders = senders_of(work, letter)
        for staff in senders:
            work.session.add(
                Nudge(
                    staff_id=staff.id, case_id=letter.case_id, about=letter.id, slot=LETTER, pace=DAILY,
                    made_at=work.now, tell_at=work.now,
                )
            )  # fmt: skip
        if senders:
            has_heard(letter, work.now)
        work.commit()


def to_be_told(desk: Desk) -> list[UUID]:
    """Return everybody for whom something waits to be told."""
    with desk.looking() as session:
        waiting = select(Nudge.staff_id).where(Nudge.told_at.is_(None), Nudge.tell_at <= desk.clock.now())
        return sorted(set(session.scalars(waiting)))


def write_digest(desk: Desk, staff_id: UUID) -> int:
    """Write one person's message of the day, by each of their ways; twice is once. Returns the messages written."""
    with desk.work() as work:
        once = _once(work, staff_id)
        had = select(Notice.id).where(Notice.once.in_((once, f"{once}:{TEXT}")))
        if work.session.scalars(had).first() is not None:
            return 0  # what came since waits for the next morning
        query = select(Nudge).where(Nudge.staff_id == staff_id, Nudge.told_at.is_(None), Nudge.tell_at <= work.now)
        nudges = work.session.scalars(query.order_by(Nudge.id).with_for_update(of=Nudge)).all()
        if not nudges:
            return 0
        staff = work.session.get_one(StaffMember, staff_id)
        kept = [one for one in nudges if not _dropped(work, staff, one)]
        written = _write_by_each_way(work, staff, kept)
        for nudge in nudges:
            nudge.told_at = work.now
        work.commit()
        return written


def end_digest(desk: Desk, written: int) -> None:
    """Note that everybody has had their message of today."""
    beat(desk, DIGEST, f"{written} messages")


def words_at_sending(work: Work, notice: Notice) -> dict[str, str] | None:
    """Return what a message of the day says at this moment; None where nothing of it concerns its reader any more."""
    if notice.staff_id is None:
        return None
    staff = work.session.get_one(StaffMember, notice.staff_id)
    named = Nudge.text_id if notice.channel == TEXT else Nudge.notice_id
    query = select(Nudge).where(named == notice.id).order_by(Nudge.id)
    kept = [one for one in work.session.scalars(query) if not _why_not(work, staff, one)]
    return _words(work, staff, kept) if kept else None


def _dropped(work: Work, staff: StaffMember, nudge: Nudge) -> bool:
    nudge.dropped = _why_not(work, staff, nudge)
    if nudge.dropped == ELSEWHERE:
        _hand_on(work, nudge)
    return bool(nudge.dropped)


def _why_not(work: Work, staff: StaffMember, nudge: Nudge) -> str:
    """Say why somebody is not told of something any more; empty: they are."""
    if nudge.task_id is None:
        letter = work.session.get(Letter, nudge.about)
        return "" if letter is not None and letter.status == "ready" else OVER
    task = work.session.get_one(Task, nudge.task_id)
    if not task.open or task.paused_at is not None:
        return OVER
    if not may_be_asked(work.session, (staff,), task.case, work.today):
        return NOT_THEIRS
    if passed_on(nudge.level) or task.assignee_id == staff.id:
        return ""
    return "" if staff in whose_it_is(work, task) else ELSEWHERE


def _hand_on(work: Work, nudge: Nudge) -> None:
    """Let whoever has a task now hear what its holder of before was to hear."""
    task = work.session.get_one(Task, nudge.task_id)
    heard = select(Nudge.staff_id).where(Nudge.about == nudge.about, Nudge.turn == nudge.turn, Nudge.slot == nudge.slot)
    had = set(work.session.scalars(heard))
    for staff in whose_it_is(work, task):
        if staff.id not in had:
            work.session.add(
                Nudge(
                    staff_id=staff.id, case_id=task.case_id, task_id=task.id, about=task.id, turn=nudge.turn,
                    slot=nudge.slot, level=nudge.level, pace=nudge.pace, ways=nudge.ways, made_at=work.now,
                    tell_at=work.now,
                )
            )  # fmt: skip


def _write_by_each_way(work: Work, staff: StaffMember, nudges: Sequence[Nudge]) -> int:
    """Tell somebody of each of these by the ways that they chose and its rung allows; returns the messages written."""
    texts, written = work.desk.settings.sends_texts, 0
    ways = {one.id: staff.ways(one.pace, one.ways.split(), texts) for one in nudges}
    for way, named in ((EMAIL, "notice_id"), (TEXT, "text_id")):
        theirs = [one for one in nudges if way in ways[one.id]]
        notice = _write(work, staff, theirs, way) if theirs else None
        if notice is None:
            continue
        written += 1
        for nudge in theirs:
            setattr(nudge, named, notice.id)
    return written


def _write(work: Work, staff: StaffMember, nudges: Sequence[Nudge], way: str) -> Notice | None:
    words = _words(work, staff, nudges)
    only = nudges[0] if len(nudges) == 1 and nudges[0].task_id else None
    about = (only.case_id, only.task_id) if only else (None, None)
    told = Told(words.pop("kind"), _once(work, staff.id), words, *about)
    notice = put_out(work, told, staff, way)
    work.session.flush()  # the notice stands before what names it
    return notice


def _once(work: Work, staff_id: UUID) -> str:
    """One message a person a day, however often the round of the day is made."""
    return f"{DIGEST}:{staff_id.hex}:{work.today.isoformat()}"


def _words(work: Work, staff: StaffMember, nudges: Sequence[Nudge]) -> dict[str, str]:
    """Return the kind of the message and its words: case numbers, what is asked and when; never who somebody is."""
    theirs = _by_task(work, nudges)
    letters = _letters_of(work, staff) if any(one.task_id is None for one in nudges) else 0
    kind = DIGEST if not letters else DIGEST_AND_LETTERS if theirs else LETTERS_ALONE
    said = {"kind": kind, "link": f"{work.desk.settings.base_url}/{'letters' if kind == LETTERS_ALONE else 'inbox'}"}
    if letters:
        said["letters"] = str(letters)
    if theirs:
        lines = [_line(task, level, work.now) for task, level in theirs]
        said |= {"case_number": theirs[0][0].case.number, "count": str(len(theirs)), "lines": "\n".join(lines)}
    return said


def _by_task(work: Work, nudges: Sequence[Nudge]) -> list[tuple[Task, int]]:
    """Each task once, with the highest rung of which its reader is told, the longest due first."""
    levels: dict[UUID, int] = {}
    for nudge in nudges:
        if nudge.task_id is not None:
            levels[nudge.task_id] = max(nudge.level, levels.get(nudge.task_id, 0))
    found = [(work.session.get_one(Task, task_id), level) for task_id, level in levels.items()]
    return sorted(found, key=lambda one: (one[0].due_sort, one[0].id))


def _letters_of(work: Work, staff: StaffMember) -> int:
    """Count all letters past their day that lie with somebody, those among them of which they heard before."""
    late = select(Letter).where(Letter.status == "ready", Letter.send_by < work.today)
    return sum(staff in senders_of(work, letter) for letter in work.session.scalars(late))


def _line(task: Task, level: int, now: datetime) -> str:
    said = f"{task.case.number}: {task.name}, {when_due(task, now)}"
    return f"{said}. It is passed on to you" if passed_on(level) else said
