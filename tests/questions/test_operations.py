"""How the installation is: the worker's silence, undelivered notices, and a database that does not answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.builders.colleagues import administration, desk_of, hire
from tests.builders.small_town import SmallTown
from tests.builders.walked_case import Town
from webapp.operations.presenters import lines
from webapp.wording import first_of
from workflows.actions import heartbeats, outbox, sign_in
from workflows.assembly import Office
from workflows.casework.base import new_id
from workflows.casework.diagram import CaseRun, Waiting
from workflows.casework.errors import NotAllowed, RuleBroken
from workflows.casework.incident import TRIES_ALONE, Incident
from workflows.casework.message import Message
from workflows.casework.notice import Notice
from workflows.casework.rounds import ROUNDS, told_in_short
from workflows.clock import FixedClock
from workflows.desk import Desk
from workflows.questions import incidents, operations, waiting
from workflows.questions import stalled as stillness
from workflows.questions.figures import figures
from workflows.questions.health import health, worker_silence
from workflows.questions.stalled import stalled
from workflows.storage import room
from workflows.storage.database import Database


def beat(office: Office, *silent: str) -> None:
    """Let the worker make a round of every job, or of all but some."""
    for name in ROUNDS.keys() - set(silent):
        heartbeats.beat(office.desk(), name, told_in_short(1, 0))


def undelivered(office: Office) -> Notice:
    """A notice that could not be delivered."""
    hire(office, "Anna Bell", "nurse", "east", password="")
    sign_in.send_reset_link(office.desk(), "anna.bell@example.org")
    with office.desk().work() as work:
        notice = work.session.query(Notice).one()
        notice.failed("the mail server does not answer", None)
        work.commit()
        return notice


def test_all_is_well_after_a_round_of_the_worker(office: Office) -> None:
    beat(office)
    found = health(office.desk())
    assert found.ok
    assert found.worker_seconds == 0


def test_the_worker_is_missed_after_a_quarter_of_an_hour(office: Office, clock: FixedClock) -> None:
    beat(office)
    began = clock.now()
    clock.advance(timedelta(minutes=15))
    assert health(office.desk()).ok
    assert worker_silence(office.desk()) is None
    clock.advance(timedelta(seconds=1))
    assert not health(office.desk()).ok
    assert (stopped := worker_silence(office.desk())) is not None
    assert (stopped.since, stopped.everything) == (began, True)


def test_a_job_that_beats_speaks_for_no_other(office: Office, clock: FixedClock) -> None:
    beat(office)
    began = clock.now()
    for _ in range(3):
        clock.advance(timedelta(minutes=10))
        beat(office, "climb_ladders")
    found = health(office.desk())
    assert ([one.name for one in found.silent], found.ok, found.worker_seconds) == (["climb_ladders"], False, 0)
    assert (stopped := worker_silence(office.desk())) is not None
    assert (stopped.rounds, stopped.everything) == (((ROUNDS["climb_ladders"], began),), False)
    board = operations.board(administration(office))
    assert [one.round.name for one in board.beats if one.silent] == ["climb_ladders"]
    assert "reminders of safety tasks" in next(line.sentence for line in lines(board) if line.part == "Worker")


def test_a_job_of_every_hour_may_be_silent_until_it_missed_a_round(office: Office, clock: FixedClock) -> None:
    beat(office)
    clock.advance(timedelta(hours=2))
    beat(office, "tidy")
    assert health(office.desk()).ok
    clock.advance(timedelta(seconds=1))
    assert [one.name for one in health(office.desk()).silent] == ["tidy"]
    assert worker_silence(office.desk()) is None  # nobody's work depends on it


def test_a_round_that_could_not_do_everything_is_shown(office: Office) -> None:
    beat(office)
    heartbeats.beat(office.desk(), "climb_ladders", told_in_short(3, 10))
    assert [one.round.name for one in operations.board(administration(office)).beats if one.failing] == [
        "climb_ladders"
    ]


def test_a_disk_on_which_nothing_can_be_written_is_not_well(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat(office)
    there = replace(office.desk(), settings=replace(office.settings, database_url=f"sqlite:///{tmp_path / 'here.db'}"))
    assert health(there).ok

    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room.tempfile, "TemporaryFile", full)
    found = health(there)
    assert (found.room, found.ok) == ("none", False)
    monkeypatch.undo()
    monkeypatch.setattr(room, "LITTLE", 1 << 60)
    found = health(there)
    assert (found.room, found.ok) == ("little", True)


def test_a_database_on_a_server_of_its_own_has_no_disk_here() -> None:
    assert room.room_left("postgresql://roundtable@db.example.org/roundtable") == "elsewhere"


def test_a_worker_that_never_ran_is_not_well(office: Office) -> None:
    assert health(office.desk()).worker_seconds is None
    assert not health(office.desk()).ok


def test_a_database_without_its_tables_is_an_answer_not_a_crash(office: Office) -> None:
    empty = Database("sqlite://")
    found = health(replace(office.desk(), database=empty))
    empty.close()
    assert not found.database


def test_the_board_is_for_those_who_run_the_service(office: Office) -> None:
    nurse = desk_of(office, hire(office, "Ben Carr", "nurse", "east", password=""))
    with pytest.raises(NotAllowed):
        operations.board(nurse)
    with pytest.raises(NotAllowed):
        outbox.try_again(nurse, undelivered(office).id)


def test_an_undelivered_notice_gets_another_try(office: Office) -> None:
    notice = undelivered(office)
    (shown,) = operations.board(administration(office)).failed
    assert (shown.status, shown.why) == ("failed", "the mail server does not answer")
    outbox.try_again(administration(office), notice.id)
    board = operations.board(administration(office))
    assert (board.failed, board.waiting) == ([], 1)


def test_a_notice_that_was_sent_is_not_sent_again(office: Office) -> None:
    notice = undelivered(office)
    with office.desk().work() as work:
        work.session.get_one(Notice, notice.id).sent(work.now)
        work.commit()
    with pytest.raises(RuleBroken):
        outbox.try_again(administration(office), notice.id)


def test_notices_that_wait_too_long_are_counted(office: Office, clock: FixedClock) -> None:
    hire(office, "Anna Bell", "nurse", "east", password="")
    sign_in.send_reset_link(office.desk(), "anna.bell@example.org")
    assert operations.board(administration(office)).late == 0
    clock.advance(timedelta(minutes=16))
    assert operations.board(administration(office)).late == 1


def test_whoever_was_left_out_of_a_case_is_not_told_which_one_fails(office: Office) -> None:
    town = SmallTown(office)
    manager, other = town.staff("Mo Manager", "service_manager"), town.staff("Otto Other", "service_manager")
    case_id = town.case()
    town.add(an_incident(town, case_id))
    town.shut_out(case_id, manager)
    assert [one.number for one in incidents.queue(town.desk(manager)).rows] == [""]
    assert [one.number for one in incidents.queue(town.desk(other)).rows] == ["ACM-000001"]


def an_incident(town: SmallTown, case_id: UUID, **given: Any) -> Incident:
    """Something that failed nine times."""
    session = town.session()
    run = session.query(CaseRun).filter_by(case_id=case_id).one()
    session.close()
    usual = {
        "kind": "step", "process": "acm_assessment", "step_id": new_id().hex, "step_key": "invite_person",
        "step_name": "Write to the person", "step_kind": "service", "asks": "letters.send", "tries": 9,
        "why": "There is no letter template “L99”.", "fault": "SetUpWrong", "inputs": {"priority": "high"},
        "began_at": town.now - timedelta(hours=6), "last_at": town.now, "next_at": town.now + timedelta(hours=4),
    }  # fmt: skip
    return Incident(case_id=case_id, run_id=run.id, **{**usual, **given})


def test_what_failed_often_waits_for_somebody_and_the_rest_is_tried(office: Office) -> None:
    town = SmallTown(office)
    tries = {"once": 1, "often": TRIES_ALONE}
    for step, many in tries.items():
        town.add(an_incident(town, town.case(), step_name=step, tries=many))
    desk = town.desk(town.staff("Mo Manager", "service_manager"))
    assert [one.step for one in incidents.queue(desk).rows] == ["often"]
    assert [one.step for one in incidents.queue(desk, incidents.TRIED).rows] == ["once"]
    (line,) = (line for line in lines(operations.board(desk)) if line.part == "Incidents")
    assert (line.well, line.sentence) == (False, "1 incident for somebody to look at, 1 tried again by itself.")


def said(desk: Desk, part: str) -> tuple[bool, str]:
    """Whether a part of the installation is well, and what the page says of it."""
    return next((one.well, one.sentence) for one in lines(operations.board(desk)) if one.part == part)


def test_a_list_that_is_cut_says_how_many_there_are(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    town = SmallTown(office)
    desk = town.desk(town.staff("Mo Manager", "service_manager"))
    for number in range(3):
        town.case()
        town.add(an_incident(town, town.case()))
        came = {"content_hash": "x", "type": "death", "occurred_at": town.now, "received_at": town.now, "source": "GP"}
        town.add(Message(message_id=str(number), status="parked", **came))
        written = {"address": "x@example.org", "kind": "digest", "made_at": town.now}
        town.add(Notice(once=str(number), status="failed", **written))
    for shown in (operations, waiting, stillness, incidents):
        monkeypatch.setattr(shown, "MOST_SHOWN", 2)
    board, found, queue = operations.board(desk), stalled(desk), incidents.queue(desk)
    messages, messages_in_all = waiting.parked(desk)
    assert (len(board.failed), board.failed_in_all) == (2, 3)
    assert (len(messages), messages_in_all, board.unmatched) == (2, 3, 3)
    assert (len(found.stuck), found.stuck_in_all) == (2, 3)
    assert (len(queue.rows), queue.in_all) == (2, 3)
    assert first_of(board.failed, board.failed_in_all, "notice") == "2 of 3 notices"
    assert said(desk, "Outbox")[1].endswith("3 notices could not be delivered so far.")


@pytest.mark.sqlite_only
def test_the_one_worker_of_a_small_service_is_heard_by_its_rounds(office: Office, clock: FixedClock) -> None:
    desk = administration(office)
    assert operations.board(desk).workers == ()
    beat(office)
    clock.advance(timedelta(seconds=9))
    assert operations.board(desk).workers == (9.0,)
    clock.advance(timedelta(minutes=15))
    assert operations.board(desk).workers == ()


@pytest.mark.postgres_only
def test_the_workers_of_a_large_service_are_counted_and_the_dead_are_not(office: Office) -> None:
    desk = administration(office)
    assert said(desk, "Workers") == (False, "None is heard: start one with “python -m workers”.")
    with desk.work() as work:
        for ago in (1, 3, 60):
            heard = text(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => :ago))"
            )
            work.session.execute(heard, {"ago": ago})
        work.commit()
    assert said(desk, "Workers") == (True, "2 workers at work, heard 1, 3 seconds ago.")


def test_a_step_that_is_open_for_longer_than_nearly_all_before_it_is_told(office: Office) -> None:
    town = SmallTown(office)
    desk = town.desk(town.staff("Mo Manager", "service_manager"))
    for days in range(1, 21):
        began = town.now - timedelta(days=60)
        task = town.task(town.case(), opened_at=began, status="completed", ended_at=began + timedelta(days=days))
        assert task
    slow, usual = town.case(), town.case()
    town.task(slow, opened_at=town.now - timedelta(days=20))
    town.task(usual, opened_at=town.now - timedelta(days=18))
    town.task(town.case(), key="another", opened_at=town.now - timedelta(days=90))  # never done before
    (found,) = stalled(desk).slow
    assert (found.number, found.before, found.usual.days) == ("ACM-000021", 20, 19)


def test_what_is_usual_is_told_by_the_last_times(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    town = SmallTown(office)
    desk = town.desk(town.staff("Mo Manager", "service_manager"))
    monkeypatch.setattr(stillness, "LAST_TIMES", 20)
    for number in range(30):  # ten that took sixty days, and twenty since that took ten
        took, ended = (60 if number < 10 else 10), town.now - timedelta(days=31 - number)
        town.task(town.case(), opened_at=ended - timedelta(days=took), status="completed", ended_at=ended)
    town.task(town.case(), opened_at=town.now - timedelta(days=11))
    (found,) = stalled(desk).slow
    assert (found.before, found.usual.days) == (20, 10)


def test_a_date_that_is_a_birthday_is_not_told(town: Town) -> None:
    town.refer(dob="2008-12-14", source="family_carer")
    desk = town.office.desk(town.who("Robin"))
    (birthday,) = (one for one in waiting.awaited(desk) if one.kept)
    (whose,) = waiting.who_waits(desk, birthday.process, birthday.key)
    assert (birthday.next_at, whose.due_at, whose.number) == (None, None, "ACM-000001")


def test_a_process_with_nobody_and_nothing_to_move_it_is_told(office: Office) -> None:
    town = SmallTown(office)
    desk = town.desk(town.staff("Mo Manager", "service_manager"))
    town.case()
    asked, waits, failed = town.case(), town.case(), town.case()
    town.task(asked)
    town.add(an_incident(town, failed))
    session = town.session()
    run = session.query(CaseRun).filter_by(case_id=waits).one()
    session.close()
    when = {"kind": "timer", "due_at": town.now + timedelta(days=1), "since": town.now}
    town.add(Waiting(run_id=run.id, case_id=waits, step_id="x", key="wait", name="Wait", **when))
    assert [one.number for one in stalled(desk).stuck] == ["ACM-000001"]
    assert said(desk, "Processes") == (False, "1 process with no way on: nobody and nothing is waited for.")
    (figure,) = (one for one in figures(desk) if one.name == "processes_without_a_way")
    assert figure.values == {"": 1}
    (awaited,) = waiting.awaited(desk)
    assert (awaited.key, awaited.many, awaited.late) == ("wait", 1, 0)
    assert [one.number for one in waiting.who_waits(desk, awaited.process, "wait")] == ["ACM-000003"]
