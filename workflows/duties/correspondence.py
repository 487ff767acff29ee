"""The letters of a case: written, held back, let go. Sending checks scope and death again."""

from __future__ import annotations

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.invited import from_elsewhere
from workflows.casework.notice import NOT_AGREED, THEIR_WISH, UNTIL_AGREED, Letter
from workflows.clock import london_day
from workflows.duties.acknowledging import acknowledge_by_email
from workflows.duties.carers import CARER, carer_may_know, has_carer
from workflows.duties.copies import copied_to, wanted_format, wanted_route
from workflows.duties.left_out import left_out
from workflows.duties.letter_words import letter_words
from workflows.duties.overtaken import make_way, spare_the_check
from workflows.duties.papers import answers, newest
from workflows.duties.referrers import somebody_referred
from workflows.duties.register import Asking, duty
from workflows.duties.short_answer import NO_FURTHER, referrer_may_know, shortened, stopped
from workflows.duties.wording import LetterTemplate, letter_template, template_for, template_of
from workflows.working_time import Counted

SECTOR_OF = {
    "gp": "gp", "ward": "hospital", "service": "vcse", "hospital": "hospital", "ambulance_111": "ambulance_111",
    "social_care": "adult_social_care", "mental_health": "mental_health", "vcse": "vcse",
}  # fmt: skip
REFERRER = "referrer"
INVITATION = "mdt_invitation"
WAITS = "held"  # until the person is home again
ACKNOWLEDGEMENT, HANDOVER = "L01", "L11"  # the last: of somebody who moves away, to the practice there
COPIES_OF_A_PLAN = frozenset({"L05", "L05p"})
OF_A_PLAN = COPIES_OF_A_PLAN | {"L14"}
REVIEW_INVITATION = "L06"


@duty("letters.draft")
def draft_letter(asking: Asking, template: str, to: str) -> None:
    """Write a letter as a draft for somebody to check; a draft already there is left as it is."""
    for recipient in copied_to(asking, template, recipients_in(to)):
        if anybody_there(asking, recipient) and _draft_of(asking, template, recipient) is None:
            spare_the_check(asking.work.session, write_letter(asking, template, recipient))


@duty("letters.send")
def send_letter(asking: Asking, template: str, to: str) -> None:
    """Put a letter into the tray to be sent: the checked draft where there is one, otherwise written now."""
    for recipient in copied_to(asking, template, recipients_in(to)):
        if not anybody_there(asking, recipient) or _thanked(asking, template, recipient):
            continue
        letter = _draft_of(asking, template, recipient) or write_letter(asking, template, recipient)
        judge(asking, letter)
        if template == ACKNOWLEDGEMENT and letter.status == "ready":
            acknowledge_by_email(asking, letter)


def judge(asking: Asking, letter: Letter) -> None:
    """Say what becomes of a finished letter: it is ready, it waits for the person to come home, or must not go."""
    written = template_of(letter)
    what: dict[str, str] = {"template": letter.template, "to": letter.recipient}
    withheld = why_withheld(asking, written, letter.recipient)
    if withheld:
        letter.status, letter.withheld_why = "withheld", withheld
        letter.happened("letter withheld", **what)
    elif written.waits_in_hospital and asking.case.clocks_paused_at is not None:
        letter.status, letter.withheld_why = WAITS, f"the clocks stand still: {asking.case.clocks_paused_why}"
        letter.happened("letter held", **what)
    else:
        letter.status, letter.withheld_why = "ready", None
        counted = _time_to_go(asking, written)
        letter.send_by = london_day(asking.case.calendar.counted(counted))
        letter.rest_on(counted, asking.work.now)
        letter.happened("letter ready", **what)
        make_way(asking.work.session, letter)


def _time_to_go(asking: Asking, written: LetterTemplate) -> Counted:
    work, case = asking.work, asking.case
    if written.key == ACKNOWLEDGEMENT:
        return work.time_of(case, "due.acknowledge_referral", work.now)
    if written.by_hand:
        return work.time_of(case, "due.tell_by_hand", work.now)
    return work.time_of(case, "due.send_letter", work.now)


