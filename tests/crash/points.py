"""The points of the write path at which a process is killed, by name; none of them is written into the product."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn


class Broken(Exception):
    """Something unforeseen after a commit that went well."""


@dataclass
class Point:
    """A place in the code: before or after what stands there was done. `dies`: killed, otherwise an exception.

    `sends_again`: mails and calls that may go out once more, because nobody can know that they went out.
    """

    name: str
    module: str
    what: str
    after: bool = True
    dies: bool = True
    sends_again: int = 0
    reached: bool = False

    def arm(self) -> None:
        """Make this process end at the point."""
        owner, name = self._owner()
        setattr(owner, name, self._ending(getattr(owner, name)))

    def found(self) -> object:
        """Return what stands at the point; raises AttributeError when it has been moved away."""
        return getattr(*self._owner())

    def _owner(self) -> tuple[Any, str]:
        owner: Any = import_module(self.module)
        *path, name = self.what.split(".")
        for part in path:
            owner = getattr(owner, part)
        return owner, name

    def _ending(self, done: Callable[..., Any]) -> Callable[..., Any]:
        def ends(*given: Any, **named: Any) -> Any:
            if self.after:
                done(*given, **named)
            self._end()

        return ends

    def _end(self) -> NoReturn:
        self.reached = True
        if not self.dies:
            raise Broken(self.name)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("a killed process does not go on")


UNIT = "workflows.storage.unit_of_work"
JOURNEY = "workflows.actions.journey"
KEEPING = (
    Point("before the audit is written", UNIT, "UnitOfWork._write_audit", after=False),
    Point("after the audit, before the commit", UNIT, "UnitOfWork._write_audit"),
    Point("after the commit, before the answer", UNIT, "UnitOfWork.commit"),
    Point("an exception after the commit", UNIT, "UnitOfWork.commit", dies=False),
)
GOING_ON = (
    Point("after the diagram went on, before its state is written", JOURNEY, "_write_down", after=False),
    Point("after the tasks that follow", JOURNEY, "_match_tasks"),
    Point("after the state and its index rows", JOURNEY, "_write_down"),
)
ASKED = (Point("after token and key were looked up", "workflows.storage.people", "bearer_of"),)
COMPLETING = (
    Point("after the task is marked done, before its document", "workflows.actions.tasks", "hand_in", after=False),
    Point("after the document", "workflows.actions.tasks", "hand_in"),
    Point("after companions and messages followed", "workflows.actions.tasks", "follow_up"),
)
TELLING_ANOTHER = (
    Point("after the message to the other case, before the commit", "workflows.actions.companions", "hand_on"),
    Point("after the commit, before the other case is told", "workflows.actions.handing_on", "try_to_deliver", False),
    Point("after the other case went on, before that is kept", "workflows.actions.messages", "follow_up"),
    Point("after the other case has it, before the answer", "workflows.actions.handing_on", "try_to_deliver"),
)
OUTSIDE = "workflows.actions.outside_work"
ANSWERING = (
    Point("after the answer is noted, before the diagram goes on", OUTSIDE, "go_on", after=False),
    Point("after what follows from the answer", OUTSIDE, "follow_up"),
)
GIVING_UP = (Point("after the failure is noted, before its incident", OUTSIDE, "note_outside", after=False),)
BACK = "workflows.actions.taking_back"
TAKING_BACK = (
    Point("before the rows are put back", BACK, "put_back", after=False),
    Point("after the rows were put back", BACK, "put_back"),
)
MOVING_CASES = "workflows.actions.moving_cases"
MOVING = (
    Point("before a process goes over", MOVING_CASES, "go_over", after=False),
    Point("after a process went over, before its tasks", MOVING_CASES, "go_over"),
    Point("after a task was drawn anew", MOVING_CASES, "redraw_task"),
)
POSTING = (
    Point("before a notice is taken", "workers.jobs.send_notices", "claim_notice", after=False),
    Point("after a notice is taken, before it is sent", "workers.jobs.send_notices", "claim_notice"),
    Point("after a notice is sent, before it is marked", "workers.mail", "_to_folder", sends_again=1),
    Point("after a notice is marked", "workers.jobs.send_notices", "mark_sent"),
)
TEXTS, CALLS = "workers.jobs.send_texts", "workers.jobs.call_addresses"
NOTIFY = "notifications_python_client.notifications"
TEXTING = (
    Point("before a text is taken", TEXTS, "claim_text", after=False),
    Point("after a text is taken, before it is handed over", TEXTS, "claim_text"),
    Point("after Notify was asked, before it is told", NOTIFY, "NotificationsAPIClient.get_all_notifications"),
    # Notify is asked by the reference first, so that nobody has it twice.
    Point("after Notify has a text, before it is marked", TEXTS, "mark_text_sent", after=False),
    Point("after a text is marked", TEXTS, "mark_text_sent"),
)
NOT_TEXTED = (
    Point("after Notify refused a text, before that is noted", TEXTS, "mark_text_failed", after=False),
    Point("after what it was to tell goes by email, before the commit", "workflows.actions.texts", "_say_by_email"),
    Point("after it is noted that Notify refused a text", TEXTS, "mark_text_failed"),
)
CALLING = (
    Point("before a call is taken", CALLS, "claim_call", after=False),
    Point("after a call is taken, before it is made", CALLS, "claim_call"),
    Point("after a call is made, before it is marked", CALLS, "make", sends_again=1),
    Point("after a call is marked", CALLS, "mark_taken"),
)
NOT_CALLED = (
    Point("after an address said that it is gone, before that is noted", CALLS, "mark_not_taken", after=False),
    Point("after its managers are told, before the commit", "workflows.actions.webhook_calls", "_tell_managers"),
    Point("after it is noted that an address is gone", CALLS, "mark_not_taken"),
)
CLIMBING = (
    Point("after a rung is noted, before anybody is told", "workflows.actions.climbing", "_come_to"),
    Point("after the addresses are told, before anybody is", "workflows.actions.climbing", "tell_addresses"),
    Point("after somebody is told by email and text", "workflows.actions.climbing", "_tell_at_once"),
    Point(
        "after everybody is told, before the next rung is known", "workflows.actions.climbing", "set_next_rung", False
    ),
)
TELLING = (
    Point("before the message of the day is written", "workflows.actions.digests", "_write", after=False),
    Point("after the message of the day is written, before that is marked", "workflows.actions.digests", "_write"),
    Point("before the day is noted as told", "workers.jobs.remind", "digests.end_digest", after=False),
)
