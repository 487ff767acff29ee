"""What goes out: letters of the case and notices to those who work on it. Sending checks scope and death again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.notice import Letter, Notice
from workflows.casework.staff import StaffMember
from workflows.clock import london_day
from workflows.duties.copies import copied_to, wanted_format, wanted_route
from workflows.duties.left_out import left_out
from workflows.duties.overtaken import make_way
from workflows.duties.papers import answers
from workflows.duties.register import Asking, duty
from workflows.duties.routes import pool_of
from workflows.duties.wording import LetterTemplate, letter_template, letter_words, template_for
from workflows.storage import alleged, people
from workflows.storage.doers import may_be_asked

SECTOR_OF = {
    "gp": "gp", "ward": "hospital", "service": "vcse", "hospital": "hospital", "ambulance_111": "ambulance_111",
    "social_care": "adult_social_care", "mental_health": "mental_health", "vcse": "vcse",
}  # fmt: skip
WAITS = "held"  # until the person is home again
SAFEGUARDING = "safeguarding"
OUTSIDE = frozenset({"referrer", "gp", "service", "copy_holders"})
TELL = "tell"  # the route of what somebody tells by phone or post
# What holds copies of what we know about the person.
COPIES = frozenset({"L04", "L05", "L08", "L09", "L11", "L14"})
COPIES_OF_A_PLAN = frozenset({"L05", "L05p"})


@duty("letters.draft")
def draft_letter(asking: Asking, template: str, to: str) -> None:
    """Write a letter as a draft for somebody to check; a draft already there is left as it is."""
    for recipient in copied_to(asking, template, _list(to)):
        if anybody_there(asking, recipient) and _draft_of(asking, template, recipient) is None:
            _write(asking, template, recipient)


@duty("letters.send")
def send_letter(asking: Asking, template: str, to: str) -> None:
    """Put a letter into the tray to be sent: the checked draft where there is one, otherwise written now."""
    for recipient in copied_to(asking, template, _list(to)):
        if not anybody_there(asking, recipient):
            continue
        _judge(asking, _draft_of(asking, template, recipient) or _write(asking, template, recipient))


def _judge(asking: Asking, letter: Letter) -> None:
    """Say what becomes of a finished letter: it is ready, it waits for the person to come home, or must not go."""
    written = letter_template(template_for(letter.template, letter.recipient))
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
        letter.send_by = _day_to_go(asking, written)
        letter.happened("letter ready", **what)
        make_way(asking.work.session, letter)


def _day_to_go(asking: Asking, written: LetterTemplate) -> date:
    work, programme = asking.work, asking.case.programme
    due = work.due(programme, "due.tell_by_hand") if written.by_hand else work.due(programme, "due.send_letter")
    return london_day(due)


def hold_back_what_may_not_go(asking: Asking) -> None:
    """Withhold, from the moment less is shared, what lies ready for somebody whom that no longer reaches."""
    for letter in (*_letters(asking, "ready"), *_letters(asking, WAITS)):
        if why_withheld(asking, letter_template(template_for(letter.template, letter.recipient)), letter.recipient):
            _judge(asking, letter)


def hold_invitations(asking: Asking) -> None:
    """Keep back what asks the person to do something at home, from the moment they are in hospital."""
    for letter in _letters(asking, "ready"):
        if letter_template(template_for(letter.template, letter.recipient)).waits_in_hospital:
            _judge(asking, letter)


def let_invitations_go(asking: Asking) -> None:
    """Write what was kept back anew, with today's dates, and put it into the tray."""
    for letter in _letters(asking, WAITS):
        _write_anew(asking, letter)
        _judge(asking, letter)


def tell_the_next_review(asking: Asking) -> None:
    """Write the copies of the plan that are not sent yet anew, so that they name the review as it was set."""
    for letter in _letters(asking, "ready"):
        if letter.template in COPIES_OF_A_PLAN:
            _write_anew(asking, letter)
            letter.happened("letter written", template=letter.template, to=letter.recipient)


def _write_anew(asking: Asking, letter: Letter) -> None:
    written = letter_template(template_for(letter.template, letter.recipient))
    letter.text, letter.written_at = written.fill(letter_words(asking, letter.recipient)), asking.work.now


