"""Who somebody is to the record, settled by two people: two records joined, or a wrong join taken back."""

from __future__ import annotations

from workflows.actions.joining import SAME_PERSON, join_records, separate_records
from workflows.actions.proposals import asked_for, put_before_a_colleague
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import OutOfDate
from workflows.casework.message import Message
from workflows.casework.person import IdentityJoin, Person
from workflows.desk import Work
from workflows.duties.exclusions import forget_whom_another_left_out
from workflows.duties.separation import open_again
from workflows.storage import cases, identities

WRONG_PERSON = "F39"


def ask_to_separate(work: Work, case: Case, paper: Document) -> None:
    """Put it before somebody else that a join with this case's person was wrong."""
    why = paper.answers["how_known"]
    told = {"case_number": paper.answers["which"], "how_known": why}
    put_before_a_colleague(work, case, paper, "split_identity", told, f"Take the join back: {why}")


def carry_out_agreed(work: Work, message: Message) -> None:
    """Do what two people agreed about a record; another proposal was carried out by those who made it."""
    paper = asked_for(work, message)
    if paper is not None and paper.form_key == SAME_PERSON:
        join_records(work, message, paper)
    elif paper is not None and paper.form_key == WRONG_PERSON:
        _take_back(work, paper)


def _take_back(work: Work, paper: Document) -> None:
    case = cases.held(work.session, cases.by_number(work.session, str(paper.answers["which"])).id)
    join = identities.standing_join(work.session, case)
    if join is None:
        raise OutOfDate("This join was taken back meanwhile.")
    if join.whole_record:
        separate_records(work, join, paper)
    else:
        _give_its_own(work, case, join, paper)


def _give_its_own(work: Work, case: Case, join: IdentityJoin, paper: Document) -> None:
    """Give a referral the record of whom it had named, set aside when it was joined with another."""
    known, own = case.person, work.session.get_one(Person, join.set_aside_id)
    if own.nhs_number and own.nhs_number == known.nhs_number:
        own.happened("NHS number set aside: it belongs to somebody else")
        own.nhs_number = None
    case.person, case.previous_case_id = own, None
    forget_whom_another_left_out(work, case, known.id)
    join.take_back(work.now)
    if not open_again(work, case, join):  # otherwise who it is about is settled anew
        own.confirm(work.now)
    for one in {case, work.session.get_one(Case, paper.case_id)}:
        one.happened("records separated", case=case.number, why=paper.answers["how_known"])
