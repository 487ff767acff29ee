"""What a diagram says about when a step is due and how urgent it is: words and numbers only, whatever is written."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.actions.opening import class_of, due_of
from workflows.casework.errors import RuleBroken
from workflows.engine.outcome import OpenStep

NOBODY: Any = None  # what is refused here needs neither a desk nor a programme


def step(**properties: str) -> OpenStep:
    decided = {"priority": "urgent", "goals": ["walk"]}
    return OpenStep("1", "call_person", "Call", "coordinator", "p", properties, decided, "Why?")


@pytest.mark.parametrize(("rule", "letter"), [("S", "S"), ("'S' if priority == 'urgent' else 'A'", "S")])
def test_the_class_is_a_letter_or_an_expression_that_gives_one(rule: str, letter: str) -> None:
    assert class_of(step(escalation=rule)) == letter


@pytest.mark.parametrize("rule", ["D", "priority", "goals", "[]", "1 / 0", "__import__('os')", "priority.upper()"])
def test_what_gives_no_class_is_a_broken_rule_that_names_the_step(rule: str) -> None:
    with pytest.raises(RuleBroken, match="The step “Call” has no escalation class"):
        class_of(step(escalation=rule))


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("due.{priority.__class__.__mro__}", "nothing else"),
        ("due.{priority:>999999999999}", "nothing else"),
        ("due.{0}", "nothing else"),
        ("due.{goals}", "no word and no number"),
        ("due.{weight}", "“weight”, which nobody has decided yet"),
    ],
)
def test_a_due_rule_takes_whole_names_in_braces_and_nothing_else(rule: str, reason: str) -> None:
    with pytest.raises(RuleBroken, match=f"The step “Call” has no due time: .*{reason}"):
        due_of(NOBODY, NOBODY, step(due=rule), pauses=True)
