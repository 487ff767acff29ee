from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from workers.jobs import remind
from workflows.actions import climbing, digests
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.diagram import CaseRun
from workflows.casework.ladder import Rung
from workflows.casework.notice import Letter, Notice
from workflows.casework.person import Person
from workflows.casework.programme import Practice, PracticeTeam
from workflows.casework.staff import Absence, StaffMember
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.desk import Work
from workflows.duties.outgoing import Told
from workflows.duties.wording import notice_text


@pytest.fixture
def town(office: Office) -> SmallTown:
    return SmallTown(office)


def notices(town: SmallTown) -> list[Notice]:
    with town.office.desk().looking() as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))


def whom(town: SmallTown) -> list[str]:
    return sorted(notice.address.partition("@")[0] for notice in notices(town))


def test_a_safety_task_reminds_its_holder_at_once(town: SmallTown) -> None:
    nurse = town.staff("Nurse", "nurse east")
    town.task(town.case(), escalation="S", assignee_id=nurse, opened_at=town.at("-3h"), due="+1h", due_unit="H")
    remind.climb(town.office)
    (notice,) = notices(town)
    assert (notice.kind, notice.address) == ("task_due_soon", "nurse@example.org")


def fail_for(broken: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can say whom this task concerns."""
    whoever = climbing.concerned

    def concerned(work: Work, task: Task, rung: Rung) -> Sequence[StaffMember]:
        if task.id == broken:
            raise ValueError("its role is not known")
        return whoever(work, task, rung)

    monkeypatch.setattr(climbing, "concerned", concerned)


def test_a_task_of_which_nobody_can_be_reminded_stops_no_other_reminder(
    town: SmallTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = town.staff("Nurse", "nurse east")
    broken = town.task(town.case(), escalation="S", assignee_id=nurse, due="-2h")
    town.task(town.case(), escalation="S", assignee_id=nurse, due="-1h")
    fail_for(broken, monkeypatch)
    assert remind.climb(town.office) == (1, 1)
    assert whom(town) == ["nurse"]


def test_one_level_reminds_once_however_often_the_worker_comes_round(town: SmallTown) -> None:
    nurse = town.staff("Nurse", "nurse east")
    town.task(town.case(), escalation="S", assignee_id=nurse, opened_at=town.at("-3h"), due="+1h", due_unit="H")
    for _ in range(3):
        remind.climb(town.office)
    assert len(notices(town)) == 1


def test_at_the_due_time_there_is_a_second_reminder_and_then_no_more(town: SmallTown, clock: FixedClock) -> None:
    nurse = town.staff("Nurse", "nurse east")
    town.task(town.case(), escalation="S", assignee_id=nurse, opened_at=town.at("-3h"), due="+1h", due_unit="H")
    for hours in (0, 2, 4):
        clock.advance(timedelta(hours=hours))
        remind.climb(town.office)
    told = notices(town)
    assert [notice.kind for notice in told] == ["task_due_soon", "task_overdue_safety"]
    number = told[0].words["case_number"]
    said = [notice_text(notice.kind, notice.words)[1].partition(".")[0] for notice in told]
    assert said == [f"A task in case {number} is due today 10:00", f"A safety task in case {number} is 1 hour overdue"]


def test_a_task_in_the_pool_reminds_everybody_of_its_role_in_the_team(town: SmallTown) -> None:
    town.staff("Nurse One", "nurse east")
    town.staff("Nurse Two", "nurse east")
    town.staff("Nurse North", "nurse north")
    town.task(town.case(), escalation="S", due="-1h")
    remind.climb(town.office)
    assert whom(town) == ["nurse.one", "nurse.two"]


@pytest.fixture
def intake(town: SmallTown) -> SmallTown:
    """A triage clinician in each team and one for the whole programme; North looks after the practice ZZ001."""
    town.staff("Triage North", "triage north")
    town.staff("Triage East", "triage east")
    town.staff("Triage Everywhere", "triage")
    practice = Practice(programme_id=town.programme_id, code="ZZ001", name="Heron Pool Surgery")
    practice.teams.append(PracticeTeam(team_id=town.teams["north"]))
    town.add(practice)
    return town


def referred(town: SmallTown, practice_code: str) -> UUID:
    """A referral that waits for triage, and has no team yet."""
    person = Person(given_name="Ada", family_name="Khan", nhs_number=None, practice_code=practice_code)
    case = Case(
        number="ACM-000777", person=person, programme_id=town.programme_id, stage="triage", opened_at=town.now,
    )  # fmt: skip
    town.add(case)
    town.add(CaseRun(case_id=case.id, process="acm_case", release_id=town.release_id, started_at=town.now, state="{}"))
    return case.id


def test_before_a_case_has_a_team_the_team_of_its_practice_is_reminded(intake: SmallTown) -> None:
    intake.task(referred(intake, "ZZ001"), role="triage", escalation="S", due="-1h")
    remind.climb(intake.office)
    assert whom(intake) == ["triage.everywhere", "triage.north"]


def test_where_the_register_names_no_team_those_of_the_whole_programme_are_reminded(intake: SmallTown) -> None:
    intake.task(referred(intake, "ZZ999"), role="triage", escalation="S", due="-1h")
    remind.climb(intake.office)
    assert whom(intake) == ["triage.everywhere"]


def test_where_nobody_is_there_for_the_whole_programme_everybody_is_reminded(town: SmallTown) -> None:
    town.staff("Triage North", "triage north")
    town.staff("Triage East", "triage east")
    town.task(referred(town, "ZZ999"), role="triage", escalation="S", due="-1h")
    remind.climb(town.office)
    assert whom(town) == ["triage.east", "triage.north"]


def test_other_tasks_wait_for_one_message_a_day_at_nine(town: SmallTown, clock: FixedClock) -> None:
    nurse = town.staff("Nurse", "nurse east")
    case = town.case()
    for _ in range(3):
        town.task(case, escalation="A", name="Ring her", assignee_id=nurse, due="-1h")
    clock.move_to(datetime.fromisoformat("2026-11-16T08:30:00+00:00"))
    assert remind.daily_digest(town.office)[0] == 0
    clock.move_to(datetime.fromisoformat("2026-11-16T09:05:00+00:00"))
    assert remind.daily_digest(town.office)[0] == 1
    (notice,) = notices(town)
    assert (notice.kind, notice.words["count"]) == ("digest", "3")
    assert notice.words["lines"].splitlines()[0].endswith(": Ring her, 1 hour overdue")


def test_nobody_is_left_out_of_the_daily_message_however_many_tasks_are_due(
    town: SmallTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remind, "RUNGS", replace(remind.RUNGS, portion=2))
    first, last = town.staff("First", "nurse east"), town.staff("Last", "nurse east")
    case = town.case()
    for holder, days in ((first, 4), (first, 3), (first, 2), (last, 1)):
        town.task(case, escalation="A", assignee_id=holder, due=f"-{days}d")
    remind.daily_digest(town.office)
    assert {one.address: one.words["count"] for one in notices(town)} == {
        "first@example.org": "3", "last@example.org": "1",
    }  # fmt: skip


def test_after_three_days_off_there_is_one_message_not_three(town: SmallTown, clock: FixedClock) -> None:
    nurse = town.staff("Nurse", "nurse east")
    case = town.case()
    for days in (1, 2, 3):
        town.task(case, escalation="B", assignee_id=nurse, due=f"+{days}d")
    clock.advance(timedelta(days=4))
    for _ in range(5):
        remind.daily_digest(town.office)
        clock.advance(timedelta(minutes=5))
    assert len(notices(town)) == 1


def test_a_stopped_clock_reminds_nobody(town: SmallTown) -> None:
    nurse = town.staff("Nurse", "nurse east")
    town.task(town.case(), escalation="A", assignee_id=nurse, due="-1d", paused_at=town.now)
    assert remind.daily_digest(town.office) == (0, 0)


def test_somebody_on_leave_is_covered(town: SmallTown) -> None:
    away, cover = town.staff("Away", "nurse east"), town.staff("Cover", "nurse east")
    absence = Absence(staff_id=away, cover_id=cover, first_day=date(2026, 11, 1), last_day=date(2026, 11, 30))
    town.add(absence)
    town.task(town.case(), escalation="S", assignee_id=away, due="-1h")
    remind.climb(town.office)
    assert whom(town) == ["cover"]


def on_leave(town: SmallTown, who: UUID, cover: UUID | None = None) -> None:
    town.add(Absence(staff_id=who, cover_id=cover, first_day=date(2026, 11, 1), last_day=date(2026, 11, 30)))


@pytest.mark.parametrize("covered", [True, False])
def test_of_a_pool_that_is_away_the_cover_is_told_or_else_whoever_hands_on(town: SmallTown, covered: bool) -> None:
    away, elsewhere = town.staff("Away", "triage east"), town.staff("Elsewhere", "triage north")
    town.staff("Manager", "team_manager east")
    on_leave(town, away, elsewhere if covered else None)
    town.task(town.case(), role="triage", escalation="S", due="-1h")
    remind.climb(town.office)
    assert whom(town) == (["elsewhere"] if covered else ["manager"])


def test_where_everybody_is_away_it_is_said_to_the_manager_all_the_same(town: SmallTown) -> None:
    away, manager = town.staff("Away", "triage east"), town.staff("Manager", "team_manager east")
    on_leave(town, away)
    on_leave(town, manager)
    town.task(town.case(), role="triage", escalation="S", due="-1h")
    remind.climb(town.office)
    assert whom(town) == ["manager"]


@pytest.mark.parametrize("why", ["excluded", "away too", "of another role"])
def test_where_the_cover_cannot_either_the_pool_and_the_manager_hear(town: SmallTown, why: str) -> None:
    away, case = town.staff("Away", "nurse east"), town.case()
    cover = town.staff("Cover", "pharmacist east" if why == "of another role" else "nurse east")
    town.staff("Manager", "team_manager east")
    town.staff("Other", "nurse east")
    on_leave(town, away, cover)
    if why == "excluded":
        town.add(Exclusion(case_id=case, staff_id=cover, who="Cover", since=town.now))
    if why == "away too":
        on_leave(town, cover)
    town.task(case, role="nurse", escalation="S", assignee_id=away, due="-1h")
    remind.climb(town.office)
    assert whom(town) == ["manager", "other"]


def test_a_colleague_whom_the_person_excluded_is_not_told(town: SmallTown) -> None:
    out = town.staff("Left Out", "nurse east")
    town.staff("Let In", "nurse east")
    case = town.case()
    town.add(Exclusion(case_id=case, staff_id=out, who="Left Out", since=town.now))
    town.task(case, escalation="S", due="-1h")
    remind.climb(town.office)
    assert whom(town) == ["let.in"]


def test_no_reminder_names_the_person(town: SmallTown) -> None:
    nurse = town.staff("Nurse", "nurse east")
    town.task(town.case(given="Zebedee", family="Unlikely"), escalation="A", assignee_id=nurse, due="-1h")
    remind.daily_digest(town.office)
    (notice,) = notices(town)
    assert "Unlikely" not in str(notice.words)
    assert "Zebedee" not in str(notice.words)


def ready(town: SmallTown, case: UUID, send_by: date) -> None:
    """A letter that lies ready."""
    town.add(
        Letter(
            case_id=case, template="L06", title="Invitation", audience="person", recipient="person", text="Dear Ada",
            status="ready", written_at=town.now, send_by=send_by,
        )
    )  # fmt: skip


@pytest.mark.both_databases
def test_those_who_send_letters_hear_once_how_many_are_past_their_day(town: SmallTown, clock: FixedClock) -> None:
    clerk = town.staff("Clerk", "coordinator east")
    town.staff("Clerk North", "coordinator north")
    town.staff("Manager", "team_manager east")
    case = town.case()
    for day in (12, 13, 16):
        ready(town, case, date(2026, 11, day))
    remind.daily_digest(town.office)
    (notice,) = notices(town)
    assert (notice.address, notice.kind, notice.words["letters"]) == (
        "clerk@example.org",
        "letters_past_their_day",
        "2",
    )
    assert "Ada" not in str(notice.words)
    town.task(case, escalation="A", assignee_id=clerk, due="+25h")
    clock.advance(timedelta(days=2))
    remind.daily_digest(town.office)
    assert [(one.kind, one.words.get("letters")) for one in notices(town)[1:]] == [("digest_and_letters", "3")]
    clock.advance(timedelta(days=1))
    assert remind.daily_digest(town.office)[0] == 0


@pytest.mark.both_databases
@pytest.mark.parametrize("fault", ["person", "task"])
def test_one_persons_fault_keeps_nobody_elses_mail_back_and_nobody_hears_twice(
    town: SmallTown, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    """The second of three people, or the task that two of them share, makes trouble until tomorrow."""
    people = [town.staff(name, "nurse east") for name in ("Ann", "Bea", "Cat")]
    case = town.case()
    shared = town.task(case, name="shared", escalation="A", due="-1h")
    for staff in people:
        town.task(case, name="own", escalation="A", due="-1h", assignee_id=staff)
    put_out = digests.put_out

    def faulty(work: Work, told: Told, staff: StaffMember, by: str) -> Notice | None:
        if fault == "person" and staff.name == "Bea":
            raise ValueError("her address is broken")
        return put_out(work, told, staff, by)

    monkeypatch.setattr(digests, "put_out", faulty)
    if fault == "task":
        fail_for(shared, monkeypatch)
    for _ in range(2):
        assert remind.daily_digest(town.office)[1] == (fault == "person")  # of the task the rounds of climbing tell
    named = people[1] if fault == "person" else shared
    assert str(named) in "".join(str(record.about) for record in caplog.records if hasattr(record, "about"))
    assert counted(town) == {"person": ["Ann 2", "Cat 2"], "task": ["Ann 1", "Bea 1", "Cat 1"]}[fault]
    monkeypatch.undo()
    clock.advance(timedelta(days=1))
    for _ in range(2):
        assert remind.daily_digest(town.office)[1] == 0
    assert counted(town) == {
        "person": ["Ann 2", "Bea 2", "Cat 2"], "task": ["Ann 1", "Ann 1", "Bea 1", "Bea 1", "Cat 1", "Cat 1"],
    }[fault]  # fmt: skip


def counted(town: SmallTown) -> list[str]:
    """To whom a message went, and of how many tasks it told."""
    return sorted(f"{one.address.partition('@')[0].capitalize()} {one.words['count']}" for one in notices(town))
