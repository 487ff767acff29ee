"""What is known of the person in a few lines, for a meeting that begins with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from forms import Catalogue, Form, Question, ShownRow

LONGEST_SUMMARY = 2000
SHORT = 60
SHORTENED = (LONGEST_SUMMARY, 200, 100, SHORT, 30)  # letters an answer may have, until all of them fit
NOT_ABOUT_THE_PERSON = frozenset({"About these measures", "How the person feels about our help", "Other scores"})
UNTOLD = (
    "",
    "No",
    "None",
    "Independent",
    "No problem",
    "Not asked",
    "Not known",
    "Not looked",
    "Not reached yet",
    "Restricted",
)


def summary_of(forms: Catalogue, said: Callable[[str], Mapping[str, Any]]) -> str:
    """Draft the summary for a meeting: what was found, in its own words, as far as the form takes it.

    `said` gives what a form of the case says now. The assessment comes first, and every part of it counts, whoever
    filled it in; then the review of medicines and the scores. Who and when, and what was looked at and not found, stay
    in the forms. Where it is too much, what is said at length is shortened.
    """
    beside = "\n".join(line for key in ("F13", "F12") for line in _lines(forms.form(key), said(key), SHORT))
    beside = _cut(beside, LONGEST_SUMMARY)
    room = max(LONGEST_SUMMARY - len(beside) - 1, 0)
    drafts = ["\n".join(_lines(forms.form("F11"), said("F11"), longest)) for longest in SHORTENED]
    found = next((draft for draft in drafts if len(draft) <= room), drafts[-1])
    return "\n".join(text for text in (_cut(found, room), beside) if text)


def _lines(form: Form, answers: Mapping[str, Any], longest: int) -> Iterator[str]:
    asked = {question.id: question for section in form.sections for question in section.fields}
    found = {name: answer for name, answer in answers.items() if name in asked and _tells(name, asked[name], answer)}
    for section in form.show(found, may_see_sensitive=False):
        rows = [row for row in section.rows if row.text not in UNTOLD and not _item_of(row.label, section.rows)]
        if rows and section.title not in NOT_ABOUT_THE_PERSON:
            told = (f"{row.label.rstrip('?')}: {_cut(row.text.rstrip('. '), longest)}" for row in rows)
            yield f"{section.title}. {'; '.join(told)}."


def _item_of(label: str, rows: Iterable[ShownRow]) -> bool:
    """Whether a row is one item of a score that stands there as a whole."""
    return any(label.startswith(f"{row.label}: ") for row in rows)


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0] + "…" if longest > 1 else ""


def _tells(name: str, question: Question, answer: Any) -> bool:
    """Whether an answer says something about the person: not who filled it in, nor that nothing was found."""
    about_the_form = question.kind == "lookup" or name.endswith(("_done_by", "_done_at", "_not_applicable"))
    return not about_the_form and answer not in (None, "", [], "no", False, "unknown", "not_asked")
