"""Signing in: passwords, how often one may try, and links for a forgotten password."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select

from workflows.actions.sessions import Entered, begin, note_failure, own_account
from workflows.casework.access import may
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, RuleBroken
from workflows.casework.staff import PasswordReset, SignInAttempt, StaffMember
from workflows.desk import Desk, Work
from workflows.duties.outgoing import Told, put_out
from workflows.settings import Settings
from workflows.storage import people

WINDOW = timedelta(minutes=15)
MOST_FOR_ADDRESS = 5  # failures with one email address, within the window
MOST_FROM_REMOTE = 20  # failures from one place, within the window: a ward shares an address
LINK_LASTS = timedelta(minutes=30)
MOST_LINKS = 3  # links at a time for one account
SHORTEST, LONGEST = 12, 200  # characters of a password
_HASHER = PasswordHasher()


class SignInRefused(NotAllowed):
    """The address and the password do not belong together, or there were too many attempts."""


def sign_in(desk: Desk, email: str, password: str, remote: str, device: str = "") -> Entered:
    """Check an address and a password; raise SignInRefused in plain words.

    Each try is written down before it is checked, so that many at the same time count as many.
    """
    address, place = _keyed(desk.settings, "address:" + email.strip().lower()), _keyed(desk.settings, "from:" + remote)
    attempts = _note_attempt(desk, address, place)
    staff_id, kept = _password_of(desk, email)
    if not _matches(kept, password[:LONGEST]) or staff_id is None:
        note_failure(desk, staff_id, remote, device)
        raise SignInRefused("The email address or the password is not right.")
    with desk.work() as work:
        staff = work.session.get_one(StaffMember, staff_id)
        if _HASHER.check_needs_rehash(staff.password_hash):
            staff.password_hash = _HASHER.hash(password)
            staff.happened("password kept in a newer form")
        work.session.execute(delete(SignInAttempt).where(SignInAttempt.who == address))
        work.session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(attempts)))
        entered = begin(work, staff, remote, device)
        work.commit()
    return entered


def enter_demonstration(desk: Desk, staff_id: UUID, remote: str, device: str = "") -> Entered:
    """Become one of the demonstration's people by one click; refused where real people work."""
    if not desk.settings.demonstration:
        raise NotAllowed("This is not a demonstration.")
    with desk.work() as work:
        staff = work.session.get(StaffMember, staff_id)
        if staff is None or not staff.active:
            raise NotFound("There is no such person in the demonstration.")
        entered = begin(work, staff, remote, device)
        work.commit()
    return entered


def change_password(desk: Desk, old: str, new: str, remote: str, device: str = "") -> Entered:
    """Change one's own password; every session ends. Returns a new one for the browser in hand."""
    staff_id = own_account(desk)
    with desk.looking() as session:
        staff = session.get_one(StaffMember, staff_id)
        kept = staff.password_hash
    errors = {} if _matches(kept, old[:LONGEST]) else {"old": "Your present password is not right"}
    problem = password_problem(new, staff)
    if problem:
        errors["new"] = problem
    if errors:
        raise AnswersRefused(errors)
    hashed = _HASHER.hash(new)
    with desk.work() as work:
        staff = work.session.get_one(StaffMember, staff_id)
        staff.change_password(hashed)
        entered = begin(work, staff, remote, device)
        work.commit()
    return entered


def send_reset_link(desk: Desk, email: str) -> str:
    """Send a link to choose a new password, if there is such an account.

    Returns the link, or nothing where none was made, for somebody at the machine itself. No page may show it, nor
    let on whether there is such an account.
    """
    with desk.work() as work:
        staff = people.by_email(work.session, email)
        if staff is None or not staff.active or len(_live_links(work, staff.id)) >= MOST_LINKS:
            return ""
        link = _make_link(work, staff, "password link made")
        work.commit()
    return link


def hand_out_link(desk: Desk, email: str) -> str:
    """Return a new link for somebody whom no email reaches, for an administrator to hand over.

    Links from before count no longer. The trail says who handed it out, and a mail tells the person.
    """
    if not may(desk.actor, "staff.manage"):
        raise NotAllowed("Only a system administrator hands out links.")
    with desk.work() as work:
        staff = people.by_email(work.session, email)
        if staff is None or not staff.active:
            raise NotFound(f"No account in use has the address {email}.")
        if staff.id == desk.actor.id:
            raise RuleBroken("Change your own password on the page of your account.")
        _use_up_links(work, staff.id)
        link = _make_link(work, staff, "password link handed out")
        work.commit()
    return link


def reset_token(settings: Settings, reset_id: UUID) -> str:
    """Return the secret of a link. It is worked out when the mail is sent, so that no table ever holds it."""
    return f"{reset_id.hex}-{_keyed(settings, 'reset:' + reset_id.hex)}"


