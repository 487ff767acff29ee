"""The pages on which the managers of a programme change its register of practices and its calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders.colleagues import administration, programme_data
from tests.webapp.conftest import Browser, SignedIn
from tests.webapp.test_administration import day
from workers.jobs import move_dates
from workflows.actions.programmes import load_programme
from workflows.assembly import Office
from workflows.clock import FixedClock

PRACTICES, CLOSED_DAYS = "/programme/acm/practices", "/programme/acm/closed-days"


@pytest.fixture
def manager(as_role: SignedIn) -> Browser:
    """The manager of the programme."""
    return as_role("service_manager", name="Max Orr")


def test_a_manager_adds_a_practice(manager: Browser) -> None:
    assert 'href="/programme/acm/practices/new"' in manager.get(PRACTICES).text
    typed = {"name": "Copper Kettle", "code": "ZZ003", "teams": ["east", "north"], **day("first_day", 2026, 11, 30)}
    page = manager.post(f"{PRACTICES}/new", typed, follow_redirects=True).text
    assert "Copper Kettle is in the register." in page
    assert "East from 30 November 2026" in page
    assert "Not today" in page


def test_what_is_wrong_with_a_new_practice_is_said_and_what_was_typed_stays(manager: Browser) -> None:
    answer = manager.post(f"{PRACTICES}/new", {"name": "Copper Kettle", "code": "ZZ001", "teams": ["east"]})
    assert answer.status_code == 422
    assert '<a href="#code">This code is in the register already: Heron Pool Surgery' in answer.text
    assert 'value="Copper Kettle"' in answer.text
    assert manager.post(f"{PRACTICES}/new", day("first_day", 2026, 2, 30)).status_code == 422


def test_a_manager_gives_a_practice_to_another_team(manager: Browser) -> None:
    answer = manager.post(f"{PRACTICES}/ZZ001/teams", {"teams": "east"})
    assert answer.status_code == 422
    assert '<a href="#from_day">Enter a date' in answer.text
    typed = {"teams": "east", **day("from_day", 2026, 11, 23)}
    page = manager.post(f"{PRACTICES}/ZZ001/teams", typed, follow_redirects=True).text
    assert "New referrals follow this from 23 November 2026" in page
    assert "22 November 2026" in page
    assert "East from 23 November 2026" in manager.get(PRACTICES).text


def test_a_manager_writes_down_where_letters_to_a_practice_go(manager: Browser) -> None:
    page = manager.post(
        f"{PRACTICES}/ZZ001/address", {"address": "1 Pool Row\r\n\r\n Bury "}, follow_redirects=True
    ).text
    assert "Letters to Heron Pool Surgery bear this address." in page
    assert ">1 Pool Row\nBury</textarea>" in page.replace("\r", "")
    answer = manager.post(f"{PRACTICES}/ZZ001/address", {"address": "x" * 301})
    assert answer.status_code == 422
    assert '<a href="#address">' in answer.text


def test_a_practice_ends_and_goes_on(manager: Browser, clock: FixedClock) -> None:
    assert manager.post(f"{PRACTICES}/ZZ001/end").status_code == 422
    page = manager.post(f"{PRACTICES}/ZZ001/end", day("last_day", 2026, 11, 16), follow_redirects=True).text
    assert "ends after 16 November 2026" in page
    clock.advance(timedelta(days=1))
    manager.sign_in("Max Orr")
    assert "Not today" in manager.get(f"{PRACTICES}/ZZ001").text
    page = manager.post(f"{PRACTICES}/ZZ001/keep", follow_redirects=True).text
    assert "The practice goes on." in page
    assert "Not today" not in page


def test_others_read_the_register_and_the_closed_days_and_change_nothing(as_role: SignedIn) -> None:
    nurse = as_role("nurse", "east")
    for address in (PRACTICES, f"{PRACTICES}/ZZ001", CLOSED_DAYS):
        page = nurse.get(address)
        assert page.status_code == 200
        assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]
    assert "/practices/new" not in nurse.get(PRACTICES).text
    assert nurse.get(f"{PRACTICES}/new").status_code == 403
    assert nurse.post(f"{PRACTICES}/ZZ001/end", day("last_day", 2026, 11, 16)).status_code == 403
    assert nurse.post(CLOSED_DAYS, {**day("day", 2026, 11, 17), "why": "Snow"}).status_code == 403
    assert nurse.get(f"{PRACTICES}/ZZ999").status_code == 404


def test_the_manager_of_another_programme_is_offered_nothing(as_role: SignedIn, office: Office) -> None:
    load_programme(administration(office), programme_data(key="mcm", name="Another"))
    manager = as_role("service_manager")
    assert manager.get("/programme/mcm/practices").status_code == 403
    assert manager.get("/programme/mcm/practices/new").status_code == 403
    assert manager.post("/programme/mcm/teams/north/suspend", {"cover": "east"}).status_code == 403


def test_a_manager_sees_what_closing_a_day_would_move_and_closes_it(manager: Browser, office: Office) -> None:
    page = manager.get(CLOSED_DAYS).text
    assert "No other closed day is coming up" in page
    assert "28 December 2026" in page  # a bank holiday, known anyway
    refused = manager.post(CLOSED_DAYS, day("day", 2026, 11, 20))
    assert refused.status_code == 422
    assert '<a href="#why">Enter why' in refused.text
    change = manager.post(CLOSED_DAYS, {**day("day", 2026, 11, 20), "why": "Extra bank holiday"}).location
    page = manager.get(change).text
    assert "Close on 20 November 2026" in page
    assert "No due date would move" in page
    assert "</strong>: Extra bank holiday" not in manager.get(CLOSED_DAYS).text
    assert "The change counts already" in manager.post(f"{change}/confirm", follow_redirects=True).text
    assert manager.get(f"{change}/progress").json["going_on"] is True
    assert "Due dates are just following a change" in manager.get(CLOSED_DAYS).text
    move_dates.work(office)
    assert "No due date had to move" in manager.get(change).text
    assert "</strong>: Extra bank holiday" in manager.get(CLOSED_DAYS).text


def test_a_closed_day_is_opened_after_all_or_left_as_it_is(manager: Browser) -> None:
    closed = manager.post(CLOSED_DAYS, {**day("day", 2026, 11, 20), "why": "Training"}).location
    manager.post(f"{closed}/confirm")
    opened = manager.post(f"{CLOSED_DAYS}/2026-11-20/open").location
    assert "Nothing was changed." in manager.post(f"{opened}/drop", follow_redirects=True).text
    assert manager.get(opened).status_code == 404
    manager.post(f"{manager.post(f'{CLOSED_DAYS}/2026-11-20/open').location}/confirm")
    assert "(open after all)" in manager.get(CLOSED_DAYS).text
    assert manager.post(f"{CLOSED_DAYS}/soon/open").status_code == 404


def test_a_manager_gives_a_team_hours_of_its_own(manager: Browser) -> None:
    hours = "/programme/acm/teams/east/hours"
    assert 'value="17:00"' in manager.get(hours).text
    typed = {
        "opens-0": "8.30",
        "closes-0": "16",
        "opens-1": "nine",
        "closes-1": "17:00",
        "opens-2": "9",
        "closes-2": "9",
    }
    refused = manager.post(hours, {**typed, **day("first", 2026, 11, 23)})
    assert refused.status_code == 422
    assert '<a href="#opens-1">Enter when it opens on Tuesday' in refused.text
    assert '<a href="#closes-2">On Wednesday it must close after it opens' in refused.text
    assert 'value="8.30"' in refused.text
    asked = {"opens-0": "8.30", "closes-0": "16", **day("first", 2026, 11, 23)}
    change = manager.post(hours, asked).location
    assert "8:30 to 16:00" in manager.get(change).text
    manager.post(f"{change}/confirm")
    page = manager.get("/programme/acm/teams/east/closed-days").text
    assert "From 23 November 2026" in page
    assert "has some of its own" in manager.get(CLOSED_DAYS).text
    back = manager.post(hours, {"as_programme": "yes", **day("first", 2026, 11, 30)}).location
    assert "The hours of the programme from 30 November 2026" in manager.get(back).text


def test_the_manager_of_a_team_is_offered_the_calendar_of_that_team_alone(as_role: SignedIn) -> None:
    manager = as_role("team_manager", "east")
    assert "Change the hours" in manager.get("/programme/acm/teams/east/closed-days").text
    typed = {**day("day", 2026, 11, 20), "why": "Training"}
    assert manager.post("/programme/acm/teams/east/closed-days", typed).status_code == 303
    for other in (CLOSED_DAYS, "/programme/acm/teams/north/closed-days"):
        assert "Change the hours" not in manager.get(other).text
        assert manager.post(other, typed).status_code == 403


def test_a_manager_gives_a_team_another_name_and_mailbox(manager: Browser) -> None:
    assert 'href="/programme/acm/teams/east"' in manager.get("/programme/acm").text
    kept = {"name": "East Side", "mailbox": "east.side@example.org"}
    page = manager.post("/programme/acm/teams/east", kept, follow_redirects=True).text
    assert "East Side team" in page
    assert "east.side@example.org" in manager.get("/programme/acm").text
    answer = manager.post("/programme/acm/teams/east", {"name": "North", "mailbox": "nobody"})
    assert answer.status_code == 422
    for wrong in ("Another team of this programme has this name", "Enter an email address"):
        assert wrong in answer.text


def test_a_team_ends_once_nobody_new_comes_to_it_and_goes_on_when_that_was_wrong(manager: Browser) -> None:
    last = day("last_day", 2026, 11, 30)
    answer = manager.post("/programme/acm/teams/north/end", last)
    assert answer.status_code == 422
    assert "Heron Pool Surgery still belongs to it" in answer.text
    manager.post(f"{PRACTICES}/ZZ001/teams", {"teams": "east", **day("from_day", 2026, 12, 1)})
    page = manager.post("/programme/acm/teams/north/end", last, follow_redirects=True).text
    assert "The last day of the team is 30 November 2026." in page
    page = manager.post("/programme/acm/teams/north/keep", follow_redirects=True).text
    assert "The team goes on." in page
    assert "to 30 November 2026" not in page


def test_a_manager_writes_down_where_letters_to_a_service_go(manager: Browser) -> None:
    page = "/programme/acm/services/befriending"
    assert f'href="{page}"' in manager.get("/programme/acm/services").text
    shown = manager.post(f"{page}/address", {"address": "2 Pool Row"}, follow_redirects=True).text
    assert ">2 Pool Row</textarea>" in shown
    assert manager.post(f"{page}/address", {"address": "x" * 301}).status_code == 422


def test_who_does_not_manage_the_programme_reads_of_a_team_and_changes_nothing(as_role: SignedIn) -> None:
    nurse = as_role("nurse", name="Nia Orr")
    page = nurse.get("/programme/acm/teams/east").text
    assert "From 1 April 2026" in page
    assert "Name and mailbox" not in page
    assert nurse.post("/programme/acm/teams/east", {"name": "Mine"}).status_code == 403
