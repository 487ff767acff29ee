"""A referral about somebody with an open case: new information in that case, heard at once where it is urgent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.casework.access import may_see_sensitive
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.document import Attachment, Document
from workflows.casework.errors import RuleBroken
from workflows.casework.referral import Referral
from workflows.desk import PendingStart
from workflows.duties.case import close
from workflows.duties.concerns import SENDER, bring_along, raise_in, raise_safeguarding_in, urgent_words
from workflows.duties.correspondence import send_letter
from workflows.duties.ending_runs import cancel_run
from workflows.duties.exclusions import leave_out_as_in
from workflows.duties.hospital_told import begin_stay_told
from workflows.duties.new_practice import hand_over_if_elsewhere
from workflows.duties.papers import answers, file_paper, newest
from workflows.duties.promised import pressing, promised_by
from workflows.duties.register import Asking, duty, on_behalf
from workflows.duties.telling import tell
from workflows.duties.told_details import SUBJECTS, compared, differing, take_over
from workflows.storage import cases, runs
from workflows.storage.lookups import lookups_for

NEWS, NEWS_READ, CHANGED_DETAILS = "F37", "F38", "F42"
READING = "acm_new_information"


@duty("intake.add_to_open_case")
def add_to_open_case(asking: Asking) -> None:
    """Put a referral into the case that is open already: as a document, as a task, and what is urgent as a concern."""
    case, session = asking.case, asking.work.session
    found = cases.open_case_of(session, case.person_id, case.programme_id, besides=case.id)
    if found is not None:
        _bring_to(asking, cases.held(session, found.id))


def join_into(asking: Asking, other: Case) -> None:
    """Bring a case home that should not be one of its own: its referral is read in the other one, and it closes."""
    _bring_to(asking, other)
    close(asking, "duplicate")
    cancel_run(asking, asking.run, f"the person has an open case ({other.number})")


def _bring_to(asking: Asking, other: Case) -> None:
    case, referral = asking.case, newest(asking, "F01")
    if referral is None:
        return
    case.happened("joined an open case", number=other.number)
    if case.source == "risk_list":  # a list says who somebody is and where registered, which the team knows
        other.happened("on a list as well", from_case=case.number)
        begin_stay_told(Asking(asking.work, other, asking.run, {}), case)
        return
    _under_one_roof(asking, other)
    author = str(referral.answers.get("referrer_name") or referral.author)
    news = file_paper(asking, other, NEWS, referral.answers, author)
    urgent = urgent_words(asking)
    who = ", ".join(str(referral.answers[name]) for name in SENDER if referral.answers.get(name)) or author
    other.happened("another referral came in", who=who, why="; ".join(urgent))
    if not bring_along(asking, other) and urgent:
        raise_in(asking, other, referral.answers, urgent)
    raise_safeguarding_in(asking, other, referral.answers)
    tell(asking, "new_information_urgent" if urgent else "new_information", "coordinator", about=other)
    _begin(asking, other, READING, {"document_id": news.id.hex, "whole_referral": True, **_read_by(asking, referral)})


def _read_by(asking: Asking, referral: Document) -> Mapping[str, Any]:
    """How soon, and by when, the referrer was told that somebody looks at what they sent."""
    work, programme = asking.work, asking.case.programme
    sent_at = work.session.scalar(select(Referral.sent_at).where(Referral.case_id == asking.case.id).limit(1))
    priority = pressing(work.desk, work.session, programme, referral.answers)
    by = promised_by(work.desk, programme, priority, sent_at or referral.completed_at).triage_by
    return {"priority": priority, "read_by": by.isoformat()}


def _under_one_roof(asking: Asking, other: Case) -> None:
    """Let the second referral be seen by those, and only those, who see the open case; its files go there."""
    case, session = asking.case, asking.work.session
    if other.team is not None:
        case.join_team(other.team)
    leave_out_as_in(asking.work, case, other)
    for file in session.scalars(select(Attachment).where(Attachment.case_id == case.id)):
        file.case_id = other.id
        file.happened("file attached", size=file.size, type=file.media_type)


def _begin(asking: Asking, case: Case, process: str, variables: Mapping[str, Any]) -> None:
    asking.work.pending.append(PendingStart(case, process, variables, asking.work.actor.id))


def leave_the_list(asking: Asking) -> None:
    """Close the nomination of somebody who is referred meanwhile: a clinician looks at the referral now."""
    session, case = asking.work.session, asking.case
    listed = cases.nomination_of(session, case.person_id, case.programme_id)
    running = runs.running(session, listed.id) if listed is not None and listed is not case else ()
    if listed is None or not running:
        return
    begin_stay_told(asking, listed)
    reviewing = Asking(asking.work, listed, running[0], {})
    listed.happened("joined an open case", number=case.number)
    close(reviewing, "duplicate")
    cancel_run(reviewing, running[0], f"the person was referred ({case.number})")


def offer_details(asking: Asking) -> None:
    """Let somebody compare what the referral says about a person we know with their record; once for each case."""
    begun = select(CaseRun.id).where(CaseRun.case_id == asking.case.id, CaseRun.process == READING).limit(1)
    referral = newest(asking, "F01")
    if referral is None or asking.work.session.scalar(begun) is not None:
        return
    if _offered(asking, asking.case, _said(asking)):
        _begin(asking, asking.case, READING, {"document_id": referral.id.hex, "whole_referral": False})


def offer_told(asking: Asking, paper: Document) -> None:
    """Let somebody compare what a paper says about the person with their record, if it says anything else."""
    if _offered(asking, asking.case, paper.answers):
        _begin(asking, asking.case, READING, {"document_id": paper.id.hex, "whole_referral": False})


def offer_corrected(asking: Asking, before: Document, after: Document) -> None:
    """Let somebody take over what a correction of the referral says otherwise about the person than it had said."""
    subjects = _offered(asking, asking.case, after.answers) if after.form_key == "F01" else []
    names = [name for key in subjects for name in SUBJECTS[key].names]
    if any(before.answers.get(name) != after.answers.get(name) for name in names):
        offer_told(asking, after)


@duty("intake.take_over_move")
def take_over_move(asking: Asking) -> None:
    """Let the record say where the person lives now, as whoever confirmed the move wrote it down."""
    said = answers(asking, "F26")
    home = {"address": said.get("new_address"), "postcode": said.get("new_postcode")}
    if home["address"] and differing(asking.case.person, home):
        take_over(asking.case.person, home, ["address"])
        _note_taken_over(asking, "Address")


def _note_taken_over(asking: Asking, what: str, **shown: str) -> None:
    person = asking.case.person
    person.happened("details taken over", what=what)
    for case in cases.open_cases_of_person(asking.work.session, person.id):
        case.happened("details taken over", what=what, **shown)


def _said(asking: Asking) -> dict[str, Any]:
    """What the referrer says about the person: the referral, put right by their answers to our questions."""
    reply = answers(asking, "F02", begins_with="ask")
    told = {"nhs_number": reply.get("nhs_number"), "dob": reply.get("dob"), "gp_practice": reply.get("practice_code")}
    return answers(asking, "F01") | {name: value for name, value in told.items() if value}


def _offered(asking: Asking, case: Case, said: Mapping[str, Any]) -> list[str]:
    """The subjects somebody may take over; never a number that stands in somebody else's record."""
    keys = differing(case.person, said)
    if "nhs_number" in keys and cases.confirmed_people(asking.work.session, str(said["nhs_number"])):
        keys.remove("nhs_number")
    return keys


