"""An overdue task climbs its ladder: whom it reaches when, and what stops it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from workers.jobs import remind
from workflows.actions import climbing, putting_off, tasks
from workflows.actions.notices import claim_notice, due_notices
from workflows.assembly import Office
from workflows.casework.errors import AnswersRefused, NotAllowed, RuleBroken
from workflows.casework.escalation import Escalation
from workflows.casework.ladder import Rung
from workflows.casework.notice import Notice
from workflows.casework.programme import Programme
from workflows.casework.staff import Absence, StaffMember
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.desk import Work
from workflows.duties.rungs import set_next_rung

NINE = datetime.fromisoformat("2026-11-16T09:05:00+00:00")
REVIEW = {"escalation": "A", "properties": {"ladder": "review"}, "name": "Review with the person"}


class Street(SmallTown):
    """A nurse, their cover to be, their managers, and a case of theirs."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.nurse, self.other = self.staff("Nurse", "nurse east"), self.staff("Other", "nurse east")
        for name, post in (("Manager", "team_manager east"), ("Head", "service_manager")):
            self.staff(name, post)
        self.staff("Guardian", "safeguarding_lead")

    def told(self) -> list[str]:
        """Who was written to, in order."""
        with self.office.desk().looking() as session:
            return [one.partition("@")[0] for one in session.scalars(select(Notice.address).order_by(Notice.id))]

    def kept(self, task_id: UUID) -> Task:
        with self.office.desk().looking() as session:
            return session.get_one(Task, task_id)

    def end(self, task_id: UUID) -> None:
        """The task is done."""
        session = self.session()
        session.get_one(Task, task_id).status = "completed"
        session.commit()
        session.close()

    def round(self) -> list[str]:
        """Let the worker come round: who is written to, by name."""
        before = len(self.told())
        remind.climb(self.office)
        remind.daily_digest(self.office)
        return sorted(self.told()[before:])

    def mornings(self, clock: FixedClock, days: int) -> dict[str, list[str]]:
        """Let so many mornings come: by day, who was written to."""
        found = {}
        for _ in range(days):
            clock.advance(timedelta(days=1))
            if new := self.round():
                found[f"{clock.now():%d %b}"] = new
        return found


@pytest.fixture
def street(office: Office, clock: FixedClock) -> Street:
    clock.move_to(NINE)
    return Street(office)


@pytest.mark.both_databases
def test_an_overdue_review_reaches_the_team_manager_then_the_service_manager_then_the_meeting(
    street: Street, clock: FixedClock
) -> None:
    street.task(street.case(), assignee_id=street.nurse, due="+10d", **REVIEW)  # Thursday the 26th, at 09:05
    assert street.mornings(clock, 28) == {
        "19 Nov": ["nurse"], "26 Nov": ["nurse"], "01 Dec": ["manager"], "04 Dec": ["head"],
    }  # fmt: skip
    with street.office.desk().looking() as session:
        rungs = session.scalars(select(Escalation).order_by(Escalation.id)).all()
    assert [(one.slot, one.shown) for one in rungs[2:]] == [("L2", ""), ("L3", " board "), ("L4", " agenda report ")]


def test_an_overdue_safety_task_reaches_both_managers_within_four_hours(street: Street, clock: FixedClock) -> None:
    street.task(street.case(), escalation="S", assignee_id=street.nurse, due="+1h", opened_at=NINE, due_unit="H")
    heard = {}
    for minutes in (29, 2, 29, 119, 2, 119, 2):
        clock.advance(timedelta(minutes=minutes))
        if new := street.round():
            heard[f"{clock.now():%H:%M}"] = new
    assert heard == {
        "09:36": ["nurse"],
        "10:05": ["nurse", "other"],
        "12:06": ["manager"],
        "14:05": ["guardian", "head"],
    }


