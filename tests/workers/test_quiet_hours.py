"""At night only what cannot wait is sent, and what somebody waits for; the rest goes in the morning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from workers.jobs import remind, send_notices
from workflows.actions.notices import claim_notice, due_notices, mark_failed
from workflows.actions.setting_values import checked_value
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused
from workflows.casework.notice import Notice
from workflows.casework.programme import ProgrammeSetting
from workflows.casework.quiet import USUAL, longest_wait
from workflows.casework.staff import Membership
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.desk import Desk
from workflows.duties.outgoing import Told, put_out

NIGHT = datetime.fromisoformat("2026-11-16T21:00:00+00:00")
MORNING = datetime.fromisoformat("2026-11-17T08:00:00+00:00")


@pytest.fixture
def town(office: Office, clock: FixedClock) -> SmallTown:
    clock.move_to(NIGHT)
    return SmallTown(office)


def written(desk: Desk, kind: str, to: str = "somebody@example.org", case_id: UUID | None = None) -> UUID:
    with desk.work() as work:
        notice = put_out(work, Told(kind, f"{kind}:{to}", {"case_number": "ACM-000001"}, case_id), to)
        assert notice is not None
        work.commit()
        return notice.id


def kept(town: SmallTown, notice_id: UUID) -> Notice:
    with town.office.desk().looking() as session:
        return session.get_one(Notice, notice_id)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-16T18:59:59+00:00", None),
        ("2026-11-16T19:00:00+00:00", "2026-11-17T08:00:00+00:00"),
        ("2026-11-17T07:59:59+00:00", "2026-11-17T08:00:00+00:00"),
        ("2026-11-17T08:00:00+00:00", None),
        ("2026-07-01T18:30:00+00:00", "2026-07-02T07:00:00+00:00"),  # summer time: 19:30, and 8 in the morning
        ("2026-10-24T22:00:00+00:00", "2026-10-25T08:00:00+00:00"),  # the clocks go back in between
    ],
)
def test_the_night_is_told_by_the_clocks_of_london(now: str, until: str | None) -> None:
    assert USUAL.until(datetime.fromisoformat(now)) == (datetime.fromisoformat(until) if until else None)


@pytest.mark.parametrize(
    "kind", ["new_information_urgent", "task_overdue_safety", "password_reset", "referral_received"]
)
def test_what_cannot_wait_and_what_somebody_waits_for_goes_at_night(town: SmallTown, kind: str) -> None:
    assert claim_notice(town.office.desk(), written(town.office.desk(), kind)) is not None


def test_everything_else_waits_for_the_morning_and_goes_once(town: SmallTown, clock: FixedClock) -> None:
    notice = written(town.office.desk(), "new_information")
    send_notices.work(town.office)
    assert (kept(town, notice).status, kept(town, notice).next_attempt_at) == ("waiting", MORNING)
    assert due_notices(town.office.desk()) == []
    clock.move_to(MORNING)
    assert claim_notice(town.office.desk(), notice) is not None


def test_a_second_try_that_falls_into_the_night_waits_too(town: SmallTown, clock: FixedClock) -> None:
    clock.move_to(NIGHT - timedelta(hours=3))
    desk = town.office.desk()
    notice = written(desk, "new_information")
    claim_notice(desk, notice)
    mark_failed(desk, notice, "The mail server did not take it.", NIGHT)
    clock.move_to(NIGHT)
    assert claim_notice(desk, notice) is None
    assert kept(town, notice).next_attempt_at == MORNING


def test_a_programme_says_when_its_night_is(town: SmallTown) -> None:
    own = [ProgrammeSetting(programme_id=town.programme_id, key=key, value=value)
           for key, value in (("quiet_from", "22:00"), ("quiet_to", "06:30"))]  # fmt: skip
    town.add(*own)
    assert claim_notice(town.office.desk(), written(town.office.desk(), "promise_settled", case_id=town.case()))


def test_a_night_never_takes_the_day() -> None:
    assert checked_value("quiet_from", "19:00", " 20:30 ") == "20:30"
    for key, wanted in (("quiet_from", "15:59"), ("quiet_to", "09:01"), ("quiet_to", "8"), ("quiet_from", "24:00")):
        with pytest.raises(AnswersRefused) as refused:
            checked_value(key, "19:00", wanted)
        assert refused.value.errors["value"].startswith("Enter a time from ")


def test_a_clock_that_is_set_back_holds_no_mail_until_it_has_caught_up(town: SmallTown, clock: FixedClock) -> None:
    desk = town.office.desk()
    clock.move_to(MORNING + timedelta(days=1))
    tried, made = written(desk, "urgent"), written(desk, "danger_to_life")
    clock.move_to(MORNING)
    before = written(desk, "new_information")
    clock.move_to(MORNING + timedelta(days=1))
    claim_notice(desk, before)
    for one in (before, tried):
        mark_failed(desk, one, "The mail server did not take it.", desk.clock.now() + timedelta(minutes=1))
    clock.move_to(MORNING + timedelta(hours=1))
    assert set(due_notices(desk)) == {tried, made, before}
    assert all(claim_notice(desk, one) for one in (tried, made, before))
    assert due_notices(desk) == []  # whoever took them has them: nobody takes them twice
    assert not any(claim_notice(desk, one) for one in (tried, made, before))


def test_nothing_waits_longer_than_a_night(clock: FixedClock) -> None:
    assert longest_wait(NIGHT) == datetime.fromisoformat("2026-11-17T09:00:00+00:00")
    assert longest_wait(MORNING + timedelta(hours=2)) == MORNING + timedelta(hours=6)


def changed(town: SmallTown, noun: type[Case] | type[Task], noun_id: UUID, **fields: object) -> None:
    session = town.session()
    found = session.get_one(noun, noun_id)
    for name, value in fields.items():
        setattr(found, name, value)
    session.commit()
    session.close()


def done(town: SmallTown, task: UUID, _: UUID) -> None:
    changed(town, Task, task, status="completed")


def paused(town: SmallTown, task: UUID, _: UUID) -> None:
    changed(town, Task, task, paused_at=town.now)


def left(town: SmallTown, _: UUID, staff: UUID) -> None:
    session = town.session()
    for post in session.scalars(select(Membership).where(Membership.staff_id == staff)):
        post.valid_to = date(2026, 11, 1)
    session.commit()
    session.close()


@pytest.mark.both_databases
@pytest.mark.parametrize("happened", [done, paused, left])
def test_of_a_safety_task_nobody_is_told_at_once_whom_it_does_not_concern_any_more(
    town: SmallTown, happened: Callable[[SmallTown, UUID, UUID], None]
) -> None:
    nurse = town.staff("Nurse", "nurse east")
    task = town.task(town.case(), escalation="S", assignee_id=nurse, due="-1h")
    remind.climb(town.office)
    (notice,) = due_notices(town.office.desk())
    happened(town, task, nurse)
    assert claim_notice(town.office.desk(), notice) is None
    assert kept(town, notice).status == "suppressed"


def test_what_is_told_at_once_says_how_late_it_is_when_it_is_sent(town: SmallTown, clock: FixedClock) -> None:
    town.task(town.case(), escalation="S", assignee_id=town.staff("Nurse", "nurse east"), due="-1h")
    remind.climb(town.office)
    (notice,) = due_notices(town.office.desk())
    clock.advance(timedelta(hours=2))
    mail = claim_notice(town.office.desk(), notice)
    assert mail is not None
    assert "3 hours overdue" in mail.body


def test_nobody_is_invited_to_the_meeting_of_a_case_that_has_ended(town: SmallTown) -> None:
    case = town.case()
    huddle, received = (written(town.office.desk(), kind, case_id=case) for kind in ("huddle", "referral_received"))
    changed(town, Case, case, closed_at=town.now)
    assert claim_notice(town.office.desk(), huddle) is None
    assert claim_notice(town.office.desk(), received) is not None
