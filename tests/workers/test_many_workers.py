"""Several workers on one PostgreSQL: one ticks, any of them may die, nothing is lost and nothing done twice."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text

from tests.builders.soundness import faults
from tests.builders.walked_case import Town
from tests.builders.worker_processes import LONG_ENOUGH, cases_that_wait, kill, until, workers_of
from workers.rounds import run_everything
from workers.timetable import TIMETABLE
from workflows.assembly import Office, QueueStands, open_office
from workflows.casework.case import Case
from workflows.casework.diagram import JourneyStep
from workflows.casework.notice import Notice
from workflows.clock import FixedClock
from workflows.settings import Settings

pytestmark = pytest.mark.postgres_only
CASES = 30  # more than one job holds


@pytest.fixture
def moving(settings: Settings, clock: FixedClock, tmp_path: Path) -> Settings:
    """The settings with the time in a file, so that workers see it move."""
    told = tmp_path / "clock"
    told.write_text(clock.now().isoformat())
    return replace(settings, clock_file=told)


def test_of_two_workers_one_ticks_and_the_other_takes_over_with_the_job_that_was_under_way(
    one_programme: Town, moving: Settings, clock: FixedClock
) -> None:
    town, waiting = one_programme, cases_that_wait(one_programme, CASES)
    _let_time_pass(moving, clock)
    with workers_of(moving) as workers, town.office.database.writing() as held_up:
        held_up.scalars(select(Case.id).where(Case.id == waiting[7]).with_for_update()).one()
        workers.begin()
        until(lambda: len(_times_woken(town)) == 7 + CASES - 20, 60)  # the first job of twenty stands at its eighth
        workers.begin()
        until(lambda: _at_work(town) == 2, 30)
        ticking, killed_at = workers.who_ticks(), time.monotonic()
        kill(ticking)
        assert until(lambda: workers.who_ticks() not in (None, ticking), 5) < 2  # one second, on a busy machine
        held_up.rollback()
        until(lambda: len(_times_woken(town)) == CASES, 30)
        assert time.monotonic() - killed_at < 30
        until(lambda: _jobs(town.office) == [], 10)
    assert _times_woken(town) == [1] * CASES
    assert faults(town.office) == []


def test_two_ticks_at_once_do_no_harm(one_programme: Town, settings: Settings, clock: FixedClock) -> None:
    cases_that_wait(one_programme, 12)
    clock.advance(LONG_ENOUGH)
    offices = [open_office(settings, clock) for _ in range(2)]
    with ThreadPoolExecutor() as both:
        done = list(both.map(run_everything, offices))
    for office in offices:
        office.close()
    assert [one.failed for rounds in done for one in rounds] == [0] * 2 * len(TIMETABLE)
    assert _times_woken(one_programme) == [1] * 12
    assert faults(one_programme.office) == []


def test_a_worker_whose_database_was_away_goes_on_once_it_is_back(one_programme: Town, moving: Settings) -> None:
    town = one_programme
    with workers_of(moving) as workers:
        workers.begin()
        until(lambda: workers.who_ticks() is not None and _at_work(town) == 1, 30)
        with town.office.database.writing() as session:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            session.execute(text(f"{others} AND datname = current_database()"))
        town.office.database.close()
        until(lambda: workers.who_ticks() is not None, 10)
        town.office.hand_out("wake_cases", [UUID(int=1)])
        until(lambda: _jobs(town.office) == [], 30)
        workers.processes[0].terminate()
        assert workers.processes[0].wait(20) == 0


def test_what_an_act_leaves_for_the_worker_is_in_the_queue_with_the_act_and_names_nobody(office: Office) -> None:
    for kept in (False, True):
        with office.desk().work() as work:
            notice = Notice(
                address="somebody@example.org", kind="new_information", words={"case_number": "ACM-000001"},
                once=str(kept), made_at=work.now, next_attempt_at=work.now,
            )  # fmt: skip
            notice.happened("notice written")
            work.session.add(notice)
            work.session.flush()
            if kept:
                work.commit()
    assert _jobs(office) == [("send_notices", {"ids": [notice.id.hex]})]
    assert office.hand_out("send_notices", [notice.id]) == 0  # it is in the queue already


def test_a_round_whose_jobs_nobody_does_counts_as_missed(office: Office) -> None:
    office.hand_out("wake_cases", [UUID(int=1)])
    with office.database.writing() as session:
        session.execute(text("UPDATE procrastinate_events SET at = at - interval '6 minutes'"))
        session.commit()
    with pytest.raises(QueueStands):
        office.hand_out("wake_cases", [])


def _let_time_pass(moving: Settings, clock: FixedClock) -> None:
    clock.advance(LONG_ENOUGH)
    assert moving.clock_file is not None
    moving.clock_file.write_text(clock.now().isoformat())


def _times_woken(town: Town) -> list[int]:
    passed = select(JourneyStep.run_id).where(JourneyStep.key == "a_while")
    fired = town.ask(lambda session: session.scalars(passed).all())
    return list(Counter(fired).values())


def _at_work(town: Town) -> int:
    found: int = town.ask(lambda session: session.scalar(text("SELECT count(*) FROM procrastinate_workers")))
    return found


def _jobs(office: Office) -> list[tuple[str, dict[str, list[str]]]]:
    with office.desk().looking() as session:
        return [(name, ids) for name, ids in session.execute(text("SELECT task_name, args FROM procrastinate_jobs"))]
