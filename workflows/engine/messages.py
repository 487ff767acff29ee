"""Messages a diagram waits for; their payload becomes decision variables of the catching step."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent

from workflows.engine.remembering import write


class Message(MessageEventDefinition):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A message known by its name; finding the right case is the caller's business, not the engine's."""

    def update_task_data(self, my_task: Any) -> None:
        """Merge the payload, once."""
        write(my_task, my_task.internal_data.pop(self.name, None) or {})


def message_event(name: str, payload: dict[str, object]) -> Any:
    """The message as the engine passes it on."""
    return BpmnEvent(Message(name), payload=payload)
