"""What makes a definition unfit for use although it is well written: names that lead nowhere, circles, doubles."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError

from forms.conditions import CASE, KNOWN_DAYS, SETTING, TODAY, Condition
from forms.definition import Definition, Question, Section, every_question
from forms.instruments import instrument, keys
from forms.kinds import ASKED, EVERY_KIND, KINDS, LOOKUPS, Shape
from forms.order import in_order

RESERVED = frozenset({TODAY, SETTING, CASE, "add", "remove", "count", "csrf_token", "seen", "version"})
SCORED = frozenset({"total", "band", "complete", "version"})

Scope = Mapping[str, Question]


def faults_in(definition: Definition) -> list[str]:
    """A sentence for each thing wrong with a form; an empty list means it may be used."""
    outer: Scope = {question.id: question for question in definition.questions}
    faults = [*_doubles("section", [section.key for section in definition.sections])]
    faults += _faults_in_scope(definition.questions, {}, "")
    for section in definition.sections:
        faults += _faults_in_section(section, outer)
    for rule in definition.rules:
        faults += _strange_names(rule.when, outer, f"the rule for {rule.field}")
        if not _known(rule.field, outer):
            faults.append(f"a rule puts its message at {rule.field}, which is no question of the form.")
    if not faults:
        faults += _circles(definition)
    return faults


def _faults_in_section(section: Section, outer: Scope) -> Iterator[str]:
    if not section.fields:
        yield f"section {section.key} asks nothing."
    for name in set(section.filled_in_by) - {question.id for question in section.fields}:
        yield f"section {section.key} names “{name}” in “filled_in_by”, which it does not ask."
    if section.show_when:
        yield from _strange_names(section.show_when, outer, f"section {section.key}")


def _faults_in_scope(questions: Sequence[Question], outer: Scope, where: str) -> Iterator[str]:
    yield from _doubles("question", [where + question.id for question in questions])
    scope = {**outer, **{question.id: question for question in questions}}
    for question in questions:
        name = where + question.id
        yield from (f"{name} {fault}" for fault in _faults_in_question(question))
        for use in ("show_when", "required_when", "warn_when", "computed"):
            condition = getattr(question, use)
            if condition:
                yield from _strange_names(condition, scope, f"“{use}” of {name}")
        if question.not_before and not _is_day(question.not_before, scope):
            yield f"{name} may not be before {question.not_before}, which is no date of the form or of the case."
        if question.kind != "instrument":
            yield from _faults_in_scope(question.fields, scope, f"{name}.")


def _is_day(name: str, scope: Scope) -> bool:
    return name in KNOWN_DAYS or KINDS[_kind(scope, name)].shape is Shape.PARTS


def _kind(scope: Scope, name: str) -> str:
    return scope[name].kind if name in scope else "info"


def _faults_in_question(question: Question) -> Iterator[str]:
    kind = KINDS[question.kind]
    if question.id in RESERVED:
        yield "has an id that the page needs for itself."
    allowed = EVERY_KIND | kind.entries | (ASKED if kind.shape is not Shape.NONE else frozenset())
    for entry in dataclasses.fields(question):
        if entry.name not in allowed and getattr(question, entry.name) != entry.default:
            yield f"says “{entry.name}”, which means nothing for the kind {question.kind}."
    yield from _faults_in_choices(question)
    yield from _faults_in_limits(question)
    yield from _missing_essentials(question)
    if bool(question.warning) != bool(question.warn_when):
        yield "needs both “warn_when” and “warning”, or neither."


def _missing_essentials(question: Question) -> Iterator[str]:
    match question.kind:
        case "lookup" if question.lookup not in LOOKUPS:
            yield f"needs a “lookup” that is one of {', '.join(sorted(LOOKUPS))}."
        case "instrument" if instrument(question.instrument) is None:
            yield f"needs an “instrument” that is one of {', '.join(keys())}."
        case "computed" if question.computed is None:
            yield "is computed, but “computed” does not say how."
        case "group" | "repeating" if not question.fields:
            yield "needs “fields”."


def _faults_in_choices(question: Question) -> Iterator[str]:
    if question.kind in ("choice", "select", "multichoice") and not question.choices:
        yield "needs “choices”."
    yield from _doubles("choice", [choice.value for choice in question.choices])
    if question.kind == "scale" and not all(choice.value.isdecimal() for choice in question.choices):
        yield "is a scale: the values of its choices must be whole numbers."


def _faults_in_limits(question: Question) -> Iterator[str]:
    for least, most in (("min", "max"), ("min_length", "max_length"), ("min_items", "max_items")):
        low, high = getattr(question, least), getattr(question, most)
        if low is not None and high is not None and low > high:
            yield f"has a “{least}” above its “{most}”."
    if question.past and question.future:
        yield "cannot be both “past” and “future”."


def _doubles(what: str, names: Sequence[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{what} {name} appears {times} times."


def _strange_names(condition: Condition, scope: Scope, where: str) -> Iterator[str]:
    for name in sorted(condition.names):
        outside = name == TODAY or name in KNOWN_DAYS or name.startswith(f"{SETTING}.")
        if not outside and not _known(name, scope):
            yield f"{where} asks about {name}, which is no question it can see."


def _known(name: str, scope: Scope) -> bool:
    first, _, rest = name.partition(".")
    question = scope.get(first)
    if question is None or not rest:
        return question is not None
    if question.kind == "instrument":
        return rest in SCORED
    return question.kind == "group" and any(inner.id == rest for inner in question.fields)


def _circles(definition: Definition) -> Iterator[str]:
    scopes = [definition.questions, *(q.fields for q in every_question(definition.questions) if q.fields)]
    for questions in scopes:
        try:
            in_order(questions)
        except CycleError as error:
            yield f"these questions wait for each other: {', '.join(sorted(set(error.args[1])))}."
