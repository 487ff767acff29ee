"""How a diagram runs. The only room that speaks SpiffWorkflow; frozen results cross the door."""

from workflows.engine.by_hand import Token
from workflows.engine.decisions import Decided, DecisionTable
from workflows.engine.expressions import ExpressionRefused, evaluate
from workflows.engine.outcome import DoneStep, Finding, HeldStep, OpenStep, Outcome, WaitingEvent
from workflows.engine.parsing import Library, Spec, StepInfo
from workflows.engine.prospect import Obstacle, Prospect
from workflows.engine.refusals import (
    CannotGoOn,
    CannotMove,
    DiagramRefused,
    EngineRefused,
    HandRefused,
    NoRuleMatched,
    NotPlain,
    RulesDisagree,
    RunSpoilt,
    StateRefused,
    StepNotOpen,
    TableRefused,
    TimerRefused,
    TooManySteps,
)
from workflows.engine.run import Run
from workflows.engine.scripting import Asked

__all__ = [
    "Asked",
    "CannotGoOn",
    "CannotMove",
    "Decided",
    "DecisionTable",
    "DiagramRefused",
    "DoneStep",
    "EngineRefused",
    "ExpressionRefused",
    "Finding",
    "HandRefused",
    "HeldStep",
    "Library",
    "NoRuleMatched",
    "NotPlain",
    "Obstacle",
    "OpenStep",
    "Outcome",
    "Prospect",
    "RulesDisagree",
    "Run",
    "RunSpoilt",
    "Spec",
    "StateRefused",
    "StepInfo",
    "StepNotOpen",
    "TableRefused",
    "TimerRefused",
    "Token",
    "TooManySteps",
    "WaitingEvent",
    "evaluate",
]
