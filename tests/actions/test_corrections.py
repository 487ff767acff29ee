"""What a correction of a completed form may not do: sign for another, decide anew, or change who agreed to what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workflows.actions.amending import amend_document
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused, NotAllowed
from workflows.casework.staff import StaffMember
from workflows.duties import Asking
from workflows.duties.consenting import override_now
from workflows.storage import runs

CHAIR = "Zielinski"


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def in_talk(town: Town) -> str:
    """Refer somebody who was not asked, up to the conversation about consent."""
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.")
    town.walk_until(number, "record_consent")
    return number


def newest(town: Town, number: str, form_key: str) -> Document:
    """The newest paper of a form."""
    query = select(Document).join(Case, Document.case_id == Case.id).where(Case.number == number)
    found: Document = town.ask(lambda s: s.scalars(query.where(Document.form_key == form_key)).all()[-1])
    return found


def correct(town: Town, paper: Document, by: UUID | str, **change: Any) -> UUID:
    """File a correction in somebody's name."""
    form = town.office.desk().forms.form(paper.form_key)
    who = town.who(by if isinstance(by, str) else town.ask(lambda s: s.get_one(StaffMember, by).name))
    return amend_document(
        town.office.desk(who), paper.id, form.inputs({**paper.answers, **change}), "Mistyped"
    ).document_id


def override(town: Town, number: str) -> str:
    """What the consent table would be told about sharing without consent."""
    with town.office.desk().work() as work:
        case = work.session.scalars(select(Case).where(Case.number == number)).one()
        return override_now(Asking(work, case, runs.running(work.session, case.id)[0], {}))


def test_sharing_without_consent_stays_rejected_whatever_its_paper_is_corrected_to(town: Town) -> None:
    number = in_talk(town)
    town.do(number, "record_consent", choice="not_sought", serious_harm="yes", capacity_doubt="no")
    town.do(number, "request_override")
    request = newest(town, number, "F08")
    town.do(number, "approve_override", approval="rejected")
    approval = newest(town, number, "F08")
    assert request.author_id != approval.author_id
    assert request.author_id
    assert approval.author_id
    with pytest.raises(NotAllowed, match=approval.author):
        correct(town, approval, request.author_id, approval_reason="Nobody else was asked")
    with pytest.raises(AnswersRefused) as refused:
        correct(town, approval, approval.author_id, approval="approved", expires_at="2026-11-20")
    assert set(refused.value.errors) == {"approval", "expires_at"}
    correct(town, request, request.author_id, harm=f"{request.answers['harm']}, spelt correctly this time")
    assert override(town, number) == "rejected"


def test_the_decision_of_the_meeting_is_corrected_by_its_chair_only(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "check_outcome_letters")
    record = newest(town, number, "F16")
    with pytest.raises(NotAllowed, match="so only Dr Tomasz Zielinski can correct it"):
        correct(town, record, "Siobhan", rationale="Because I think so")
    with pytest.raises(AnswersRefused, match="problem"):
        correct(town, record, CHAIR, signed_by_chair=str(town.who("Farah").id))
    correct(town, record, CHAIR, rationale="Because the meeting thought so")


def test_a_correction_of_the_consent_form_mends_its_words_and_nothing_that_was_agreed(town: Town) -> None:
    number = in_talk(town)
    town.do(number, "record_consent", share_with=["gp", "housing", "vcse", "community_health"])
    paper = newest(town, number, "F05")
    for change in (
        {"share_with": ["gp"]},
        {"choice": "refused", "serious_harm": "no", "refusal_explained": "No"},
        {"choice": "partial", "limits": "Not Farah", "exclusions": [{"name": "Farah"}]},
        {"discuss_mdt": "no", "choice": "partial", "limits": "No meeting"},
    ):
        with pytest.raises(AnswersRefused) as refused:
            correct(town, paper, "Siobhan", **change)
        assert any("Change consent" in message for message in refused.value.errors.values()), change
    newer = correct(town, paper, "Siobhan", notes="She asked for large print")
    assert town.case(number).sectors == {"gp", "housing", "vcse", "community_health"}
    narrower = {"choice": "partial", "limits": "Not housing", "share_with": ["gp", "community_health"]}
    town.press(number, "consent", by="Siobhan", **narrower)
    correct(town, town.ask(lambda session: session.get_one(Document, newer)), "Siobhan", notes="And an interpreter")
    assert town.case(number).sectors == {"gp", "community_health"}


def test_a_correction_may_not_say_what_a_completion_may_not(town: Town) -> None:
    """A visit before its risk is assessed; but a word may be mended in what was allowed when it was written."""
    number = town.refer()
    town.walk_until(number, "first_contact")
    town.do(number, "first_contact", route="phone", outcome="spoke")
    paper = newest(town, number, "F10")
    with pytest.raises(AnswersRefused) as refused:
        correct(town, paper, "Siobhan", route="home_visit")
    assert set(refused.value.errors) == {"route"}