def reset_link(settings: Settings, reset_id: UUID) -> str:
    """Return the address that the mail gives."""
    return f"{settings.base_url}/password/new/{reset_token(settings, reset_id)}"


def check_reset_link(desk: Desk, token: str) -> None:
    """Raise NotFound unless the link still counts: not used, not too old, the account in use."""
    with desk.work() as work:
        _reset(work, token)


def choose_password(desk: Desk, token: str, new: str) -> None:
    """Set a new password by a link; the link, and every other one of the account, is used up."""
    with desk.work() as work:
        staff = work.session.get_one(StaffMember, _reset(work, token).staff_id)
        problem = password_problem(new, staff)
    if problem:
        raise AnswersRefused({"new": problem})
    kept = _HASHER.hash(new)
    with desk.work() as work:
        staff = work.session.get_one(StaffMember, _reset(work, token).staff_id)
        staff.change_password(kept)
        _use_up_links(work, staff.id)
        work.commit()


def hash_password(password: str) -> str:
    """Return what may be kept of a password."""
    return _HASHER.hash(password)


def password_problem(password: str, staff: StaffMember) -> str:
    """Say what is wrong with a new password: length counts, not odd characters. Empty when it will do."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters; three or four words are easy to remember"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters"
    if len(set(password.lower())) < 5:
        return "Use more different characters"
    names = [staff.email.split("@", maxsplit=1)[0], *staff.name.lower().split()]
    rest = password.lower()
    for name in (*names, "password", "roundtable"):
        rest = rest.replace(name, "")
    return "Do not build it from your name, “password” or “roundtable”" if len(rest) < SHORTEST // 2 else ""


def _note_attempt(desk: Desk, address: str, place: str) -> list[UUID]:
    with desk.work() as work:
        since = work.now - WINDOW
        work.session.execute(delete(SignInAttempt).where(SignInAttempt.at < since))
        counts = {who: _attempts(work, who) for who in (address, place)}
        if counts[address] >= MOST_FOR_ADDRESS or counts[place] >= MOST_FROM_REMOTE:
            work.commit()
            raise SignInRefused("There were too many failed attempts. Wait 15 minutes, then try again.")
        tries = [SignInAttempt(who=who, at=work.now) for who in (address, place)]
        work.session.add_all(tries)
        work.commit()
        return [attempt.id for attempt in tries]


def _attempts(work: Work, who: str) -> int:
    return work.session.scalar(select(func.count()).where(SignInAttempt.who == who)) or 0


def _password_of(desk: Desk, email: str) -> tuple[UUID | None, str]:
    with desk.looking() as session:
        staff = people.by_email(session, email)
        if staff is None or not staff.active or not staff.password_hash:
            return None, _nobodys_hash()
        return staff.id, staff.password_hash


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    """A hash to check against where there is no account, so that the answer takes as long as for a real one."""
    return _HASHER.hash("nobody has this password")


def _matches(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _make_link(work: Work, staff: StaffMember, act: str) -> str:
    """Keep a link and write the mail that gives it to the person; the trail tells of it as `act`."""
    reset = PasswordReset(staff_id=staff.id, token_hash="", expires_at=work.now + LINK_LASTS)
    work.session.add(reset)
    work.session.flush()
    reset.token_hash = _hash(reset_token(work.desk.settings, reset.id))
    reset.happened(act, to=staff.name)
    put_out(work, Told("password_reset", f"password_reset:{reset.id.hex}", {"reset": reset.id.hex}), staff)
    return reset_link(work.desk.settings, reset.id)


def _live_links(work: Work, staff_id: UUID) -> Sequence[PasswordReset]:
    live = (PasswordReset.staff_id == staff_id, PasswordReset.used_at.is_(None), PasswordReset.expires_at > work.now)
    return work.session.scalars(select(PasswordReset).where(*live)).all()


def _use_up_links(work: Work, staff_id: UUID) -> None:
    for link in _live_links(work, staff_id):
        link.used_at = work.now
        link.happened("password link used up")


def _reset(work: Work, token: str) -> PasswordReset:
    reset = work.session.scalar(select(PasswordReset).where(PasswordReset.token_hash == _hash(token)).with_for_update())
    if reset is None or reset.used_at is not None or reset.expires_at <= work.now:
        raise NotFound("This link has been used or is too old. Ask for a new one.")
    if not work.session.get_one(StaffMember, reset.staff_id).active:
        raise NotFound("This account has ended.")
    return reset


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _keyed(settings: Settings, text: str) -> str:
    return hmac.new(settings.secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
