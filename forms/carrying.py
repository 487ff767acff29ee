"""Bringing a draft to a newer version of its form without losing a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forms.circumstances import Raw
from forms.definition import Question
from forms.inputs import names_of, without_numbers
from forms.joining import BEGUN_WITH
from forms.picks import offered

_CHOSEN = frozenset({"choice", "select", "multichoice", "yes_no", "yes_no_unknown", "scale"})


@dataclass(frozen=True, slots=True)
class Carried:
    """A draft in the newer form, and by input name what no longer fits there and must be shown to the person."""

    raw: dict[str, list[str]]
    left_over: dict[str, list[str]]


def carry(questions: Sequence[Question], raw: Raw) -> Carried:
    """Keep what the form still asks and offers; set the rest aside. Blank inputs are no loss.

    What the page began with is no answer: it stays beside them in every version.
    """
    known = dict(names_of(questions))
    carried = Carried({}, {})
    for name, values in raw.items():
        if name == BEGUN_WITH:
            carried.raw[name] = list(values)
            continue
        question = known.get(without_numbers(name))
        fits = [value for value in values if question is not None and _offers(question, value)]
        lost = [value for value in values if value.strip() and value not in fits]
        if fits:
            carried.raw[name] = fits
        if lost:
            carried.left_over[name] = lost
    return carried


def _offers(question: Question, value: str) -> bool:
    """Whether a value may stand there; lookups and free answers are judged when the form is read."""
    return question.kind not in _CHOSEN or value in {choice.value for choice in offered(question, {})}
