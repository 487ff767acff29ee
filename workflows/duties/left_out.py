"""Whether somebody outside is one of those the person does not want to know: nothing is written to them."""

from __future__ import annotations

from sqlalchemy import select

from workflows.casework.consent import Exclusion
from workflows.casework.programme import Practice
from workflows.casework.staff import StaffMember
from workflows.duties.papers import answers
from workflows.duties.register import Asking


def left_out(asking: Asking, recipient: str) -> bool:
    """Say whether a recipient of letters and notices bears a name (or an address) that the person left out.

    Names are compared as they were written, but for capitals: whom a name means beyond that only people know.
    """
    wanted = {name.strip().casefold() for name in _known_as(asking, recipient) if name.strip()}
    return bool(wanted & _names(asking)) if wanted else False


def _known_as(asking: Asking, recipient: str) -> list[str]:
    said = answers(asking, "F01")
    if recipient == "referrer":
        return [str(said.get(name) or "") for name in ("referrer_name", "referrer_email", "referrer_org")]
    if recipient == "carer":
        return [str((said.get("carer") or {}).get("name") or "")]
    if recipient == "gp":
        case = asking.case
        query = select(Practice.name).where(
            Practice.programme_id == case.programme_id, Practice.code == case.person.practice_code
        )
        return list(asking.work.session.scalars(query))
    return []


def _names(asking: Asking) -> set[str]:
    query = (
        select(Exclusion.who, StaffMember.email)
        .outerjoin(StaffMember, StaffMember.id == Exclusion.staff_id)
        .where(Exclusion.case_id == asking.case.id, Exclusion.ended_at.is_(None))
    )
    found: set[str] = set()
    for who, email in asking.work.session.execute(query):
        found |= {who.casefold(), *(part.strip().casefold() for part in who.split(","))}
        found |= {email.casefold()} if email else set()
    return found
