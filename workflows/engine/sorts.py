"""Of what sort a shape is, as far as something that is under way there minds: one may stand in another's place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent, EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin

from workflows.engine.messages import Message
from workflows.engine.steps import CallStep, DutyStep, InnerStep, OutsideStep, PersonStep, TableStep
from workflows.engine.timers import DueDate

_WORDS: Final = {
    "person": ("the step", "step for a person"),
    "outside": ("the step", "step for another system"),
    "automatic": ("the step", "step that needs nobody"),
    "call": ("the process", "call of that process"),
    "repeated": ("the repeated step", "step repeated in that way"),
    "timer": ("the date", "date to wait for"),
    "message": ("the message", "message to wait for"),
    "first": ("the gateway", "gateway that waits for the first of several"),
    "join": ("the gateway", "gateway where branches meet"),
}
_KINDS: Final[tuple[tuple[Any, str], ...]] = (
    (PersonStep, "person"),
    (OutsideStep, "outside"),
    ((DutyStep, TableStep), "automatic"),
    (EventBasedGateway, "first"),
    (UnstructuredJoin, "join"),
)


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort: what it is, whether it stands at the edge of a step, and what else has to be the same."""

    what: str
    edge: bool = False
    same: tuple[object, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether somebody outside is waited for: the calendar, or a message."""
        return self.what in ("timer", "message")

    @property
    def now(self) -> str:
        """How a shape of this sort is spoken of."""
        return _WORDS.get(self.what, ("the shape", ""))[0]

    @property
    def words(self) -> str:
        """What a shape of this sort is."""
        beside = " beside this step" if self.edge else ""
        return _WORDS.get(self.what, ("", "shape of that kind"))[1] + beside


def sort_of(shape: Any) -> Sort:
    """Say of what sort a shape is."""
    if isinstance(shape, LoopTask):
        return Sort("repeated", same=_repeated(shape))
    if isinstance(shape, (CallStep, InnerStep)):
        return Sort("call", same=(shape.spec,))
    if isinstance(shape, CatchingEvent) and not isinstance(shape, EventBasedGateway):
        return Sort(_awaited(shape.event_definition), isinstance(shape, BoundaryEvent))
    return Sort(next((what for kind, what in _KINDS if isinstance(shape, kind)), type(shape).__name__))


def behind(gateway: Any) -> Iterator[tuple[str, Sort]]:
    """The dates and messages behind an event gateway, by their keys."""
    for part, shape in zip(gateway.event_definition.event_definitions, gateway.outputs, strict=True):
        yield shape.bpmn_id, Sort(_awaited(part))


def _awaited(definition: Any) -> str:
    if isinstance(definition, DueDate):
        return "timer"
    return "message" if isinstance(definition, Message) else type(definition).__name__


def _repeated(shape: Any) -> tuple[object, ...]:
    """What the instances under way have been given their items by, and put their results into."""
    names = ("data_input", "data_output", "input_item", "output_item")
    items = tuple(getattr(getattr(shape, name, None), "bpmn_id", None) for name in names)
    inner = shape._wf_spec.task_specs[shape.task_spec]
    return (type(shape).__name__, items, sort_of(inner))