def let_letters_back(asking: Asking, why: str) -> None:
    """Take back what was held back by a mistake: drafts wait to be checked, finished letters to be sent."""
    for letter in _letters(asking, "withheld"):
        if letter.withheld_why != why:
            continue
        if (
            letter.send_by is None
            and not letter_template(template_for(letter.template, letter.recipient)).waits_in_hospital
        ):
            letter.status, letter.withheld_why = "draft", None
            letter.happened("letter waits to be checked again", template=letter.template, to=letter.recipient)
        else:
            _judge(asking, letter)


def _letters(asking: Asking, status: str) -> list[Letter]:
    query = select(Letter).where(Letter.case_id == asking.case.id, Letter.status == status)
    return list(asking.work.session.scalars(query.order_by(Letter.id)))


def anybody_there(asking: Asking, recipient: str) -> bool:
    """Say whether a recipient exists: not everybody has a carer, and nobody referred a person found on a list."""
    if recipient == "referrer":
        return asking.case.source != "risk_list" or bool(answers(asking, "F01").get("referrer_name"))
    return recipient != "carer" or _has_carer(asking)


def _has_carer(asking: Asking) -> bool:
    """Whether anybody cares for the person: the assessment knows better than the referral."""
    strain = answers(asking, "F11").get("carer_strain")
    if strain in {"no_carer", "yes", "no"}:
        return bool(strain != "no_carer")
    return bool(answers(asking, "F01").get("has_carer") == "yes")


def why_withheld(asking: Asking, template: LetterTemplate, recipient: str) -> str | None:
    """Say why a letter must not go out; None when it may.

    Letters written before an ending are withheld when it begins; what the ending itself writes is judged here.
    """
    to_the_home = recipient in {"person", "carer"} or template.audience == "person"
    if asking.case.person.dead and (to_the_home or not template.after_death):
        return "the person has died"
    if left_out(asking, recipient):
        return "the person does not want them to know"
    reached = in_care(asking, recipient) if template.by_hand else scope_allows(asking, recipient)
    if template.needs_consent and not reached:
        return "outside what the person agreed to share"
    return None


def scope_allows(asking: Asking, recipient: str) -> bool:
    """Say whether the sharing scope reaches a recipient; person, referrer and our own staff are always in it."""
    return recipient not in SECTOR_OF or (agreed(asking.case) and SECTOR_OF[recipient] in asking.case.sectors)


def in_care(asking: Asking, recipient: str) -> bool:
    """Say whether somebody may know of the case: until the person has been asked, those who care for them anyway.

    Nobody could be asked where nobody could be reached, and their own doctor may know how to.
    """
    return recipient not in SECTOR_OF or SECTOR_OF[recipient] in asking.case.sectors


def agreed(case: Case) -> bool:
    """Say whether anything may go outside at all: somebody decided that it may, and to whom."""
    return case.sharing_scope in {"full", "limited", "care_professionals"}


def _draft_of(asking: Asking, template: str, recipient: str) -> Letter | None:
    query = select(Letter).where(
        Letter.case_id == asking.case.id,
        Letter.template == template,
        Letter.recipient == recipient,
        Letter.status == "draft",
    )
    return asking.work.session.scalar(query.limit(1))


def _write(asking: Asking, template: str, recipient: str) -> Letter:
    written = letter_template(template_for(template, recipient))
    letter = Letter(
        case_id=asking.case.id,
        template=template,
        title=written.title,
        audience=written.audience,
        recipient=recipient,
        text=written.fill(letter_words(asking, recipient)),
        format=wanted_format(asking, template, recipient) or _format(asking.case, recipient),
        route=wanted_route(asking, template, recipient),
        status="draft",
        written_at=asking.work.now,
    )
    letter.happened("letter written", template=template, to=recipient)
    asking.work.session.add(letter)
    return letter


def _format(case: Case, recipient: str) -> str:
    if recipient == "carer":  # the needs on record are those of the person
        return "letter"
    needs = case.person.details.get("comm_needs") or []
    return next((need for need in ("large_print", "easy_read", "braille", "audio") if need in needs), "letter")


def _list(to: str) -> list[str]:
    return [one.strip() for one in to.split(",") if one.strip()]


