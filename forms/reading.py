"""From what was typed to clean answers, or to what is wrong in the user's words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.circumstances import Circumstances, Raw
from forms.conditions import CASE, KNOWN_DAYS, SETTING, TODAY, look_up
from forms.days import has_time, human_day, in_london
from forms.definition import Definition
from forms.inputs import gather
from forms.schema import Faults, load
from forms.settling import Settling, Shown
from forms.wording import demand, filled_in, subject


@dataclass(frozen=True, slots=True)
class Reading:
    """What a form came to.

    `answers` is plain JSON. `errors` and `warnings` map the name of a question's input to one sentence, in
    reading order. With errors the answers are incomplete and must not be kept as final.
    """

    answers: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)


def read(definition: Definition, raw: Raw, circumstances: Circumstances, sections: Collection[str] | None) -> Reading:
    """Read a form, or only some of its sections; the others still count for conditions if `raw` holds them."""
    questions = definition.questions
    answers, faults = load(questions, gather(questions, raw), circumstances)
    around = {
        TODAY: circumstances.today.isoformat(), SETTING: circumstances.settings, CASE: circumstances.known,
    }  # fmt: skip
    everything = Settling(questions, answers, faults).settle(around)
    asked = _asked(definition, sections)
    shown = [each for each in everything if each.name.partition(".")[0] in asked]
    labels = {each.question.id: each.question.label for each in everything}
    broken = _broken_rules(definition, {**around, **answers})
    broken = {name: filled_in(message, circumstances.settings) for name, message in broken.items()}
    found = {**broken, **dict(_errors(shown, faults, labels))}
    empty = _untouched(definition, asked, answers)
    return Reading(
        answers={question.id: answers[question.id] for question in questions if question.id in asked & answers.keys()},
        errors={each.name: found[each.name] for each in shown if each.name in found},
        warnings={
            each.name: empty.get(each.name) or filled_in(each.question.warning, circumstances.settings)
            for each in shown
            if each.name in empty or _warns(each)
        },
    )


def _asked(definition: Definition, sections: Collection[str] | None) -> set[str]:
    chosen = [section for section in definition.sections if sections is None or section.key in sections]
    return {question.id for section in chosen for question in section.fields}


def _errors(shown: Iterable[Shown], faults: Faults, labels: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """The first thing wrong with each question, in reading order. `labels` names every question of the form."""
    for each in shown:
        message = _fault(faults, each.name) or _missing(each) or _too_few_or_many(each) or _too_early(each, labels)
        if message:
            yield each.name, message


def _fault(faults: Faults, name: str) -> str:
    """What the schema said about this question."""
    found: Any = faults
    for step in name.split("."):
        found = found.get(int(step) if step.isdecimal() else step, {}) if isinstance(found, Mapping) else {}
    return str(found[0]) if isinstance(found, list) and found else ""


def _missing(each: Shown) -> str:
    question = each.question
    needed = question.required or (question.required_when is not None and question.required_when.holds(each.sees))
    if not needed:
        return ""
    if question.kind == "instrument" and each.answer and not each.answer["complete"]:
        return f"Answer every question of {question.label}"
    # An empty box is no answer; 0 is one, although Python takes it for False.
    return demand(question) if each.answer is None or each.answer is False else ""


def _too_few_or_many(each: Shown) -> str:
    question = each.question
    if question.kind != "repeating":
        return ""
    rows = len(each.answer or ())
    if rows < question.min_items:
        return f"{subject(question)}: add at least {question.min_items}"
    if question.max_items is not None and rows > question.max_items:
        return f"{subject(question)}: add no more than {question.max_items}"
    return ""


def _too_early(each: Shown, labels: Mapping[str, str]) -> str:
    other = each.question.not_before
    earliest = look_up(each.sees, other)
    if not isinstance(earliest, str) or not isinstance(each.answer, str):
        return ""
    if _comparable(each.answer, earliest) >= _comparable(earliest, each.answer):
        return ""
    name = KNOWN_DAYS.get(other) or (f"“{labels[other]}”" if other in labels else "the date before it")
    return f"{subject(each.question)} must be the same as or after {name}, {human_day(earliest)}"


def _comparable(moment: str, other: str) -> str:
    """An instant as its date in London when it is held against a date."""
    return in_london(moment).date().isoformat() if has_time(moment) and not has_time(other) else moment


def _untouched(definition: Definition, asked: Collection[str], answers: Mapping[str, Any]) -> dict[str, str]:
    """What is said at the question who filled a section in, where nothing else stands in it."""
    return {
        section.filled_in_by[0]: f"Nothing is filled in under “{section.title}”. It will read “Not filled in”"
        for section in definition.sections
        if section.untouched(answers) and section.filled_in_by[0] in asked
    }


def _warns(each: Shown) -> bool:
    return each.question.warn_when is not None and each.question.warn_when.holds(each.sees)


def _broken_rules(definition: Definition, sees: Mapping[str, Any]) -> dict[str, str]:
    """The message of each rule across answers that is broken, the first one where several meet."""
    return {rule.field: rule.message for rule in reversed(definition.rules) if rule.when.holds(sees)}
