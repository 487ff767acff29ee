"""The audit trail shows every tampering: a changed word, a missing entry, a shortened end."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.builders.colleagues import set_up
from tests.builders.tampering import unguard_the_audit
from workflows.assembly import Office
from workflows.casework.audit import OFFICE, AuditEntry, AuditHead
from workflows.questions.audit import verify_chain

THIRD = (AuditEntry.chain == OFFICE, AuditEntry.seq == 3)


def test_an_untouched_trail_is_whole(office: Office) -> None:
    set_up(office)
    found = verify_chain(office.desk())
    assert found.whole
    assert (found.chains, found.entries > 10) == (1, True)


def test_an_empty_office_has_a_whole_trail(office: Office) -> None:
    assert verify_chain(office.desk()).whole


def change(session: Session) -> None:
    """Put somebody else's name to an act."""
    session.execute(update(AuditEntry).where(*THIRD).values(actor="somebody else"))


def reword(session: Session) -> None:
    """Change what was noted."""
    session.execute(update(AuditEntry).where(*THIRD).values(detail={"nothing": "happened"}))


def reseal(session: Session) -> None:
    """Change an entry and seal it anew, without the ones after it."""
    entry = session.scalars(select(AuditEntry).where(*THIRD)).one()
    entry.act = "nothing"
    entry.hash = entry.seal()


def remove(session: Session) -> None:
    """Take an entry out."""
    session.execute(delete(AuditEntry).where(*THIRD))


def shorten(session: Session) -> None:
    """Cut the end off."""
    session.execute(delete(AuditEntry).where(AuditEntry.chain == OFFICE, AuditEntry.seq > 2))


@pytest.mark.parametrize(
    ("tamper", "seq", "why"),
    [
        (change, 3, "changed"),
        (reword, 3, "changed"),
        (reseal, 4, "does not follow"),
        (remove, 3, "missing"),
        (shorten, 3, "end of the chain"),
    ],
)
def test_the_first_break_is_told(office: Office, tamper: Callable[[Session], None], seq: int, why: str) -> None:
    set_up(office)
    session = office.database.writing()
    unguard_the_audit(session)
    tamper(session)
    session.commit()
    session.close()
    (broken,) = verify_chain(office.desk()).breaks
    assert (broken.chain, broken.seq) == (OFFICE, seq)
    assert why in broken.why


def test_a_trail_that_was_emptied_is_found_by_its_head(office: Office) -> None:
    session = office.database.writing()
    unguard_the_audit(session)
    session.add(AuditHead(chain=uuid4().hex, seq=7, hash="x"))
    session.commit()
    session.close()
    (broken,) = verify_chain(office.desk()).breaks
    assert "every entry" in broken.why