def hold_back_what_may_not_go(asking: Asking) -> None:
    """Withhold, from the moment less is shared, what lies ready for somebody whom that no longer reaches.

    A referrer is answered once it is recorded what the person wants, with no more than that it was discussed or ended.
    What waits with that short answer says all of it from the moment the sharing reaches them.
    """
    short = not referrer_may_know(asking.work.session, asking.case)
    for letter in (one for status in ("draft", "ready", WAITS) for one in _letters(asking, status)):
        theirs = letter.recipient == REFERRER and template_of(letter).needs_consent
        if theirs and (short or NO_FURTHER in letter.text):
            _write_anew(asking, letter)
            letter.happened("letter written", template=letter.template, to=REFERRER)
    for letter in (*_letters(asking, "ready"), *_letters(asking, WAITS)):
        if why_withheld(asking, template_of(letter), letter.recipient):
            judge(asking, letter)


def let_go_what_may_again(asking: Asking) -> int:
    """Put into the tray what was held back until the person agreed, and now may go; returns how many letters.

    The newest first, so that an older one it tells as much as makes way. What names the plan or its review is written
    anew; what else has happened since is said with each, see `duties.told_since`.
    """
    again = 0
    for letter in reversed(_letters(asking, "withheld")):
        written = template_of(letter)
        overtaken = letter.status != "withheld"  # by a newer one, a moment ago
        if overtaken or letter.withheld_why not in UNTIL_AGREED or why_withheld(asking, written, letter.recipient):
            continue
        if letter.template in OF_A_PLAN or letter.recipient == REFERRER:
            _write_anew(asking, letter)
        judge(asking, letter)
        again += 1
    return again


def hold_invitations(asking: Asking) -> None:
    """Keep back what asks the person to do something at home, from the moment they are in hospital."""
    for letter in _letters(asking, "ready"):
        if template_of(letter).waits_in_hospital:
            judge(asking, letter)


def let_invitations_go(asking: Asking) -> None:
    """Write what was kept back anew, with today's dates, and put it into the tray."""
    for letter in _letters(asking, WAITS):
        _write_anew(asking, letter)
        judge(asking, letter)


def tell_the_next_review(asking: Asking) -> None:
    """Write the copies of the plan and the invitation that are not sent yet anew: they name the review as it is set."""
    for letter in _letters(asking, "ready"):
        if letter.template in {*COPIES_OF_A_PLAN, REVIEW_INVITATION}:
            _write_anew(asking, letter)
            letter.happened("letter written", template=letter.template, to=letter.recipient)


def _write_anew(asking: Asking, letter: Letter) -> None:
    letter.text, letter.written_at = _filled(asking, template_of(letter), letter.recipient), asking.work.now


def _filled(asking: Asking, written: LetterTemplate, recipient: str) -> str:
    """Return the text of a letter now: for a referrer whom the sharing does not reach the short answer."""
    words = letter_words(asking, recipient)
    to_them = recipient == REFERRER and written.needs_consent
    short = to_them and not referrer_may_know(asking.work.session, asking.case)
    return written.fill(shortened(words) if short else words)


def let_letters_back(asking: Asking, why: str) -> None:
    """Take back what was held back by a mistake: drafts wait to be checked, finished letters to be sent."""
    for letter in _letters(asking, "withheld"):
        if letter.withheld_why != why:
            continue
        if letter.send_by is None and not template_of(letter).waits_in_hospital:
            letter.status, letter.withheld_why = "draft", None
            letter.happened("letter waits to be checked again", template=letter.template, to=letter.recipient)
        else:
            judge(asking, letter)


def _letters(asking: Asking, status: str) -> list[Letter]:
    query = select(Letter).where(Letter.case_id == asking.case.id, Letter.status == status)
    return list(asking.work.session.scalars(query.order_by(Letter.id)))


def anybody_there(asking: Asking, recipient: str) -> bool:
    """Say whether a recipient exists: not everybody has a carer, and nobody referred a person found on a list."""
    if recipient == "referrer":
        return somebody_referred(asking.work.session, asking.case)
    return recipient != CARER or has_carer(asking)


