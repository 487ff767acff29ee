"""Passwords: what will do, how often one may try, and what is kept of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from tests.builders.colleagues import PASSWORD, address_of, administration, desk_of, hire
from tests.cheaper import IN_EARNEST
from workflows.actions import sessions, sign_in
from workflows.actions.sessions import Entered
from workflows.actions.sign_in import MOST_FOR_ADDRESS, MOST_FROM_REMOTE, SignInRefused, password_problem
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, RuleBroken
from workflows.casework.notice import Notice
from workflows.casework.staff import PasswordReset, SignInAttempt, StaffMember
from workflows.clock import FixedClock

ANNA = "anna.bell@example.org"


def enter(office: Office, password: str = PASSWORD, email: str = ANNA, remote: str = "192.0.2.1") -> Entered:
    """Try to sign in."""
    return sign_in.sign_in(office.desk(), email, password, remote)


def fail(office: Office, times: int, email: str = ANNA, remote: str = "192.0.2.1") -> None:
    """Fail to sign in, several times."""
    for _ in range(times):
        with pytest.raises(SignInRefused, match="not right"):
            enter(office, "wrong", email, remote)


def test_the_trail_tells_who_came_in_and_who_failed_to_and_from_where(office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    fail(office, 1)
    fail(office, 1, email="nobody@example.org")
    sessions.end(office.desk(), enter(office).session_id)
    with office.desk().looking() as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.act.like("sign%")).order_by(AuditEntry.seq)).all()
    assert [(entry.act, entry.detail.get("name"), entry.detail.get("where")) for entry in told][:3] == [
        ("sign-in failed", "Anna Bell", "192.0.2.1"),
        ("sign-in failed", "", "192.0.2.1"),
        ("signed in", "Anna Bell", "192.0.2.1"),
    ]
    assert told[3].act == "signed out"


def test_the_address_may_be_written_in_any_case(office: Office) -> None:
    staff_id = hire(office, "Anna Bell", "nurse", "east")
    assert enter(office, email=" Anna.Bell@Example.org ").actor.id == staff_id


def test_after_five_failures_an_address_has_to_wait_a_quarter_of_an_hour(office: Office, clock: FixedClock) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    fail(office, MOST_FOR_ADDRESS)
    with pytest.raises(SignInRefused, match="Wait 15 minutes"):
        enter(office)
    clock.advance(timedelta(minutes=16))
    assert enter(office).actor.name == "Anna Bell"


def test_an_address_without_an_account_is_throttled_just_the_same(office: Office) -> None:
    fail(office, MOST_FOR_ADDRESS, email="nobody@example.org")
    with pytest.raises(SignInRefused, match="Wait 15 minutes"):
        enter(office, email="nobody@example.org")


def test_one_place_that_tries_many_addresses_has_to_wait(office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    for number in range(MOST_FROM_REMOTE):
        fail(office, 1, email=f"guess{number}@example.org")
    with pytest.raises(SignInRefused, match="Wait 15 minutes"):
        enter(office)
    assert enter(office, remote="192.0.2.2").actor.name == "Anna Bell"


def test_a_right_password_forgets_the_failures_before_it(office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    for _ in range(3):
        fail(office, MOST_FOR_ADDRESS - 1)
        enter(office)


def test_what_was_typed_is_not_kept_with_the_attempts(office: Office) -> None:
    fail(office, 1)
    with office.desk().looking() as session:
        kept = [attempt.who for attempt in session.query(SignInAttempt)]
    assert len(kept) == 2
    assert not any("anna" in who or "192" in who for who in kept)


def test_an_unknown_address_is_given_as_much_work_as_a_known_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    checked: list[str] = []
    real = PasswordHasher.verify

    def verify(self: PasswordHasher, kept: str, password: str) -> bool:
        checked.append(kept.rpartition("$")[0].rpartition("$")[0])
        return real(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    for email in (ANNA, "nobody@example.org"):
        fail(office, 1, email=email)
    assert len(checked) == 2
    assert checked[0] == checked[1]


def test_an_ended_account_cannot_sign_in(office: Office) -> None:
    staff_id = hire(office, "Anna Bell", "nurse", "east")
    with office.desk().work() as work:
        staff = work.session.get_one(StaffMember, staff_id)
        staff.active = False
        staff.happened("account ended")
        work.commit()
    fail(office, 1)


def test_an_account_without_a_password_cannot_sign_in(office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east", password="")
    with pytest.raises(SignInRefused):
        enter(office, "")


def test_signing_in_is_written_down(office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    enter(office)
    with office.desk().looking() as session:
        assert session.query(AuditEntry).filter_by(act="signed in").count() == 1


@pytest.mark.parametrize(
    "password", ["short", "x" * 201, "aaaaaaaaaaaaaaa", "abababababababab", "Anna.Bell-2026", "password-password"]
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    assert password_problem(password, StaffMember(name="Anna Bell", email=ANNA))


@pytest.mark.parametrize("password", ["three otters swim home", "Zürich überqueren!", "correct horse battery"])
def test_length_is_enough(password: str) -> None:
    assert password_problem(password, StaffMember(name="Anna Bell", email=ANNA)) == ""


def test_changing_the_password_asks_for_the_present_one(office: Office) -> None:
    desk = desk_of(office, hire(office, "Anna Bell", "nurse", "east"))
    with pytest.raises(AnswersRefused) as refused:
        sign_in.change_password(desk, "wrong", "three otters swim home", "here")
    assert set(refused.value.errors) == {"old"}


def test_a_service_hashes_at_the_cost_that_is_advised_against_guessing() -> None:
    assert IN_EARNEST.memory_cost >= 19 * 1024  # KiB
    assert IN_EARNEST.time_cost >= 2


def test_neither_password_nor_link_can_be_read_in_the_database(office: Office) -> None:
    staff_id = hire(office, "Anna Bell", "nurse", "east")
    sign_in.send_reset_link(office.desk(), ANNA)
    with office.desk().looking() as session:
        staff, reset = session.get_one(StaffMember, staff_id), session.query(PasswordReset).one()
        secret = sign_in.reset_token(office.settings, reset.id)
        rows = [vars(row) for row in (staff, reset, session.query(Notice).one(), *session.query(AuditEntry))]
    assert staff.password_hash.startswith("$argon2id$")
    assert not any(text in str(row) for row in rows for text in (PASSWORD, secret))


def test_an_account_has_three_links_at_most_at_a_time(office: Office, clock: FixedClock) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    for _ in range(5):
        sign_in.send_reset_link(office.desk(), ANNA)
    with office.desk().looking() as session:
        assert session.query(PasswordReset).count() == 3
    clock.advance(timedelta(minutes=31))
    sign_in.send_reset_link(office.desk(), ANNA)
    with office.desk().looking() as session:
        assert session.query(PasswordReset).count() == 4


def test_a_link_handed_over_ends_those_before_and_the_trail_and_a_mail_tell_of_it(office: Office) -> None:
    staff_id = hire(office, "Anna Bell", "nurse", "east")
    before = sign_in.send_reset_link(office.desk(), ANNA)
    link = sign_in.hand_out_link(administration(office), ANNA)
    with pytest.raises(NotFound):
        sign_in.check_reset_link(office.desk(), before.rpartition("/")[2])
    sign_in.choose_password(office.desk(), link.rpartition("/")[2], "three otters swim home")
    assert sign_in.sign_in(office.desk(), ANNA, "three otters swim home", "here").actor.id == staff_id
    with office.desk().looking() as session:
        told = session.query(AuditEntry).filter_by(act="password link handed out").one()
        assert session.query(Notice).filter_by(staff_id=staff_id).count() == 2
    assert (told.actor, told.detail["to"]) == (administration(office).actor.name, "Anna Bell")


def test_a_link_is_handed_over_however_many_were_sent(office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    for _ in range(sign_in.MOST_LINKS):
        sign_in.send_reset_link(office.desk(), ANNA)
    assert sign_in.hand_out_link(administration(office), ANNA)


def test_only_an_administrator_hands_links_over_and_never_to_themselves_or_nobody(office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    admin = desk_of(office, hire(office, "Ada Min", "sysadmin"))
    with pytest.raises(NotAllowed):
        sign_in.hand_out_link(desk_of(office, hire(office, "Ben Carr", "nurse", "east")), ANNA)
    with pytest.raises(RuleBroken):
        sign_in.hand_out_link(admin, address_of("Ada Min"))
    with pytest.raises(NotFound):
        sign_in.hand_out_link(admin, "nobody@example.org")


def test_becoming_somebody_by_a_click_is_for_demonstrations_only(office: Office) -> None:
    staff_id = hire(office, "Anna Bell", "nurse", "east")
    earnest = replace(office.desk(), settings=replace(office.settings, demonstration=False))
    with pytest.raises(NotAllowed):
        sign_in.enter_demonstration(earnest, staff_id, "here")
    assert sign_in.enter_demonstration(office.desk(), staff_id, "here").actor.id == staff_id
