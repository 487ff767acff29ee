"""The pages of those who run the service: staff, programme, operations; and everybody's own account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders.colleagues import administration, hire
from tests.webapp.conftest import Browser, SignedIn, staff_id_of
from workflows.actions import sign_in
from workflows.actions.heartbeats import beat
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.notice import Notice
from workflows.casework.rounds import ROUNDS
from workflows.clock import FixedClock
from workflows.questions import people, programmes
from workflows.storage.room import room_left


def day(name: str, year: int, month: int, number: int) -> dict[str, str]:
    """A day in its three boxes."""
    return {f"{name}[day]": str(number), f"{name}[month]": str(month), f"{name}[year]": str(year)}


def account_of(office: Office, name: str) -> people.MemberRecord:
    """Somebody's account."""
    (member,) = people.everybody(administration(office), name)
    return people.member_record(administration(office), member.id)


def test_an_administrator_adds_a_person_and_gives_a_post(as_role: SignedIn, office: Office) -> None:
    admin = as_role("sysadmin")
    added = admin.post("/staff/new", {"name": "Ben Carr", "email": "ben.carr@example.org", "profession": "Nurse"})
    page = admin.get(added.headers["Location"]).text
    workplace = re.search(r'value="([^"]+)" >Active Case Management: East', page)
    assert workplace
    admin.post(added.headers["Location"] + "/posts", {"role": "nurse", "workplace": workplace[1]})
    (post,) = account_of(office, "Ben Carr").member.posts
    assert (post.role, post.team, post.today) == ("nurse", "East", True)
    with office.desk().looking() as session:
        assert session.query(Notice).filter_by(address="ben.carr@example.org").count() == 1


def test_what_was_typed_stays_when_it_is_refused(as_role: SignedIn) -> None:
    answer = as_role("sysadmin").post("/staff/new", {"name": "Ben Carr", "email": "nowhere"})
    assert answer.status_code == 422
    assert 'value="Ben Carr"' in answer.text
    assert '<a href="#email">Enter an email address' in answer.text


def test_a_post_gets_its_last_day(as_role: SignedIn, office: Office) -> None:
    admin = as_role("sysadmin")
    staff_id = hire(office, "Ben Carr", "nurse", "east", password="")
    (post,) = account_of(office, "Ben Carr").member.posts
    address = f"/staff/{staff_id}/posts/{post.id}/end"
    assert "District nurse" in admin.get(address).text
    assert admin.post(address, day("last_day", 2026, 2, 30)).status_code == 422
    assert admin.post(address, day("last_day", 2026, 11, 30)).status_code == 303
    assert account_of(office, "Ben Carr").member.posts[0].valid_to is not None


def test_a_link_to_choose_a_password_is_shown_to_be_handed_over(
    as_role: SignedIn, office: Office, visitor: Browser
) -> None:
    admin = as_role("sysadmin")
    staff_id = hire(office, "Ben Carr", "nurse", "east", password="")
    shown = admin.post(f"/staff/{staff_id}/hand-out-link").text
    link = re.search(r"<code>http://[^/]+(/password/new/[^<]+)</code>", shown)
    assert link
    assert visitor.get(link[1]).status_code == 200
    assert as_role("nurse", "east", "Una Lin").post(f"/staff/{staff_id}/hand-out-link").status_code == 403
    own = staff_id_of(admin)
    assert "hand over" not in admin.get(f"/staff/{own}").text
    assert admin.post(f"/staff/{own}/hand-out-link").status_code == 422


def test_an_account_is_ended_and_taken_back(as_role: SignedIn, office: Office) -> None:
    admin = as_role("sysadmin")
    staff_id = hire(office, "Ben Carr", "nurse", "east", password="")
    admin.post(f"/staff/{staff_id}/end")
    assert "Ben Carr" not in admin.get("/staff").text
    assert "Ben Carr" in admin.get("/staff?show=ended").text
    admin.post(f"/staff/{staff_id}/activate")
    assert "Ben Carr" in admin.get("/staff?find=carr").text


def test_a_list_without_anybody_teaches(as_role: SignedIn) -> None:
    admin = as_role("sysadmin")
    assert "Nobody is called" in admin.get("/staff?find=nobody").text
    assert "No account has ended" in admin.get("/staff?show=ended").text


@pytest.mark.both_databases
def test_a_search_for_signs_of_the_database_finds_nobody(as_role: SignedIn) -> None:
    assert "Nobody is called" in as_role("sysadmin").get("/staff?find=%25").text


def test_a_manager_enters_leave_for_the_team(as_role: SignedIn, office: Office) -> None:
    anna, ben = (hire(office, name, "nurse", "east", password="") for name in ("Anna Bell", "Ben Carr"))
    manager = as_role("team_manager", "east", "Max Orr")
    assert "Ben Carr" in manager.get(f"/account/leave?staff={anna}").text
    typed = {"staff": str(anna), "cover": str(ben), **day("first_day", 2026, 11, 23), **day("last_day", 2026, 11, 27)}
    answer = manager.post("/account/leave", typed, follow_redirects=True)
    assert "23 November 2026" in answer.text
    (leave,) = account_of(office, "Anna Bell").leave
    assert leave.cover == "Ben Carr"
    manager.post(f"/account/leave/{leave.id}/cancel")
    assert account_of(office, "Anna Bell").leave == ()


