"""What is known of the person in a few lines, for a meeting that begins with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from forms import Catalogue, Form, Question, ShownRow

LONGEST_SUMMARY = 1700  # of the 2,000 characters of the form: the rest is for whoever presents the case
MORE = "… More stands in the case."
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
    in the forms. Where it is too much, what is said at length is shortened, and the last words say so.
    """
    beside = [line for key in ("F13", "F12") for line in _lines(forms.form(key), said(key), SHORT)]
    drafts = [[*_lines(forms.form("F11"), said("F11"), longest), *beside] for longest in SHORTENED]
    if _length(drafts[0]) <= LONGEST_SUMMARY:
        return "\n".join(drafts[0])
    room = LONGEST_SUMMARY - len(MORE) - 1
    found = next((draft for draft in drafts if _length(draft) <= room), drafts[-1])
    return "\n".join([*_fitting(found, room), MORE])


def _length(lines: list[str]) -> int:
    return sum(len(line) + 1 for line in lines) - 1


def _fitting(lines: list[str], room: int) -> list[str]:
    """Cut the longest lines but the first, which tells what matters to the person: every part still has its place."""
    first, *others = lines
    left = room - len(first)
    longest = next((most for most in range(left, 0, -1) if sum(min(len(one), most) + 1 for one in others) <= left), 0)
    return [_cut(first, room), *filter(None, (_cut(one, longest) for one in others))]


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
