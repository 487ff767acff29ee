"""Who must not see a case: from the moment it is written down, until somebody says that it ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.staff import StaffMember
from workflows.desk import Work
from workflows.duties.coordinators import take_work_from
from workflows.duties.standing_in import let_stand_in

DUPLICATE = "duplicate"


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
        _leave_out(work, case, who, staff_id, work.now)
        if staff_id is not None:
            take_work_from(work, case, staff_id, "the person does not want them to know of the case")
    work.session.flush()
    let_stand_in(work, case)


def leave_out_as_in(work: Work, case: Case, earlier: Case) -> None:
    """Leave out of a case, from now on, whom its person had left out of another one."""
    standing = {(one.who, one.staff_id) for one in _standing(work, case)}
    for kept in _standing(work, earlier):
        if (kept.who, kept.staff_id) not in standing:
            _leave_out(work, case, kept.who, kept.staff_id, kept.since)
    work.session.flush()


def leave_out_as_before(work: Work, case: Case) -> None:
    """Leave out of a new case whom the person has left out so far, until they are asked again.

    What they said last counts, in either programme; a case that was only another referral has its words from elsewhere.
    """
    besides = (Case.person_id == case.person.id, Case.id != case.id, Case.closure_reason.is_distinct_from(DUPLICATE))
    last: dict[UUID, Case] = {}
    for one in work.session.scalars(select(Case).where(*besides).order_by(Case.opened_at, Case.id)):
        last[one.programme_id] = one
    for earlier in last.values():
        leave_out_as_in(work, case, earlier)


def forget_whom_another_left_out(work: Work, case: Case, other_id: UUID) -> None:
    """Let those in again who were left out of a case only because it was taken for another person's."""
    others = select(Exclusion).join(Case, Case.id == Exclusion.case_id).where(Case.person_id == other_id)
    theirs = {(one.staff_id, one.who, one.since) for one in work.session.scalars(others)}
    for one in _standing(work, case):
        if (one.staff_id, one.who, one.since) in theirs:
            one.ended_at = work.now
            one.happened("exclusion ended", who=one.who)


def _leave_out(work: Work, case: Case, who: str, staff_id: UUID | None, since: datetime) -> None:
    exclusion = Exclusion(case_id=case.id, who=who, staff_id=staff_id, since=since)
    exclusion.happened("exclusion recorded", who=who)
    work.session.add(exclusion)


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
