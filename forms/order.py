"""In which order the questions of one set are settled, so that a condition meets answers already settled."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import TopologicalSorter

from forms.definition import Question


def in_order(questions: Sequence[Question]) -> tuple[Question, ...]:
    """These questions with each one after those its being shown depends on; raises graphlib.CycleError.

    Which questions are shown depends on answers, and an answer counts only if its question is shown.
    """
    own = {question.id: question for question in questions}
    graph = {question.id: sorted(_needed(question) & own.keys() - {question.id}) for question in questions}
    for question in questions:
        if question.show_when and question.id in _roots(question.show_when.names):
            graph[question.id].append(question.id)
    return tuple(own[name] for name in TopologicalSorter(graph).static_order())


def _roots(names: frozenset[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def _needed(question: Question) -> set[str]:
    """What decides whether the question and those inside it are shown, or what they are computed from."""
    inner = {name for nested in question.fields for name in _needed(nested)}
    own = {nested.id for nested in question.fields}
    conditions = [condition for condition in (question.show_when, question.computed) if condition]
    return (inner - own).union(*(_roots(condition.names) for condition in conditions))
