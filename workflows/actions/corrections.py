"""Correcting a completed form: it mends how something was written down, never what was decided by it.

A correction starts nothing and carries nothing out. Where a form was carried out (who agreed to what, sharing without
consent) another word on paper alone would say one thing while the case does another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms import Form
from workflows.actions.advice import must_own_up
from workflows.actions.answers_allowed import must_be_allowed
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused, NotAllowed
from workflows.casework.signing import must_be_signed_by, why_not_correct
from workflows.casework.task import Task
from workflows.desk import Work
from workflows.storage import cases

# What only describes the conversation about consent. Everything else in it is what was agreed.
WORDS_OF_CONSENT = frozenset(
    {
        "info_given", "leaflet_version", "not_given_why", "capacity_doubt_why", "refusal_reason", "refusal_explained",
        "not_sought_why", "how", "witness", "signed_form", "contact_note", "notes",
    }
)  # fmt: skip
CARRIED_OUT = {"F08": frozenset({"approval", "expires_at", "outcome", "narrowed_to", "still_with", "new_expires_at"})}
CHANGE_CONSENT = "A correction does not change what the person agreed to: use “Change consent”"
DECIDE_ANEW = "This was decided and carried out; a correction does not change it. It has to be decided anew"


def must_be_correctable(work: Work, before: Document) -> None:
    """Refuse to let somebody correct what another one signed."""
    first = cases.first_version(work.session, before)
    refusal = why_not_correct(work.actor, before.form_key, before.sections, first.author, first.author_id)
    if refusal:
        raise NotAllowed(refusal)


def must_be_a_correction(work: Work, case: Case, before: Document, form: Form, answers: Mapping[str, Any]) -> None:
    """Raise AnswersRefused for what a completion may not say either, and for what a correction does not change.

    What stands already was allowed when it was written, though it would not be today.
    """
    changed = {name for name in {*before.answers, *answers} if before.answers.get(name) != answers.get(name)}
    _must_leave_decisions(form, changed)
    try:
        must_be_signed_by(work.actor, _step(work, before), answers)
        if before.run_id is not None:
            must_own_up(work, before.run_id, form.key, answers)
        must_be_allowed(work, case, form.key, answers, _step(work, before))
    except AnswersRefused as refused:
        if changed & set(refused.errors):
            raise


def _must_leave_decisions(form: Form, changed: set[str]) -> None:
    decided, why = changed & CARRIED_OUT.get(form.key, frozenset()), DECIDE_ANEW
    if form.key == "F05":
        decided, why = changed - WORDS_OF_CONSENT, CHANGE_CONSENT
    if decided:
        raise AnswersRefused(dict.fromkeys(sorted(decided), why))


def _step(work: Work, before: Document) -> str:
    first = cases.first_version(work.session, before)
    task = work.session.get(Task, first.task_id) if first.task_id else None
    return task.key if task else ""
