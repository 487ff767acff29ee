"""Moving a run on by itself until it can only wait, and noting what was passed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NoReturn

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from workflows.engine.holding import hold, is_held, step_of
from workflows.engine.outcome import DoneStep
from workflows.engine.parsing import Spec
from workflows.engine.pruning import live_workflows
from workflows.engine.refusals import CannotGoOn, TooManySteps
from workflows.engine.scripting import SafeScripts
from workflows.engine.steps import kind_of
from workflows.engine.timers import due_at

# SpiffWorkflow silently stops finding tasks below a thousand generations; one act stays far from that.
MOST_STEPS: Final = 400
DEEPEST: Final = 8


class Mover:
    """Runs the steps of one run that need nobody, within a budget, and keeps the list of what was done."""

    def __init__(self, spec: Spec, top: Any, scripts: SafeScripts, ended_at: str | None) -> None:
        self.ended_at = ended_at
        self._spec = spec
        self._top = top
        self._scripts = scripts
        self._done: list[DoneStep] = []
        self._reported = False
        self._steps = 0

    def begin(self) -> None:
        """A new act: a full budget, and a new list if the old one was reported."""
        self._steps = 0
        if self._reported:
            self._done, self._reported = [], False

    def report(self) -> tuple[DoneStep, ...]:
        """What was done since the last report."""
        self._reported = True
        return tuple(self._done)

    def settle(self) -> None:
        """Move on until only people, dates to come and messages can move the run further."""
        while True:
            task = self._first_ready()
            if task is not None:
                self.run(task)
            elif not self._fire_due_timers():
                return

    def run(self, task: Any) -> None:
        """Run one step that is ready; of one that fails, whoever asked is told which it is."""
        try:
            self._spend()
            task.run()
        except Exception as error:
            self._scripts.asked.failed(step_of(self._spec, task))
            self._give_up(task, error)
        self._note(task)

    def _give_up(self, task: Any, error: Exception) -> NoReturn:
        """End the act with an error that says where it stopped."""
        where = task.task_spec.name
        if isinstance(error, SpiffWorkflowException):
            raise CannotGoOn(f"The run cannot go on at '{where}': {error}") from error
        if isinstance(error, RecursionError):
            raise TooManySteps(f"The diagram turns in a circle at '{where}'.") from None
        error.add_note(f"at '{where}' in '{task.workflow.spec.name}'")
        raise error

    def _spend(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooManySteps(f"More than {MOST_STEPS} steps in one go: the diagram never waits.")

    def _first_ready(self) -> Any:
        """Of all steps that need nobody, the one that has been ready longest."""
        live = live_workflows(self._top)
        if live and getattr(live[-1], "depth", 0) > DEEPEST:
            raise TooManySteps(f"Processes call one another more than {DEEPEST} levels deep.")
        ready = [
            task
            for workflow in live
            for task in workflow.tasks.values()
            if task.state == TaskState.READY and not task.task_spec.manual and not self._is_left_out(task)
        ]
        return min(ready, key=lambda task: task.last_state_change, default=None)

    def _is_left_out(self, task: Any) -> bool:
        """Whether a step is held since an earlier act, or is to be held from this one on."""
        left_out = self._scripts.asked.left_out
        if left_out and (self._spec.drawn_in(task.workflow.spec.name), task.task_spec.name) in left_out:
            hold(task)
        return is_held(task)

    def _fire_due_timers(self) -> bool:
        """Let the date go off that came first; after days without a look, what follows from it may undo the next."""
        dates = [(due, task) for task in self._waiting() if (due := due_at(task)) is not None]
        come = [date for date in dates if date[0] <= self._scripts.now]
        if not come:
            return False
        _, first = min(come, key=lambda date: (date[0], date[1].last_state_change))
        self._scripts.turn = first
        first.task_spec._update(first)
        self._scripts.turn = None
        return True

    def _waiting(self) -> Iterator[Any]:
        for workflow in live_workflows(self._top):
            for task in workflow.tasks.values():
                if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
                    yield task

    def _note(self, task: Any) -> None:
        kind, spec = kind_of(task.task_spec), task.task_spec
        if kind is None:
            return
        process = self._spec.drawn_in(task.workflow.spec.name)
        self._done.append(DoneStep(task.id.hex, spec.bpmn_id, spec.bpmn_name or spec.bpmn_id, process, kind))
        if kind == "end" and task.workflow is self._top:
            self.ended_at = spec.bpmn_id
