"""Between the flat names of a page's inputs and answers nested like the questions.

`field` · date `field[day]` `field[month]` `field[year]`, and `field[time]` · group `group.field` · repeating
`actions.0.what` with `actions.count`. Pressing `add`=`actions` or `remove`=`actions.1` changes the rows only;
`remove`=`letter` takes out the file chosen there, `remove`=`letters.<id>` one of several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from forms.circumstances import Raw
from forms.days import PARTS
from forms.definition import Question
from forms.kinds import FILE_KINDS, KINDS, Shape
from forms.words import cleaned

MOST_ROWS = 100


def input_id(name: str) -> str:
    """The id of the (first) input of a question on the page, to which an error message links."""
    return name.replace(".", "-")


def parts_of(question: Question) -> tuple[str, ...]:
    """The parts in which a date is typed."""
    return (*PARTS, "time") if question.kind == "datetime" else PARTS


def gather(questions: Sequence[Question], raw: Raw, prefix: str = "") -> dict[str, Any]:
    """What was typed, nested like the questions; blank inputs are left out."""
    typed = {question.id: _gathered(question, raw, prefix + question.id) for question in questions}
    return {name: value for name, value in typed.items() if value}


def _gathered(question: Question, raw: Raw, name: str) -> Any:
    match KINDS[question.kind].shape:
        case Shape.ONE:
            return _first(raw, name)
        case Shape.SEVERAL:
            return [text for value in raw.get(name, ()) if (text := cleaned(value))]
        case Shape.PARTS:
            parts = {part: _first(raw, f"{name}[{part}]") for part in parts_of(question)}
            return {part: text for part, text in parts.items() if text}
        case Shape.SET:
            return gather(question.fields, raw, f"{name}.")
        case Shape.SETS:
            rows = [gather(question.fields, raw, f"{name}.{row}.") for row in range(rows_in(raw, name))]
            return rows if any(rows) else []
        case Shape.NONE:
            return ""


def _first(raw: Raw, name: str) -> str:
    return cleaned(next(iter(raw.get(name, ())), ""))


def rows_in(raw: Raw, name: str) -> int:
    """How many rows of a repeating question the page holds, filled or not."""
    said = _first(raw, f"{name}.count")
    said_rows = int(said) if re.fullmatch(r"[0-9]{1,4}", said) else 0
    begins = re.compile(rf"{re.escape(name)}\.([0-9]{{1,4}})[.\[]")
    used = (int(found[1]) + 1 for key in raw if (found := begins.match(key)))
    return min(max(said_rows, *used, 0), MOST_ROWS) if raw else 0


def scatter(questions: Sequence[Question], typed: Mapping[str, Any], prefix: str = "") -> dict[str, list[str]]:
    """The flat inputs of what would be typed; the way back from `gather`."""
    raw: dict[str, list[str]] = {}
    for question in questions:
        if question.id in typed:
            raw.update(_scattered(question, typed[question.id], prefix + question.id))
    return raw


def _scattered(question: Question, typed: Any, name: str) -> dict[str, list[str]]:
    match KINDS[question.kind].shape:
        case Shape.SEVERAL:
            return {name: list(typed)}
        case Shape.PARTS:
            return {f"{name}[{part}]": [text] for part, text in typed.items()}
        case Shape.SET:
            return scatter(question.fields, typed, f"{name}.")
        case Shape.SETS:
            raw = {f"{name}.count": [str(len(typed))]}
            for row, inner in enumerate(typed):
                raw.update(scatter(question.fields, inner, f"{name}.{row}."))
            return raw
        case _:
            return {name: [typed]} if typed else {}


def names_of(questions: Sequence[Question], prefix: str = "") -> Iterator[tuple[str, Question]]:
    """Every input name a page may send, with `#` for the number of a row, and its question."""
    for question in questions:
        name = prefix + question.id
        match KINDS[question.kind].shape:
            case Shape.PARTS:
                yield from ((f"{name}[{part}]", question) for part in parts_of(question))
            case Shape.SET:
                yield from names_of(question.fields, f"{name}.")
            case Shape.SETS:
                yield f"{name}.count", question
                yield from names_of(question.fields, f"{name}.#.")
            case Shape.ONE | Shape.SEVERAL:
                yield name, question
            case Shape.NONE:
                pass


def file_inputs(questions: Sequence[Question]) -> dict[str, Question]:
    """The questions that ask for files, by the names of their inputs with `#` for the number of a row."""
    return {name: question for name, question in names_of(questions) if question.kind in FILE_KINDS}


def without_numbers(name: str) -> str:
    """An input name with `#` for the number of each row."""
    return re.sub(r"\.[0-9]+(?=[.\[]|\Z)", ".#", name)


def press(questions: Sequence[Question], raw: Raw) -> dict[str, list[str]]:
    """The inputs after `add` or `remove` was pressed; the button itself is gone from them."""
    kept = {name: list(values) for name, values in raw.items() if name not in ("add", "remove")}
    taken_out = _without_file(kept, file_inputs(questions), _first(raw, "remove"))
    if taken_out is not None:
        return taken_out
    repeating = {name.removesuffix(".count") for name, question in names_of(questions) if _counts(name, question)}
    added, (removed, _, row) = _first(raw, "add"), _first(raw, "remove").rpartition(".")
    if without_numbers(added) in repeating:
        kept[f"{added}.count"] = [str(min(max(rows_in(kept, added), 1) + 1, MOST_ROWS))]
    elif without_numbers(removed) in repeating and re.fullmatch(r"[0-9]{1,4}", row):
        return _without_row(kept, removed, int(row))
    return kept


def _without_file(raw: Raw, asked: Mapping[str, Question], pressed: str) -> dict[str, list[str]] | None:
    """The inputs without the file whose button was pressed; None when no file's was."""
    for name, values in raw.items():
        if without_numbers(name) not in asked:
            continue
        left = [value for value in values if pressed not in (name, f"{name}.{value}")]
        if len(left) < len(values):
            return {key: list(left if key == name else kept) for key, kept in raw.items() if key != name or left}
    return None


def _counts(name: str, question: Question) -> bool:
    return question.kind == "repeating" and name.endswith(".count")


def _without_row(raw: Raw, name: str, row: int) -> dict[str, list[str]]:
    """The inputs without one row, those below it moved up."""
    rows = rows_in(raw, name)
    begins = re.compile(rf"({re.escape(name)}\.)([0-9]{{1,4}})(?=[.\[])")
    kept: dict[str, list[str]] = {}
    for key, values in raw.items():
        found = begins.match(key)
        at = int(found[2]) if found else -1
        if at != row:
            moved = begins.sub(rf"\g<1>{at - 1}", key, count=1) if at > row else key
            kept[moved] = list(values)
    if row < rows:
        kept[f"{name}.count"] = [str(rows - 1)]
    return kept
