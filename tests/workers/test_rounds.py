from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import insert, select

from tests.builders.small_town import SmallTown
from tests.mailbox import MailSink
from workers.items import each
from workers.jobs import tidy, wake_cases
from workers.rounds import run, run_everything
from workers.ticking import keep_time, not_put_off
from workers.timetable import TIMETABLE, Job
from workflows.assembly import Office, open_office
from workflows.casework.base import new_id
from workflows.casework.diagram import CaseRun
from workflows.casework.notice import Heartbeat, Notice
from workflows.casework.rounds import ROUNDS
from workflows.casework.task import Task
from workflows.clock import FixedClock, SystemClock
from workflows.questions.health import beats
from workflows.questions.inbox_views import BY_KEY, Glance, joined_tasks, tasks_of
from workflows.settings import Settings


def test_one_item_that_fails_does_not_stop_the_others() -> None:
    done: list[int] = []
    noted: list[int] = []

    def act(number: int) -> None:
        if number == 2:
            raise ValueError("two")
        done.append(number)

    assert each([1, 2, 3], act, lambda item, _: noted.append(item)) == (2, 1)
    assert (done, noted) == ([1, 3], [2])


def test_every_round_leaves_a_heartbeat(office: Office) -> None:
    run_everything(office)
    with office.desk().looking() as session:
        beats = {beat.name for beat in session.scalars(select(Heartbeat))}
    assert {job.name for job in TIMETABLE} == ROUNDS.keys() <= beats


@pytest.mark.sqlite_only  # PostgreSQL takes stock by itself
def test_an_hour_of_tidying_lets_the_inbox_be_found_by_the_index_of_whoever_asks(office: Office) -> None:
    town = SmallTown(office)
    nurse, other = town.staff("Nia Nurse", "nurse east"), town.staff("Otto Other", "nurse east")
    one = town.task(town.case(), assignee_id=nurse)
    with town.desk(nurse).looking() as session:
        row = dict(session.execute(select(*Task.__table__.c).where(Task.id == one)).mappings().one())
    del row["due_sort"], row["kind"]  # the database works them out
    others = [{**row, "id": new_id(), "step_id": new_id().hex, "assignee_id": other} for _ in range(6_000)]
    with office.database.engine.begin() as connection:
        connection.execute(insert(Task), others)
    tidy.work(office)
    with town.desk(nurse).looking() as session:
        mine = joined_tasks(Task.id).where(tasks_of(BY_KEY["mine"], Glance(town.actor(nurse), town.now)))
        asked = str(mine.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
        plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]
    assert "SEARCH task USING INDEX ix_task_mine (assignee_id=?)" in plan
    assert not any("ix_task_pool" in step for step in plan)


def test_a_round_that_cannot_begin_is_counted_and_leaves_no_heartbeat(office: Office) -> None:
    def broken(_: Office) -> tuple[int, int]:
        raise OSError("the disk is full")

    assert run(office, Job("broken", 1, broken)).failed == 1
    with office.desk().looking() as session:
        assert session.get(Heartbeat, "broken") is None


def test_a_round_in_which_everything_failed_is_missed(office: Office, clock: FixedClock) -> None:
    run(office, Job("climb_ladders", 60, lambda _: (2, 1)))
    began = clock.now()
    clock.advance(timedelta(minutes=20))
    run(office, Job("climb_ladders", 60, lambda _: (0, 3)))
    with office.desk().looking() as session:
        (silent,) = [beat for beat in beats(session, clock.now()) if beat.round.name == "climb_ladders"]
    assert (silent.at, silent.silent, silent.failing, silent.detail) == (began, True, True, "0 done, 3 failed")


def test_the_timetable_keeps_every_job_and_lets_none_overlap_itself(office: Office) -> None:
    jobs = keep_time(office).get_jobs()
    assert {job.id for job in jobs} == {job.name for job in TIMETABLE}
    assert {job.max_instances for job in jobs} == {1}
    assert all(job.coalesce for job in jobs)


def test_a_clock_that_is_set_back_stops_no_round(office: Office) -> None:
    ahead = SystemClock().now() + timedelta(hours=3)  # as the clock went before it was set back
    timetable = keep_time(office)
    timetable.start(paused=True)
    try:
        for job in timetable.get_jobs():
            job.modify(next_run_time=ahead)
        now = not_put_off(timetable, before=ahead)
        assert {job.next_run_time for job in timetable.get_jobs()} == {now}
        timetable.get_job("tidy").modify(next_run_time=ahead)
        not_put_off(timetable, before=now)
        assert timetable.get_job("tidy").next_run_time == ahead  # while the clock goes on, each keeps its pace
    finally:
        timetable.shutdown()


def test_a_case_that_cannot_be_woken_is_noted_and_tried_again_later(office: Office, clock: FixedClock) -> None:
    town = SmallTown(office)
    town.case()
    session = town.session()
    process = session.scalars(select(CaseRun)).one()
    process.next_due_at = town.at("-1h")  # its state is no state: waking it must fail
    session.commit()
    session.close()
    assert wake_cases.work(office) == (0, 1)
    assert wake_cases.work(office) == (0, 0)  # not at once again
    clock.advance(timedelta(minutes=2))
    assert wake_cases.work(office) == (0, 1)
    with office.desk().looking() as looking:
        noted = looking.scalars(select(CaseRun)).one()
    assert (noted.failures, noted.status) == (2, "running")


class KillingServer(MailSink):
    """Takes the first message and kills whoever sent it before it hears the answer."""

    victim: int | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        answer = await super().handle_DATA(server, session, envelope)
        if self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)
            self.victim = None
        return answer


def test_a_worker_killed_in_the_middle_of_its_mail_loses_nothing(settings: Settings, clock: FixedClock) -> None:
    sink = KillingServer(0)
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        clock_file = settings.data_folder.parent / "clock"
        clock_file.write_text(clock.now().isoformat())
        mailing = replace(settings, mail=f"smtp://127.0.0.1:{controller.port}", clock_file=clock_file)
        office = open_office(mailing)
        town = SmallTown(office)
        for number in range(5):
            town.add(
                Notice(
                    address=f"colleague{number}@example.org", kind="new_information", words={}, once=str(number),
                    made_at=town.now, next_attempt_at=town.now,
                )
            )  # fmt: skip
        office.close()
        killed = a_worker(mailing)
        sink.victim = killed.pid
        assert killed.wait(60) == -signal.SIGKILL
        clock_file.write_text((clock.now() + timedelta(minutes=6)).isoformat())
        assert a_worker(mailing).wait(60) == 0
    finally:
        controller.stop()
    got = [str(mail["To"]) for mail in sink.messages]
    assert set(got) == {f"colleague{number}@example.org" for number in range(5)}
    assert len({str(mail["Message-ID"]) for mail in sink.messages}) == 5
    assert len(got) <= 6  # at most the one that was under way comes twice, under the same Message-ID


def a_worker(settings: Settings) -> subprocess.Popen[bytes]:
    given = {
        "DATA": str(settings.data_folder), "DATABASE": settings.database_url, "SECRET": settings.secret_key,
        "MAIL": settings.mail, "CLOCK": str(settings.clock_file),
    }  # fmt: skip
    environment = os.environ | {f"ROUNDTABLE_{name}": value for name, value in given.items()}
    return subprocess.Popen([sys.executable, "-m", "workers", "--once"], env=environment, stderr=subprocess.DEVNULL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
