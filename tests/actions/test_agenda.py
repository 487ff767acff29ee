"""What a meeting says about something overdue, and the days on which a team meets: who may say it, and when."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from tests.questions.test_agenda import LAST, NEXT, late, refuses
from workflows.actions.agenda import NOT_THERE, NOT_YET, TOO_SOON, Said, note_discussed
from workflows.actions.calendars import Whose
from workflows.actions.meeting_days import set_meetings
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import AnswersRefused, CaseworkError, NotAllowed, NotFound, RuleBroken
from workflows.casework.meeting_days import Rhythm
from workflows.casework.task import Task
from workflows.questions.meeting_days import meeting_days

AGREED = Said(LAST, "Siobhan visits instead", NEXT)
EAST = Whose("acm", "east")
THURSDAYS = Rhythm(date(2026, 11, 19), 1, time(9, 30), "Library")


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service, on Monday 16 November at nine; East meets on Tuesdays."""
    found = SmallTown(office)
    found.meets("east", date(2026, 10, 6))
    return found


@pytest.fixture
def chair(town: SmallTown) -> UUID:
    """Who chairs the meetings of East."""
    return town.staff("Gil Lead", "gp_lead east")


def test_what_was_agreed_stands_in_the_trail_of_the_case_and_ends_nothing(town: SmallTown, chair: UUID) -> None:
    task = late(town, fired="-8d")
    note_discussed(town.desk(chair), task, AGREED)
    with town.office.desk().looking() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "discussed at the meeting"))
        found = session.get_one(Task, task)
        assert (found.open, entry.case_id, entry.actor) == (True, found.case_id, "Gil Lead")
    said = {name: entry.detail[name] for name in ("task", "why", "met_on", "until")}
    assert said == {
        "task": "Review with the person", "why": "Siobhan visits instead", "met_on": "2026-11-10",
        "until": "2026-11-17",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        (Said(NEXT, "Siobhan visits", NEXT), TOO_SOON),
        (Said(date(2026, 11, 3), "Siobhan visits", NEXT), NOT_YET),
        (Said(LAST, "  ", NEXT), "agreed"),
        (Said(LAST, "x" * 501, NEXT), "agreed"),
        (Said(LAST, "Siobhan visits", date(2026, 11, 9)), "until"),
    ],
)
def test_only_a_meeting_that_has_met_agrees_something_and_by_when(
    town: SmallTown, chair: UUID, said: Said, refused: str
) -> None:
    task = late(town, fired="-8d")
    with pytest.raises(CaseworkError) as problem:
        note_discussed(town.desk(chair), task, said)
    errors = problem.value.errors if isinstance(problem.value, AnswersRefused) else str(problem.value)
    assert refused in errors


def test_what_does_not_stand_on_the_agenda_was_not_discussed_there(town: SmallTown, chair: UUID) -> None:
    with pytest.raises(RuleBroken, match=NOT_THERE):
        note_discussed(town.desk(chair), late(town, turns=1), AGREED)
    done = late(town, fired="-8d", status="completed", ended_at=town.at("-1h"), ended_by_id=chair)
    with pytest.raises(CaseworkError):
        note_discussed(town.desk(chair), done, AGREED)


def test_nothing_is_noted_of_somebody_who_may_not_be_discussed(town: SmallTown, chair: UUID) -> None:
    case = town.case()
    refuses(town, case)
    with pytest.raises(RuleBroken, match="may not be discussed"):
        note_discussed(town.desk(chair), late(town, case=case, fired="-8d"), AGREED)


def test_only_those_who_take_part_and_may_know_of_the_case_say_it(town: SmallTown, chair: UUID) -> None:
    case = town.case()
    task = late(town, case=case, fired="-8d")
    with pytest.raises(NotAllowed):
        note_discussed(town.desk(town.staff("Nia Nurse", "nurse east")), task, AGREED)
    town.shut_out(case, chair)
    with pytest.raises(NotFound):
        note_discussed(town.desk(chair), task, AGREED)


def test_the_manager_of_a_team_says_when_it_meets_and_twice_is_once(town: SmallTown) -> None:
    manager = town.desk(town.staff("Mia Manager", "team_manager east"))
    for _ in range(2):
        set_meetings(manager, EAST, THURSDAYS)
    found = meeting_days(manager, "acm", "east")
    assert [one.day.isoformat() for one in found.coming] == ["2026-11-17", "2026-11-19", "2026-11-26", "2026-12-03"]
    with town.office.desk().looking() as session:
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.act == "team meets otherwise")).all()) == 1


def test_nobody_else_does(town: SmallTown, chair: UUID) -> None:
    for staff_id in (chair, town.staff("Max Manager", "team_manager north")):
        with pytest.raises(NotAllowed):
            set_meetings(town.desk(staff_id), EAST, THURSDAYS)


@pytest.mark.parametrize(
    ("rhythm", "box"),
    [
        (Rhythm(date(2026, 11, 12), 1, time(9)), "first"),
        (Rhythm(date(2026, 12, 25), 1, time(9)), "first"),
        (Rhythm(date(2026, 11, 19), 0, time(9)), "weeks"),
        (Rhythm(date(2026, 11, 19), 0, time(9), of_month=5), "weeks"),
        (Rhythm(date(2026, 11, 19), 0, time(9), of_month=2), "first"),
        (Rhythm(date(2026, 11, 19), 1, time(9), "x" * 101), "where"),
    ],
)
def test_a_team_cannot_meet_in_the_past_or_while_it_is_closed(town: SmallTown, rhythm: Rhythm, box: str) -> None:
    manager = town.desk(town.staff("Mia Manager", "team_manager east"))
    with pytest.raises(AnswersRefused) as refused:
        set_meetings(manager, EAST, rhythm)
    assert list(refused.value.errors) == [box]
