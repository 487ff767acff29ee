"""The messages of an installation from before: one that is sent again is known by what it says."""

from __future__ import annotations

from datetime import date

import pytest
from alembic import command

from tests.builders.small_town import SmallTown
from tests.builders.ways_in import a_message
from tests.storage.test_sharing_worked_out import migrate
from workflows.actions.messages import receive
from workflows.assembly import Office


@pytest.mark.both_databases
def test_a_message_from_before_is_the_same_when_it_is_sent_again(office: Office) -> None:
    SmallTown(office)
    born = (None, date(1941, 3, 27))
    said = [a_message("ed_attendance", dob=dob, payload={"outcome": "Zürich", "n": 1.5}) for dob in born]
    for one in said:
        receive(office.desk(), one)
    migrate(office, command.downgrade, "0008")
    migrate(office, command.upgrade, "head")
    assert [receive(office.desk(), one).again for one in said] == [True, True]