def why_withheld(asking: Asking, template: LetterTemplate, recipient: str) -> str | None:
    """Say why a letter must not go out; None when it may.

    Letters written before an ending are withheld when it begins; what the ending itself writes is judged here.
    """
    to_the_home = recipient in {"person", "carer"} or template.audience == "person"
    if asking.case.person.dead and (to_the_home or not template.after_death):
        return "the person has died"
    if left_out(asking, recipient):
        return THEIR_WISH
    if template.needs_consent and not _reached(asking, template, recipient):
        return NOT_AGREED
    return None


def _reached(asking: Asking, template: LetterTemplate, recipient: str) -> bool:
    if template.key == HANDOVER and handover_agreed(asking):
        return True
    if recipient == REFERRER and not referrer_may_know(asking.work.session, asking.case):
        # who discusses the person hears more than the short answer
        return template.key != INVITATION and not stopped(asking.work.session, asking.case)
    return in_care(asking, recipient) if template.by_hand else scope_allows(asking, recipient)


def handover_agreed(asking: Asking) -> bool:
    """Say whether the person, who moves away, agreed to the handover: a consent of its own, until they say otherwise.

    The new practice is none of those about whom they were asked before.
    """
    moved, consent = newest(asking, "F26"), newest(asking, "F05")
    if moved is None or (consent is not None and consent.completed_at > moved.completed_at):
        return False
    return bool(answers(asking, "F26").get("handover_consent") == "yes")


def scope_allows(asking: Asking, recipient: str) -> bool:
    """Say whether the sharing scope reaches a recipient; person and our own staff are always in it.

    So is a referrer: where it does not reach them they get the short answer, if that may go, see
    `duties.short_answer`. A carer is in it where the person named them.
    """
    if recipient == CARER:
        return carer_may_know(asking)
    sector = _sector_of(recipient)
    return sector is None or (agreed(asking.case) and sector in asking.case.sectors)


def in_care(asking: Asking, recipient: str) -> bool:
    """Say whether somebody may know of the case: until the person has been asked, those who care for them anyway.

    Nobody could be asked where nobody could be reached, and their own doctor may know how to.
    """
    if recipient == CARER:
        return carer_may_know(asking)
    sector = _sector_of(recipient)
    return sector is None or sector in asking.case.sectors


def _sector_of(recipient: str) -> str | None:
    invited = from_elsewhere(recipient)
    return invited.sector if invited else SECTOR_OF.get(recipient)


def agreed(case: Case) -> bool:
    """Say whether anything may go outside at all: somebody decided that it may, and to whom."""
    return case.sharing_scope in {"full", "limited", "care_professionals"}


def _thanked(asking: Asking, template: str, recipient: str) -> bool:
    """Whether a referral was acknowledged before: one that is opened again is still the one that we thanked for."""
    query = select(Letter.id).where(
        Letter.case_id == asking.case.id, Letter.template == template, Letter.recipient == recipient
    )
    gone = query.where(Letter.status.in_(("ready", "sent")))
    return template == ACKNOWLEDGEMENT and asking.work.session.scalar(gone.limit(1)) is not None


def _draft_of(asking: Asking, template: str, recipient: str) -> Letter | None:
    query = select(Letter).where(
        Letter.case_id == asking.case.id,
        Letter.template == template,
        Letter.recipient == recipient,
        Letter.status == "draft",
    )
    return asking.work.session.scalar(query.limit(1))


def write_letter(asking: Asking, template: str, recipient: str) -> Letter:
    """Write a letter as a draft, in the words of this moment."""
    written = letter_template(template_for(template, recipient))
    letter = Letter(
        case_id=asking.case.id,
        template=template,
        title=written.title,
        audience=written.audience,
        recipient=recipient,
        text=_filled(asking, written, recipient),
        format=wanted_format(asking, template, recipient) or _format(asking.case, recipient),
        route=wanted_route(asking, template, recipient),
        status="draft",
        written_at=asking.work.now,
    )
    letter.happened("letter written", template=template, to=recipient)
    asking.work.session.add(letter)
    return letter


def _format(case: Case, recipient: str) -> str:
    if recipient == CARER:  # the needs on record are those of the person
        return "letter"
    needs = case.person.details.get("comm_needs") or []
    return next((need for need in ("large_print", "easy_read", "braille", "audio") if need in needs), "letter")


def recipients_in(to: str) -> list[str]:
    """Return the recipients that a diagram names in one line."""
    return [one.strip() for one in to.split(",") if one.strip()]
