"""Whom a meeting’s papers name although the case is not shared with them: the writer is asked if that is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from workflows.casework.case import Case
from workflows.casework.sectors import SECTOR_NAMES, SECTORS_OF_ROLE, in_order
from workflows.casework.staff import StaffMember
from workflows.desk import Work
from workflows.duties.invitations import kept_from
from workflows.duties.papers import merged
from workflows.duties.register import on_behalf
from workflows.storage import cases, doers

PREPARATION, RECORD, SOCIAL_CARE = "F15", "F16", "adult_social_care"
BEFORE = "Nobody among these is invited: ask the person first, or leave them out"
# Who is counted at a meeting, by the profession that the preparation needs.
COUNTED_AS = {"chair": "gp_lead", "administrator": "coordinator", "care_coordinator": "care_coordinator"}
MISSED = "Add who was there, or write under “Apologies” who could not come"
AFTERWARDS = "Correct it; or go on if they were there all the same, and tell the care coordinator"


def not_shared_with(work: Work, case: Case | None, form_key: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return by question whom a meeting's papers name although the case is not shared with them."""
    if case is None or form_key not in {PREPARATION, RECORD}:
        return {}
    before = form_key == PREPARATION
    found: dict[str, list[str]] = {}
    for place, who in kept_from(on_behalf(work, case), answers) if before else _present(work, case, answers):
        found.setdefault(place, []).append(who)
    asked = {place: _asked(case, who, BEFORE if before else AFTERWARDS) for place, who in found.items()}
    return asked if before else _missed(work, case, answers) | asked


def _asked(case: Case, who: Iterable[str], then: str) -> str:
    agreed = ", ".join(SECTOR_NAMES.get(sector, sector) for sector in in_order(case.sectors))
    how_far = f"The person agreed to: {agreed}" if agreed else "Nothing is shared any further now"
    return f"This case is not shared with: {', '.join(who)}. {how_far}. {then}"


def _present(work: Work, case: Case, answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for place, row in enumerate(answers.get("present") or ()):
        staff = work.session.get(StaffMember, UUID(str(row["user"]))) if row.get("user") else None
        sectors = SECTORS_OF_ROLE.get(str(row.get("role")), frozenset())
        if staff is not None:
            if not doers.may_be_asked(work.session, [staff], case, work.today):
                yield f"present.{place}.user", staff.name
        elif sectors and not sectors & case.sectors:
            yield f"present.{place}.role", str(row.get("name") or "")
    if (answers.get("social_care_present") or 0) > 0 and SOCIAL_CARE not in case.sectors:
        yield "social_care_present", SECTOR_NAMES[SOCIAL_CARE]


def _missed(work: Work, case: Case, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return whom the preparation needed at a meeting and nobody recorded there, unless apologies were noted."""
    if answers.get("held_as") != "meeting" or answers.get("apologies"):
        return {}
    needed = merged(cases.documents_of(work.session, case.id, PREPARATION)).get("needed_roles") or ()
    missed = [case.programme.role_names.get(one, one) for one in needed if one not in _roles_there(work, answers)]
    return (
        {"present": f"Needed at this meeting, and not among those present: {', '.join(missed)}. {MISSED}"}
        if missed
        else {}
    )


def _roles_there(work: Work, answers: Mapping[str, Any]) -> set[str]:
    rows = answers.get("present") or ()
    ids = [UUID(str(row["user"])) for row in rows if row.get("user")]
    staff = [one for one in (work.session.get(StaffMember, staff_id) for staff_id in ids) if one is not None]
    held = {post.role for one in staff for post in one.posts_on(work.today)}
    counted = {COUNTED_AS[one] for one in answers.get("roles_present") or () if one in COUNTED_AS}
    return held | counted | {str(row["role"]) for row in rows if row.get("role")}