def test_a_nurse_cannot_see_a_colleagues_leave(as_role: SignedIn, office: Office) -> None:
    ben = hire(office, "Ben Carr", "nurse", "east", password="")
    assert as_role("nurse", "east").get(f"/account/leave?staff={ben}").status_code == 404


@pytest.mark.both_databases
def test_everybody_may_read_the_programme_and_managers_change_it(as_role: SignedIn, office: Office) -> None:
    nurse = as_role("nurse", "east")
    for page in ("", "/practices", "/services", "/settings", "/settings/due.triage"):
        assert nurse.get(f"/programme/acm{page}").status_code == 200
    assert "New value" not in nurse.get("/programme/acm/settings/due.triage").text
    manager = as_role("service_manager", name="Max Orr")
    assert manager.post("/programme/acm/settings/due.triage", {"value": "never"}).status_code == 422
    manager.post("/programme/acm/settings/due.triage", {"value": "3WD"})
    page = manager.get("/programme/acm/settings/due.triage").text
    assert "Max Orr" in page
    assert "3WD" in page


def test_an_administrator_says_for_which_organisation_somebody_works(as_role: SignedIn, office: Office) -> None:
    admin, anna = as_role("sysadmin", name="Sid Admin"), hire(office, "Anna Bell", "nurse", "east")
    assert "As the posts say" in admin.get(f"/staff/{anna}").text
    assert admin.post(f"/staff/{anna}/organisation", {"works_for": "the moon"}).status_code == 422
    admin.post(f"/staff/{anna}/organisation", {"works_for": "housing"})
    assert 'value="housing" selected' in admin.get(f"/staff/{anna}").text
    actor = people.actor_of(office.desk(), anna)
    assert actor is not None
    assert actor.sectors("nurse") == {"housing"}
    admin.post(f"/staff/{anna}/organisation", {"works_for": ""})
    assert account_of(office, "Anna Bell").member.works_for == ""
    nurse = as_role("nurse", "east", name="Ben Carr")
    assert nurse.post(f"/staff/{anna}/organisation", {"works_for": "gp"}).status_code == 403


def test_with_one_programme_the_menu_leads_straight_to_it(as_role: SignedIn) -> None:
    assert as_role("nurse", "east").get("/programme").headers["Location"] == "/programme/acm"


def test_a_team_is_suspended_on_the_programmes_page(as_role: SignedIn, office: Office) -> None:
    manager = as_role("service_manager")
    manager.post("/programme/acm/teams/north/suspend", {"cover": "east"})
    assert "East takes new people" in manager.get("/programme/acm").text
    manager.post("/programme/acm/teams/north/suspend")
    north = next(team for team in programmes.programme(administration(office), "acm").teams if team.key == "north")
    assert not north.suspended


@pytest.mark.both_databases
def test_operations_offer_the_button_that_mends(as_role: SignedIn, office: Office) -> None:
    admin = as_role("sysadmin")
    sign_in.send_reset_link(office.desk(), "anna.bell@example.org")
    with office.desk().work() as work:
        notice = work.session.query(Notice).one()
        notice.failed("550 no such mailbox", None)
        work.commit()
    assert "550 no such mailbox" in admin.get("/operations").text
    admin.post(f"/operations/notices/{notice.id}/again")
    assert "550 no such mailbox" not in admin.get("/operations").text


@pytest.mark.both_databases
def test_health_is_red_until_the_worker_has_made_a_round(visitor: Browser, office: Office) -> None:
    assert visitor.get("/health").status_code == 503
    for name in ROUNDS:
        beat(office.desk(), name, "")
    answer = visitor.get("/health")
    assert (answer.status_code, answer.json) == (
        200,
        {
            "status": "ok", "database": "ok", "schema": "current", "worker": "ok", "worker_seconds": 0, "silent": [],
            "disk": room_left(office.settings.database_url),
        },
    )  # fmt: skip


def test_when_the_worker_is_silent_every_page_says_so(as_role: SignedIn, office: Office, clock: FixedClock) -> None:
    nurse = as_role("nurse", "east")
    for name in ROUNDS:
        beat(office.desk(), name, "")
    assert "Reminders have stopped" not in nurse.get("/account").text
    clock.advance(timedelta(minutes=20))
    assert "Reminders have stopped" in nurse.get("/account").text
    for name in ROUNDS.keys() - {"send_notices"}:
        beat(office.desk(), name, "")
    assert "sending mail, links for passwords too, since" in nurse.get("/account").text


def test_every_page_says_that_it_is_no_emergency_system(visitor: Browser) -> None:
    page = visitor.get("/sign-in").text
    assert "not an emergency system" in page
    assert "999" in page
    assert "synthetic people only" in page


def test_who_looked_at_an_account_is_in_the_trail(as_role: SignedIn, office: Office) -> None:
    colleague, admin = hire(office, "Ben Carr", "nurse"), as_role("sysadmin")
    admin.get("/staff?find=Ben")
    admin.get(f"/staff/{colleague}")
    with office.desk().looking() as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.act.in_(["list seen", "account seen"])))
        seen = [(entry.act, entry.detail) for entry in told.all()]
    assert seen == [
        ("list seen", {"page": "accounts", "shown": ["Ben Carr"]}),
        ("account seen", {"name": "Ben Carr", "account": str(colleague)}),
    ]
