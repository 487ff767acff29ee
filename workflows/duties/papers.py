"""Reading what is already on the case: the answers of its forms, the newest of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from workflows.casework.case import Case
from workflows.casework.document import Document, as_corrected
from workflows.duties.register import Asking
from workflows.storage import cases

Answers = dict[str, Any]
# Forms that are filled in again and again, in parts: with this one they begin anew.
FIRST_PARTS: Mapping[str, str] = {"F21": "changes", "F25": "outcome"}
NOTHING_YET = "nothing"  # with which a form begins before its first paper
# Answers by which a form says that nobody knows.
NOTHING_SAID: tuple[Any, ...] = (None, "", [], "unknown", ["unknown"], "not_asked")


class Said(NamedTuple):
    """One answer, and when it was given; a correction is as old as what it corrects."""

    answer: Any
    at: datetime


def says_something(answer: Any) -> bool:
    """Say whether an answer tells anything: that nobody knows, or was asked, does not."""
    return answer not in NOTHING_SAID


def answers(asking: Asking, form_key: str, begins_with: str = "") -> Answers:
    """Return what a form says now, all its parts together; empty when nobody has filled it in.

    A whole form replaces what was said before; a part of one adds to it. A form that is filled in by several people
    in turn begins anew when its first part (`begins_with`, or that of FIRST_PARTS) is filled in again.
    """
    return merged(cases.documents_of(asking.work.session, asking.case.id, form_key), begins_with)


def merged(documents: Iterable[Document], begins_with: str = "") -> Answers:
    """Put documents of one form together, oldest first, as `answers` describes.

    What was corrected counts in its own place. An answer that a part took away (it is kept there as None) is gone.
    """
    found: Answers = {}
    for document in as_corrected(documents):
        whole = document.sections is None
        first = begins_with or FIRST_PARTS.get(document.form_key)
        anew = first in (document.sections or ())
        found = dict(document.answers) if whole or anew else found | document.answers
    return {name: answer for name, answer in found.items() if answer is not None}


def last_said(
    asking: Asking, form_keys: Sequence[str], worth: Callable[[Any], bool] = says_something
) -> dict[str, Said]:
    """Return by name what several forms told last, whichever of them it was; the first of those of one moment.

    What a later paper leaves out goes on counting: nobody measured it anew. `worth` says which answers tell something.
    """
    known: dict[str, Said] = {}
    for form_key in reversed(form_keys):
        for name, said in _said_in(asking, form_key, worth).items():
            if name not in known or said.at >= known[name].at:
                known[name] = said
    return known


def _said_in(asking: Asking, form_key: str, worth: Callable[[Any], bool]) -> dict[str, Said]:
    papers = cases.documents_of(asking.work.session, asking.case.id, form_key)
    written: dict[Any, datetime] = {}
    for paper in papers:
        written[paper.id] = written.get(paper.amends_id, paper.completed_at)
    said: dict[str, Said] = {}
    for paper in as_corrected(papers):
        for name, answer in paper.answers.items():
            if answer is None:  # a part took it away
                said.pop(name, None)
            elif worth(answer):
                said[name] = Said(answer, written[paper.id])
    return said


def newest(asking: Asking, form_key: str) -> Document | None:
    """Return the newest document of a form; a correction is as old as what it corrects."""
    return cases.newest_document(asking.work.session, asking.case.id, form_key)


def file_paper(
    asking: Asking, case: Case, form_key: str, said: Mapping[str, Any], author: str, sections: Sequence[str] = ()
) -> Document:
    """Keep what somebody from elsewhere wrote as a form of a case, or a part; its process is the one that asks."""
    form, session = asking.work.desk.forms.form(form_key), asking.work.session
    paper = Document(
        case_id=case.id,
        run_id=asking.run.id,
        form_key=form_key,
        form_version=form.version,
        number=cases.next_number(session, case.id, form_key),
        title=form.title,
        answers=dict(said),
        sections=list(sections) or None,
        author=author,
        completed_at=asking.work.now,
    )
    paper.happened("document filed", form=form_key, number=paper.number)
    session.add(paper)
    session.flush()
    return paper


def number(value: Any) -> int | float:
    """Return a count as the tables want it: -1 when nobody knows."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else -1


def yes(value: Any) -> bool:
    """Say whether a question was answered with yes (or ticked)."""
    return value is True or value == "yes"
