"""Who wishes is told by text message: nothing in it says who it is about, and nobody misses what it was to tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from tests.mailbox import MailSink
from tests.notify import KEY, TEMPLATE, NotifySink
from workers.jobs import remind, send_notices, send_texts
from workers.texts import messenger
from workflows.actions.ladders import publish
from workflows.actions.texts import claim_text, due_texts
from workflows.actions.ways import Wish, choose_ways
from workflows.assembly import Office, open_office
from workflows.casework.backoff import LONGEST, MAIL_ATTEMPTS, wait_after
from workflows.casework.ladder import AT_ONCE, DAILY
from workflows.casework.ladder_table import read_ladder, standard, written
from workflows.casework.notice import Notice
from workflows.casework.staff import StaffMember
from workflows.clock import FixedClock
from workflows.questions import operations
from workflows.settings import Settings

MOBILE = "+447700900123"
NOW_OVERDUE = "Roundtable: act now. A safety task is overdue. Sign in to see it."


@pytest.fixture
def texting(settings: Settings, clock: FixedClock, mail_sink: MailSink, notify: NotifySink) -> Iterator[Office]:
    by_notify = {"texts": notify.url, "texts_key": KEY, "texts_template": TEMPLATE}
    opened = open_office(replace(settings, mail=mail_sink.url, **by_notify), clock)
    yield opened
    opened.close()


@pytest.fixture
def town(texting: Office) -> SmallTown:
    return SmallTown(texting)


def nurse_told_by(town: SmallTown, at_once: str = "text", daily: str = "email") -> UUID:
    nurse = town.staff("Nurse", "nurse east")
    choose_ways(town.desk(nurse), Wish(at_once.split(), daily.split(), "07700 900123"))
    return nurse


def overdue(town: SmallTown, nurse: UUID, escalation: str = "S") -> UUID:
    case = town.case(given="Zebedee", family="Unlikely")
    return town.task(case, escalation=escalation, assignee_id=nurse, due="-1h")


def send_all(town: SmallTown) -> None:
    for job in (send_notices, send_texts, send_notices):
        job.work(town.office)


def texts_of(town: SmallTown) -> list[Notice]:
    with town.office.desk().looking() as session:
        return list(session.scalars(select(Notice).where(Notice.channel == "text")))


@pytest.mark.both_databases
@pytest.mark.parametrize(("chosen", "mails"), [("text", 0), ("email text", 1)])
def test_what_is_told_at_once_arrives_as_a_text_that_names_nobody(
    town: SmallTown, notify: NotifySink, mail_sink: MailSink, chosen: str, mails: int
) -> None:
    overdue(town, nurse_told_by(town, chosen))
    remind.climb(town.office)
    for _ in range(2):
        send_all(town)
    assert notify.said == [(MOBILE, NOW_OVERDUE)]
    assert len(mail_sink.messages) == mails


def test_the_text_of_the_morning_says_how_many_and_what_may_not_go_by_text_comes_by_email(
    town: SmallTown, notify: NotifySink, mail_sink: MailSink
) -> None:
    by_text = written(standard()).replace(
        "A,L1,due,,holder,daily,,,,done,", "A,L1,due,,holder,daily,,,,done,email text"
    )
    manager = town.desk(town.staff("Max", "service_manager"))
    publish(manager, "acm", read_ladder(by_text), "Nurses are on the road")
    nurse = nurse_told_by(town, daily="text")
    for escalation in "AAB":
        overdue(town, nurse, escalation)
    assert remind.daily_digest(town.office) == (2, 0)
    send_all(town)
    assert notify.said == [(MOBILE, "Roundtable: 2 tasks need you. Sign in to see them.")]
    (mail,) = mail_sink.messages
    assert "soon or overdue: 1" in mail.get_content()
    assert remind.daily_digest(town.office) == (0, 0)


def test_whoever_wants_no_morning_message_gets_none_and_has_it_in_the_list(
    town: SmallTown, mail_sink: MailSink
) -> None:
    overdue(town, nurse_told_by(town, daily=""), "A")
    assert remind.daily_digest(town.office) == (0, 0)
    send_all(town)
    assert mail_sink.messages == []


def test_what_cannot_go_by_text_goes_by_email_once_and_the_text_is_tried_again(
    town: SmallTown, notify: NotifySink, mail_sink: MailSink, clock: FixedClock
) -> None:
    overdue(town, nurse_told_by(town))
    remind.climb(town.office)
    notify.refusal = 503
    send_all(town)
    (waiting,) = texts_of(town)
    assert (waiting.status, waiting.next_attempt_at) == ("waiting", town.now + wait_after(1))
    clock.advance(wait_after(1))
    send_all(town)
    assert mail_sink.subjects_to("nurse@example.org") == ["Act now: a safety task is overdue"]
    notify.refusal = None
    clock.advance(wait_after(2))
    send_all(town)
    assert [one.status for one in texts_of(town)] == ["sent"]
    assert len(notify.texts) == 1


def test_a_text_that_is_never_taken_stands_in_the_outbox(
    town: SmallTown, notify: NotifySink, clock: FixedClock
) -> None:
    overdue(town, nurse_told_by(town))
    remind.climb(town.office)
    notify.refusal = 403
    for _ in range(MAIL_ATTEMPTS):
        send_texts.work(town.office)
        clock.advance(LONGEST)
    admin = town.desk(town.staff("Max", "service_manager"))
    failed = [one for one in operations.board(admin).failed if one.channel == "text"]
    assert [(one.status, one.why) for one in failed] == [("failed", "GOV.UK Notify did not take it (403).")]


def test_a_worker_killed_after_handing_a_text_over_sends_it_no_second_time(
    town: SmallTown, notify: NotifySink, clock: FixedClock
) -> None:
    overdue(town, nurse_told_by(town))
    remind.climb(town.office)
    (due,) = due_texts(town.office.desk(), 10)
    text = claim_text(town.office.desk(), due)
    assert text is not None
    messenger(town.office.settings)(text)  # and here the process dies
    clock.advance(timedelta(minutes=6))
    send_texts.work(town.office)
    assert len(notify.texts) == 1
    assert [one.status for one in texts_of(town)] == ["sent"]


def test_of_a_text_everything_is_looked_at_once_more_and_the_night_holds_the_mornings_back(
    town: SmallTown, notify: NotifySink, clock: FixedClock
) -> None:
    nurse = nurse_told_by(town, "email text", "email text")
    task = overdue(town, nurse)
    remind.climb(town.office)
    town.shut_out(town.case(), nurse)  # another case: nothing changes
    with town.office.desk().looking() as session:
        case_id = session.scalars(select(Notice.case_id).where(Notice.task_id == task)).first()
    assert case_id
    town.shut_out(case_id, nurse)
    send_texts.work(town.office)
    assert [(one.status, one.failed_why) for one in texts_of(town)] == [
        ("suppressed", "this case is not shared with this colleague")
    ]
    clock.move_to(datetime.fromisoformat("2026-11-16T21:00:00+00:00"))
    town.add(Notice(staff_id=nurse, channel="text", address="", kind="digest", once="x:text", made_at=town.now,
                    next_attempt_at=town.now))  # fmt: skip
    send_texts.work(town.office)
    assert notify.texts == []


def test_whoever_takes_their_number_away_hears_by_email(town: SmallTown, mail_sink: MailSink) -> None:
    nurse = nurse_told_by(town)
    overdue(town, nurse)
    remind.climb(town.office)
    choose_ways(town.desk(nurse), Wish(["email"], [], ""))
    send_all(town)
    assert [one.failed_why for one in texts_of(town)] == ["they get no text messages any more"]
    assert len(mail_sink.messages) == 1


def test_in_a_demonstration_a_text_becomes_a_file(office: Office, settings: Settings) -> None:
    town = SmallTown(office)
    overdue(town, nurse_told_by(town))
    remind.climb(office)
    send_texts.work(office)
    (file,) = settings.text_folder.glob("*.txt")
    assert file.read_text() == f"To: {MOBILE}\n\n{NOW_OVERDUE}\n"


@pytest.mark.parametrize(
    ("pace", "chosen", "allowed", "told_by"),
    [
        (AT_ONCE, "text", "email text", ("text",)),
        (AT_ONCE, "email text", "email text", ("email", "text")),
        (AT_ONCE, "text", "email", ("email",)),
        (AT_ONCE, "", "email", ("email",)),
        (DAILY, "text", "email", ("email",)),
        (DAILY, "", "email text", ()),
    ],
)
def test_ones_choice_counts_within_what_the_rung_allows(
    pace: str, chosen: str, allowed: str, told_by: tuple[str, ...]
) -> None:
    nurse = StaffMember(at_once_by=chosen, daily_by=chosen, mobile=MOBILE)
    assert nurse.ways(pace, allowed.split(), texts=True) == told_by
    assert "text" not in nurse.ways(pace, allowed.split(), texts=False)
