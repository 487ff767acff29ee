"""Putting together what several people wrote into the same form at the same time.

All of them began with the same answers. What one did not change is as the other left it; what both changed stands in
both wordings where that can be read (rows, long texts, files), and is asked where only one answer can stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.definition import Question, Section

BEGUN_WITH = "begun-with"  # an input of the page: which paper of the form it began with; never the id of a question
# Who filled in a section, and when: no statement of its own, it goes with the rest of the section.
SIGNATURES = ("_done_by", "_done_at")

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Joined:
    """Answers put together; `asked`: the inputs whose answer both changed, each differently, so that mine stands."""

    answers: dict[str, Any]
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Three:
    """One answer as it was begun with, as others left it, and as I left it."""

    question: Question
    begun: Any
    theirs: Any
    mine: Any

    def same(self, one: Any, other: Any) -> bool:
        return bool(_plain(self.question, one) == _plain(self.question, other))

    @property
    def changed_by_both(self) -> bool:
        theirs = not self.same(self.theirs, self.begun)
        return theirs and not self.same(self.mine, self.begun) and not self.same(self.mine, self.theirs)

    @property
    def settled(self) -> Any:
        """The answer where at most one of us changed it."""
        return self.theirs if self.same(self.mine, self.begun) else self.mine


def join(sections: Sequence[Section], begun: Answers, theirs: Answers, mine: Answers) -> Joined:
    """Join the answers to these sections; what stands in others of them is left out."""
    answers: dict[str, Any] = {}
    asked: list[str] = []
    for section in sections:
        said = [question for question in section.fields if not question.id.endswith(SIGNATURES)]
        signed = [question for question in section.fields if question.id.endswith(SIGNATURES)]
        joined = _join_questions(said, begun, theirs, mine, "")
        mine_too = any(_changed(question, begun, mine) for question in said)
        asked += joined.asked
        answers |= joined.answers | _signatures(signed, begun, theirs, mine if mine_too else {**mine, **theirs})
    return Joined(answers, tuple(asked))


def changed(sections: Sequence[Section], before: Answers, after: Answers) -> frozenset[str]:
    """Return the ids of the questions of these sections that are answered otherwise; signatures alone are no change."""
    asked = (question for section in sections for question in section.fields)
    return frozenset(one.id for one in asked if not one.id.endswith(SIGNATURES) and _changed(one, before, after))


def _changed(question: Question, before: Answers, after: Answers) -> bool:
    return bool(_plain(question, before.get(question.id)) != _plain(question, after.get(question.id)))


def _signatures(questions: Sequence[Question], begun: Answers, theirs: Answers, mine: Answers) -> dict[str, Any]:
    return _join_questions(questions, begun, theirs, mine, "").answers


def _join_questions(
    questions: Sequence[Question], begun: Answers, theirs: Answers, mine: Answers, prefix: str
) -> Joined:
    answers: dict[str, Any] = {}
    asked: list[str] = []
    for question in questions:
        three = _Three(question, begun.get(question.id), theirs.get(question.id), mine.get(question.id))
        answer, open_there = _joined(three, prefix + question.id)
        asked += open_there
        if answer is not None:
            answers[question.id] = answer
    return Joined(answers, tuple(asked))


def _joined(three: _Three, name: str) -> tuple[Any, Sequence[str]]:
    """The one answer, and the inputs in it that have to be asked."""
    if not three.changed_by_both:
        return three.settled, ()
    begun, theirs, mine = three.begun, three.theirs, three.mine
    match three.question.kind:
        case "group":
            inner = _join_questions(three.question.fields, begun or {}, theirs or {}, mine or {}, f"{name}.")
            return inner.answers or None, inner.asked
        case "repeating" | "files":
            return _joined_rows(three) or None, ()
        case "longtext":
            return _both_texts(begun or "", theirs or "", mine or ""), ()
        case _:
            return mine, (name,)


def _joined_rows(three: _Three) -> list[Any]:
    """Theirs in their order, without what I removed, and what I added before the row it stood before."""
    begun, theirs, mine = (_plain_rows(three.question, rows) for rows in (three.begun, three.theirs, three.mine))
    rows: list[Any] = []
    plain: list[Any] = []
    for row, written in zip(theirs, three.theirs or (), strict=True):
        if plain.count(row) < _wanted(begun.count(row), theirs.count(row), mine.count(row)):
            plain.append(row)
            rows.append(written)
    place = len(rows)
    for row, written in reversed(list(zip(mine, three.mine or (), strict=True))):
        if row in plain[:place]:
            place -= plain[:place][::-1].index(row) + 1
        elif plain.count(row) < _wanted(begun.count(row), theirs.count(row), mine.count(row)):
            plain.insert(place, row)
            rows.insert(place, written)
    return rows


def _wanted(begun: int, theirs: int, mine: int) -> int:
    """How often a row stands in the end: added or removed by one of us counts, and by both in the same way once."""
    if theirs > begun and mine > begun:
        return max(theirs, mine)
    if theirs < begun and mine < begun:
        return min(theirs, mine)
    return max(theirs + mine - begun, 0)


def _both_texts(begun: str, theirs: str, mine: str) -> str:
    """Both texts, theirs first; what stands in both, or was there when I began, is not said twice."""
    before, here, there = begun.splitlines(), mine.splitlines(), theirs.splitlines()
    if set(here) <= set(there):
        return theirs
    if set(there) <= set(here):
        return mine
    goes_on = bool(before) and here[: len(before)] == before and set(before) <= set(there)
    added = "\n".join(here[len(before) :] if goes_on else here).strip()
    return f"{theirs}\n\n{added}"


def _plain_rows(question: Question, rows: Any) -> list[Any]:
    if question.kind == "repeating":
        return [_plain_set(question.fields, row) for row in rows or ()]
    return list(rows or ())


def _plain(question: Question, answer: Any) -> Any:
    """An answer as it is compared: without what comes by itself, and None where nothing was answered."""
    if question.kind in ("computed", "info") or answer is None or answer is False:
        return None
    match question.kind:
        case "repeating":
            return _plain_rows(question, answer) or None
        case "group":
            return _plain_set(question.fields, answer) or None
        case "instrument":
            return _plain_set(question.fields, answer.get("items", {})) or None
        case "multichoice" | "files":
            return sorted(answer) or None
        case _:
            return answer if answer != "" else None


def _plain_set(questions: Sequence[Question], answers: Answers) -> dict[str, Any]:
    said = {question.id: _plain(question, answers.get(question.id)) for question in questions}
    return {name: answer for name, answer in said.items() if answer is not None}