@pytest.mark.both_databases
def test_after_a_week_off_each_person_has_one_message_of_everything_and_each_rung_stands_once(
    street: Street, clock: FixedClock
) -> None:
    case = street.case()
    for hours in (5, 6, 7):
        street.task(case, escalation="A", assignee_id=street.nurse, due=f"+{hours}h")
    clock.advance(timedelta(days=9))
    assert street.round() == ["head", "manager", "nurse"]
    assert street.round() == []
    assert street.mornings(clock, 5) == {}
    with street.office.desk().looking() as session:
        slots = [one.slot for one in session.scalars(select(Escalation))]
    assert sorted(slots) == ["L1"] * 3 + ["L2"] * 3 + ["L3"] * 3


def test_nobody_has_a_second_message_of_the_day_while_one_task_makes_trouble(
    street: Street, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whoever = street.task(street.case(), escalation="A", due="-1h"), climbing.concerned

    def concerned(work: Work, task: Task, rung: Rung) -> Sequence[StaffMember]:
        if task.id == broken:
            raise ValueError("its role is not known")
        return whoever(work, task, rung)

    monkeypatch.setattr(climbing, "concerned", concerned)
    for hours in (-1, 2, 3):
        street.task(street.case(), escalation="A", assignee_id=street.nurse, due=f"{hours:+}h")
    assert street.round() == ["nurse"]
    for _ in range(4):
        clock.advance(timedelta(hours=1))
        assert street.round() == []  # what fell due since waits for the morning
    clock.move_to(NINE + timedelta(days=1))
    assert street.round() == ["nurse"]


def test_a_clock_that_is_set_back_tells_nobody_twice(street: Street, clock: FixedClock) -> None:
    street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h")
    clock.advance(timedelta(days=1))
    assert street.round() == ["nurse"]
    clock.advance(timedelta(days=-1))
    assert street.round() == []
    clock.advance(timedelta(days=1, hours=1))
    assert street.round() == []


def test_whoever_takes_a_task_over_hears_in_the_morning_and_it_stays_on_its_rung(
    street: Street, clock: FixedClock
) -> None:
    task = street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h")
    clock.advance(timedelta(hours=3))
    remind.climb(street.office)
    tasks.reassign_task(street.desk(street.nurse), task, street.other, "I am off sick")
    assert street.kept(task).level == 3
    clock.move_to(NINE)
    assert street.mornings(clock, 2) == {"17 Nov": ["other"]}


def test_what_is_done_in_the_meantime_is_in_nobodys_message(street: Street, clock: FixedClock) -> None:
    task = street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h")
    clock.advance(timedelta(hours=3))
    remind.climb(street.office)
    street.end(task)
    assert street.mornings(clock, 1) == {}


def test_a_message_is_looked_at_once_more_when_it_is_sent(street: Street, clock: FixedClock) -> None:
    case = street.case()
    done, left = (street.task(case, name=name, assignee_id=street.nurse, due="-1h") for name in ("Done", "Left"))
    street.round()
    street.end(done)
    (notice,) = due_notices(street.office.desk())
    mail = claim_notice(street.office.desk(), notice)
    assert mail is not None
    assert ("Left" in mail.body, "Done" in mail.body) == (True, False)
    street.end(left)
    clock.advance(timedelta(minutes=6))
    assert claim_notice(street.office.desk(), notice) is None
    with street.office.desk().looking() as session:
        assert session.get_one(Notice, notice).status == "suppressed"


@pytest.mark.both_databases
def test_who_says_that_they_know_of_it_keeps_it_from_the_team_manager_but_not_from_the_last_rung(
    street: Street, clock: FixedClock
) -> None:
    task = street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h")
    street.mornings(clock, 1)
    putting_off.know_of(street.desk(street.nurse), task)
    assert street.mornings(clock, 10) == {"24 Nov": ["head"]}


@pytest.mark.both_databases
def test_a_task_is_put_off_twice_with_a_reason_and_the_last_rung_comes_all_the_same(
    street: Street, clock: FixedClock
) -> None:
    task, desk = street.task(street.case(), assignee_id=street.nurse, due="+2h"), street.desk(street.nurse)
    with pytest.raises(AnswersRefused) as refused:
        putting_off.put_off(desk, task, NINE.date(), " ")
    assert set(refused.value.errors) == {"until", "why"}
    putting_off.put_off(desk, task, date(2026, 11, 19), "She is with her sister until Thursday")
    assert street.mornings(clock, 3) == {"19 Nov": ["nurse"]}
    putting_off.put_off(desk, task, date(2026, 12, 3), "Her sister asked for it")
    assert street.mornings(clock, 25) == {"01 Dec": ["manager"]}  # with the last rung, which nothing puts off
    with street.office.desk().looking() as session:
        assert [one.slot for one in session.scalars(select(Escalation))][-1] == "L3"  # which is in the report
    with pytest.raises(RuleBroken, match="put off twice already"):
        putting_off.put_off(desk, task, date(2027, 1, 8), "Once more")


def test_nothing_puts_off_what_is_about_safety_and_nobody_else_puts_off_a_task(street: Street) -> None:
    case = street.case()
    safety = street.task(case, escalation="S", assignee_id=street.nurse, due="+2h")
    usual = street.task(case, assignee_id=street.nurse, due="+2h")
    with pytest.raises(RuleBroken, match="about safety cannot be put off"):
        putting_off.put_off(street.desk(street.nurse), safety, date(2026, 11, 19), "Later")
    with pytest.raises(NotAllowed):
        putting_off.put_off(street.desk(street.other), usual, date(2026, 11, 19), "Later")


@pytest.mark.both_databases
def test_a_review_put_on_another_day_begins_its_ladder_anew(street: Street, clock: FixedClock) -> None:
    task = street.task(street.case(), assignee_id=street.nurse, due="+2h", **REVIEW)
    assert street.mornings(clock, 4) == {"17 Nov": ["nurse"], "19 Nov": ["manager"]}
    with street.office.desk().work() as work:
        held = work.session.get_one(Task, task)
        held.put_on(work.now + timedelta(days=3), None, work.now)
        set_next_rung(held, work.now)
        work.commit()
    assert street.mornings(clock, 7) == {"23 Nov": ["nurse"], "26 Nov": ["manager"]}


def test_what_is_low_reaches_the_manager_on_a_monday_morning(street: Street, clock: FixedClock) -> None:
    street.task(street.case(), escalation="C", assignee_id=street.nurse, due="+2h")
    heard = street.mornings(clock, 21)
    assert list(heard.values()) == [["nurse"], ["manager"]]
    assert list(heard)[1] == "07 Dec"  # ten working days after the 16th is Monday the 30th, in the evening


def test_a_cover_who_took_part_in_nothing_hears_for_whoever_is_away(street: Street, clock: FixedClock) -> None:
    street.add(
        Absence(staff_id=street.nurse, cover_id=street.other, first_day=date(2026, 11, 17), last_day=date(2026, 11, 30))
    )
    street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h")
    assert street.mornings(clock, 1) == {"17 Nov": ["other"]}


def test_where_only_colleagues_named_in_a_concern_are_meant_it_is_said_to_somebody_else_who_can_hand_it_on(
    street: Street, clock: FixedClock
) -> None:
    with street.office.desk().looking() as session:
        manager = session.scalars(select(StaffMember).where(StaffMember.name == "Manager")).one()
    case = street.case()
    street.paper(case, "F23", {"alleged_colleagues": [str(manager.id)]})
    street.task(
        case, escalation="S", assignee_id=street.nurse, due="+1h", due_unit="H", opened_at=NINE,
        key="settle_safeguarding", form_key="F23b",
    )  # fmt: skip
    clock.advance(timedelta(hours=1))
    assert street.round() == ["nurse", "other"]
    clock.advance(timedelta(hours=2))
    assert street.round() == ["head"]  # and not to nobody, which is what "team_manager" leaves here


def test_what_one_colleague_knows_of_counts_no_longer_once_another_has_it(street: Street, clock: FixedClock) -> None:
    task = street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h")
    putting_off.know_of(street.desk(street.nurse), task)
    tasks.reassign_task(street.desk(street.nurse), task, street.other, "I am off sick")
    assert street.kept(task).seen_by_id is None
    assert street.mornings(clock, 3) == {"17 Nov": ["other"], "19 Nov": ["manager"]}


def test_who_knows_of_a_task_and_takes_it_knows_of_it_still(street: Street) -> None:
    case = street.case()
    known, elses = (street.task(case, escalation="A", due="+2h") for _ in range(2))
    for task in (known, elses):
        putting_off.know_of(street.desk(street.nurse), task)
    tasks.claim_task(street.desk(street.nurse), known)
    tasks.claim_task(street.desk(street.other), elses)
    assert (street.kept(known).seen_by_id, street.kept(elses).seen_by_id) == (street.nurse, None)


def test_nobody_puts_a_task_off_for_longer_than_the_programme_lets_them(street: Street, clock: FixedClock) -> None:
    task, desk = street.task(street.case(), assignee_id=street.nurse, due="+2h", **REVIEW), street.desk(street.nurse)
    with pytest.raises(AnswersRefused) as refused:
        putting_off.put_off(desk, task, date(2026, 12, 1), "She is away")
    assert refused.value.errors == {
        "until": "Reminders can wait until 30 November 2026 at most. Enter that day or an earlier one"
    }
    putting_off.put_off(desk, task, date(2026, 11, 30), "She is away")
    assert street.mornings(clock, 14) == {"30 Nov": ["head", "manager", "nurse"]}


@pytest.mark.both_databases
def test_what_is_put_off_before_nine_is_not_in_the_message_of_that_morning(street: Street, clock: FixedClock) -> None:
    task = street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h")
    clock.advance(timedelta(hours=3))
    remind.climb(street.office)
    putting_off.put_off(street.desk(street.nurse), task, date(2026, 11, 20), "She is with her sister until Friday")
    clock.move_to(NINE)
    assert street.mornings(clock, 4) == {"20 Nov": ["manager", "nurse"]}


def test_a_pause_of_reminders_ends_when_somebody_else_has_the_task(street: Street, clock: FixedClock) -> None:
    task = street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h")
    clock.advance(timedelta(hours=3))
    remind.climb(street.office)
    putting_off.put_off(street.desk(street.nurse), task, date(2026, 11, 27), "She is with her sister")
    tasks.reassign_task(street.desk(street.nurse), task, street.other, "I am off sick")
    clock.move_to(NINE)
    heard = street.mornings(clock, 4)
    assert [one for new in heard.values() for one in new] == ["other", "manager"]


REPEATED = """ladder,level,when,only,whom,how,shown,every,times,until
S,L1,due,,holder,at once,,,,done
A,L1,due,,holder,daily,,2WD,5,done
A,L2,+9WD,,team_manager,daily,,,,done
B,L1,due,,holder,daily,,,,done
C,L1,due,,holder,daily,,,,done
review,L1,due,,holder,daily,,,,done
"""


@pytest.fixture
def repeated(street: Street) -> UUID:
    """A task whose holder is told every other working day once it is late."""
    session = street.session()
    session.get_one(Programme, street.programme_id).content = {"ladder": {"number": 1, "table": REPEATED}}
    session.commit()
    session.close()
    return street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h")


def test_a_pause_holds_what_is_said_again_and_again_too(street: Street, clock: FixedClock, repeated: UUID) -> None:
    assert street.mornings(clock, 1) == {"17 Nov": ["nurse"]}
    putting_off.put_off(street.desk(street.nurse), repeated, date(2026, 11, 26), "She is away")
    assert list(street.mornings(clock, 10)) == ["26 Nov"]


@pytest.mark.both_databases
def test_who_knows_of_a_task_waits_no_longer_for_what_is_said_again(
    street: Street, clock: FixedClock, repeated: UUID
) -> None:
    street.mornings(clock, 1)
    comes = street.kept(repeated).remind_at
    clock.advance(timedelta(days=1))
    putting_off.know_of(street.desk(street.nurse), repeated)
    assert street.kept(repeated).remind_at == comes
