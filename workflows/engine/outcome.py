"""What a run tells the rest of the house: frozen facts, no engine objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

ERROR: Final = "error"
WARNING: Final = "warning"


@dataclass(frozen=True, slots=True)
class OpenStep:
    """One thing a person is being asked to do now.

    id: unique over all runs, stays the same while the step is open. key: id of the shape in the
    diagram. role: name of the lane. process: id of the process the shape is drawn in.
    properties: what the diagram says about it (form, due, escalation ...). data: the decision
    variables visible there, including the item of a multi-instance step.
    """

    id: str
    key: str
    name: str
    role: str
    process: str
    properties: Mapping[str, str]
    data: Mapping[str, object]
    documentation: str


@dataclass(frozen=True, slots=True)
class OutsideJob:
    """One step that another system is being asked to do now; fields as of an open step.

    topic: under which that system finds it.
    """

    id: str
    key: str
    name: str
    process: str
    topic: str
    properties: Mapping[str, str]
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """One date or message, or another system, the run is waiting for.

    kind: "timer", "message" or "outside". message: its name, for a message. due_at: aware UTC, for a timer
    (None while its clock stands still).
    """

    id: str
    key: str
    name: str
    process: str
    kind: str
    message: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class DoneStep:
    """One shape of the diagram that was passed.

    kind: "user", "service", "decision", "event", "gateway", "call", "start" or "end".
    id: for a user step the id it had while it was open.
    """

    id: str
    key: str
    name: str
    process: str
    kind: str


@dataclass(frozen=True, slots=True)
class HeldStep:
    """One step that needs nobody and could not be done, or is held until it is told to try again.

    id: stays the same while it is held. key: id of the shape in the diagram; of what only the engine sees, its own
    name. kind: as of DoneStep, "" for what only the engine sees. asks: the duty or the table it asks. data: the
    decision variables it was to be done with.
    """

    id: str
    key: str
    name: str
    process: str
    kind: str
    asks: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the run stands after something happened.

    state: text to keep and to resume from. done: everything passed since the last outcome, in
    order. next_due_at: the earliest timer. ended_at: key of the end event, once finished. data:
    the final decision variables of a finished run, else those of the branch that moved last.
    outside: what other systems are being asked to do. was_open, was_waiting, was_outside: ids of the open steps, of the
    waiting events and of the steps of other systems with which the run was taken up. held: the steps that were left out
    because they cannot be done just now; the run stands there until they are tried again.
    """

    state: str
    open_steps: tuple[OpenStep, ...]
    waiting: tuple[WaitingEvent, ...]
    done: tuple[DoneStep, ...]
    next_due_at: datetime | None
    finished: bool
    ended_at: str | None
    data: Mapping[str, object]
    was_open: frozenset[str] = frozenset()
    was_waiting: frozenset[str] = frozenset()
    was_outside: frozenset[str] = frozenset()
    held: tuple[HeldStep, ...] = ()
    outside: tuple[OutsideJob, ...] = ()


@dataclass(frozen=True, slots=True)
class Fix:
    """A mend that is proposed and can be applied as it stands.

    words: what it does, for whoever decides. changes: elementary changes of the file, in order, plain names and texts.
    """

    words: str
    changes: tuple[Mapping[str, str], ...] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a diagram or a table, or could be better: where, by which rule, and what to do.

    rule: a dotted name, whose first part is its family: form, soundness, data, decision or service. severity: "error"
    keeps the file from being published, "warning" does not. path: how a case comes there, for what only shows in
    play: the ids of what it passes, each with the flows on which it then stands.
    """

    element: str
    rule: str
    message: str
    severity: str = ERROR
    fix: Fix | None = None
    path: tuple[tuple[str, tuple[str, ...]], ...] = ()
