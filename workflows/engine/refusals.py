"""What the engine refuses, in words that name the reason.

Every refusal is an ``EngineRefused``. After one that was raised while a run was moving the
run may be half way through a step: throw the run away, keep the state you had before.
"""

from __future__ import annotations

from workflows.engine.prospect import Prospect


class EngineRefused(Exception):
    """The engine will not do this, and says why."""


class DiagramRefused(EngineRefused):
    """The diagram cannot be run: it is unsafe, damaged, or uses a shape that runs wrongly."""


class StateRefused(EngineRefused):
    """The saved state of a run cannot be read, or belongs to another diagram or version."""


class StepNotOpen(EngineRefused):
    """Nobody is being asked to do this step now: it was finished, withdrawn, or never existed."""


class CannotMove(EngineRefused):
    """The run cannot go over to another release as it stands; ``prospect`` says what is in the way."""

    def __init__(self, prospect: Prospect) -> None:
        super().__init__(prospect.why)
        self.prospect = prospect


class HandRefused(EngineRefused):
    """An operator's hand would leave the run in a state from which it could not go on as drawn."""


class TooManySteps(EngineRefused):
    """The diagram keeps going by itself without ever waiting for a person, a date or a message."""


class CannotGoOn(EngineRefused):
    """The diagram reached a point from which it knows no way on."""


class NotPlain(EngineRefused):
    """A decision variable holds something other than text, numbers, yes/no, lists and sets of names."""


class TimerRefused(EngineRefused):
    """A timer has no date, or a date that does not say which time zone it is in."""


class RunSpoilt(EngineRefused):
    """This run stopped with an error earlier and must not be used or saved."""


class TableRefused(EngineRefused):
    """The decision table is not written in a way that can be applied."""


class NoRuleMatched(EngineRefused):
    """No rule of a decision table applies to these facts; the table has a gap."""


class RulesDisagree(EngineRefused):
    """Several rules of a decision table apply where the table promises one answer."""


class ExpressionRefused(ValueError):
    """An expression that is wrong, unsafe or too large; the message is meant for the diagram's author."""


class DataNotPlain(ExpressionRefused):
    """An expression met something that is not plain data; it was put there by the program, not by the author."""


class FunctionFailed(ExpressionRefused):
    """A function that was lent to an expression failed; ``error`` is what it raised."""

    def __init__(self, message: str, error: Exception) -> None:
        super().__init__(message)
        self.error = error
