"""The register of duties: what a diagram may ask for, by name. Nothing else is ever called from a diagram."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any

from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import RuleBroken, SetUpWrong
from workflows.desk import PendingMessage, PendingStart, Work
from workflows.storage import runs

Variables = dict[str, Any]


@dataclass(frozen=True)
class Asking:
    """Who asks: the case and its process, in one transaction, with the decision variables it can see."""

    work: Work
    case: Case
    run: CaseRun
    variables: Mapping[str, Any]

    def start_later(self, process: str, data: Mapping[str, Any] | None = None) -> None:
        """Start another process of the case once this step is written down."""
        self.work.pending.append(PendingStart(self.case, process, data or {}, self.work.actor.id))

    def send_later(self, name: str, payload: Mapping[str, Any] | None = None) -> None:
        """Send a message to the case's other processes once this step is written down."""
        self.work.pending.append(PendingMessage(self.case, name, payload or {}))


def on_behalf(work: Work, case: Case) -> Asking:
    """Return an Asking for a duty that a person, not a diagram, asks for: on behalf of the case's oldest process."""
    running = runs.running(work.session, case.id)
    if not running:
        raise RuleBroken("Nothing is running in this case.")
    return Asking(work, case, running[0], {})


def under_way(work: Work, case: Case, process: str) -> bool:
    """Say whether a process of a case runs, or begins with this act."""
    begins = (one for one in work.pending if isinstance(one, PendingStart) and one.case is case)
    return any(one.process == process for one in begins) or bool(runs.running(work.session, case.id, process))


@dataclass(frozen=True)
class Duty:
    """One entry of the register: its name, its parameters and one sentence for the person who draws."""

    name: str
    about: str
    parameters: tuple[str, ...]
    open_ended: bool  # further parameters are passed on, as variables of a process that is started
    perform: Callable[..., Variables | None]


REGISTER: dict[str, Duty] = {}


def duty(name: str) -> Callable[[Callable[..., Variables | None]], Callable[..., Variables | None]]:
    """Enter a function into the register. Its first parameter is the Asking, the others are what a diagram gives."""

    def enter(function: Callable[..., Variables | None]) -> Callable[..., Variables | None]:
        if name in REGISTER:
            raise ValueError(f"two duties are called {name}")
        given = list(signature(function).parameters.values())[1:]
        parameters = tuple(one.name for one in given if one.kind is not Parameter.VAR_KEYWORD)
        about = (function.__doc__ or "").strip().splitlines()[0]
        REGISTER[name] = Duty(name, about, parameters, len(parameters) < len(given), function)
        return function

    return enter


def perform(asking: Asking, name: str, parameters: Mapping[str, Any]) -> Variables:
    """Do a duty by name; SetUpWrong when a diagram asks for something that is not in the register."""
    entry = REGISTER.get(name)
    if entry is None:
        raise SetUpWrong(f"The diagram asks for “{name}”, which is not in the register of duties.")
    unknown = set(parameters) - set(entry.parameters)
    if unknown and not entry.open_ended:
        raise SetUpWrong(f"The duty “{name}” has no parameter {', '.join(sorted(unknown))}.")
    return entry.perform(asking, **parameters) or {}
