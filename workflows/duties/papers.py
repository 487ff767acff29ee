"""Reading what is already on the case: the answers of its forms, the newest of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflows.casework.case import Case
from workflows.casework.document import Document, as_corrected
from workflows.duties.register import Asking
from workflows.storage import cases

Answers = dict[str, Any]
NOTHING_YET = "nothing"  # with which a form begins before its first paper


def answers(asking: Asking, form_key: str, begins_with: str = "") -> Answers:
    """Return what a form says now, all its parts together; empty when nobody has filled it in.

    A whole form replaces what was said before; a part of one adds to it. A form that is filled in by several people
    in turn begins anew when its first part (`begins_with`) is filled in again.
    """
    return merged(cases.documents_of(asking.work.session, asking.case.id, form_key), begins_with)


def merged(documents: Iterable[Document], begins_with: str = "") -> Answers:
    """Put documents of one form together, oldest first, as `answers` describes.

    What was corrected counts in its own place. An answer that a part took away (it is kept there as None) is gone.
    """
    found: Answers = {}
    for document in as_corrected(documents):
        whole = document.sections is None
        anew = bool(begins_with) and begins_with in (document.sections or ())
        found = dict(document.answers) if whole or anew else found | document.answers
    return {name: answer for name, answer in found.items() if answer is not None}


def newest(asking: Asking, form_key: str) -> Document | None:
    """Return the newest document of a form; a correction is as old as what it corrects."""
    return cases.newest_document(asking.work.session, asking.case.id, form_key)


def file_paper(asking: Asking, case: Case, form_key: str, said: Mapping[str, Any], author: str) -> Document:
    """Keep what somebody from elsewhere wrote as a form of a case; its process is the one that asks."""
    form, session = asking.work.desk.forms.form(form_key), asking.work.session
    paper = Document(
        case_id=case.id,
        run_id=asking.run.id,
        form_key=form_key,
        form_version=form.version,
        number=cases.next_number(session, case.id, form_key),
        title=form.title,
        answers=dict(said),
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
