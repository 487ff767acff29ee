"""What stands in SpiffWorkflow's place for running code: expressions only, never scripts.

SpiffWorkflow evaluates text from the diagram in 24 places, some through the script engine, some
through its environment directly. Both are replaced, and both are given anew to every run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from workflows.engine import expressions
from workflows.engine.expressions import ExpressionRefused
from workflows.engine.outcome import HeldStep
from workflows.engine.refusals import FunctionFailed
from workflows.engine.remembering import variables

Variables = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a run asks for what a diagram cannot know itself.

    call: duty name, parameters, decision variables -> variables to merge. decide: table id,
    decision variables -> outputs to merge. due: setting key, decision variables -> the instant.
    now: the one clock, aware UTC. stopped: whether the clocks of this case stand still. left_out: the steps, by
    process and key, that are not to be done in this act because they failed before; the run stands there. failed: is
    told of the step at which an act stops with an error.
    """

    call: Callable[[str, Variables, Variables], Variables]
    decide: Callable[[str, Variables], Variables]
    due: Callable[[str, Variables], datetime]
    now: Callable[[], datetime]
    stopped: Callable[[], bool] = field(default=lambda: False)
    left_out: Collection[tuple[str, str]] = frozenset()
    failed: Callable[[HeldStep], None] = field(default=lambda step: None)


class SafeEnvironment(BasePythonScriptEngineEnvironment):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """Evaluates expressions; refuses scripts and services."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self._asked = asked

    def evaluate(self, expression: str, context: dict[str, object], external_context: Any = None) -> object:
        """Work out an expression over the decision variables; ``due('key')`` asks for a date."""

        def due(key: object) -> str:
            if not isinstance(key, str):
                raise ExpressionRefused("due() takes the key of a setting, in quotation marks.")
            return self._asked.due(key, variables(context)).isoformat()

        try:
            return expressions.evaluate(expression, context, {"due": due})
        except FunctionFailed as failure:  # what the house said about a date stays what the house said
            raise failure.error from failure.error.__cause__

    def execute(self, script: str, context: dict[str, object], external_context: Any = None) -> NoReturn:
        """Refuse: a diagram may not bring a script."""
        raise ExpressionRefused("A diagram may not run scripts.")

    def call_service(self, context: dict[str, object], **kwargs: Any) -> NoReturn:
        """Refuse: duties are asked for by duty steps, and by nothing else."""
        raise ExpressionRefused("A diagram asks for duties by service tasks only.")


class SafeScripts(PythonScriptEngine):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """The script engine of one run: holds whom to ask, the time of this act, and refuses code.

    now: the instant of the act, the same for everything that happens in it. stopped: whether
    clocks stand still in this act. fired: how many timers went off so far. turn: the waiting
    engine task whose date may go off now; none of the others. writings: how often decision
    variables were written, over all acts.
    """

    def __init__(self, asked: Asked) -> None:
        super().__init__(environment=SafeEnvironment(asked))
        self.asked = asked
        self.fired = 0
        self.turn: Any = None
        self.writings = 0
        self.look_at_the_clock()

    def look_at_the_clock(self) -> None:
        """One act, one instant: what happens in it does not change whether clocks stand still for it."""
        self.now, self.stopped = self.asked.now(), self.asked.stopped()

    def next_writing(self) -> int:
        """The number of the next writing; larger than all before it in this run."""
        self.writings += 1
        return self.writings

    def validate(self, expression: str) -> None:
        """Read without running; raises ExpressionRefused."""
        expressions.check(expression)

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> object:
        """Work out an expression over the variables of one step; errors keep their own type."""
        return self.environment.evaluate(expression, task.data)

    def execute(self, task: Any, script: str, external_context: Any = None) -> object:
        """Refuse: a diagram may not bring a script."""
        return self.environment.execute(script, task.data)

    def call_service(self, task: Any, **kwargs: Any) -> object:
        """Refuse: duties are asked for by duty steps, and by nothing else."""
        return self.environment.call_service(task.data, **kwargs)
