"""Places where branches meet; all of them keep what was decided last (see remembering.py)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask, _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.util.task import TaskState

from workflows.engine.plain import plain_copy
from workflows.engine.remembering import newest

# SpiffWorkflow ships no types, so every class that extends one of its classes is marked [misc].


def arrivals(join_tasks: Iterable[Any]) -> list[Any]:
    """Of all that is known of one join: the branches that have come to it since it last let one on, in order."""
    tasks = list(join_tasks)
    last = max((task.last_state_change for task in tasks if task.state == TaskState.COMPLETED), default=0)
    came = [task for task in tasks if task.has_state(_CAME) and task.last_state_change > last]
    return sorted(came, key=lambda task: task.last_state_change)


# A branch that has come waits; when another comes after it, only the last one goes on waiting for all of them.
_CAME: Final = TaskState.WAITING | TaskState.CANCELLED


def _come_to(my_task: Any) -> list[Any]:
    alike = (task for task in my_task.workflow.tasks.values() if task.task_spec is my_task.task_spec)
    return [*arrivals(task for task in alike if task is not my_task), my_task]


def _put_together(my_task: Any) -> None:
    """Give a join the variables of all branches that came.

    SpiffWorkflow's own way must not even be tried first: it mixes nested values in place, and the
    branches share them, so it would change what a branch brought before that is looked at.
    """
    my_task.data = plain_copy(newest(task.parent.data for task in _come_to(my_task)))


class AllTogether(ParallelGateway):  # type: ignore[misc]
    """A parallel gateway: goes on when a branch has come by every way into it."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        return set(self.inputs) <= {task.parent.task_spec for task in _come_to(my_task)}

    def _run_hook(self, my_task: Any) -> bool:
        _put_together(my_task)
        return True


class SomeTogether(InclusiveGateway):  # type: ignore[misc]
    """An inclusive gateway: goes on when nobody is under way to it by a way on which nobody has come yet.

    Its conditions are read after the branches were put together. (SpiffWorkflow's own rule looks
    back past the gateway itself, and in a loop does not wait for a branch that is still going.)
    """

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        came = {task.parent.task_spec for task in _come_to(my_task)}
        empty = [way for way in self.inputs if way not in came]
        if not empty:
            return True
        expected = self._leading_to(empty) - self._leading_to(came)
        return not any(
            task.has_state(_UNDER_WAY) and task.task_spec in expected for task in my_task.workflow.tasks.values()
        )

    def _leading_to(self, ways: Iterable[Any]) -> set[Any]:
        """The shapes from which one of these ways can be reached without passing this gateway."""
        found = set(ways) - {self}
        ahead = list(found)
        while ahead:
            further = {shape for shape in ahead.pop().inputs if shape is not self and shape not in found}
            found |= further
            ahead += further
        return found

    def _run_hook(self, my_task: Any) -> bool:
        _put_together(my_task)
        chosen, otherwise = self._get_matching_outputs(my_task)
        if not chosen and not otherwise:
            raise WorkflowTaskException("No condition holds, and no way is the default.", task=my_task)
        my_task._sync_children(chosen or otherwise, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


_UNDER_WAY: Final = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class _LastJoin(_EndJoin):  # type: ignore[misc]
    def _run_hook(self, my_task: Any) -> bool:
        _put_together(my_task)
        my_task.workflow.data = dict(my_task.data)
        return True


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
