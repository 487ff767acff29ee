"""The letters of an installation from before: what lies ready gets a day by which it goes."""

from __future__ import annotations

from datetime import date, datetime

from alembic import command
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from tests.storage.test_sharing_worked_out import migrate
from workflows.assembly import Office
from workflows.casework.notice import Letter


def test_what_lies_ready_goes_within_two_working_days_of_being_written(office: Office) -> None:
    town = SmallTown(office)
    case = town.case()
    friday = datetime.fromisoformat("2026-11-13T15:00:00+00:00")
    words = {"template": "L02", "title": "Invitation", "audience": "person", "recipient": "person", "text": "Dear Ada"}
    for status in ("ready", "draft", "sent"):
        town.add(Letter(case_id=case, status=status, written_at=friday, **words))
    migrate(office, command.downgrade, "0007")
    migrate(office, command.upgrade, "head")
    with office.desk().looking() as session:
        found = {letter.status: letter.send_by for letter in session.scalars(select(Letter))}
    assert found == {"ready": date(2026, 11, 17), "draft": None, "sent": None}
