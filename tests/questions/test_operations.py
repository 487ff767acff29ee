"""How the installation is: the worker's silence, undelivered notices, and a database that does not answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders.colleagues import administration, desk_of, hire
from workflows.actions import outbox, sign_in
from workflows.assembly import Office
from workflows.casework.errors import NotAllowed, RuleBroken
from workflows.casework.notice import Heartbeat, Notice
from workflows.clock import FixedClock
from workflows.questions import operations
from workflows.storage.database import Database


def beat(office: Office) -> None:
    """Let the worker make a round."""
    with office.desk().work() as work:
        work.session.merge(Heartbeat(name="wake cases", at=work.now, detail="nothing due"))
        work.commit()


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
    found = operations.health(office.desk())
    assert found.ok
    assert found.worker_seconds == 0


def test_the_worker_is_missed_after_a_quarter_of_an_hour(office: Office, clock: FixedClock) -> None:
    beat(office)
    began = clock.now()
    clock.advance(timedelta(minutes=15))
    assert operations.health(office.desk()).ok
    assert operations.worker_silence(office.desk()) is None
    clock.advance(timedelta(seconds=1))
    assert not operations.health(office.desk()).ok
    assert operations.worker_silence(office.desk()) == began


def test_a_worker_that_never_ran_is_not_well(office: Office) -> None:
    assert operations.health(office.desk()).worker_seconds is None
    assert not operations.health(office.desk()).ok


def test_a_database_without_its_tables_is_an_answer_not_a_crash(office: Office) -> None:
    empty = Database("sqlite://")
    found = operations.health(replace(office.desk(), database=empty))
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
