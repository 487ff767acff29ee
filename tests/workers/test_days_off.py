"""After days off, and after a clock that was set wrong, each person hears once of what concerns them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.builders.small_town import SmallTown
from tests.mailbox import MailSink
from workers.jobs import remind, send_notices
from workflows.actions.heartbeats import beat
from workflows.assembly import Office, open_office
from workflows.casework.rounds import ROUNDS
from workflows.clock import FixedClock
from workflows.questions.health import health
from workflows.settings import Settings

MORNING = datetime.fromisoformat("2026-11-16T09:05:00+00:00")


@pytest.fixture
def town(settings: Settings, clock: FixedClock, mail_sink: MailSink) -> Iterator[SmallTown]:
    clock.move_to(MORNING)
    opened = open_office(replace(settings, mail=mail_sink.url), clock)
    yield SmallTown(opened)
    opened.close()


def a_round(office: Office) -> None:
    remind.climb(office)
    remind.daily_digest(office)
    send_notices.work(office)


def test_after_three_days_off_with_the_mail_down_too_each_person_gets_one_message(
    town: SmallTown, clock: FixedClock, mail_sink: MailSink
) -> None:
    nurse, case = town.staff("Nurse", "nurse east"), town.case()
    for days in (1, 2, 3):
        town.task(case, escalation="A", name=f"Task {days}", assignee_id=nurse, due=f"+{days}d")
    clock.advance(timedelta(days=3, hours=1))
    mail_sink.refusal = "451 try later"
    a_round(town.office)
    mail_sink.refusal = None
    for _ in range(10):
        clock.advance(timedelta(minutes=5))
        a_round(town.office)
    (mail,) = mail_sink.messages
    assert all(f"Task {days}" in mail.get_content() for days in (1, 2, 3))


@pytest.mark.parametrize("wrong", [timedelta(hours=1), timedelta(days=1)])
def test_a_clock_put_forward_and_back_loses_no_message_and_repeats_none(
    town: SmallTown, clock: FixedClock, mail_sink: MailSink, wrong: timedelta
) -> None:
    nurse, case = town.staff("Nurse", "nurse east"), town.case()
    town.task(case, escalation="A", name="Before", assignee_id=nurse, due="-1h")
    a_round(town.office)
    clock.advance(wrong)
    a_round(town.office)
    clock.advance(-wrong)
    town.task(case, escalation="A", name="After", assignee_id=nurse, due="-1h")
    a_round(town.office)
    for _ in range(2):
        clock.advance(timedelta(days=1))
        a_round(town.office)
    said = [mail.get_content() for mail in mail_sink.messages]
    assert [sum(name in one for one in said) for name in ("Before", "After")] == [1, 1]


def test_a_worker_that_stops_as_the_clock_is_set_back_is_missed_all_the_same(
    town: SmallTown, clock: FixedClock
) -> None:
    for name in ROUNDS:
        beat(town.office.desk(), name, "")
    clock.advance(timedelta(days=-1))
    assert {one.name for one in health(town.office.desk()).silent} == set(ROUNDS)
    for name in ROUNDS:
        beat(town.office.desk(), name, "")
    assert health(town.office.desk()).silent == ()
