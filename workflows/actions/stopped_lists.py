"""A list that cannot be taken in is tried again after growing pauses; then it stops, and whoever brought it is told."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from workflows.casework.errors import CaseworkError
from workflows.casework.referral import CandidateList
from workflows.casework.staff import StaffMember
from workflows.desk import Desk, Work
from workflows.duties.outgoing import Told, put_out

KIND = "list_stopped"
NOT_SAID = "Something failed that should have worked. Whoever runs the service finds it in the log."


def note_not_taken_in(desk: Desk, list_id: UUID, failure: Exception) -> None:
    """Keep that the next rows of a list could not be taken in, and why as far as it is told in words for people."""
    with desk.work() as work:
        found = work.session.scalar(select(CandidateList).where(CandidateList.id == list_id).with_for_update())
        if found is None or found.status != "importing":
            return
        found.could_not_be_taken_in(str(failure) if isinstance(failure, CaseworkError) else NOT_SAID, work.now)
        if found.status == "stopped":
            _tell(work, found)
        work.commit()


def _tell(work: Work, found: CandidateList) -> None:
    staff = work.session.get_one(StaffMember, found.uploaded_by_id)
    once = f"{KIND}:{found.id.hex}:{work.now.isoformat()}"
    link = f"{work.desk.settings.base_url}/lists/{found.id}"
    put_out(work, Told(KIND, once, {"link": link}), staff)
