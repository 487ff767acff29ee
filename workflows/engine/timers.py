"""Dates a diagram waits for, measured on the clock of the house and never on the machine's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimeDateEventDefinition

from workflows.engine.refusals import TimerRefused


def instant(text: object, timer: str = "timer") -> datetime:
    """Read an ISO date and time that says its time zone; gives aware UTC, raises TimerRefused."""
    if not isinstance(text, str):
        raise TimerRefused(f"'{timer}' has no date to wait for.")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TimerRefused(f"'{timer}' waits for {text!r}, which is not a date and time.") from None
    if moment.tzinfo is None:
        raise TimerRefused(f"'{timer}' waits for {text!r}, which does not say its time zone.")
    return moment.astimezone(UTC)


class DueDate(TimeDateEventDefinition):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A timer whose instant is worked out once, when it starts waiting, and then kept in the state.

    ``pauses``: it stands still while the clocks of the house do, and goes on with a new date. ``asked_anew``: its
    instant tells something of a person, such as a birthday: the state keeps none, it is asked for in every act.
    """

    def __init__(
        self, name: str, expression: str, pauses: bool = False, asked_anew: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(name, expression, **kwargs)
        self.pauses, self.asked_anew = pauses, asked_anew

    def instant_of(self, task: Any) -> datetime:
        """Work its instant out for a waiting engine task."""
        return instant(task.workflow.script_engine.evaluate(task, self.expression), self.name)

    def has_fired(self, my_task: Any) -> bool:
        """Whether it was this date's turn: SpiffWorkflow asks every waiting date whenever any step is done."""
        kept, scripts = my_task.internal_data, my_task.workflow.script_engine
        if not self.asked_anew and kept.get("event_value") is None:
            kept["event_value"] = self.instant_of(my_task).isoformat()
        if scripts.turn is my_task and not kept.get("event_fired"):
            kept["event_fired"] = True
            scripts.fired += 1
        return bool(kept.get("event_fired"))


def due_at(task: Any) -> datetime | None:
    """When a waiting engine task goes off by itself; None when it waits for no date, or its clock stands still."""
    timer, value = timer_of(task.task_spec), task.internal_data.get("event_value")
    if timer is None or stands_still(task):
        return None
    if timer.asked_anew:
        return timer.instant_of(task)
    return None if value is None else instant(value)


def pausing(task: Any) -> bool:
    """Whether a waiting engine task waits for a date that stands still while the clocks do."""
    timer = timer_of(task.task_spec)
    return timer is not None and timer.pauses and task.internal_data.get("event_value") is not None


def stands_still(task: Any) -> bool:
    """Whether the clock of a waiting engine task stands still in this act."""
    timer = timer_of(task.task_spec)
    return timer is not None and timer.pauses and task.workflow.script_engine.stopped


def give_new_date(task: Any, new_date: Callable[[datetime], datetime]) -> None:
    """Put the date of a waiting engine task off; the date it had is handed over."""
    task.internal_data["event_value"] = new_date(instant(task.internal_data["event_value"])).isoformat()


def set_date(task: Any, date: datetime) -> None:
    """Let a waiting engine task wait for another date."""
    task.internal_data["event_value"] = date.isoformat()


def dates_at(shape: Any) -> Iterator[tuple[str, DueDate]]:
    """Every date that is waited for at a shape, with the key of its event; a gateway waits for those behind it."""
    definition = getattr(shape, "event_definition", None)
    if isinstance(definition, MultipleEventDefinition):
        pairs = zip(definition.event_definitions, shape.outputs, strict=True)
        yield from ((event.bpmn_id, part) for part, event in pairs if isinstance(part, DueDate))
    elif isinstance(definition, DueDate):
        yield shape.bpmn_id, definition


def timer_of(shape: Any) -> DueDate | None:
    """The date that a shape waits for, alone or before whatever comes first; None when it waits for none."""
    definition = getattr(shape, "event_definition", None)
    parts = definition.event_definitions if isinstance(definition, MultipleEventDefinition) else [definition]
    return next((part for part in parts if isinstance(part, DueDate)), None)
