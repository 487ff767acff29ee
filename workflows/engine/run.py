"""Running one diagram for one case, one act at a time.

An act is one thing from outside: the start, a completed step, a message, or the hour. After it
the run moves on by itself until it can only wait. A run belongs to one piece of work in one
thread; two at once would do a step twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine import by_hand
from workflows.engine import state as codec
from workflows.engine.breaking_off import heard_at_the_edge
from workflows.engine.by_hand import Token
from workflows.engine.crossing import cross, expecting
from workflows.engine.holding import held_steps, held_tasks, let_go
from workflows.engine.messages import message_event
from workflows.engine.moving import Mover
from workflows.engine.outcome import Outcome
from workflows.engine.parsing import Spec
from workflows.engine.plain import plain_copy
from workflows.engine.pruning import live_workflows, prune
from workflows.engine.refusals import CannotMove, RunSpoilt, StepNotOpen
from workflows.engine.remembering import write
from workflows.engine.reporting import data_of, open_steps, outside, pausing_timers, timers_named, waiting_events
from workflows.engine.scripting import Asked, SafeScripts
from workflows.engine.steps import OutsideStep, PersonStep
from workflows.engine.timers import give_new_date, set_date

__all__ = ["Asked", "Run"]


class Run:
    """One case going through one process. Make one with ``start`` or ``resume``."""

    def __init__(self, spec: Spec, top: Any, scripts: SafeScripts, ended_at: str | None) -> None:
        self._spec = spec
        self._top = top
        self._scripts = scripts
        self._mover = Mover(spec, top, scripts, ended_at)
        self._spoilt = False
        self._was_open: frozenset[str] = frozenset()
        self._was_waiting: frozenset[str] = frozenset()
        self._was_outside: frozenset[str] = frozenset()

    @classmethod
    def start(cls, spec: Spec, asked: Asked, data: Mapping[str, object]) -> Run:
        """Begin at the start event, whatever kind it is, with these decision variables."""
        scripts = SafeScripts(asked)
        top = BpmnWorkflow(spec.top, spec.called, script_engine=scripts)
        top.script_engine = scripts
        top.task_tree.data.update(plain_copy(data))
        run = cls(spec, top, scripts, None)
        with run._act():
            run._mover.settle()
        return run

    @classmethod
    def resume(cls, state: str, spec: Spec, asked: Asked) -> Run:
        """Take up a saved run again; nothing moves until it is told something.

        Raises StateRefused when the text is damaged, or belongs to another process, release or
        version of the engine.
        """
        scripts = SafeScripts(asked)
        top, ended_at = codec.load(state, spec, scripts)
        run = cls(spec, top, scripts, ended_at)
        run._was_open = frozenset(step.id for step in open_steps(spec, top))
        waiting = waiting_events(spec, top)
        run._was_waiting = frozenset(event.id for event in waiting)
        run._was_outside = frozenset(event.id for event in waiting if event.kind == "outside")
        return run

    @classmethod
    def move(cls, state: str, old: Spec, new: Spec, asked: Asked, instead: Mapping[str, str]) -> Run:
        """Take up a saved run under another release of the diagrams; it goes on at once where that lets it.

        ``instead`` names by key which shape of the new release stands for one of the old; nothing (""), for a date or a
        message beside a step, lets it go. Dates that are waited for stay. Raises CannotMove, and StateRefused.
        """
        before = cls.resume(state, old, asked)
        crossed = cross(state, old, new, instead)
        if crossed.prospect.obstacles:
            raise CannotMove(crossed.prospect)
        run = cls.resume(crossed.state, new, asked)
        run._was_open, run._was_waiting = before._was_open, before._was_waiting
        run._was_outside = before._was_outside
        with run._act():
            expecting(live_workflows(run._top), old, crossed, instead)
            run._mover.settle()
        return run

    def complete(self, step_id: str, decisions: Mapping[str, object]) -> None:
        """A person, or another system, has done a step; its decisions become decision variables.

        Raises StepNotOpen when the step is not waiting for anybody (any more).
        """
        task, kept = self._open_task(step_id), plain_copy(decisions)
        with self._act():
            write(task, kept)
            self._mover.run(task)
            self._mover.settle()

    def break_off(self, step_id: str, code: str, decisions: Mapping[str, object]) -> bool:
        """Another system cannot do a step, for a reason the diagram knows by its code: the event at its edge hears it.

        False when the step has no event for this code; then nothing has moved. Raises StepNotOpen as ``complete``.
        """
        task, kept = self._open_task(step_id), plain_copy(decisions)
        edge, event = heard_at_the_edge(task, code)
        if edge is None:
            return False
        with self._act():
            write(edge, kept)
            edge.task_spec.catch(edge, event)
            edge.task_spec._update(edge)
            self._mover.settle()
        return True

    def wake(self) -> int:
        """Let every timer go off whose time has come; gives how many did."""
        with self._act():
            before = self._scripts.fired
            self._mover.settle()
            return self._scripts.fired - before

    def deliver(self, message: str, payload: Mapping[str, object]) -> bool:
        """Pass on a message; False when nobody here waits for it.

        Everyone who waits hears it, from the outside inwards; who was withdrawn by an outer
        one hears nothing. The payload becomes decision variables of the catching step.
        """
        kept, heard = plain_copy(payload), False
        with self._act():
            for listener in self._listeners(message):
                if self._still_waits(listener):
                    listener.task_spec.catch(listener, message_event(message, kept))
                    listener.task_spec._update(listener)
                    self._mover.settle()
                    heard = True
        return heard

    def try_again(self, step_id: str) -> None:
        """Let a step that is held be tried again; raises StepNotOpen when it is held no longer."""
        self._refuse_if_spoilt()
        held = next((task for task in held_tasks(self._top) if task.id.hex == step_id), None)
        if held is None:
            raise StepNotOpen("This step does not wait to be tried again.")
        with self._act():
            let_go(held)
            self._mover.settle()

    def tokens(self) -> tuple[Token, ...]:
        """Every place where the run stands."""
        self._refuse_if_spoilt()
        return by_hand.tokens(self._spec, self._top)

    def variables(self) -> dict[str, object]:
        """The decision variables of all places where the run stands."""
        return by_hand.all_variables(self._top)

    def move_on(self, token_id: str, to: str) -> None:
        """By hand: leave a place without doing its work and go on from another step; raises HandRefused."""
        with self._act():
            by_hand.move(self._spec, self._top, token_id, to)
            self._mover.settle()

    def begin_again(self, token_id: str) -> None:
        """By hand: begin a step anew; raises HandRefused."""
        with self._act():
            by_hand.begin_again(self._spec, self._top, token_id)
            self._mover.settle()

    def take_away(self, token_id: str) -> None:
        """By hand: take a branch away; raises HandRefused."""
        with self._act():
            by_hand.take_away(self._spec, self._top, token_id)
            self._mover.settle()

    def set_variable(self, name: str, value: object) -> None:
        """By hand: set a decision variable everywhere the run stands. Nothing moves by that alone."""
        with self._act():
            by_hand.set_variable(self._top, name, plain_copy({name: value})[name])

    def restart_clocks(self, new_date: Callable[[str, datetime], datetime]) -> None:
        """The clocks of the house go on: every timer that stood still gets a new date.

        ``new_date`` is given the id of the waiting event (as in ``Outcome.waiting``) and the date it had.
        """
        with self._act():
            for event_id, task in pausing_timers(self._top):
                give_new_date(task, partial(new_date, event_id))
            self._mover.settle()

    def set_dates(self, dates: Mapping[str, datetime]) -> None:
        """Let events that wait for a date, named by their keys in the diagram or their ids, wait for another one."""
        with self._act():
            for task, date in timers_named(self._top, dates):
                set_date(task, date)
            self._mover.settle()

    def outcome(self) -> Outcome:
        """How the run stands now. Forgets what is no longer needed, and gives the state to keep."""
        self._refuse_if_spoilt()
        prune(self._top)
        waiting = waiting_events(self._spec, self._top)
        finished = bool(self._top.completed)
        ended_at = self._mover.ended_at if finished else None
        return Outcome(
            state=codec.dump(self._top, self._spec, self._mover.ended_at),
            open_steps=open_steps(self._spec, self._top),
            waiting=waiting,
            done=self._mover.report(),
            next_due_at=min((event.due_at for event in waiting if event.due_at), default=None),
            finished=finished,
            ended_at=ended_at,
            data=data_of(self._top),
            was_open=self._was_open,
            was_waiting=self._was_waiting,
            was_outside=self._was_outside,
            held=held_steps(self._spec, self._top),
            outside=outside(self._spec, self._top),
        )

    def _open_task(self, step_id: str) -> Any:
        self._refuse_if_spoilt()
        try:
            wanted = UUID(hex=step_id)
        except ValueError:
            raise StepNotOpen(f"'{step_id}' is not the id of a step.") from None
        for workflow in live_workflows(self._top):
            task = workflow.tasks.get(wanted)
            asked = task is not None and isinstance(task.task_spec, PersonStep | OutsideStep)
            if asked and task.state == TaskState.READY:
                return task
        raise StepNotOpen("Nobody is being asked to do this step now.")

    def _listeners(self, message: str) -> list[Any]:
        """Who waits for this message now, the outermost first; who begins to wait later is too late."""
        event = message_event(message, {})
        return [
            task
            for workflow in live_workflows(self._top)
            for task in workflow.tasks.values()
            if task.state == TaskState.WAITING
            and isinstance(task.task_spec, CatchingEvent)
            and task.task_spec.catches(task, event)
        ]

    def _still_waits(self, task: Any) -> bool:
        live = any(workflow is task.workflow for workflow in live_workflows(self._top))
        return live and task.id in task.workflow.tasks and task.state == TaskState.WAITING

    @contextmanager
    def _act(self) -> Iterator[None]:
        """One act: one instant for all of it; after an error the run is good for nothing."""
        self._refuse_if_spoilt()
        self._spoilt = True
        self._scripts.look_at_the_clock()
        self._mover.begin()
        yield
        self._spoilt = False

    def _refuse_if_spoilt(self) -> None:
        if self._spoilt:
            raise RunSpoilt("This run stopped with an error; take up the last saved state instead.")
