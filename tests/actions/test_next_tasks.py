from __future__ import annotations

import pytest

from tests.builders.small_town import WHAT, SmallTown
from workflows.actions import next_tasks
from workflows.assembly import Office
from workflows.casework.base import new_id
from workflows.casework.task import Task
from workflows.storage import runs

SOON, LATER, OTHERS = ("+1d", "nurse"), ("+2d", "nurse"), ("+1h", "coordinator")


@pytest.mark.parametrize(
    ("beside", "opened", "following"),
    [
        ((), (), None),
        ((), (LATER, SOON, OTHERS), SOON),
        ((), (OTHERS,), None),
        ((SOON,), (LATER,), SOON),
        ((LATER,), (SOON,), SOON),
    ],
)
def test_the_next_task_is_the_first_due_of_ones_own_be_it_new_or_open_before(
    office: Office,
    beside: tuple[tuple[str, str], ...],
    opened: tuple[tuple[str, str], ...],
    following: tuple[str, str] | None,
) -> None:
    town = SmallTown(office)
    nurse, case_id = town.staff("Nina", "nurse east"), town.case(team="east")
    task_id, known = town.task(case_id), {town.task(case_id, role, due): (due, role) for due, role in beside}
    with town.desk(nurse).work() as work:
        held = runs.held_with_task(work.session, task_id)
        held.task.complete(nurse, work.now)
        for due, role in opened:
            led_to = Task(
                id=new_id(), case_id=case_id, run_id=held.run.id, step_id=new_id().hex, role=role, due_at=town.at(due),
                programme_id=town.programme_id, team_id=held.task.team_id, opened_at=work.now, **WHAT,
            )  # fmt: skip
            led_to.happened("task opened")
            work.session.add(led_to)
            known[led_to.id] = (due, role)
        told = next_tasks.done(work, held, again=False)
    found = told.next_task_id
    assert (known[found] if found else None) == following
    assert (len(told.opened), told.asked_again) == (len(opened), bool(opened))  # each is the same step once more
