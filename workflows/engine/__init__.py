"""How a diagram runs. The only room that speaks SpiffWorkflow; frozen results cross the door."""

from workflows.engine.expressions import ExpressionRefused, evaluate
from workflows.engine.outcome import DoneStep, Finding, OpenStep, Outcome, WaitingEvent
from workflows.engine.parsing import Library, Spec, StepInfo
from workflows.engine.refusals import (
    CannotGoOn,
    DiagramRefused,
    EngineRefused,
    NotPlain,
    RunSpoilt,
    StateRefused,
    StepNotOpen,
    TimerRefused,
    TooManySteps,
)
from workflows.engine.run import Run
from workflows.engine.scripting import Asked

__all__ = [
    "Asked",
    "CannotGoOn",
    "DiagramRefused",
    "DoneStep",
    "EngineRefused",
    "ExpressionRefused",
    "Finding",
    "Library",
    "NotPlain",
    "OpenStep",
    "Outcome",
    "Run",
    "RunSpoilt",
    "Spec",
    "StateRefused",
    "StepInfo",
    "StepNotOpen",
    "TimerRefused",
    "TooManySteps",
    "WaitingEvent",
    "evaluate",
]
