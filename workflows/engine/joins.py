"""Places where branches meet; all of them keep what was decided last (see remembering.py)."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask, _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.util.task import TaskState

from workflows.engine.remembering import newest

# SpiffWorkflow ships no types, so every class that extends one of its classes is marked [misc].


def _put_together(my_task: Any) -> None:
    arrivals = [
        task
        for task in my_task.workflow.tasks.values()
        if task.task_spec is my_task.task_spec
        and task.has_state(TaskState.FINISHED_MASK)
        and not my_task.is_descendant_of(task)
    ]
    arrivals.sort(key=lambda task: task.last_state_change)
    my_task.data = newest([*(task.parent.data for task in arrivals), my_task.parent.data])


class AllTogether(ParallelGateway):  # type: ignore[misc]
    """A parallel gateway."""

    def _run_hook(self, my_task: Any) -> Any:
        result = super()._run_hook(my_task)
        _put_together(my_task)
        return result


class SomeTogether(InclusiveGateway):  # type: ignore[misc]
    """An inclusive gateway; its conditions are read after the branches were put together."""

    def _get_matching_outputs(self, my_task: Any) -> Any:
        _put_together(my_task)
        return super()._get_matching_outputs(my_task)


class _LastJoin(_EndJoin):  # type: ignore[misc]
    def _run_hook(self, my_task: Any) -> Any:
        result = super()._run_hook(my_task)
        _put_together(my_task)
        my_task.workflow.data = dict(my_task.data)
        return result


class _Process(BpmnProcessSpec):  # type: ignore[misc]
    end: Any

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        name = self.end.name
        del self.task_specs[name], self.task_specs["End"]
        self.end = _LastJoin(self, name)
        self.end.connect(SimpleBpmnTask(self, "End"))


class ProcessReader(ProcessParser):  # type: ignore[misc]
    """Reads a process into one whose end keeps what was decided last."""

    def _index_process_nodes(self) -> None:
        super()._index_process_nodes()
        # A duty or a parameter may be called like a shape; flows lead to shapes.
        self.nodes_by_id.update({node.get("id"): node for node in self.xpath("./bpmn:*[@id]")})

    def create_spec(self) -> Any:
        """An empty process to be filled with the shapes."""
        if not self.process_executable:
            self.raise_validation_exception(f"The process '{self.bpmn_id}' is not marked as executable.")
        return _Process(name=self.bpmn_id, description=self.get_name(), filename=self.filename)
