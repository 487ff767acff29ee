"""What is ordinary waits for the morning and is a part of the one message; what cannot wait goes by itself."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.workers.test_climbing import NINE, Street
from workflows.actions.notices import Mail, claim_notice, due_notices
from workflows.assembly import Office
from workflows.casework.notice import Notice
from workflows.casework.staff import StaffMember
from workflows.clock import FixedClock
from workflows.duties.outgoing import Told, put_out

ORDINARY = ("mdt_decision_late", "deferred_twice", "action_blocked", "frequent_use")


@pytest.fixture
def street(office: Office, clock: FixedClock) -> Street:
    clock.move_to(NINE)
    return Street(office)


def tell(street: Street, kind: str, case_id: UUID | None) -> None:
    with street.office.desk().work() as work:
        nurse = work.session.get_one(StaffMember, street.nurse)
        put_out(work, Told(kind, f"{kind} {work.now}", {"case_number": "ACM-000001"}, case_id), nurse)
        work.commit()


def mails(street: Street) -> list[Mail]:
    found = [claim_notice(street.office.desk(), one) for one in due_notices(street.office.desk())]
    return [mail for mail in found if mail is not None]


@pytest.mark.both_databases
def test_three_days_off_and_much_that_is_new_are_one_message(street: Street, clock: FixedClock) -> None:
    case = street.case()
    street.task(case, name="Ring her", escalation="A", assignee_id=street.nurse, due="+2h")
    for kind in (*ORDINARY, "action_blocked"):
        clock.advance(timedelta(seconds=1))
        tell(street, kind, case)
    assert mails(street) == []
    clock.move_to(NINE + timedelta(days=1))
    assert street.round() == ["nurse"]
    (mail,) = mails(street)
    assert (mail.subject, mail.body.count("is blocked"), mail.body.count("deferred twice")) == (
        "Your tasks today",
        1,
        1,
    )
    assert "Ring her" in mail.body
    assert street.mornings(clock, 1) == {}


def test_news_alone_are_a_message_too_and_wait_for_a_working_day(street: Street, clock: FixedClock) -> None:
    clock.move_to(NINE + timedelta(days=4, hours=3))
    tell(street, "message_unmatched", None)
    assert street.mornings(clock, 4) == {"23 Nov": ["nurse"]}
    (mail,) = mails(street)
    assert mail.subject == "What is new for you today"
    assert "A message came in that belongs to no open case" in mail.body


def test_what_is_not_shared_any_more_is_in_no_message_whenever_that_was(street: Street, clock: FixedClock) -> None:
    case, other = street.case(), street.case()
    tell(street, "action_blocked", case)
    tell(street, "deferred_twice", other)
    street.shut_out(case, street.nurse)
    clock.advance(timedelta(days=1))
    assert street.round() == ["nurse"]
    street.shut_out(other, street.nurse)
    assert mails(street) == []
    with street.office.desk().looking() as session:
        stood = select(Notice.kind, Notice.status).order_by(Notice.id)
        assert [tuple(one) for one in session.execute(stood)] == [
            ("action_blocked", "suppressed"), ("deferred_twice", "sent"), ("news_of_the_day", "suppressed"),
        ]  # fmt: skip


def test_what_cannot_wait_goes_by_itself_and_at_once(street: Street) -> None:
    tell(street, "danger_to_life", street.case())
    assert [mail.subject for mail in mails(street)] == ["Act now: danger to life"]
