"""Letters leave the house by hand: a draft is put right, a ready one is printed, posted and marked as sent."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from workflows.actions.tasks import must_work_on
from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, OutOfDate, RuleBroken
from workflows.casework.notice import Letter
from workflows.desk import Desk, Work
from workflows.duties.contact_wishes import not_by_post, read_before_sending
from workflows.duties.correspondence import why_withheld
from workflows.duties.letter_text import fingerprint, parts_of
from workflows.duties.person_first import persons_letter_waits
from workflows.duties.register import Asking
from workflows.duties.wording import template_of
from workflows.storage import cases

LONGEST, LONGEST_REASON = 20_000, 300  # characters: a letter, not a report; one sentence


HOW_TOLD = ("phone", "letter", "secure_mail", "in_person")


def mark_sent(desk: Desk, letter_id: UUID, how: str | None = None, before: str = "") -> str | None:
    """Note that a ready letter was posted or handed over. Death and scope are asked again at this moment.

    `how`: how it reached them (one of HOW_TOLD), of what is told by phone or post, and of a letter to somebody who
    wants no post or whom it is not safe to write to without care. `before`: why it goes before the person's own letter,
    where that one still waits.
    Returns None, or the reason why it must not go out: then it is withheld, and nobody may have sent it.
    """
    with desk.work() as work:
        letter, case = _held(work, letter_id)
        if letter.status == "sent":
            raise OutOfDate("This letter has been marked as sent already.")
        if letter.status != "ready":
            raise RuleBroken("Only a letter that is ready can be sent.")
        why = why_withheld(_on_behalf(work, case), template_of(letter), letter.recipient)
        if why:
            letter.status, letter.withheld_why = "withheld", why
            letter.happened("letter withheld", template=letter.template, to=letter.recipient, why=why)
        else:
            letter.send(
                work.actor.name, work.now, _how_told(work, letter, how), _why_before(work, letter, before.strip())
            )
        work.commit()
        return why


def _how_told(work: Work, letter: Letter, how: str | None) -> str | None:
    unwanted, note = not_by_post(work.session, [letter]), read_before_sending(work.session, [letter])
    if not (unwanted or note or template_of(letter).by_hand):
        return None
    if how not in HOW_TOLD:
        asked = "Select how it reached them: they do not want post" if unwanted else "Select how they were told"
        read = "Read how to contact the person safely, and select how it reached them"
        raise AnswersRefused({"how": asked if unwanted or not note else read})
    return how


def _why_before(work: Work, letter: Letter, why: str) -> str | None:
    if not persons_letter_waits(work.session, letter):
        return None
    if not why:
        raise AnswersRefused({"before": "Enter why it goes before the person’s own letter, or send that one first"})
    if len(why) > LONGEST_REASON:
        raise AnswersRefused({"before": f"The reason must be {LONGEST_REASON} characters or fewer"})
    return why


def change_text(desk: Desk, letter_id: UUID, text: str, seen: str) -> None:
    """Put the text of a draft right. `seen` names the text that was read (see `questions.letters`)."""
    with desk.work() as work:
        letter, _case = _held(work, letter_id)
        if letter.status != "draft":
            raise OutOfDate("This letter is no longer a draft; its text stands.")
        if fingerprint(letter.text) != seen:
            raise OutOfDate("Somebody else has changed this letter meanwhile.")
        wanted = _clean(text)
        subject, _ = parts_of(letter.text)
        letter.text = f"Subject: {subject}\n\n{wanted}\n" if subject else f"{wanted}\n"
        letter.happened("letter text changed", template=letter.template, to=letter.recipient)
        work.commit()


def _clean(text: str) -> str:
    wanted = text.replace("\r\n", "\n").strip()
    if not wanted:
        raise AnswersRefused({"text": "Enter the text of the letter"})
    if len(wanted) > LONGEST:
        raise AnswersRefused({"text": f"The letter must be {LONGEST:,} characters or fewer"})
    return wanted


def _held(work: Work, letter_id: UUID) -> tuple[Letter, Case]:
    """Hold the letter's case, so that two acts on one letter happen one after the other."""
    if not access.may(work.actor, "letter.send"):
        raise NotAllowed("Your role does not include sending letters.")
    letter = work.session.get(Letter, letter_id)
    if letter is None:
        raise NotFound("There is no such letter, or it is not yours to see.")
    case = cases.held(work.session, letter.case_id)
    must_work_on(work, case, "letter")
    work.session.refresh(letter)
    return letter, case


def _on_behalf(work: Work, case: Case) -> Asking:
    """Ask as the case's first process would: the sharing scope is the same for all of them."""
    run = work.session.scalar(select(CaseRun).where(CaseRun.case_id == case.id).order_by(CaseRun.id).limit(1))
    if run is None:
        raise RuleBroken("This case has no process.")
    return Asking(work, case, run, {})
