"""Two records of one person that are both known: one person asks to join them, another agrees, and one is kept.

The record that is not kept is set aside with all it says, never deleted, and its cases come over as they are: their
letters, consents and flags with them. When the join is found wrong, two people take it back, and they return.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from workflows.actions.proposals import put_before_a_colleague
from workflows.actions.tasks import must_see
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused, CaseworkError, NotAllowed, OutOfDate, RuleBroken
from workflows.casework.message import WAITING, Message
from workflows.casework.person import IdentityJoin, Person, PersonIdentifier
from workflows.desk import PendingStart, Work
from workflows.duties.news import CHANGED_DETAILS, offer_told
from workflows.duties.papers import file_paper
from workflows.duties.register import on_behalf
from workflows.duties.separation import LOOKING
from workflows.duties.told_details import differing, record_of
from workflows.storage import cases, identities, runs

SAME_PERSON, MERGE, THIS = "F44", "merge_identity", "this"
CASE_NAMED, KEPT = "other_case", "keep"  # questions of the form


def must_be_joinable(work: Work, case: Case, answers: Mapping[str, Any]) -> None:
    """Refuse to ask for a join that could not be carried out, at the question that has to be answered otherwise."""
    other = _other_case(work, answers)
    if other.person_id == case.person_id:
        raise AnswersRefused({CASE_NAMED: "This case is in the same record already"})
    kept, given_up = _in_order(case, other, answers)
    if given_up.nhs_number and not kept.nhs_number:
        raise AnswersRefused({KEPT: "Keep the record that has the NHS number"})
    if refusal := _why_not(work, kept, given_up):
        raise AnswersRefused({CASE_NAMED: refusal})


def ask_to_join(work: Work, case: Case, paper: Document) -> None:
    """Put it before somebody else that the record of this case and another one are of one person."""
    must_be_joinable(work, case, paper.answers)
    other, why = _other_case(work, paper.answers), paper.answers["how_known"]
    stays = case if paper.answers[KEPT] == THIS else other
    told = {"case_number": case.number, "other_case": other.number, "record_kept": stays.number, "how_known": why}
    how = f"Join the records of {case.number} and {other.number}, and keep that of {stays.number}: {why}"
    put_before_a_colleague(work, case, paper, MERGE, told, how)


def join_records(work: Work, message: Message, paper: Document) -> None:
    """Join the two records, as two people who both see them agreed; every case of either says so."""
    case, other = _both_seen(work, paper)
    _hold_all(work, case.person, other.person)
    kept, given_up = _in_order(case, other, paper.answers)
    if kept is given_up:
        raise OutOfDate("These records have been joined meanwhile.")
    if refusal := _why_not(work, kept, given_up):
        raise RuleBroken(refusal)
    _settle_what_told_of_it(work, message, kept, given_up)
    said, brought = record_of(given_up), identities.cases_of(work.session, given_up)
    _bring_over(work, kept, given_up, brought)
    _bring_numbers(work, kept, given_up)
    for one in identities.cases_of(work.session, kept):
        if one.open and one.previous_case_id is None:
            earlier = cases.last_closed_case_of(work.session, kept.id, one.programme_id)
            one.previous_case_id = earlier.id if earlier else None
        one.happened("records joined", numbers=_numbers(brought), why=message.proposed_how)
    _offer_what_differs(work, kept, said, _numbers(brought))


def separate_records(work: Work, join: IdentityJoin, paper: Document) -> None:
    """Take the join of two records back: what came over returns, and somebody looks what the join had led to."""
    kept, own = (work.session.get_one(Person, one) for one in (join.known_id, join.set_aside_id))
    _hold_all(work, kept)
    together = {one.case_id: one for one in identities.joined_with(work.session, join)}
    for one in [work.session.get_one(Case, case_id) for case_id in together]:
        if one.person_id != kept.id:
            raise OutOfDate("This record was joined with another one since. Take that join back first.")
        one.person = own
        together[one.id].take_back(work.now)
        one.happened("records separated", case=one.number, why=paper.answers["how_known"])
    for number in kept.identifiers:
        if number.known_to == join.joined_at:
            number.person, number.known_to = own, None
    own.stand_again()
    work.session.flush()
    _look_through(work, kept, own, _numbers(identities.cases_of(work.session, own)))


def _look_through(work: Work, kept: Person, own: Person, numbers: str) -> None:
    for one in identities.cases_of(work.session, kept, own):
        before = work.session.get(Case, one.previous_case_id) if one.previous_case_id else None
        if before is not None and before.person_id != one.person_id:
            one.previous_case_id = None
        if one.person_id == kept.id:
            one.happened("records separated", case=numbers)
        if one.open and not one.nominated:
            work.pending.append(PendingStart(one, LOOKING, {}))


def _other_case(work: Work, answers: Mapping[str, Any]) -> Case:
    """Return the case by which the other record is named; what the actor may not see cannot be named."""
    try:
        other = cases.by_number(work.session, str(answers[CASE_NAMED]).strip().upper())
        must_see(work, other)
    except CaseworkError as hidden:
        raise AnswersRefused({CASE_NAMED: str(hidden)}) from hidden
    return other


def _both_seen(work: Work, paper: Document) -> tuple[Case, Case]:
    """Return the two cases that were compared; only whoever sees both can agree that they are of one person."""
    case = work.session.get_one(Case, paper.case_id)
    try:
        must_see(work, case)
        return case, _other_case(work, paper.answers)
    except CaseworkError as hidden:
        raise NotAllowed("Somebody has to agree who may see both records, and can compare them.") from hidden


def _in_order(case: Case, other: Case, answers: Mapping[str, Any]) -> tuple[Person, Person]:
    """Return the record that is kept, and the one that is given up."""
    return (case.person, other.person) if answers[KEPT] == THIS else (other.person, case.person)


def _why_not(work: Work, kept: Person, given_up: Person) -> str:
    """Say what stands in the way of a join; empty when nothing does."""
    for person in (kept, given_up):
        if not person.confirmed:
            numbers = _numbers(identities.cases_of(work.session, person))
            return f"Who {numbers} is about is still to be settled, in its check of identity: join them there."
    if kept.dead is not given_up.dead:
        return "One of the records says that the person has died. Record the death in the other one, or take it back."
    open_now = [case for case in identities.cases_of(work.session, kept, given_up) if case.open]
    for case in open_now:
        twin = next((one for one in open_now if _twins(case, one)), None)
        if twin is not None:
            return _close_one(work, case, twin)
    return ""


def _twins(case: Case, other: Case) -> bool:
    return case.programme_id == other.programme_id and case.person_id != other.person_id


def _close_one(work: Work, *twins: Case) -> str:
    """Say that one of two open cases has to be closed first: nobody has two at once in one programme."""
    try:
        for case in twins:
            must_see(work, case)
    except CaseworkError:
        return "Both records have an open case in one programme. Ask its coordinators to close one first."
    one, other = sorted(case.number for case in twins)
    return (
        f"Both records have an open case in {twins[0].programme.name}: {one} and {other}. Nobody has two at once "
        "there. Close one of them first: end it, or mark it as entered in error and name the other."
    )


def _hold_all(work: Work, *people: Person) -> None:
    for case in identities.cases_of(work.session, *people):
        cases.held(work.session, case.id)


def _bring_over(work: Work, kept: Person, given_up: Person, brought: list[Case]) -> None:
    for case in brought:
        case.person = kept
        join = IdentityJoin(
            case_id=case.id, known_id=kept.id, set_aside_id=given_up.id, joined_at=work.now, whole_record=True
        )
        join.happened("record kept beside")
        work.session.add(join)
    given_up.give_way()
    work.session.flush()


def _bring_numbers(work: Work, kept: Person, given_up: Person) -> None:
    """Let whoever asks by the other record's NHS number find this one."""
    number = given_up.nhs_number
    if number and all(one.value != number for one in given_up.identifiers):
        given_up.identifiers.append(PersonIdentifier(value=number, known_from=work.now))
    for one in [one for one in given_up.identifiers if one.known_to is None]:
        one.person, one.known_to = kept, work.now
    kept.happened("record joined with another of the same person")


def _settle_what_told_of_it(work: Work, agreed: Message, kept: Person, given_up: Person) -> None:
    """Settle the messages of other systems that said the same: nobody has to look at them any more."""
    query = select(Message).where(Message.type == MERGE, Message.status.in_(WAITING), Message.id != agreed.id)
    for message in work.session.scalars(query.order_by(Message.id).with_for_update()):
        if set(identities.records_named(work.session, message)) == {kept, given_up}:
            message.settle(f"{agreed.proposed_by} and {work.actor.name}", "The records are joined.", work.now)


def _offer_what_differs(work: Work, kept: Person, said: dict[str, Any], numbers: str) -> None:
    """Put what the other record says otherwise before whoever looks after each open case; nothing changes by itself."""
    if not set(differing(kept, said)) - {"nhs_number"}:
        return
    for case in cases.open_cases_of_person(work.session, kept.id):
        if not case.nominated and runs.running(work.session, case.id):
            asking = on_behalf(work, case)
            told = {"told_by": f"The record of {numbers}, joined with this one", **said}
            offer_told(asking, file_paper(asking, case, CHANGED_DETAILS, told, work.actor.name))


def _numbers(found: list[Case]) -> str:
    return ", ".join(case.number for case in found)
