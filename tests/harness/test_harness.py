"""The harness itself: each promise of tests/conftest.py, kept."""

from __future__ import annotations

import smtplib
import socket
import urllib.request
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from tests.mailbox import MailSink
from tests.order import shared_out
from tests.web_server import Serve
from workflows.assembly import Office
from workflows.clock import FixedClock
from workflows.storage.database import Database
from workflows.storage.schema import up_to_date


def test_the_database_is_migrated_and_of_the_kind_asked_for(database: Database, database_kind: str) -> None:
    assert up_to_date(database)
    assert database.dialect == {"sqlite": "sqlite", "postgres": "postgresql"}[database_kind]


@pytest.mark.parametrize("test", ["one", "another"])
def test_what_one_test_writes_another_does_not_see(database: Database, test: str) -> None:
    with database.writing() as session:
        session.execute(text(f"CREATE TABLE left_by_{test} (id INTEGER)"))
        session.commit()
    with database.reading() as session:
        other = {"one": "another", "another": "one"}[test]
        with pytest.raises(Exception, match=f"left_by_{other}"):
            session.execute(text(f"SELECT * FROM left_by_{other}"))


def test_the_office_works_on_the_fresh_database_at_the_tests_own_time(
    office: Office, database_kind: str, clock: FixedClock
) -> None:
    assert office.migrated()
    assert office.settings.database_url.startswith(database_kind)
    assert office.clock is clock


def test_the_clock_stands_still_until_it_is_moved(clock: FixedClock) -> None:
    assert clock.now() == clock.now()


def test_mail_is_kept_and_can_be_refused(mail_sink: MailSink) -> None:
    with smtplib.SMTP("127.0.0.1", mail_sink.port) as post:
        post.sendmail("a@example.org", "b@example.org", "To: b@example.org\nSubject: First\n\nHello")
        mail_sink.refusal = "451 busy"
        with pytest.raises(smtplib.SMTPDataError):
            post.sendmail("a@example.org", "b@example.org", "Subject: Second\n\nHello")
    assert mail_sink.subjects_to("b@example.org") == ["First"]


def test_a_connection_to_elsewhere_fails_the_test() -> None:
    with socket.socket() as away, pytest.raises(BaseException, match="reached out"):
        away.connect(("192.0.2.1", 80))


def test_an_application_is_served_on_a_free_port(serve: Serve) -> None:
    def application(_environ: object, start_response: object) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])  # type: ignore[operator]  # WSGI's callable
        return [b"here"]

    with urllib.request.urlopen(serve(application)) as answer:  # noqa: S310 - our own address
        assert answer.read() == b"here"


@pytest.mark.parametrize("processes", [2, 3])
def test_each_process_begins_with_what_takes_long_and_no_test_is_lost(processes: int) -> None:
    quick = [f"tests/forms/test_{number}.py::test" for number in range(20)]
    long = ["tests/walk/test_walk.py::test_a", "tests/journeys/test_b.py::test_b", "tests/walk/test_walk.py::test_c"]
    ordered = [one.nodeid for one in shared_out([SimpleNamespace(nodeid=path) for path in (*quick, *long)], processes)]
    assert sorted(ordered) == sorted([*quick, *long])
    share = len(ordered) // processes
    assert ordered[0] == long[1]
    assert ordered[share : share + 2] == [long[0], long[2]]
