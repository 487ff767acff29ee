"""What a review of the medicines says, in the words of actions and of the letter to the GP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms.days import long_date
from workflows.clock import london_day
from workflows.duties.papers import newest
from workflows.duties.register import Asking

REVIEW, FOUND_IN = "F13", "medicines"  # the form, and its part that says how things are
TO_THE_GP, CHANGED = "recommend_to_gp", "changed_by_prescriber"  # outcomes that the practice hears of
# What the letter asks of the practice.
ASKED_OF_PRACTICE = {
    TO_THE_GP: "Whether a prescription changes is yours to decide. Please tell the named care coordinator what you "
    "decided, so that the person hears the same from all of us.",
    CHANGED: "Please bring your record and the repeat prescriptions in line with this. Please tell the named care "
    "coordinator if anything speaks against it.",
}
LONGEST_ACTION = 300
# Whether the person agrees with what is recommended.
AGREED = {
    "yes": "This was agreed with the person.",
    "partly": "The person agreed with a part of this.",
    "no": "The person does not agree with this.",
    "not_asked": "This has not been talked about with the person yet.",
}


def medicine_words(asking: Asking) -> dict[str, str | None]:
    """Return what a letter may say of the last review of the medicines; what it found in the words of its form."""
    paper = newest(asking, REVIEW)
    if paper is None:
        return {}
    said, form = paper.answers, asking.work.desk.forms.form(REVIEW, paper.form_version)
    outcome = str(said.get("outcome"))
    asked = {question.id for section in form.sections if section.key == FOUND_IN for question in section.fields}
    found = form.show({name: answer for name, answer in said.items() if name in asked})
    return {
        "reviewed_on": long_date(london_day(paper.completed_at)),
        "reviewed_by": paper.author,
        "recommendations": None if outcome == CHANGED else said.get("changes"),
        "medicine_changes": said.get("changes") if outcome == CHANGED else None,
        "asked_of_practice": ASKED_OF_PRACTICE.get(outcome, ASKED_OF_PRACTICE[TO_THE_GP]),
        "medicine_problems": "\n".join(f"• {to_be_done(row)}" for row in said.get("problems", [])),
        "medicines_found": "\n".join(
            f"• {row.label}{'' if row.label.endswith('?') else ':'} {row.text}"
            for section in found
            for row in section.rows
        ),
        "medicines_agreed": AGREED.get(str(said.get("person_agrees"))),
    }


def to_be_done(row: Mapping[str, Any]) -> str:
    """Say in one line what is to be done about a problem with a medicine, and why."""
    return f"{row.get('medicine')}: {row.get('action')} ({row.get('issue')})"


def asked_of_gp(recommended: str) -> str:
    """Say in one line what a GP of the team is to do about what was recommended."""
    what = f"Recommended to the GP after the medication review: {' '.join(recommended.split())}"
    return what if len(what) <= LONGEST_ACTION else f"{what[: LONGEST_ACTION - 1].rsplit(' ', 1)[0]}…"
