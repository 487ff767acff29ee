"""An operator's hand while the case goes on: one after the other, and the second is told that it is not as it was."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.at_once.acts import FASTER, OPERATOR, Scene
from tests.at_once.pairs import at_once
from tests.at_once.stage import Stage
from tests.builders.soundness import faults
from tests.builders.walked_case import Town
from workflows.actions import tasks
from workflows.actions.by_hand import MOVED_ON, Hand, carry_out, standing
from workflows.assembly import Office
from workflows.casework.intervention import RESTART

Doing = Callable[[Office], object]
PAIRS = {
    ("hand", "hand"): MOVED_ON,
    ("complete", "hand"): MOVED_ON,
    ("hand", "complete"): "This task is no longer needed: the case moved on.",
}


@pytest.mark.parametrize(("first", "second"), list(PAIRS))
def test_a_hand_and_another_act_at_once(stage: Stage, offices: tuple[Office, Office], first: str, second: str) -> None:
    here, there = offices
    doing = _looked_at(here, stage.scene)
    one, other = at_once(partial(doing[first], here), 1, partial(doing[second], there), there.database.engine)
    assert one.done
    assert (other.words, other.waited) == (PAIRS[first, second], True)
    assert faults(here) == []


def _looked_at(office: Office, scene: Scene) -> dict[str, Doing]:
    """Triage is open, and an operator has looked at it."""
    stands = standing(office.desk(OPERATOR), scene.run)
    (triage,) = (one for one in stands.tokens if one.key == "triage_referral")
    again = Hand(RESTART, triage.id)
    nurse = Town(office).who(FASTER)
    return {
        "hand": lambda where: carry_out(where.desk(OPERATOR), scene.run, again, "asked for", stands.version),
        "complete": lambda where: tasks.complete_task(where.desk(nurse), scene.task, scene.triaged),
    }
