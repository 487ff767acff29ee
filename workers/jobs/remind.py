"""Remind and escalate: what comes to a rung of its ladder, and each morning one message to each person."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from uuid import UUID

from workers.items import Items, each
from workers.resting import Resting
from workflows.actions import asking_referrer, climbing, digests, ladders, nudges
from workflows.actions.parked_notices import pressing_to_remind_of, remind_of_pressing, remind_of_usual
from workflows.assembly import Office
from workflows.casework.rounds import SILENT_AFTER

log = logging.getLogger("roundtable.worker")


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return climbing.due_rungs(office.desk(), limit)


def _climb(office: Office, task_id: UUID) -> int:
    return climbing.climb(office.desk(), task_id)


def _failed(_office: Office, task_id: UUID, failure: Exception) -> None:
    _about("task")(task_id, failure)


def _older(office: Office, limit: int) -> Sequence[UUID]:
    return ladders.tasks_of_older_ladders(office.desk(), limit)


def _take_up(office: Office, task_id: UUID) -> None:
    ladders.take_up_ladder(office.desk(), task_id)


def _unanswered(office: Office, limit: int) -> Sequence[UUID]:
    return asking_referrer.questions_to_look_after(office.desk(), limit)


def _look_after(office: Office, question_id: UUID) -> None:
    asking_referrer.look_after(office.desk(), question_id)


# Each task by itself; one that fails is tried again after growing pauses, and is missed when the worker would be.
OLDER = Items(_older, _take_up, _failed, resting=Resting(SILENT_AFTER))
RUNGS = Items(_due, _climb, _failed, resting=Resting(SILENT_AFTER))
UNANSWERED = Items(_unanswered, _look_after, _failed, resting=Resting(SILENT_AFTER))


def climb(office: Office) -> tuple[int, int]:
    """Note what has come to a rung of its ladder, and tell at once of what is about safety.

    So are messages that cannot wait and that nobody has looked at. Tasks of an older ladder take up the newest first,
    and those that waited for their referrer long enough go on.
    """
    desk = office.desk()
    taken_up = OLDER.work(office)
    unanswered = UNANSWERED.work(office)
    tasks = RUNGS.work(office)
    messages = each(pressing_to_remind_of(desk), lambda one: remind_of_pressing(desk, one), lambda *_: None)
    counts = (taken_up, unanswered, tasks, messages)
    return sum(done for done, _ in counts), sum(failed for _, failed in counts)


def daily_digest(office: Office) -> tuple[int, int]:
    """Write each person who works today one message about what is due, once from nine, each by itself.

    Whatever goes wrong for one is named in the log and tried again at the next round; everybody else has theirs.
    """
    desk = office.desk()
    if not digests.digest_is_due(desk):
        return 0, 0
    failed = each((desk,), digests.retire_letters, _about("letters"))[1]
    failed += each((desk,), remind_of_usual, _about("messages"))[1]
    not_climbed = RUNGS.work(office)[1]  # of that the rounds of climbing tell
    failed += each(digests.letters_to_tell_of(desk), lambda one: digests.note_letter(desk, one), _about("letter"))[1]
    written: list[int] = []
    failed += each(nudges.to_be_told(desk), lambda one: nudges.look_through(desk, one), _about("staff"))[1]
    people = nudges.to_be_told(desk)  # those too to whom something was handed on
    failed += each(people, lambda one: written.append(digests.write_digest(desk, one)), _about("staff"))[1]
    if not failed and not not_climbed:
        digests.end_digest(desk, sum(written))
    return sum(written), failed


def _about(what: str) -> Callable[[object, Exception], None]:
    """Name in the log whose message could not be written, or what nobody could be told of, by its id."""

    def note(one: object, failure: Exception) -> None:
        about = one if isinstance(one, UUID) else ""
        named = {"action": "digest_failed", "about": f"{what} {about}", "kind": type(failure).__name__}
        log.error("message of the day not written", extra=named)

    return note
