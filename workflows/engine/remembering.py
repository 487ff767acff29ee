"""Decision variables when ways come together: what was decided last counts, not who arrives last.

A branch carries all variables as they stood when it began. SpiffWorkflow lets the branch that
arrives last overwrite the others, also with what it never touched, so a decision taken
meanwhile would silently fall back to an old one. Here each variable carries the number of the
act of writing it, and where branches meet the newest writing of each variable is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from workflows.engine.plain import plain_copy

_WRITTEN: Final = "::written"  # no name a diagram could use; travels with the variables everywhere


def write(task: Any, values: Mapping[str, object]) -> None:
    """Set decision variables at a step; refuses what is not plain."""
    kept = variables(values)
    task.data.update(kept)
    note_written(task, kept)


def note_written(task: Any, names: Iterable[str]) -> None:
    """Remember that these variables of a step were decided now."""
    number = task.workflow.script_engine.next_writing()
    task.data[_WRITTEN] = {**task.data.get(_WRITTEN, {}), **dict.fromkeys(names, number)}


def variables(data: Mapping[str, object]) -> dict[str, object]:
    """A copy of the decision variables, without the numbers."""
    return plain_copy({name: value for name, value in data.items() if name != _WRITTEN})


def newest(sources: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The variables of several branches put together, each as it was written last.

    Where two were written at the same time (before the branches parted) the later source counts.
    """
    together: dict[str, Any] = {}
    numbers: dict[str, int] = {}
    for data in sources:
        written = data.get(_WRITTEN, {})
        for name, value in data.items():
            number = written.get(name, 0)
            if name != _WRITTEN and number >= numbers.get(name, 0):
                together[name], numbers[name] = value, number
    known = {name: number for name, number in numbers.items() if number}
    return {**together, _WRITTEN: known} if known else together
