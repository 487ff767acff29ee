"""Who has looked at a case is told in full, to those who watch over it and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from tests.builders.small_town import SmallTown
from tests.builders.tampering import unguard_the_audit
from webapp.cases.looked_words import looked_words, whole_words
from workflows.actions.seeing import note_list_seen, note_seen
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import NotAllowed, NotFound
from workflows.clock import FixedClock
from workflows.questions.looked import PAGE, USUAL_DAYS, Lookers, who_looked

NUMBER = "ACM-000001"


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


def look(town: SmallTown, staff: UUID, case_id: UUID, page: str = "case") -> None:
    """Somebody opens a page of the case."""
    note_seen(town.desk(staff), "record seen", "Case", case_id, page=page)


def said(found: Lookers) -> list[str]:
    """What the page says, a line a look."""
    return [f"{one.by} ({'; '.join(one.posts)}): {looked_words(one)}" for one in found.looks]


def test_every_look_is_told_the_newest_first_with_who_they_were(town: SmallTown, clock: FixedClock) -> None:
    nurse, guardian = town.staff("Nia Nurse", "nurse east", "triage"), town.staff("Cal Guard", "caldicott")
    case_id = town.case()
    town.case()
    look(town, nurse, case_id)
    clock.advance(timedelta(minutes=5))
    note_list_seen(town.desk(nurse), "caseload", [NUMBER, "ACM-000002"])
    note_list_seen(town.desk(nurse), "search", ["ACM-000002", "ACM-0000010"])
    clock.advance(timedelta(minutes=5))
    look(town, guardian, case_id, "document Referral, number 1")
    note_seen(town.desk(guardian), "task seen", "Task", case_id, task="Agree the plan (API)")
    assert said(who_looked(town.desk(guardian), NUMBER)) == [
        "Cal Guard (Caldicott lead): Opened the task “Agree the plan”, by a program (API)",
        "Cal Guard (Caldicott lead): Opened the document Referral, number 1",
        "Nia Nurse (District nurse, East; Triage clinician): Saw the person in a list: the caseload",
        "Nia Nurse (District nurse, East; Triage clinician): Opened the case",
    ]


def test_nothing_is_lost_between_pages_and_one_person_can_be_asked_for(town: SmallTown, clock: FixedClock) -> None:
    nurse, guardian = town.staff("Nia Nurse", "nurse east"), town.staff("Cal Guard", "caldicott")
    case_id = town.case()
    for number in range(PAGE + 3):
        look(town, nurse, case_id, f"page {number}")
        note_list_seen(town.desk(guardian), "caseload", [NUMBER])
    first = who_looked(town.desk(guardian), NUMBER, who=nurse)
    assert first.after
    second = who_looked(town.desk(guardian), NUMBER, who=nurse, after=first.after)
    assert second.after is None
    told = [one.detail["page"] for one in (*first.looks, *second.looks)]
    assert told == [f"page {number}" for number in reversed(range(PAGE + 3))]
    assert first.found == PAGE + 3
    assert [(name, times) for _, name, times in first.people] == [("Cal Guard", PAGE + 3), ("Nia Nurse", PAGE + 3)]


def test_what_is_long_ago_is_told_when_it_is_asked_for(town: SmallTown, clock: FixedClock) -> None:
    nurse, guardian = town.staff("Nia Nurse", "nurse east"), town.staff("Cal Guard", "caldicott")
    look(town, nurse, town.case())
    day = town.now.date()
    clock.advance(timedelta(days=USUAL_DAYS + 1))
    desk = town.desk(guardian)
    assert who_looked(desk, NUMBER).looks == ()
    assert len(who_looked(desk, NUMBER, day, day).looks) == 1
    assert who_looked(desk, NUMBER, day + timedelta(days=1)).looks == ()


@pytest.mark.parametrize("posts", [("nurse east",), ("nurse east", "team_manager north"), ("gp_lead east",)])
def test_nobody_is_told_who_does_not_watch_over_this_case(town: SmallTown, posts: tuple[str, ...]) -> None:
    town.case()
    with pytest.raises(NotAllowed):
        who_looked(town.desk(town.staff("Nia Nurse", *posts)), NUMBER)


@pytest.mark.parametrize("post", ["team_manager east", "service_manager", "caldicott"])
def test_whom_the_person_leaves_out_is_told_nothing_whatever_their_post(town: SmallTown, post: str) -> None:
    watching = town.staff("Wyn Watch", post)
    case_id = town.case()
    assert who_looked(town.desk(watching), NUMBER).looks == ()
    town.shut_out(case_id, watching)
    with pytest.raises(NotFound):
        who_looked(town.desk(watching), NUMBER)


def test_it_is_said_whether_the_record_is_complete(town: SmallTown) -> None:
    guardian, case_id = town.staff("Cal Guard", "caldicott"), town.case()
    for page in ("case", "people", "plan"):
        look(town, guardian, case_id, page)
    desk = town.desk(guardian)
    assert whole_words(who_looked(desk, NUMBER).whole) == "The record is complete: 3 entries checked."
    session = town.session()
    unguard_the_audit(session)
    session.execute(update(AuditEntry).where(AuditEntry.seq == 2).values(actor="Somebody else"))
    session.commit()
    session.close()
    assert "at entry 2, it was changed after it was written" in whole_words(who_looked(desk, NUMBER).whole)
