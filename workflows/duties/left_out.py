"""Whether somebody outside is one of those the person does not want to know: nothing is written to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.invited import from_elsewhere
from workflows.casework.programme import Practice, Service
from workflows.casework.staff import StaffMember
from workflows.duties.papers import answers, merged
from workflows.duties.register import Asking
from workflows.duties.told_details import carer_of
from workflows.storage import cases


def left_out(asking: Asking, recipient: str) -> bool:
    """Say whether a recipient of letters and notices bears a name (or an address) that the person left out.

    Names are compared as they were written, but for capitals: whom a name means beyond that only people know.
    """
    wanted = _as_compared(_known_as(asking, recipient))
    return bool(wanted & names_left_out(asking.work.session, asking.case.id)) if wanted else False


def referrer_left_out(session: Session, case: Case) -> bool:
    """Say whether the person left out whoever referred them."""
    said = merged(cases.documents_of(session, case.id, "F01"))
    return bool(_as_compared(_referrer_known_as(said)) & names_left_out(session, case.id))


def service_left_out(session: Session, case: Case, key: str) -> bool:
    """Say whether the person left out a service, by its name."""
    return bool(_as_compared(session.scalars(_named_by(case, key))) & names_left_out(session, case.id))


def _named_by(case: Case, key: str) -> Select[str]:
    return select(Service.name).where(Service.key == key, Service.programme_id == case.programme_id)


def _as_compared(names: Iterable[str]) -> set[str]:
    return {name.strip().casefold() for name in names if name.strip()}


def _referrer_known_as(said: Mapping[str, Any]) -> list[str]:
    return [str(said.get(name) or "") for name in ("referrer_name", "referrer_email", "referrer_org")]


def _known_as(asking: Asking, recipient: str) -> list[str]:
    said = answers(asking, "F01")
    if recipient == "referrer":
        return _referrer_known_as(said)
    if recipient == "carer":
        return [str(carer_of(asking.case.person, said).get("name") or "")]
    if recipient == "gp":
        case = asking.case
        query = select(Practice.name).where(
            Practice.programme_id == case.programme_id, Practice.code == case.person.practice_code
        )
        return list(asking.work.session.scalars(query))
    if invited := from_elsewhere(recipient):
        return list(invited.known_as)
    if recipient == "service":  # the one that takes over at the end
        key = str(answers(asking, "F25").get("handover_service") or "")
        return list(asking.work.session.scalars(_named_by(asking.case, key)))
    return []


def names_left_out(session: Session, case_id: UUID) -> set[str]:
    """Return the names and addresses that the person left out, as they are compared."""
    query = (
        select(Exclusion.who, StaffMember.email)
        .outerjoin(StaffMember, StaffMember.id == Exclusion.staff_id)
        .where(Exclusion.case_id == case_id, Exclusion.ended_at.is_(None))
    )
    found: set[str] = set()
    for who, email in session.execute(query):
        found |= {who.casefold(), *(part.strip().casefold() for part in who.split(","))}
        found |= {email.casefold()} if email else set()
    return found
