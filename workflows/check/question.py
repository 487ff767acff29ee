"""What is asked of a check: the files, what stays beside them, what this service has, and which families of rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.check.families import FAMILIES
from workflows.check.known import Known

DIAGRAM, TABLE = ".bpmn", ".dmn"


@dataclass(frozen=True)
class Question:
    """What is asked: the files by name, the diagrams that stay beside them, what may be named, which families.

    known: nothing, where it does not matter what this service has. give_way: a diagram beside that draws a process the
    files draw gives way to them, as if it were published in its place.
    """

    files: Mapping[str, bytes]
    beside: Sequence[bytes] = ()
    known: Known | None = None
    only: Sequence[str] = tuple(FAMILIES)
    give_way: bool = False

    @property
    def diagrams(self) -> dict[str, bytes]:
        """The diagrams among the files."""
        return {name: xml for name, xml in self.files.items() if name.lower().endswith(DIAGRAM)}
