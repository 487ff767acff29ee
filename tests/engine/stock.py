"""SpiffWorkflow as it comes: its own reader, its own script engine, never pruned, never saved.

It reads the clock of the machine, so that clock is moved with the test's.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import time_machine
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from tests.engine.blocks import BESIDE, CALLS, EACH, JOINS, MESSAGES, TAKES_OVER, Act, Part
from tests.engine.drafting import AHEAD


class _Environment(TaskDataEnvironment):
    """Knows dates, and answers a duty with how often it was asked along this way."""

    def __init__(self, due: Any) -> None:
        super().__init__({"due": due})
        self.duties: Counter[str] = Counter()

    def call_service(self, context: dict[str, Any], **kwargs: Any) -> str:
        name = kwargs["operation_name"].removeprefix("do_")
        self.duties[name] += 1
        return json.dumps((context.get(name) or 0) + 1)


class StockRun:
    """One diagram run by SpiffWorkflow alone."""

    def __init__(self, files: list[bytes], data: Mapping[str, Any], now: datetime) -> None:
        self.now = now
        reader = SpiffBpmnParser()
        for xml in files:
            reader.add_bpmn_str(xml)
        environment = _Environment(lambda key: (self.now + AHEAD[key]).isoformat())
        self.duties = environment.duties
        self._top = BpmnWorkflow(
            reader.get_spec("p"), reader.get_subprocess_specs("p"), PythonScriptEngine(environment=environment)
        )
        self._top.task_tree.data.update(json.loads(json.dumps(data)))
        self._settle()

    def complete(self, key: str, sees: str | None, place: int, decisions: Mapping[str, Any]) -> None:
        """Complete an open step with this key, which sees these variables: of several the one at this place."""
        found = [task for task in self._open() if task.task_spec.bpmn_id == key and sees in (None, _seen(task.data))]
        task = sorted(found, key=lambda one: one.last_state_change)[place]
        task.data.update(json.loads(json.dumps(decisions)))
        with self._time():
            task.run()
        self._settle()

    def wake(self) -> None:
        self._settle()

    def deliver(self, message: str) -> None:
        with self._time():
            try:
                self._top.send_event(BpmnEvent(MessageEventDefinition(message), payload={}))
            except WorkflowException as error:
                if "not waiting" not in str(error):
                    raise
        self._settle()

    def steps(self) -> list[tuple[str, str]]:
        """The open steps with the variables they see."""
        return sorted((task.task_spec.bpmn_id, _seen(task.data)) for task in self._open())

    def waiting(self) -> list[tuple[str, str]]:
        """What is waited for: the shape, and the date or the message."""
        return sorted(
            event for task in self._tasks(TaskState.WAITING) if isinstance(task.task_spec, CatchingEvent)
            for event in _events(task)
        )  # fmt: skip

    def result(self) -> str | None:
        """The variables at the end; None while the run goes on."""
        return _seen(self._top.data) if self._top.completed else None

    def _open(self) -> list[Any]:
        return [task for task in self._tasks(TaskState.READY) if task.task_spec.manual]

    def _tasks(self, state: int) -> list[Any]:
        live = [] if self._top.completed else [self._top]
        live += [sub for sub in self._top.subprocesses.values() if not sub.completed]
        return [task for workflow in live for task in workflow.tasks.values() if task.state == state]

    def _settle(self) -> None:
        with self._time():
            self._top.do_engine_steps()
            while any(not task.task_spec.manual for task in self._tasks(TaskState.READY)):
                self._top.do_engine_steps()  # what the timers it looked at last let go

    def _time(self) -> Any:
        return time_machine.travel(self.now, tick=False)


SHARED = ("n", "notes")  # every step writes these; where branches meet, stock keeps an old value


def _seen(data: Mapping[str, Any]) -> str:
    return seen({name: value for name, value in data.items() if name != "data_objects"})


def seen(data: Mapping[str, Any]) -> str:
    """The variables that stock keeps right, as text."""
    return json.dumps({name: value for name, value in data.items() if name not in SHARED}, sort_keys=True)


def _events(task: Any) -> list[tuple[str, str]]:
    definition, shape = task.task_spec.event_definition, task.task_spec
    if isinstance(definition, MultipleEventDefinition):
        pairs = zip(definition.event_definitions, shape.outputs, strict=True)
    else:
        pairs = zip([definition], [shape], strict=True)
    due = task.internal_data.get("event_value")
    return [
        (one.bpmn_id, part.name if isinstance(part, MessageEventDefinition) else str(due))
        for part, one in pairs
        if type(part).__name__ in ("MessageEventDefinition", "TimeDateEventDefinition")
    ]


# What it is not asked, because it is known not to do it --------------------------------------


def beyond(part: Part, walked: list[Act]) -> str:
    """Why a walk cannot be compared with stock; empty if it can. Each reason is shown by a test of its own."""
    parts = list(part.every())
    stops = any(act.kind == "message" and MESSAGES[act.which % 2] == "stop" for act in walked)
    reasons = {
        "a join in a loop": _within(part, _loops, lambda one: one.kind in JOINS, CALLS),
        "results gathered again": _within(part, _loops, _gathers),
        "an instance without a result": _within(part, _gathers, lambda one: one.kind == "give up"),
        "an error that several could hear": sum(map(_breaks_off, parts)) > 1
        or any(one.repeat for one in parts if _breaks_off(one)),
        "a message still heard beside a step": stops and any("told" in one.edges for one in parts),
        "a repeated call withdrawn": any(one.kind in CALLS and one.repeat for one in parts)
        and any(map(_withdraws, parts)),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def forgetful(part: Part) -> bool:
    """Whether stock keeps old values here, so that only what is open can be compared."""
    beside = _within(part, _loops, lambda one: one.kind == "raising" or bool(set(one.edges) & set(BESIDE)))
    several = any(one.kind in CALLS and one.repeat in ("twice", "until") for one in part.every())
    return beside or several or any(_breaks_off(one) or one.kind == "give up" for one in part.every())


def _loops(part: Part) -> bool:
    return part.kind == "loop" or part.repeat == "while"


def _gathers(part: Part) -> bool:
    return part.repeat in EACH


def _breaks_off(part: Part) -> bool:
    return part.kind in ("failing", "raising")


def _withdraws(part: Part) -> bool:
    return part.kind in ("give up", "failing") or part.repeat == "until" or bool(set(part.edges) & set(TAKES_OVER))


def _within(
    part: Part, outer: Callable[[Part], bool], inner: Callable[[Part], bool], fresh: tuple[str, ...] = ()
) -> bool:
    """Whether a part of one sort lies within one of another (not counting across what begins afresh)."""
    return any(outer(one) and any(inner(deep) for deep in _inside(one, fresh)) for one in part.every())


def _inside(part: Part, fresh: tuple[str, ...]) -> Iterator[Part]:
    for one in (part, *part.inner) if part.kind not in fresh else (part,):
        if one is part:
            yield one
        else:
            yield from _inside(one, fresh)