@duty("intake.take_over_details")
def take_over_details(asking: Asking, document_id: str) -> None:
    """Let the record say what somebody ticked among what a referral says about the person; the rest stays as it was."""
    work, person = asking.work, asking.case.person
    referral = work.session.get_one(Document, UUID(document_id))
    said = _said(asking) if referral.form_key == "F01" and referral.amends_id is None else referral.answers
    offered = _offered(asking, asking.case, said)
    ticked = set(_decided(asking).get("take_over", ()))
    taken = [key for key in offered if key in ticked and _readable(asking, key)]
    form = work.desk.forms.form("F01")
    told = compared(form, person, said, taken, lookups_for(work.session, asking.case.programme, work.today, form=form))
    take_over(person, said, taken)
    for change in told:
        shown = {} if SUBJECTS[change.key].sensitive else {"before": change.ours or "nothing", "now": change.theirs}
        _note_taken_over(asking, change.label, **shown)
    if "gp_practice" in taken:
        for case in cases.open_cases_of_person(work.session, person.id):
            hand_over_if_elsewhere(asking if case.id == asking.case.id else on_behalf(work, case))
    left = [SUBJECTS[key].label for key in offered if key not in taken]
    if left:
        asking.case.happened("details kept", what=", ".join(left))


def _decided(asking: Asking) -> dict[str, Any]:
    """What was answered when the news of this process was read."""
    papers = cases.documents_of(asking.work.session, asking.case.id, NEWS_READ)
    mine = [paper for paper in papers if paper.run_id == asking.run.id]
    return dict(mine[-1].answers) if mine else {}


def _readable(asking: Asking, key: str) -> bool:
    return not SUBJECTS[key].sensitive or may_see_sensitive(asking.work.actor)


@duty("intake.answer_referrer")
def answer_referrer(asking: Asking, document_id: str, tell_referrer: str) -> None:
    """Note for the referrer that the team has read it and, where they may know, that the person is with us already."""
    session = asking.work.session
    news = session.get_one(Document, UUID(document_id))
    run = session.get(CaseRun, news.run_id) if news.run_id else None
    if run is None:
        raise RuleBroken("It is not known which referral this came with.")
    second = session.get_one(Case, run.case_id)
    for referral in session.scalars(select(Referral).where(Referral.case_id == second.id)):
        referral.status = "added" if tell_referrer == "yes" else "read"
        referral.happened("referral read by the team", reference=referral.reference, told=tell_referrer)
    if tell_referrer == "yes":
        send_letter(Asking(asking.work, second, run, {}), "L13", "referrer")
