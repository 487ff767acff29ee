"""Taking a wrong join of two records back: one person asks for it, another agrees, and both people have their own."""

from __future__ import annotations

from uuid import UUID

from workflows.actions.parked_notices import tell_somebody
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import OutOfDate
from workflows.casework.message import Envelope, Message
from workflows.casework.person import Person
from workflows.desk import Work
from workflows.duties.separation import open_again
from workflows.storage import cases, identities

WRONG_PERSON = "F39"


def ask_to_separate(work: Work, case: Case, paper: Document) -> None:
    """Put it before somebody else that a join with this case's person was wrong."""
    asked = Envelope(
        message_id=f"separate-{paper.id.hex}",
        type="split_identity",
        nhs_number=case.person.nhs_number or "",
        dob=case.person.dob,
        occurred_at=work.now,
        source=work.actor.name,
        payload={"case_number": paper.answers["which"], "how_known": paper.answers["how_known"], "asked": paper.id.hex},
    )
    message = Message.received(asked, work.now)
    message.propose(work.actor.id, work.actor.name, f"Take the join back: {paper.answers['how_known']}")
    work.session.add(message)
    tell_somebody(work, message)


def carry_out_agreed(work: Work, message: Message) -> None:
    """Take the join back when that is what two people agreed; another proposal was carried out by those who made it."""
    paper = _asked(work, message)
    if paper is None:
        return
    case = cases.held(work.session, cases.by_number(work.session, str(paper.answers["which"])).id)
    join = identities.standing_join(work.session, case)
    if join is None:
        raise OutOfDate("This join was taken back meanwhile.")
    known, own = case.person, work.session.get_one(Person, join.set_aside_id)
    if own.nhs_number and own.nhs_number == known.nhs_number:
        own.happened("NHS number set aside: it belongs to somebody else")
        own.nhs_number = None
    case.person, case.previous_case_id = own, None
    join.take_back(work.now)
    if not open_again(work, case, join):  # otherwise who it is about is settled anew
        own.confirm(work.now)
    for one in {case, work.session.get_one(Case, paper.case_id)}:
        one.happened("records separated", case=case.number, why=paper.answers["how_known"])


def _asked(work: Work, message: Message) -> Document | None:
    """Return the form that asks for it, if it is what was proposed last."""
    try:
        paper = work.session.get(Document, UUID(str(message.payload.get("asked"))))
    except ValueError:
        return None
    theirs = paper is not None and paper.form_key == WRONG_PERSON and paper.author_id == message.proposed_by_id
    return paper if theirs else None
