"""Drafts of referrers without an account: begun, saved at every step, opened again with a code, purged when old.

The files chosen in a draft are kept with it; they go to the case once the referral is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marshmallow import ValidationError, validate
from sqlalchemy import select

from forms.inputs import names_of, without_numbers
from workflows.actions.attachments import ChosenFiles, drop_unnamed, take_in
from workflows.actions.incidents import leaving_out_what_fails
from workflows.actions.journey import deliver, follow_up
from workflows.actions.paperwork import Origin, Raw, file_document
from workflows.actions.referral_codes import code_hash, new_code, new_reference, opened
from workflows.casework.errors import AnswersRefused, NotFound, RuleBroken
from workflows.casework.programme import Programme
from workflows.casework.referral import Referral
from workflows.desk import Desk, Work
from workflows.duties.left_out import referrer_left_out
from workflows.duties.outgoing import Told, put_out
from workflows.storage import cases, files
from workflows.working_time import Duration

REFERRAL_FORM = "F01"
KEPT_FOR = "wait.draft_referral"
USUALLY_KEPT_FOR = "14D"
LONGEST_ANSWER = 4000
MOST_PURGED = 500
NOT_AWAITED = "The team does not wait for an answer any more. If it matters, phone the team."


@dataclass(frozen=True)
class StartedReferral:
    """A draft referral of somebody without an account; the code is shown once and opens it again."""

    reference: str
    code: str


def start_referral(desk: Desk, programme_key: str) -> StartedReferral:
    """Open a draft for a referrer without an account. Only a hash of the code is kept."""
    with desk.work() as work:
        programme = work.session.scalar(select(Programme).where(Programme.key == programme_key))
        if programme is None:
            raise NotFound("There is no such programme.")
        code = new_code()
        referral = Referral(
            programme_id=programme.id,
            reference=new_reference(),
            code_hash=code_hash(desk, code),
            started_at=work.now,
            saved_at=work.now,
            form_version=desk.forms.form(REFERRAL_FORM).version,
        )
        referral.happened("referral begun", reference=referral.reference)
        work.session.add(referral)
        work.commit()
        return StartedReferral(referral.reference, code)


def save_referral(desk: Desk, reference: str, code: str, raw: Raw) -> datetime:
    """Keep what a referrer has typed so far; returns when. Only answers to questions of the form are kept."""
    with desk.work() as work:
        referral = _draft(work, reference, code)
        _put_down(work, referral, raw)
        work.commit()
        return referral.saved_at


def keep_with_referral(desk: Desk, reference: str, code: str, raw: Raw, chosen: ChosenFiles) -> dict[str, list[str]]:
    """Keep what a referrer has typed so far with the files chosen; returns it with the files' ids.

    A file that is no longer named by the answers has been replaced or taken out, and goes.
    """
    with desk.work() as work:
        referral, form = _draft(work, reference, code), desk.forms.form(REFERRAL_FORM)
        filled = form.with_files(raw, take_in(work, chosen, {"referral_id": referral.id}))
        _put_down(work, referral, filled)
        drop_unnamed(work, files.of_referral(referral.id), form.files_typed(filled))
        work.commit()
        return filled


def keep_late_part(desk: Desk, reference: str, part: str, posted: Raw, chosen: ChosenFiles) -> bool:
    """Keep one part that came from a page older than the session; says whether there was a draft to keep it in.

    Whoever calls has made sure that the page was one of this draft; nothing is shown or returned without the code.
    """
    with desk.work() as work:
        query = select(Referral).where(Referral.reference == reference, Referral.status == "draft").with_for_update()
        referral, form = work.session.scalar(query), desk.forms.form(REFERRAL_FORM)
        if referral is None:
            return False
        sections = [section for section in form.sections if section.key == part]
        asked = {name for section in sections for name, _ in names_of(section.fields)}
        others = {name: values for name, values in referral.raw.items() if without_numbers(name) not in asked}
        typed = others | {name: list(values) for name, values in posted.items() if without_numbers(name) in asked}
        _put_down(work, referral, form.with_files(typed, take_in(work, chosen, {"referral_id": referral.id})))
        work.commit()
        return True


def _draft(work: Work, reference: str, code: str) -> Referral:
    referral = opened(work, reference, code)
    if referral.status != "draft":
        raise RuleBroken("This referral has been sent. What is new tell the team by phone.")
    return referral


def _put_down(work: Work, referral: Referral, raw: Raw) -> None:
    form = work.desk.forms.form(REFERRAL_FORM)
    asked = {name for name, _ in names_of(form.definition.questions)}
    referral.raw = {name: list(values) for name, values in raw.items() if without_numbers(name) in asked}
    referral.form_version, referral.saved_at = form.version, work.now
    referral.happened("draft referral saved")


@leaving_out_what_fails
def answer_questions(desk: Desk, reference: str, code: str, text: str) -> None:
    """Hand the referrer's answer to the case that asked for it. Raises RuleBroken when nothing was asked."""
    said = text.strip()
    if not said:
        raise AnswersRefused({"answer": "Enter your answer"})
    if len(said) > LONGEST_ANSWER:
        raise AnswersRefused({"answer": f"Your answer must be {LONGEST_ANSWER:,} characters or fewer"})
    with desk.work() as work:
        referral = opened(work, reference, code)
        if referral.case_id is None:
            raise RuleBroken("This referral has not been sent yet.")
        case = cases.held(work.session, referral.case_id)
        if referrer_left_out(work.session, case):
            raise RuleBroken(NOT_AWAITED)
        form = desk.forms.form("F02")
        answers = {"state": "answered", "answer": said, "answered_by": "the referrer", "answered_on": f"{work.today}"}
        file_document(work, case, form, answers, Origin(sections=["reply"], author="the referrer"))
        if not deliver(work, case, "referrer_reply", {}):
            raise RuleBroken(NOT_AWAITED)
        follow_up(work)
        work.commit()


