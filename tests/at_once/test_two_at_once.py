"""Two acts on one case at the same moment: both are done one after the other, or the second is told why not."""

from __future__ import annotations

import time
from collections import Counter
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from tests.at_once.acts import ACTS, Act, redrawn
from tests.at_once.pairs import LONG, Answer, Somebody, Stop, at_once, statements, stopped, waits
from tests.at_once.stage import Stage
from tests.builders.soundness import faults
from workers.jobs import remind
from workflows.actions import diagrams
from workflows.assembly import Office
from workflows.storage import database, runs
from workflows.storage.unit_of_work import SAME_MOMENT

BY_NAME = {act.name: act for act in ACTS}
# What whoever comes second is told; of every other pair both are done.
CLAIMED = "This task is not yours to do: Siobhan Kelly has it now."
COMPLETED = "Siobhan Kelly has already completed this task."
NOT_NEEDED = "This task is no longer needed: the case moved on."
REFUSED = {
    ("claim", "claim"): CLAIMED,
    ("claim", "complete"): CLAIMED,
    ("reassign", "claim"): CLAIMED,
    ("reassign", "complete"): CLAIMED,
    ("complete", "claim"): COMPLETED,
    ("complete", "complete"): COMPLETED,
    ("complete", "reassign"): COMPLETED,
    ("close", "claim"): NOT_NEEDED,
    ("close", "complete"): NOT_NEEDED,
    ("close", "reassign"): NOT_NEEDED,
    ("close", "close"): "This stands here already: it was entered in error. See what the case waits for.",
    ("close", "message"): "The case is coming to its end: a death, a withdrawal or a mistake was reported. "
    "Look before you act.",
}
# Where the first leaves nothing to do for the second: the date rings once, and neither it nor a move in a case that has
# ended.
NOTHING_LEFT = {
    ("timer", "timer"),
    ("publish", "publish"),
    ("migrate", "migrate"),
    ("close", "timer"),
    ("close", "migrate"),
}


@pytest.fixture
def new_diagrams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of Roundtable, which ships another drawing."""
    monkeypatch.setattr(diagrams, "SHIPPED", redrawn(tmp_path / "shipped"))


@pytest.mark.usefixtures("new_diagrams")
@pytest.mark.parametrize(("first", "second"), list(product(BY_NAME, BY_NAME)))
def test_two_at_once(stage: Stage, offices: tuple[Office, Office], first: str, second: str, database_kind: str) -> None:
    (here, there), pair = offices, (BY_NAME[first], BY_NAME[second])
    before = traces(here, pair)
    one, other = at_once(
        partial(pair[0].do, here, stage.scene, False),
        pair[0].commits,
        partial(pair[1].do, there, stage.scene, True),
        there.database.engine,
    )
    assert one == Answer()
    assert other.words == REFUSED.get((first, second), "")
    assert other.waited or (database_kind == "postgres" and "publish" in (first, second))  # it touches no case
    done = Counter([first, second] if other.done and (first, second) not in NOTHING_LEFT else [first])
    assert traces(here, pair) - before == done
    assert faults(here) == []


def traces(office: Office, acts: tuple[Act, ...]) -> Counter[str]:
    with office.desk().looking() as session:
        return Counter({act.name: act.trace(session) for act in acts})


@pytest.mark.parametrize("late", ["claim", "timer", "close"])
def test_nobody_waits_longer_for_another_than_the_database_was_told(
    stage: Stage, late: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LONGEST_WAIT", 0.2)
    here, there = stage.two_offices()
    with stopped(partial(BY_NAME["complete"].do, here, stage.scene, False)) as (stop, somebody):
        began = time.monotonic()
        answer = Somebody(partial(BY_NAME[late].do, there, stage.scene, True)).finish()
        assert answer.words == SAME_MOMENT
        assert 0.2 < time.monotonic() - began < 3
        stop.let_go()
        assert somebody.finish().done
    assert faults(here) == []
    for office in (here, there):
        office.close()


@pytest.mark.parametrize("first", ["claim", "complete", "timer"])
def test_two_who_need_the_same_case_never_wait_in_a_ring(
    stage: Stage, offices: tuple[Office, Office], first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here, there), stop = offices, Stop(1)
    for hold in (runs.held, runs.held_with_case, runs.held_with_task):
        monkeypatch.setattr(runs, hold.__name__, stop.after(hold))
    one = Somebody(stop.around(partial(BY_NAME[first].do, here, stage.scene, False)))
    assert stop.reached.wait(LONG)
    with statements(there.database.engine) as since:
        other = Somebody(partial(BY_NAME["close"].do, there, stage.scene, True))
        assert waits(other, since)
        stop.let_go()
        assert (one.finish(), other.finish()) == (Answer(), Answer())
    assert faults(here) == []


def test_a_reminder_being_written_keeps_nobody_from_completing(stage: Stage, offices: tuple[Office, Office]) -> None:
    (here, there), complete = offices, partial(BY_NAME["complete"].do, offices[1], stage.scene, True)
    one, other = at_once(lambda: remind.daily_digest(here), 3, complete, there.database.engine)
    assert (one, other, other.waited) == (Answer(), Answer(), True)
    assert faults(here) == []
