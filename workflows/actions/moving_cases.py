"""Moving open cases to another release of the diagrams: each by itself, whole or not at all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import lazyload

from workflows.actions.journey import follow_up, go_over
from workflows.actions.opening import redraw_task
from workflows.casework.access import may
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, Release
from workflows.casework.errors import CaseworkError, NotAllowed
from workflows.casework.incident import StepFailed
from workflows.casework.task import Task
from workflows.desk import Desk, Work
from workflows.duties.left_open import let_close
from workflows.engine.prospect import MOVES, STAYS, Obstacle, Prospect
from workflows.engine.refusals import CannotMove
from workflows.storage import cases, runs

_OPEN = (
    select(Task)
    .where(Task.case_id == bindparam("case"), Task.open)
    .options(lazyload(Task.case), lazyload(Task.assignee))
)
log = logging.getLogger("roundtable.moving_cases")
THERE_ALREADY = "is there already"
FAILS_THERE = "“{step}” would follow by itself and cannot be done: {why}"
BROKE_OFF = "Moving it broke off with a fault, which stands in the log. Try it again: nothing is done twice."
MOST_CHOICES = 3  # that are named


@dataclass(frozen=True)
class Wanted:
    """Where cases are to go. instead: by key, which shape of the new diagrams stands for one of the old.

    only: of each case this process alone. keep: False tries it out: everything is done, and nothing is kept.
    """

    to: int
    instead: Mapping[str, str] = field(default_factory=dict)
    only: UUID | None = None
    keep: bool = True


@dataclass(frozen=True)
class Passage:
    """What came of a case: it moves, needs a choice, stays, or is there already; and why."""

    number: str
    verdict: str
    why: str = ""
    obstacles: tuple[Obstacle, ...] = ()
    processes: tuple[str, ...] = ()  # what moves of it

    @property
    def moves(self) -> bool:
        """Whether it moved, or would."""
        return self.verdict == MOVES

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each thing that is in the way, once."""
        return tuple(dict.fromkeys(one.why for one in self.obstacles)) or (self.why,)

    @property
    def choices(self) -> tuple[tuple[str, ...], ...]:
        """For each thing in the way that a choice settles, some choices as OLD=NEW; OLD= lets it go."""
        found = ((one, [f"{one.key}={key}" for key in one.choices[:MOST_CHOICES]]) for one in self.obstacles)
        return tuple((*ways, *([f"{one.key}="] if one.may_go else [])) for one, ways in found if ways or one.may_go)

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do for it: it moved, would move, or is there already."""
        return self.verdict in (MOVES, THERE_ALREADY)


def cases_elsewhere(desk: Desk, to: int) -> tuple[str, ...]:
    """Return the numbers of the cases of which something runs on another release."""
    must_be_allowed(desk)
    with desk.looking() as session:
        release = runs.release_numbered(session, to)
        elsewhere = select(CaseRun.case_id).where(CaseRun.status == "running", CaseRun.release_id != release.id)
        return tuple(session.scalars(select(Case.number).where(Case.id.in_(elsewhere)).order_by(Case.number)))


def move_cases(desk: Desk, numbers: Collection[str], wanted: Wanted) -> Iterator[Passage]:
    """Move cases one after the other, each in a transaction of its own; one that fails stays as it was."""
    for number in numbers:
        yield told(number, partial(move_case, desk, number, wanted))


def told(number: str, act: Callable[[], Passage]) -> Passage:
    """Move a case or try to, and say of whatever went wrong why it stays; raises NotAllowed only."""
    try:
        return act()
    except NotAllowed:
        raise
    except StepFailed as failed:
        step = failed.failure.name or failed.failure.process
        return Passage(number, STAYS, FAILS_THERE.format(step=step, why=failed.failure.why))
    except CaseworkError as refused:
        return Passage(number, STAYS, str(refused))
    except Exception:
        log.exception("moving a case broke off", extra={"action": "move_case", "case": number})
        return Passage(number, STAYS, BROKE_OFF)


def move_case(desk: Desk, number: str, wanted: Wanted) -> Passage:
    """Move what runs of a case to another release: state, tasks, and what it waits for, or nothing of it.

    Tasks keep who holds them, what was typed, when they are due and how far they were reminded of. Twice is once.
    Raises NotFound for an unknown case or release, RuleBroken or StepFailed when what follows
    at once cannot be done; then it stays as it was.
    """
    must_be_allowed(desk)
    with desk.work() as work:
        release = runs.release_numbered(work.session, wanted.to)
        case = cases.held(work.session, cases.by_number(work.session, number).id)
        passage = pass_over(work, case, release, wanted)
        if passage.moves and wanted.keep:
            work.commit()
        return passage


def pass_over(work: Work, case: Case, release: Release, wanted: Wanted) -> Passage:
    """Take what runs of a case over, in this transaction: unless it moves, that has to be given up."""
    moving = [one for one in runs.running(work.session, case.id) if _is_to_move(one, release, wanted)]
    if not moving:
        return Passage(case.number, THERE_ALREADY)
    obstacles = [found for run in moving for found in _moved(work, case, run, release, wanted)]
    if obstacles:
        prospect = Prospect(tuple(obstacles))
        return Passage(case.number, prospect.verdict, prospect.why, prospect.obstacles)
    let_close(work, case)  # what a closing waits for may have no place in the new diagrams
    follow_up(work)
    work.session.flush()
    return Passage(case.number, MOVES, processes=tuple(run.process for run in moving))


def must_be_allowed(desk: Desk) -> None:
    """Refuse whoever may not publish."""
    if not may(desk.actor, "diagram.publish"):
        raise NotAllowed("Your role does not include moving cases to other diagrams.")


def _is_to_move(run: CaseRun, release: Release, wanted: Wanted) -> bool:
    return run.release_id != release.id and wanted.only in (None, run.id)


def _moved(work: Work, case: Case, run: CaseRun, release: Release, wanted: Wanted) -> Sequence[Obstacle]:
    """Move one process; returns what is in the way, and then nothing may be kept."""
    if run.status != "running":
        return ()  # what another of these went on to has ended it
    library = work.desk.library
    if not library.holds(release.id.hex, run.process):
        return (Obstacle(run.process, run.process, run.process, f"The release draws no process “{run.process}”."),)
    drawn = {step.key: step for step in library.spec(run.release_id.hex, run.process).steps()}
    try:
        outcome = go_over(work, case, run, release, wanted.instead)
    except CannotMove as cannot:
        return cannot.prospect.obstacles
    for task in work.session.scalars(_OPEN, {"case": case.id}).all():
        step = next((one for one in outcome.open_steps if one.id == task.step_id), None)
        if step is not None and step.id in outcome.was_open:
            redraw_task(work, case, task, drawn[task.key], step)
    return ()
