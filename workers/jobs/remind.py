"""Remind before and at the due date."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from workers.items import each
from workflows.actions import digests
from workflows.actions.digests import Told, whom_to_tell, write_digest
from workflows.actions.parked_notices import pressing_to_remind_of, remind_of_pressing, remind_of_usual
from workflows.actions.reminders import remind_of_safety, safety_to_remind_of
from workflows.assembly import Office

log = logging.getLogger("roundtable.worker")


def of_safety(office: Office) -> tuple[int, int]:
    """Remind at once of what is about safety: tasks, and messages that cannot wait and that nobody has looked at.

    Each by itself; one that fails is tried again at the next round.
    """
    desk = office.desk()
    tasks = each(safety_to_remind_of(desk), lambda task_id: remind_of_safety(desk, task_id), lambda *_: None)
    messages = each(pressing_to_remind_of(desk), lambda one: remind_of_pressing(desk, one), lambda *_: None)
    return tasks[0] + messages[0], tasks[1] + messages[1]


def daily_digest(office: Office) -> tuple[int, int]:
    """Write each person one message about what is due, once a day from nine, each by itself.

    Whatever goes wrong for one is named in the log and tried again at the next round; everybody else has theirs.
    """
    desk = office.desk()
    if not digests.digest_is_due(desk):
        return 0, 0
    whom: dict[Told, tuple[UUID, ...]] = {}
    failed = each((desk,), digests.retire_letters, _about("letters"))[1]
    failed += each((desk,), remind_of_usual, _about("messages"))[1]
    failed += each(digests.to_tell_of(desk), lambda one: whom.update({one: whom_to_tell(desk, one)}), _about("item"))[1]
    mail: dict[UUID, list[Told]] = {}
    for told, people in whom.items():
        for staff_id in people:
            mail.setdefault(staff_id, []).append(told)
    written: list[int] = []
    failed += each(mail, lambda one: written.append(write_digest(desk, one, mail[one])), _about("staff"))[1]
    failed += each((whom,), lambda all_told: digests.settle(desk, all_told), _about("marks"))[1]
    if not failed:
        digests.end_digest(desk, sum(written))
    return sum(written), failed


def _about(what: str) -> Callable[[object, Exception], None]:
    """Name in the log whose message could not be written, or what nobody could be told of, by its id."""

    def note(one: object, failure: Exception) -> None:
        about = one.id if isinstance(one, Told) else one if isinstance(one, UUID) else ""
        named = {"action": "digest_failed", "about": f"{what} {about}", "kind": type(failure).__name__}
        log.error("message of the day not written", extra=named)

    return note
