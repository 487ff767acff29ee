"""The agenda of a team's meeting: what is on the table at which meeting, what is overdue, and who may read of whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.builders.small_town import SmallTown
from workflows.actions.agenda import Said, note_discussed
from workflows.assembly import Office
from workflows.casework.agenda import AGAIN, NEW, PUT_OFF, URGENT
from workflows.casework.care import CarePlan
from workflows.casework.consent import Consent
from workflows.casework.errors import NotAllowed
from workflows.clock import FixedClock
from workflows.questions.agenda import Agenda, agenda, teams_that_meet
from workflows.questions.task_clock import task_clock

LAST, NEXT, AFTER = date(2026, 11, 10), date(2026, 11, 17), date(2026, 11, 24)  # Tuesdays; today is Monday 16
REVIEW = {"key": "review_person", "name": "Review with the person", "escalation": "A"}
ON_AGENDA = " agenda report "


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service, on Monday 16 November at nine; East meets on Tuesdays and has time for two cases."""
    found = SmallTown(office)
    found.meets("east", date(2026, 10, 6))
    return found


@pytest.fixture
def chair(town: SmallTown) -> UUID:
    """Who chairs the meetings of East."""
    return town.staff("Gil Lead", "gp_lead east")


def waiting(town: SmallTown, days: int = 3, **given: Any) -> UUID:
    """A case whose decision is waited for, for so many days."""
    case = town.case(**given)
    since = town.now - timedelta(days=days)
    step = {"key": "record_mdt_decision", "name": "Record and sign the decision", "process": "acm_mdt_decision"}
    town.task(case, "gp_lead", "+10d", escalation="A", opened_at=since, **step)
    town.waits_for(case, "mdt_case_decided")
    return case


def invited(town: SmallTown, case: UUID, day: date) -> None:
    town.paper(case, "F15", {"meeting_at": f"{day.isoformat()}T14:00:00+00:00"})


def late(town: SmallTown, due: str = "-20d", fired: str = "-1d", **given: Any) -> UUID:
    """A review that came to the agenda; `case` where it is not a new one."""
    case = given.pop("case", None) or town.case()
    task = town.task(case, due=due, **{**REVIEW, **given})
    town.came_to(task, ON_AGENDA, fired)
    return task


def numbers(found: Agenda) -> list[str]:
    return [row.of.number for row in found.cases]


def overdue(found: Agenda) -> list[UUID]:
    return [one.row.task_id for one in found.late]


def of(town: SmallTown, staff_id: UUID, day: date | None = None) -> Agenda:
    return agenda(town.desk(staff_id), town.teams["east"], day)


def test_what_is_urgent_comes_first_then_put_off_new_and_those_who_come_back(town: SmallTown, chair: UUID) -> None:
    back = waiting(town, 9)
    town.add(CarePlan(case_id=back, number=1, document_id=town.paper(back, "F18", {}), valid_from=town.now))
    waiting(town, 5)
    put_off = waiting(town, 1)
    town.paper(put_off, "F16", {"decision": "defer_more_info", "quorate": "Yes"})
    waiting(town, 0, priority="urgent")
    found = [*of(town, chair).cases, *of(town, chair, AFTER).cases]
    assert [row.waits.comes_as for row in found] == [URGENT, PUT_OFF, NEW, AGAIN]


def test_people_were_invited_to_a_meeting_and_the_others_fill_the_room_that_is_left(
    town: SmallTown, chair: UUID
) -> None:
    for days in (1, 7, 5):
        waiting(town, days)
    dated = waiting(town)
    invited(town, dated, NEXT)
    assert numbers(of(town, chair)) == ["ACM-000002", "ACM-000004"]
    assert numbers(of(town, chair, AFTER)) == ["ACM-000003", "ACM-000001"]


def test_a_case_of_a_meeting_that_decided_nothing_comes_to_the_next_as_put_off(town: SmallTown, chair: UUID) -> None:
    invited(town, waiting(town), LAST)
    (row,) = of(town, chair).cases
    assert row.waits.comes_as == PUT_OFF
    assert numbers(of(town, chair, LAST)) == ["ACM-000001"]


def test_a_day_to_which_people_were_invited_is_a_meeting_too(town: SmallTown, chair: UUID) -> None:
    invited(town, waiting(town), date(2026, 11, 19))
    assert of(town, chair).later == date(2026, 11, 19)
    assert numbers(of(town, chair, date(2026, 11, 19))) == ["ACM-000001"]


def test_huddles_and_those_who_may_not_be_discussed_are_on_no_agenda(town: SmallTown, chair: UUID) -> None:
    refuses(town, waiting(town))
    waiting(town, sharing_scope="minimum")
    huddle = town.case()
    town.task(huddle, "gp_lead", process="acm_mdt_decision", key="record_mdt_decision", escalation="S")
    found = of(town, chair)
    assert (numbers(found), found.huddles) == ([], 3)


def test_an_overdue_review_stands_on_the_next_agenda_until_it_is_done(town: SmallTown, chair: UUID) -> None:
    task = late(town)
    late(town, status="completed", ended_at=town.at("-1h"), ended_by_id=chair)
    elsewhere = town.task(town.case(), due="-20d", **REVIEW)
    town.came_to(elsewhere, " board ")
    found = of(town, chair)
    assert overdue(found) == [task]
    assert (found.late[0].row.days, found.late[0].row.whose) == (14, "nobody’s yet, district nurse pool")
    assert overdue(of(town, chair, AFTER)) == []