def _about_themselves(asking: Asking, kind: str, recipient: str) -> bool:
    """Whether a referrer would be told about the person who they are themselves."""
    own = recipient == "referrer" and answers(asking, "F01").get("source") == "self"
    return own and letter_template(kind).needs_consent


@duty("notices.tell")
def tell_duty(asking: Asking, kind: str, to: str) -> None:
    """Tell people who work on the case that something happened; the e-mail names no person."""
    for recipient in _list(to):
        tell(asking, kind, recipient)


def tell(asking: Asking, kind: str, to: str, about: Case | None = None) -> None:
    """Write a notice to each of the people that `to` means; twice in one process and day is once.

    Whoever works elsewhere and gets no e-mail from us is told by phone or post: that lies in the tray, like a letter.
    """
    case = about or asking.case
    for staff in _staff_meant(asking, case, to, kind):
        _notice(asking, case, kind, staff.email, staff)
    if to not in OUTSIDE:
        return
    address = answers(asking, "F01").get("referrer_email") if to == "referrer" else None
    if not address:
        for recipient in _copied(asking) if to == "copy_holders" else (to,):
            _tell_by_hand(asking, kind, recipient)
    elif not left_out(asking, to):
        _notice(asking, case, kind, address, None)


def _copied(asking: Asking) -> Sequence[str]:
    """Return who was sent what we know about the person; whoever that may be where nobody wrote it down."""
    sent = Letter.status == "sent"
    copies = select(Letter.recipient).where(Letter.case_id == asking.case.id, sent, Letter.template.in_(COPIES))
    query = copies.where(Letter.recipient != "team")
    return sorted(set(asking.work.session.scalars(query))) or ("copy_holders",)


def _tell_by_hand(asking: Asking, kind: str, recipient: str) -> None:
    once = f"{asking.run.id.hex}:{kind}:{recipient}:{asking.work.today.isoformat()}"
    known = asking.work.session.scalar(select(Letter.id).where(Letter.once == once))
    if known is None and anybody_there(asking, recipient) and not _about_themselves(asking, kind, recipient):
        letter = _write(asking, kind, recipient)
        letter.route, letter.once = TELL, once
        _judge(asking, letter)
        asking.work.session.flush()


def _notice(asking: Asking, case: Case, kind: str, address: str, staff: StaffMember | None) -> None:
    once = f"{asking.run.id.hex}:{case.number}:{kind}:{address}:{asking.work.today.isoformat()}"
    if asking.work.session.scalar(select(Notice.id).where(Notice.once == once)) is not None:
        return
    notice = Notice(
        case_id=case.id,
        staff_id=staff.id if staff else None,
        address=address,
        kind=kind,
        words={"case_number": case.number, "programme_name": case.programme.name},
        once=once,
        made_at=asking.work.now,
        next_attempt_at=asking.work.now,
    )
    notice.happened("notice written", kind=kind, to="referrer" if staff is None else staff.name)
    asking.work.session.add(notice)
    asking.work.session.flush()


def _staff_meant(asking: Asking, case: Case, to: str, kind: str) -> Iterable[StaffMember]:
    """Return whom a notice is for, of those who may know of it; a manager where none of them may."""
    if to in OUTSIDE:
        return ()
    session, today = asking.work.session, asking.work.today
    found = may_be_asked(session, _meant(asking, case, to), case, today)
    if kind == SAFEGUARDING:
        found = [staff for staff in found if not alleged.named_in(session, case.id, staff.id)]
    if not found and to not in {"pool", "team_manager"}:
        managers = pool_of(session, "team_manager", case, case.team_id, today)
        found = may_be_asked(session, managers, case, today)
    if not found:
        case.happened("nobody to tell", kind=to)
    return found


def _meant(asking: Asking, case: Case, to: str) -> Sequence[StaffMember]:
    session, today = asking.work.session, asking.work.today
    if to == "coordinator" and case.coordinator_id is not None:
        cover = people.cover_for(session, case.coordinator_id, today)
        named = cover or session.get(StaffMember, case.coordinator_id)
        return (named,) if named else ()
    role = {"pool": "coordinator"}.get(to, to)
    return pool_of(session, role, case, case.team_id, today)
