"""A process that is killed in the middle of an act leaves nothing half done. `make crash` kills at every point."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.__main__ import postgres, sqlite
from tests.crash.acts import ACTS, Act, Requests
from tests.crash.killing import AGAIN, Stage
from tests.crash.points import Point
from workflows.assembly import Office

BY_NAME = {act.name: act for act in ACTS}
SENT_UNMARKED = "after a notice is sent, before it is marked"
CALLED_UNMARKED = "after a call is made, before it is marked"
CHOSEN = [
    ("complete", "after the audit, before the commit"),
    ("complete", "after the commit, before the answer"),
    ("complete", "an exception after the commit"),
    ("answer", "after the answer is noted, before the diagram goes on"),
    ("give up", "after the failure is noted, before its incident"),
    ("tell", "after the commit, before the other case is told"),
    ("tell", "after the other case went on, before that is kept"),
    ("wake", "after the state and its index rows"),
    ("wake", "an exception after the commit"),
    ("migrate", "after a task was drawn anew"),
    ("send", SENT_UNMARKED),
    ("text", "after Notify has a text, before it is marked"),
    ("no text", "after it is noted that Notify refused a text"),
    ("call", CALLED_UNMARKED),
    ("no call", "after an address said that it is gone, before that is noted"),
    ("climb", "after everybody is told, before the next rung is known"),
    ("remind", "after the message of the day is written, before that is marked"),
]


@pytest.fixture(scope="module")
def stage(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A service at work, to be killed."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        on_files = database_kind == "sqlite"
        kind = sqlite(folder / "sqlite") if on_files else postgres(request.getfixturevalue("postgres_server"))
        with closing(Stage(kind, folder / "places")) as stage:
            yield stage


@pytest.mark.parametrize(("name", "point"), CHOSEN)
def test_an_act_that_dies_half_way_and_is_done_again_has_happened_once(stage: Stage, name: str, point: str) -> None:
    act = BY_NAME[name]
    ending = stage.kill(act, _point(act, point))
    assert ending.well, ending
    assert ending.sent_again == (point in (SENT_UNMARKED, CALLED_UNMARKED))


@pytest.mark.parametrize(("name", "point"), [("send", SENT_UNMARKED), ("call", CALLED_UNMARKED)])
def test_what_goes_out_twice_is_seen(stage: Stage, name: str, point: str) -> None:
    """The point at which nobody can know that it went out, without its excuse."""
    act = BY_NAME[name]
    assert stage.kill(act, replace(_point(act, point), sends_again=0)).doubled == [AGAIN]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_every_point_at_which_an_act_is_killed_stands_in_the_code(act: Act) -> None:
    for point in act.points:
        assert callable(point.found()), point.name


def test_what_happens_twice_is_seen(stage: Stage) -> None:
    act = BY_NAME["message"]

    def as_something_new(office: Office, requests: Requests) -> None:
        asked, this_time = requests["message"], f"attempt-{os.getpid()}"
        act.do(office, {"message": replace(asked, key=this_time, body={**asked.body, "message_id": this_time})})

    careless = Act("message without care", as_something_new, act.points)
    twice = stage.kill(careless, _point(act, "after the commit, before the answer"))
    once = stage.kill(careless, _point(act, "after the audit, before the commit"))
    assert len(twice.doubled) > len(twice.lost)
    assert len(once.doubled) == len(once.lost), "the number of the message is all that differs"


def _point(act: Act, name: str) -> Point:
    return next(point for point in act.points if point.name == name)
