"""Who is asking, and the desk they sit at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar, cast

from flask import current_app, g

from workflows.actions.incidents import trying as leaving_out
from workflows.assembly import Office
from workflows.casework.access import Actor, may
from workflows.desk import Desk, Work

Answer = TypeVar("Answer")
NOBODY = Actor(None, "somebody not signed in")


def office() -> Office:
    """Return the office this application runs in."""
    return cast(Office, current_app.extensions["office"])


def current_actor() -> Actor:
    """Return who is asking; somebody who has not signed in holds no post and may do nothing."""
    return cast(Actor, g.get("actor", NOBODY))


def recognise(actor: Actor) -> None:
    """Note who is asking, for the rest of this request."""
    g.actor = actor


def desk() -> Desk:
    """Return the desk of whoever is asking; within an act, everything done there is a part of it."""
    mine = replace(office().desk(current_actor()), left_out=g.get("left_out", {}))
    act = g.get("act")
    return mine if act is None else mine.within(act)


@contextmanager
def within(act: Work) -> Iterator[None]:
    """Make everything that is done at this request's desk a part of one act, until the end of the block."""
    g.act = act
    try:
        yield
    finally:
        g.pop("act", None)


def trying(answer: Callable[[], Answer]) -> Answer:
    """Answer a request; what should happen by itself and fails is left out, and the request answered anew without it.

    What was left out is in `left_out()` then.
    """

    def at(one: Desk) -> Answer:
        g.left_out = one.left_out
        return answer()

    return leaving_out(desk(), at)


def left_out() -> list[str]:
    """Return the names of the steps that this request left out because they failed."""
    return [failure.name for failure in g.get("left_out", {}).values()]


def allowed(permission: str) -> bool:
    """Say whether whoever is asking may open pages that name this permission."""
    return may(current_actor(), permission)
