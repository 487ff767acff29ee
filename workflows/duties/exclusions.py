"""Who must not see a case: from the moment it is written down, until somebody says that it ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.staff import StaffMember
from workflows.desk import Work
from workflows.duties.coordinators import take_work_from
from workflows.duties.standing_in import let_stand_in


def keep_out(work: Work, case: Case, said: Mapping[str, Any]) -> None:
    """Carry out what a conversation about consent says of exclusions: the new ones begin, those taken back end.

    What it does not speak of stays as it is: silence, a refusal or somebody else's decision lets nobody in.
    """
    _end(work, case, {str(row["who"]): str(row.get("why") or "") for row in said.get("exclusions_ended") or []})
    standing = {(one.who, one.staff_id) for one in _standing(work, case)}
    for row in said.get("exclusions") or []:
        staff_id = UUID(row["user"]) if row.get("user") else None
        who = _who(work, row, staff_id)
        if (who, staff_id) in standing:
            continue
        standing.add((who, staff_id))
        exclusion = Exclusion(case_id=case.id, who=who, staff_id=staff_id, since=work.now)
        exclusion.happened("exclusion recorded", who=who)
        work.session.add(exclusion)
        if staff_id is not None:
            take_work_from(work, case, staff_id, "the person does not want them to know of the case")
    work.session.flush()
    let_stand_in(work, case)


def _end(work: Work, case: Case, taken_back: dict[str, str]) -> None:
    for exclusion in _standing(work, case):
        if exclusion.who in taken_back:
            exclusion.ended_at = work.now
            exclusion.happened("exclusion ended", who=exclusion.who, why=taken_back[exclusion.who])
    work.session.flush()


def _standing(work: Work, case: Case) -> list[Exclusion]:
    query = select(Exclusion).where(Exclusion.case_id == case.id, Exclusion.ended_at.is_(None))
    return list(work.session.scalars(query))


def _who(work: Work, row: Mapping[str, Any], staff_id: UUID | None) -> str:
    """Name whom it is about, as it was typed; where only an account was chosen, by whose it is."""
    account = work.session.get_one(StaffMember, staff_id).name if staff_id and not row.get("name") else ""
    return ", ".join(filter(None, (account or row.get("name"), row.get("organisation"))))
