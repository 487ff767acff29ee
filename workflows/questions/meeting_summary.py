"""A first draft of what the meeting is told about the person, from what was found in the assessment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms import Form, Question

LONGEST_SUMMARY = 2000
UNTOLD = ("", "No", "None", "Not asked", "Not known", "Not looked", "Not reached yet", "Restricted")


def summary_of(form: Form, answers: Mapping[str, Any]) -> str:
    """Draft the summary for a meeting: what was found in the assessment, in its own words, cut to what the form takes.

    Every part counts, whoever filled it in; who and when, and what was looked at and not found, stay in the assessment.
    """
    asked = {question.id: question for section in form.sections for question in section.fields}
    found = {name: answer for name, answer in answers.items() if name in asked and _tells(name, asked[name], answer)}
    lines = []
    for section in form.show(found, may_see_sensitive=False):
        told = [f"{row.label.rstrip('?')}: {row.text.rstrip('. ')}" for row in section.rows if row.text not in UNTOLD]
        if told:
            lines.append(f"{section.title}. " + "; ".join(told) + ".")
    text = "\n".join(lines)
    return text if len(text) <= LONGEST_SUMMARY else text[: LONGEST_SUMMARY - 1].rsplit(" ", 1)[0] + "…"


def _tells(name: str, question: Question, answer: Any) -> bool:
    """Whether an answer says something about the person: not who filled it in, nor that nothing was found."""
    about_the_form = question.kind == "lookup" or name.endswith(("_done_by", "_done_at", "_not_applicable"))
    return not about_the_form and answer not in (None, "", [], "no", False, "unknown", "not_asked")
