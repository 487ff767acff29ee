"""Cells of a list that answer a question with choices: yes or no, one word, or several with a semicolon between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from forms.definition import Question

YES = frozenset({"yes", "y", "true", "1", "x"})
NO = frozenset({"no", "n", "false", "0"})
_BETWEEN = re.compile(r"[;|,]")


def says_yes(cell: str) -> bool:
    """Say whether a cell says yes."""
    return cell.strip().casefold() in YES


class PickedCells:
    """Reads such cells by the value of a choice or by its words, whatever the capitals."""

    def __init__(self, asked: Sequence[Question]) -> None:
        self._asked = {one.id: one for one in asked if one.kind in {"bool", "choice", "multichoice"}}

    def typed(self, cells: Mapping[str, str]) -> dict[str, str | list[str]]:
        """Return what somebody would have ticked; a no is a box left open, and says nothing."""
        found: dict[str, str | list[str]] = {}
        for name, question, cell in self._filled(cells):
            if question.kind == "multichoice":
                found[name] = [_value(question, part) for part in _parts(cell)]
            elif question.kind == "choice" or says_yes(cell):
                found[name] = _value(question, cell) if question.choices else "yes"
        return {name: value for name, value in found.items() if not self._wrong(self._asked[name], cells[name])}

    def problems(self, cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Say which cells hold what is none of the choices, and what these are."""
        for name, question, cell in self._filled(cells):
            wrong = self._wrong(question, cell)
            if wrong and question.kind == "bool":
                yield name, f"“{cell}” is neither yes nor no"
            elif wrong:
                words = ", ".join(choice.label for choice in question.choices)
                yield name, f"“{'; '.join(wrong)}” is not among: {words}"

    def _filled(self, cells: Mapping[str, str]) -> Iterator[tuple[str, Question, str]]:
        for name, question in self._asked.items():
            if cell := cells.get(name, "").strip():
                yield name, question, cell

    def _wrong(self, question: Question, cell: str) -> list[str]:
        if question.kind == "bool":
            return [] if cell.strip().casefold() in YES | NO else [cell]
        offered = {choice.value for choice in question.choices}
        parts = _parts(cell) if question.kind == "multichoice" else [cell]
        return [part for part in parts if _value(question, part) not in offered]


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(cell) if part.strip()]


def _value(question: Question, part: str) -> str:
    said = _plain(part)
    return next((one.value for one in question.choices if said in {_plain(one.value), _plain(one.label)}), part)


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("_", " ").split())
