from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from tests.mailbox import MailSink
from workers.jobs import send_notices
from workflows.actions.notices import claim_notice, due_notices
from workflows.assembly import Office, open_office
from workflows.casework.backoff import LONGEST, MAIL_ATTEMPTS, wait_after
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.notice import Notice
from workflows.clock import FixedClock
from workflows.settings import Settings


@pytest.fixture
def mailing(settings: Settings, clock: FixedClock, mail_sink: MailSink) -> Iterator[Office]:
    opened = open_office(replace(settings, mail=mail_sink.url), clock)
    yield opened
    opened.close()


@pytest.fixture
def town(mailing: Office) -> SmallTown:
    return SmallTown(mailing)


def a_notice(town: SmallTown, **given: object) -> UUID:
    usual: dict[str, object] = {
        "address": "somebody@example.org", "kind": "new_information", "words": {"case_number": "ACM-000001"},
        "once": f"once:{uuid4().hex}", "made_at": town.now, "next_attempt_at": town.now,
    }  # fmt: skip
    notice = Notice(**(usual | given))
    town.add(notice)
    return notice.id


def kept(town: SmallTown, notice_id: UUID) -> Notice:
    with town.office.desk().looking() as session:
        return session.scalars(select(Notice).where(Notice.id == notice_id)).one()


def test_a_notice_arrives_and_carries_only_the_case_number(town: SmallTown, mail_sink: MailSink) -> None:
    notice = a_notice(town)
    assert send_notices.work(town.office) == (1, 0)
    (mail,) = mail_sink.messages
    assert mail["To"] == "somebody@example.org"
    assert "ACM-000001" in mail.get_content()
    assert kept(town, notice).status == "sent"


def test_a_notice_that_was_sent_is_not_sent_again(town: SmallTown, mail_sink: MailSink) -> None:
    a_notice(town)
    for _ in range(3):
        send_notices.work(town.office)
    assert len(mail_sink.messages) == 1


def test_while_the_mail_server_is_down_the_notice_waits_and_then_goes_out(
    town: SmallTown, mail_sink: MailSink, clock: FixedClock
) -> None:
    mail_sink.refusal = "451 try later"
    notice = a_notice(town)
    send_notices.work(town.office)
    waiting = kept(town, notice)
    assert (waiting.status, waiting.attempts) == ("waiting", 1)
    assert waiting.next_attempt_at == town.now + wait_after(1)
    mail_sink.refusal = None
    send_notices.work(town.office)
    assert mail_sink.messages == []
    clock.advance(wait_after(1))
    send_notices.work(town.office)
    assert kept(town, notice).status == "sent"


def test_after_the_last_attempt_a_person_has_to_look(town: SmallTown, mail_sink: MailSink, clock: FixedClock) -> None:
    mail_sink.refusal = "554 no"
    notice = a_notice(town, kind="urgent")  # which no night holds back
    for _ in range(MAIL_ATTEMPTS):
        send_notices.work(town.office)
        clock.advance(LONGEST)
    assert kept(town, notice).status == "failed"
    assert due_notices(town.office.desk()) == []


def test_a_worker_killed_while_sending_loses_nothing(town: SmallTown, mail_sink: MailSink, clock: FixedClock) -> None:
    notice = a_notice(town)
    claimed = claim_notice(town.office.desk(), notice)  # and here the process dies
    assert claimed is not None
    assert due_notices(town.office.desk()) == []
    clock.advance(timedelta(minutes=6))
    send_notices.work(town.office)
    (mail,) = mail_sink.messages
    assert mail["Message-ID"] == claimed.message_id


def died(town: SmallTown, case_id: UUID) -> None:
    session = town.session()
    session.get_one(Case, case_id).person.deceased_on = date(2026, 11, 15)
    session.commit()
    session.close()


def stopped(town: SmallTown, case_id: UUID) -> None:
    session = town.session()
    session.get_one(Case, case_id).outbound_stopped = True
    session.commit()
    session.close()


def left_out(town: SmallTown, case_id: UUID) -> None:
    session = town.session()
    session.add(Exclusion(case_id=case_id, who="Rae Ref, Somebody@example.org", since=town.now))
    session.commit()
    session.close()


@pytest.mark.parametrize("happened", [died, stopped, left_out])
def test_nothing_goes_to_a_referrer_once_the_person_has_died_withdrawn_or_left_them_out(
    town: SmallTown, mail_sink: MailSink, happened: Callable[[SmallTown, UUID], None]
) -> None:
    case = town.case()
    notice = a_notice(town, case_id=case)
    happened(town, case)
    send_notices.work(town.office)
    assert mail_sink.messages == []
    assert kept(town, notice).status == "suppressed"


def test_a_colleague_excluded_meanwhile_is_not_told(town: SmallTown, mail_sink: MailSink) -> None:
    case, nurse = town.case(), town.staff("Nurse", "nurse east")
    notice = a_notice(town, case_id=case, staff_id=nurse)
    town.shut_out(case, nurse)
    send_notices.work(town.office)
    assert mail_sink.messages == []
    assert "not shared with this colleague" in str(kept(town, notice).failed_why)


def test_in_a_demonstration_mail_becomes_a_file(office: Office, settings: Settings) -> None:
    town = SmallTown(office)
    a_notice(town)
    send_notices.work(town.office)
    (written,) = settings.mail_folder.glob("*.eml")
    assert b"somebody@example.org" in written.read_bytes()
    assert b"Content-Transfer-Encoding: 8bit" in written.read_bytes()  # no link is broken in two


def test_when_the_mail_folder_cannot_be_written_the_notice_waits(office: Office, settings: Settings) -> None:
    town = SmallTown(office)
    notice = a_notice(town)
    settings.mail_folder.parent.mkdir(parents=True, exist_ok=True)
    settings.mail_folder.write_text("a file stands where the folder should be")
    send_notices.work(town.office)
    assert kept(town, notice).status == "waiting"
    assert "cannot be written" in str(kept(town, notice).failed_why)


def test_the_wait_doubles_and_ends_at_four_hours() -> None:
    assert [wait_after(n).total_seconds() / 60 for n in (1, 2, 3, 4, 9, 50)] == [1, 2, 4, 8, 240, 240]
