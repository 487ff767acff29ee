"""The one message a day: what came to a rung of its ladder, and letters past their day. Each is a transaction alone.

Whom something concerns is noted when it happens. In the morning of a working day of theirs each person is told of all
of it at once. It is looked through before, see `nudges`, and once more at the moment at which the message is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from workflows.actions.climbing import when_due
from workflows.actions.heartbeats import beat
from workflows.actions.late_letters import has_heard, late_letters, senders_of
from workflows.actions.news import named_in, news_for, news_words, still_news
from workflows.actions.nudges import ELSEWHERE, NOT_THEIRS, STANDS_STILL, waiting_for, why_not
from workflows.casework.escalation import LETTER, Nudge
from workflows.casework.ladder import DAILY
from workflows.casework.mornings import MORNING
from workflows.casework.notice import Heartbeat, Letter, Notice
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.casework.ways import EMAIL, TEXT
from workflows.clock import LONDON, london_day
from workflows.desk import Desk, Work
from workflows.duties.outgoing import Told, put_out
from workflows.duties.overtaken import retire_past
from workflows.duties.rungs import passed_on

DIGEST, DIGEST_AND_LETTERS, LETTERS_ALONE = "digest", "digest_and_letters", "letters_past_their_day"
NEWS_ALONE, NEWS = "news_of_the_day", "names"  # NEWS: under this word a message names what of its news it holds
KINDS = {  # by whether it tells of tasks, and of letters
    (True, False): DIGEST, (True, True): DIGEST_AND_LETTERS, (False, True): LETTERS_ALONE, (False, False): NEWS_ALONE,
}  # fmt: skip
DIGESTS = tuple(KINDS.values())
WAITS = (NOT_THEIRS, ELSEWHERE, STANDS_STILL)


def digest_is_due(desk: Desk) -> bool:
    """Say whether the messages of the day are still to be written: once a day, from 09:00."""
    now = desk.clock.now()
    if now.astimezone(LONDON).time() < MORNING:
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


def write_digest(desk: Desk, staff_id: UUID) -> int:
    """Write one person's message of the day, by each of their ways; twice is once. Returns the messages written."""
    with desk.work() as work:
        once = _once(work, staff_id)
        had = select(Notice.id).where(Notice.once.in_((once, f"{once}:{TEXT}")))
        if work.session.scalars(had).first() is not None:
            return 0  # what came since waits for the next morning
        staff = work.session.get_one(StaffMember, staff_id)
        nudges = [one for one in waiting_for(work, staff_id) if not why_not(work, staff, one)]
        news = news_for(work, staff_id)
        written = _write_by_each_way(work, staff, nudges, news)
        for nudge in nudges:
            nudge.told_at = work.now
        for one in news:
            one.sent(work.now)
        work.commit()
        return written


def end_digest(desk: Desk, written: int) -> None:
    """Note that everybody has had their message of today."""
    beat(desk, DIGEST, f"{written} messages")


def words_at_sending(work: Work, notice: Notice) -> dict[str, str] | None:
    """Return what a message of the day says at this moment; None where nothing of it concerns its reader any more.

    What is somebody else's meanwhile, or stands still, is looked through again on the next morning.
    """
    if notice.staff_id is None:
        return None
    staff = work.session.get_one(StaffMember, notice.staff_id)
    named = Nudge.text_id if notice.channel == TEXT else Nudge.notice_id
    query = select(Nudge).where(named == notice.id).order_by(Nudge.id)
    nudges = work.session.scalars(query).all()
    why = {one.id: why_not(work, staff, one) for one in nudges}
    for nudge in nudges:
        if why[nudge.id] in WAITS:
            nudge.told_at = None
            setattr(nudge, named.key, None)
    kept = [one for one in nudges if not why[one.id]]
    news = still_news(work, notice.words.get(NEWS, ""))
    return _words(work, staff, kept, news) if kept or news else None


def _write_by_each_way(work: Work, staff: StaffMember, nudges: Sequence[Nudge], news: Sequence[Notice]) -> int:
    """Tell somebody of each of these by the ways that they chose and its rung allows; returns the messages written.

    What is new stands in no list, so it goes by email whatever they chose.
    """
    texts, written = work.desk.settings.sends_texts, 0
    ways = {one.id: staff.ways(one.pace, one.ways.split(), texts) for one in nudges}
    for way, named in ((EMAIL, "notice_id"), (TEXT, "text_id")):
        theirs = [one for one in nudges if way in ways[one.id]]
        new = news if way == EMAIL else ()
        notice = _write(work, staff, theirs, new, way) if theirs or new else None
        if notice is None:
            continue
        written += 1
        for nudge in theirs:
            setattr(nudge, named, notice.id)
    return written


def _write(work: Work, staff: StaffMember, nudges: Sequence[Nudge], news: Sequence[Notice], way: str) -> Notice | None:
    words = _words(work, staff, nudges, news) | {NEWS: named_in(news)}
    only = nudges[0] if len(nudges) == 1 and nudges[0].task_id and not news else None
    about = (only.case_id, only.task_id) if only else (None, None)
    told = Told(words.pop("kind"), _once(work, staff.id), words, *about)
    notice = put_out(work, told, staff, way)
    work.session.flush()  # the notice stands before what names it
    return notice


def _once(work: Work, staff_id: UUID) -> str:
    """One message a person a day, however often the round of the day is made."""
    return f"{DIGEST}:{staff_id.hex}:{work.today.isoformat()}"


def _words(work: Work, staff: StaffMember, nudges: Sequence[Nudge], news: Sequence[Notice]) -> dict[str, str]:
    """Return the kind of the message and its words: case numbers, what is asked and when; never who somebody is."""
    theirs = _by_task(work, nudges)
    letters = _letters_of(work, staff) if any(one.task_id is None for one in nudges) else 0
    kind = KINDS[bool(theirs), bool(letters)]
    said = {"kind": kind, "link": f"{work.desk.settings.base_url}/{'letters' if kind == LETTERS_ALONE else 'inbox'}"}
    said["news"] = news_words(work, news)
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
