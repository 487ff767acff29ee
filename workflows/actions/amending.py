"""Correcting a completed form: the old one stays in the record, the new one stands in its place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from workflows.actions.corrections import must_be_a_correction, must_be_correctable
from workflows.actions.journey import follow_up
from workflows.actions.paperwork import Occasion, Origin, Raw, file_document
from workflows.actions.tasks import must_work_on
from workflows.actions.together import Answers, read_correction
from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import Colleagues, NotAllowed, NotFound, RuleBroken
from workflows.desk import Desk, Work
from workflows.duties.concerns import raise_corrected
from workflows.duties.contact import mend_contact
from workflows.duties.news import offer_corrected
from workflows.duties.register import on_behalf
from workflows.storage import cases


@dataclass(frozen=True)
class Corrected:
    """The document that stands now; `colleagues`: whose corrections of the same document were joined in."""

    document_id: UUID
    colleagues: Colleagues | None = None


def amend_document(
    desk: Desk, document_id: UUID, raw: Raw, why: str, checked: Collection[str] | None = None
) -> Corrected:
    """File a new document that names the old one and the reason.

    What was corrected in the same document since the page was opened, by a colleague or in another window, is joined
    in. Raises AnswersRefused, and LookAgain for what is unusual or was changed by both, unless it is `checked`.
    """
    with desk.work() as work:
        before = work.session.get(Document, document_id)
        if before is None:
            raise NotFound("There is no such document.")
        case = cases.held(work.session, before.case_id)
        _must_be_mine_to_correct(work, case)
        if not why.strip():
            raise RuleBroken("Say why the document is amended.")
        must_be_correctable(work, before)
        form, versions = desk.forms.form(before.form_key), cases.versions_of(work.session, before)
        written = cases.first_version(work.session, before).completed_at
        occasion = Occasion(case, before.sections, written=written, checked=checked)
        answers, colleagues = read_correction(work, case, form, raw, occasion, versions)
        must_be_a_correction(work, case, versions[-1], form, answers)
        filed = answers | _left_out(versions, answers)
        after = file_document(work, case, form, filed, Origin(before.run_id, None, before.sections, corrects=True))
        after.amends_id, after.amended_why = versions[-1].id, why
        mend_contact(work, versions, after)
        after.happened("document amended", form=form.key, why=why)
        asking = on_behalf(work, case)
        offer_corrected(asking, versions[-1], after)
        raise_corrected(asking, versions[-1], after)
        follow_up(work)
        work.commit()
        return Corrected(after.id, colleagues)


def _must_be_mine_to_correct(work: Work, case: Case) -> None:
    must_work_on(work, case, "document")
    if not access.may(work.actor, "document.amend"):
        raise NotAllowed("Your role does not include correcting documents.")
    if not case.open:
        raise RuleBroken("The record of a closed case is frozen; it cannot be corrected here.")


def _left_out(versions: Sequence[Document], answers: Answers) -> dict[str, None]:
    """What a part had said, or taken away, and its correction does not say: what other papers say there stays away."""
    newest = versions[-1]
    return dict.fromkeys(sorted(newest.answers.keys() - answers.keys())) if newest.sections else {}
