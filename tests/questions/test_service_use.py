"""The count of services at the end of a case begins with what is known; what nobody told stays empty."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework.care import HospitalEpisode, ServiceUse
from workflows.casework.task import Task
from workflows.questions.prefill import starting_inputs


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service; it is 16 November 2026, and its cases were opened on 27 October."""
    return SmallTown(office)


def begun_with(town: SmallTown, case_id: UUID) -> dict[str, str]:
    nurse = town.staff("Nia Nurse", "nurse east")
    task_id, desk = town.task(case_id, form_key="F29", assignee_id=nurse), town.desk(nurse)
    with desk.looking() as session:
        raw = starting_inputs(desk, session, session.get_one(Task, task_id), desk.forms.form("F29"))
    assert raw.pop("entered_by") == [str(nurse)]
    return {name: values[0] for name, values in raw.items()}


def a_stay(town: SmallTown, case_id: UUID, began: datetime, ended: datetime | None, planned: str = "emergency") -> None:
    run = {"hospital": "North", "planned": planned, "destination": "usual_home" if ended else None}
    town.add(HospitalEpisode(case_id=case_id, admitted_at=began, discharged_at=ended, **run))


def test_what_nobody_told_is_not_counted_as_none(town: SmallTown) -> None:
    assert begun_with(town, town.case()) == {
        "before.start[day]": "27", "before.start[month]": "10", "before.start[year]": "2025",
        "before.end[day]": "26", "before.end[month]": "10", "before.end[year]": "2026",
        "during.start[day]": "27", "during.start[month]": "10", "during.start[year]": "2026",
        "during.end[day]": "16", "during.end[month]": "11", "during.end[year]": "2026",
    }  # fmt: skip


def test_what_the_referral_and_other_systems_told_is_filled_in(town: SmallTown) -> None:
    case_id, day = town.case(), timedelta(days=1)
    town.paper(case_id, "F01", {"ed_12m": 4, "em_adm_12m": 0})
    town.add(*(ServiceUse(case_id=case_id, kind="ambulance", at=town.now - n * day, source="feed") for n in (2, 3, 99)))
    a_stay(town, case_id, town.now - 90 * day, town.now - 80 * day)  # before the case
    a_stay(town, case_id, town.now - 15 * day, town.now - 12 * day)
    a_stay(town, case_id, town.now - 12 * day, town.now - 10 * day)  # goes on in another hospital
    a_stay(town, case_id, town.now - 9 * day, town.now - 8 * day, planned="elective")
    a_stay(town, case_id, town.now - 4 * day, None)
    told = {name: value for name, value in begun_with(town, case_id).items() if "[" not in name}
    assert told == {
        "before.ed_attendances": "4", "before.emergency_admissions": "0",
        "during.ambulance": "2", "during.emergency_admissions": "2", "during.bed_days": "9", "during.readmissions": "1",
    }  # fmt: skip