def purge_old_drafts(desk: Desk) -> int:
    """Empty drafts that were not touched for the programme's time (T10) and tell their referrers; returns how many."""
    with desk.work() as work:
        query = select(Referral).where(Referral.status == "draft", Referral.code_hash.is_not(None))
        programmes = {found.id: found for found in work.session.scalars(select(Programme))}
        purged = 0
        for referral in work.session.scalars(query.order_by(Referral.saved_at).limit(MOST_PURGED).with_for_update()):
            if kept_until(desk, programmes[referral.programme_id], referral.saved_at) <= work.now:
                _purge(work, referral, programmes[referral.programme_id])
                purged += 1
        work.commit()
        return purged


def kept_until(desk: Desk, programme: Programme, saved_at: datetime) -> datetime:
    """Return until when a draft saved at an instant is kept."""
    try:
        rule = programme.setting(KEPT_FOR, desk.today)
    except RuleBroken:
        rule = USUALLY_KEPT_FOR
    return programme.calendar.due(saved_at, Duration.parse(rule))


def _purge(work: Work, referral: Referral, programme: Programme) -> None:
    address = _address(referral.raw)
    referral.raw, referral.status, referral.code_hash = {}, "purged", None
    referral.happened("draft referral purged", reference=referral.reference, told=bool(address))
    if not address:
        return
    link = f"{work.desk.settings.base_url}/refer/{programme.key}"
    put_out(work, Told("draft_purged", f"draft_purged:{referral.id.hex}", {"link": link}), address)


def _address(raw: Mapping[str, Sequence[str]]) -> str:
    """Return the referrer's email address among what was typed; "" when there is none that could be written to."""
    typed = next(iter(raw.get("referrer_email", ())), "").strip()
    try:
        return str(validate.Email()(typed)) if typed and len(typed) <= 254 else ""
    except ValidationError:
        return ""
