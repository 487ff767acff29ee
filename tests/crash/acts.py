"""The acts during which the service is killed: what systems send, and what the worker does by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.crash import points
from tests.crash.points import Point
from webapp import create_app
from workers.jobs import call_addresses, remind, send_notices, send_texts, wake_cases
from workflows.actions import moving_cases
from workflows.actions.companions import press
from workflows.actions.incidents import trying
from workflows.actions.sent_pages import Answered, first_answer, recorded_once
from workflows.assembly import Office
from workflows.casework.access import Actor, Post
from workflows.casework.staff import StaffMember
from workflows.desk import Desk
from workflows.storage import people, runs


@dataclass(frozen=True)
class Request:
    """What is sent: to where, in whose name, what it says, and under which key.

    By a system with its token; by somebody on the page of a button, the case, the key of the staff and the answers.
    """

    key: str
    address: str
    secret: str
    body: Mapping[str, Any]


Requests = Mapping[str, Request]


@dataclass(frozen=True)
class Act:
    """Something that has to happen once, whatever happens meanwhile, and the points in it.

    refused: whether no text and no call is taken.
    """

    name: str
    do: Callable[[Office, Requests], None]
    points: tuple[Point, ...]
    refused: bool = False


def _sent(name: str) -> Callable[[Office, Requests], None]:
    """Send a request, with the same key each time, as a system does that never heard an answer."""

    def send(office: Office, requests: Requests) -> None:
        asked = requests[name]
        headers = {"Authorization": f"Bearer {asked.secret}", "Idempotency-Key": asked.key}
        answer = create_app(office).test_client().post(asked.address, json=asked.body, headers=headers)
        assert answer.status_code < 300, f"{name}: {answer.status_code} {answer.get_data(as_text=True)}"

    return send


def _done(job: Callable[[Office], tuple[int, int]]) -> Callable[[Office, Requests], None]:
    """Let the worker do a round of a job."""
    return lambda office, _: job(office) and None


def _move(office: Office, _: Requests) -> None:
    """Move whatever runs on another release to the newest; what a fault broke off is told of, and tried again."""
    desk = office.desk(OPERATOR)
    with desk.looking() as session:
        newest = runs.current_release(session).number
    wanted = moving_cases.Wanted(newest)
    for moved in moving_cases.move_cases(desk, moving_cases.cases_elsewhere(desk, newest), wanted):
        assert moved.settled or moved.why == moving_cases.BROKE_OFF, moved


def _press(office: Office, requests: Requests) -> None:
    """Press a button as its page does: with the mark of the page, so that the page sent again does nothing."""
    asked, desk = requests["tell"], office.desk()
    with desk.looking() as session:
        staff = session.get_one(StaffMember, UUID(asked.secret))
        actor = people.actor_for(session, staff, desk.today)

    def page(one: Desk) -> None:
        with recorded_once(one, asked.key) as recording:
            press(one.within(recording.work), asked.address, "hospital", asked.body)
            recording.keep(Answered("/", ()))

    if first_answer(desk, asked.key) is None:
        trying(desk.for_actor(actor), page)


OPERATOR = Actor(None, "an operator", (Post("sysadmin", None, None),))
ACTS = (
    Act("refer", _sent("refer"), (*points.ASKED, *points.GOING_ON, *points.KEEPING)),
    Act("claim", _sent("claim"), (*points.ASKED, *points.KEEPING)),
    Act("complete", _sent("complete"), (*points.ASKED, *points.COMPLETING, *points.GOING_ON, *points.KEEPING)),
    Act("answer", _sent("answer"), (*points.ASKED, *points.ANSWERING, *points.GOING_ON, *points.KEEPING)),
    Act("give up", _sent("give up"), (*points.ASKED, *points.GIVING_UP, *points.KEEPING)),
    Act("take back", _sent("take back"), (*points.ASKED, *points.TAKING_BACK, *points.KEEPING)),
    Act("message", _sent("message"), (*points.ASKED, *points.GOING_ON, *points.KEEPING)),
    Act("tell", _press, (*points.TELLING_ANOTHER, *points.GOING_ON, *points.KEEPING)),
    Act("wake", _done(wake_cases.work), (*points.GOING_ON, *points.KEEPING)),
    Act("migrate", _move, (*points.MOVING, *points.GOING_ON, *points.KEEPING)),
    Act("send", _done(send_notices.work), (*points.POSTING, *points.KEEPING)),
    Act("text", _done(send_texts.work), (*points.TEXTING, *points.KEEPING)),
    Act("no text", _done(send_texts.work), points.NOT_TEXTED, refused=True),
    Act("call", _done(call_addresses.work), (*points.CALLING, *points.KEEPING)),
    Act("no call", _done(call_addresses.work), points.NOT_CALLED, refused=True),
    Act("climb", _done(remind.climb), (*points.CLIMBING, *points.KEEPING)),
    Act("remind", _done(remind.daily_digest), (*points.TELLING, *points.KEEPING)),
)