def test_what_was_put_on_another_day_has_left_the_agenda(town: SmallTown, chair: UUID) -> None:
    late(town, turns=1)
    assert overdue(of(town, chair)) == []


def test_a_clock_that_stands_still_is_said_and_does_not_take_a_review_off_the_agenda(
    town: SmallTown, chair: UUID
) -> None:
    late(town, paused_at=town.at("-1d"))
    assert [one.row.paused for one in of(town, chair).late] == [True]


def test_an_earlier_agenda_tells_what_stood_there_then_and_what_was_decided(town: SmallTown, chair: UUID) -> None:
    there = late(town, fired="-8d")
    done = late(town, fired="-8d", status="completed", ended_at=town.at("-2d"), ended_by_id=chair)
    late(town, fired="-8d", status="completed", ended_at=town.at("-7d"), ended_by_id=chair)
    late(town, fired="-2d")
    decided = town.case()
    town.paper(decided, "F16", {"meeting": LAST.isoformat(), "decision": "case_manage"})
    town.paper(town.case(), "F16", {"meeting": NEXT.isoformat(), "decision": "case_manage"})
    found = of(town, chair, LAST)
    assert sorted(overdue(found)) == sorted([there, done])
    assert [(row.of.case_id, row.decision) for row in found.decided] == [(decided, "Case management")]


def test_a_meeting_at_which_nothing_was_noted_about_it_is_named(town: SmallTown, chair: UUID) -> None:
    task = late(town, fired="-15d")
    assert of(town, chair).late[0].unsaid == (date(2026, 11, 3), LAST)
    note_discussed(town.desk(chair), task, Said(LAST, "Siobhan visits instead", NEXT))
    (one,) = of(town, chair).late
    assert one.unsaid == (date(2026, 11, 3),)
    assert [(said.met_on, said.what, said.by) for said in one.row.agreed] == [
        (LAST, "Siobhan visits instead", "Gil Lead")
    ]


def test_without_a_day_of_meeting_everything_still_stands_on_the_agenda(town: SmallTown) -> None:
    task = late(town, case=town.case(team="north"))
    waiting(town, team="north")
    found = agenda(town.desk(town.staff("Ned North", "gp_lead north")), town.teams["north"])
    assert (found.sitting, overdue(found), len(found.cases)) == (None, [task], 1)


def test_whoever_the_person_left_out_reads_neither_of_them_nor_a_number(town: SmallTown, chair: UUID) -> None:
    key_worker = town.staff("Kay Worker", "care_coordinator east")  # with whom they are not shared either
    for case in (waiting(town, sectors={"housing"}), town.case(sectors={"housing"})):
        late(town, case=case)
        for reader in (chair, key_worker):
            town.shut_out(case, reader)
    for reader in (chair, key_worker):
        found = of(town, reader)
        assert (found.cases, found.late, found.hidden) == ((), (), 0)


def test_a_case_that_is_not_shared_with_its_reader_is_counted_and_not_named(town: SmallTown, chair: UUID) -> None:
    for case in (waiting(town, sectors={"housing"}), town.case(sectors={"housing"})):
        late(town, case=case)
    key_worker = of(town, town.staff("Kay Worker", "care_coordinator east"))
    assert (key_worker.cases, key_worker.late, key_worker.hidden) == ((), (), 2)
    assert (len(of(town, chair).late), of(town, chair).hidden) == (2, 0)


def test_somebody_who_may_not_be_discussed_is_kept_apart_from_what_is_for_the_table(
    town: SmallTown, chair: UUID
) -> None:
    task = late(town)
    case = town.case()
    refuses(town, case)
    apart = late(town, case=case)
    found = of(town, chair)
    assert (overdue(found), [row.task_id for row in found.apart]) == ([task], [apart])


def refuses(town: SmallTown, case: UUID) -> None:
    """The person does not want to be discussed by several organisations."""
    said = {"basis": "explicit", "may_proceed": "yes", "discuss_mdt": "no", "valid_from": town.now}
    town.add(Consent(case_id=case, **said))


def test_the_agenda_is_for_those_who_take_part(town: SmallTown) -> None:
    with pytest.raises(NotAllowed):
        of(town, town.staff("Ned North", "gp_lead north"))
    with pytest.raises(NotAllowed):
        of(town, town.staff("Nia Nurse", "nurse east"))


def test_the_teams_at_whose_meetings_one_takes_part_are_told_with_their_numbers(town: SmallTown, chair: UUID) -> None:
    late(town)
    waiting(town)
    town.shut_out(waiting(town), chair)
    (team,) = teams_that_meet(town.desk(chair))
    assert (team.name, team.sitting and team.sitting.day, team.waiting, team.late) == ("East", NEXT, 1, 1)
    everywhere = teams_that_meet(town.desk(town.staff("Sam Service", "service_manager")))
    assert [one.name for one in everywhere] == ["East", "North"]


def test_a_task_says_on_which_agenda_it_stands(town: SmallTown, chair: UUID, clock: FixedClock) -> None:
    task, other = late(town), town.task(town.case(), due="-20d")
    nurse = town.staff("Nia Nurse", "nurse east")
    seen = task_clock(town.desk(chair), task).agenda
    assert seen is not None
    assert (seen.day, seen.open) == (NEXT, True)
    assert task_clock(town.desk(chair), other).agenda is None
    clock.advance(timedelta(days=2))
    by_nurse = task_clock(town.desk(nurse), task).agenda
    assert by_nurse is not None
    assert (by_nurse.day, by_nurse.open) == (AFTER, False)
