"""References and codes of referrals: made here, checked here, and not to be found by trying."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from sqlalchemy import delete, func, select

from workflows.casework.case import Case
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.referral import Referral
from workflows.casework.staff import SignInAttempt
from workflows.desk import Desk, Work

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no letters that are read for digits
CODE_LENGTH = 10
WINDOW = timedelta(minutes=15)
MOST_FOR_REFERENCE = 5  # wrong codes for one reference, within the window
MOST_FROM_REMOTE = 20  # wrong codes from one place, within the window
MOST_STARTS = 30  # referrals begun from one place, within the window: a practice shares an address
NO_SUCH_DRAFT = "There is no referral with this reference and code. Check both, letter by letter."


class TooManyAttempts(NotAllowed):
    """Somebody tries codes, or begins referrals, faster than people do."""


def new_reference() -> str:
    """Make a reference such as R-7KQM-P2XD; alone it opens nothing."""
    return f"R-{new_code(4)}-{new_code(4)}"


def new_code(length: int = CODE_LENGTH) -> str:
    """Make a code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def keyed(desk: Desk, text: str) -> str:
    """Return a hash that only this installation can make; what was hashed cannot be found by trying."""
    return hmac.new(desk.settings.secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def code_hash(desk: Desk, code: str) -> str:
    """Return what is kept of a code, however it is typed: small letters, spaces and dashes do not matter."""
    return keyed(desk, "".join(c for c in code.upper() if c.isalnum()))


def check_code(desk: Desk, reference: str, code: str, remote: str, device: str = "") -> str:
    """Check a reference (or case number) with its code; returns the reference. Whoever it is, the trail tells of it.

    Raises NotFound when they do not belong together and TooManyAttempts after several wrong codes; each try is
    written down before it is checked, so that many at the same time count as many.
    """
    wanted = reference.strip().upper()
    about, place = keyed(desk, f"referral:{wanted}"), keyed(desk, f"referral from:{remote}")
    _note(desk, {about: MOST_FOR_REFERENCE, place: MOST_FROM_REMOTE})
    with desk.work() as work:
        found = opened(work, wanted, code)
        work.session.execute(delete(SignInAttempt).where(SignInAttempt.who == about))
        work.session.execute(delete(SignInAttempt).where(SignInAttempt.id == _newest(work, place)))
        told = {"reference": found.reference, "status": found.status, "where": remote, "device": device}
        work.unit.tell("referral opened with its code", "Referral", None, **told)
        work.commit()
        return found.reference


def note_start(desk: Desk, remote: str) -> None:
    """Count a referral begun from one place; raises TooManyAttempts when there are more than people write."""
    _note(desk, {keyed(desk, f"referral begun from:{remote}"): MOST_STARTS})


def opened(work: Work, reference: str, code: str) -> Referral:
    """Return the referral that a reference (or the number of its case) and a code open, held for this transaction."""
    query = select(Referral).outerjoin(Case, Case.id == Referral.case_id).with_for_update(of=Referral)
    found = work.session.scalar(query.where((Referral.reference == reference) | (Case.number == reference)).limit(1))
    kept = (found.code_hash if found else None) or "nobody’s"
    if found is None or not hmac.compare_digest(kept.encode(), code_hash(work.desk, code).encode()):
        raise NotFound(NO_SUCH_DRAFT)
    return found


def _note(desk: Desk, most: dict[str, int]) -> None:
    with desk.work() as work:
        since = work.now - WINDOW
        for who, limit in most.items():
            tried = select(func.count()).where(SignInAttempt.who == who, SignInAttempt.at >= since)
            if (work.session.scalar(tried) or 0) >= limit:
                raise TooManyAttempts("There were too many attempts. Wait 15 minutes, then try again.")
        work.session.add_all(SignInAttempt(who=who, at=work.now) for who in most)
        work.commit()


def _newest(work: Work, who: str) -> object:
    query = select(SignInAttempt.id).where(SignInAttempt.who == who).order_by(SignInAttempt.id.desc())
    return work.session.scalar(query.limit(1))
