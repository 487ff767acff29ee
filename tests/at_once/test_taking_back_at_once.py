"""Somebody takes a step back while another goes on from it: one after the other, and the second is told why not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.at_once.acts import FASTER, Scene
from tests.at_once.pairs import at_once
from tests.at_once.stage import Stage
from tests.builders.soundness import faults
from tests.builders.walked_case import QUIET, Town
from workflows.actions import tasks
from workflows.actions.taking_back import take_back
from workflows.assembly import Office
from workflows.casework.hidden import NO_SUCH_TASK

Doing = Callable[[Office], object]
GONE_ON = "Marta Kowalczyk has completed “Talk about consent and record it” since, at 17:00."
# What the second is told; "" where both are done.
PAIRS = {
    ("take back", "take back"): "",  # twice is once
    ("take back", "go on"): NO_SUCH_TASK,
    ("go on", "take back"): GONE_ON,
    ("claim", "take back"): "Marta Kowalczyk has “Talk about consent and record it” in hand since.",
}


@pytest.mark.parametrize(("first", "second"), list(PAIRS))
def test_taking_back_and_going_on_at_once(
    stage: Stage, offices: tuple[Office, Office], first: str, second: str
) -> None:
    here, there = offices
    doing = _after_triage(here, stage.scene)
    one, other = at_once(partial(doing[first], here), 1, partial(doing[second], there), there.database.engine)
    assert one.done
    assert (other.words, other.waited) == (PAIRS[first, second], True)
    assert faults(here) == []


def _after_triage(office: Office, scene: Scene) -> dict[str, Doing]:
    """Triage is completed; it can be taken back, and a care coordinator can go on."""
    town = Town(office)
    tasks.complete_task(office.desk(town.who(FASTER)), scene.task, scene.triaged)
    (following,) = [task for task in town.open_tasks(scene.number) if task.key == "record_consent"]
    form = office.desk().forms.form(following.form_key)
    raw = town.answers(form, town.case(scene.number), QUIET[following.key], following.run_id)

    def by(where: Office, name: str) -> Any:
        return where.desk(town.who(name))

    return {
        "take back": lambda where: take_back(by(where, FASTER), scene.task),
        "go on": lambda where: tasks.complete_task(by(where, "Marta"), following.id, raw),
        "claim": lambda where: tasks.claim_task(by(where, "Marta"), following.id),
    }
