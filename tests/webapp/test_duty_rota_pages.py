"""The duty rota as a page: read by whoever works in the programme, kept by managers and coordinators."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask

from tests.builders.small_town import SmallTown
from tests.webapp.desk_work import at_work, said
from webapp import create_app
from workflows.assembly import Office
from workflows.casework.access import CARE_ROLES, PERMISSIONS, ROLES

EAST, ALL = "/programme/acm/teams/east/duty", "/programme/acm/duty"
MONDAY = date(2026, 11, 16)
WEEK = {
    "first_day[day]": "17", "first_day[month]": "11", "first_day[year]": "2026",
    "last_day[day]": "18", "last_day[month]": "11", "last_day[year]": "2026",
}  # fmt: skip
LAST = {"last_day[day]": "17", "last_day[month]": "11", "last_day[year]": "2026"}


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service, on Monday 16 November at nine."""
    return SmallTown(office)


@pytest.fixture
def app(town: SmallTown) -> Flask:
    """The application on it."""
    return create_app(town.office)


@pytest.fixture
def tess(town: SmallTown) -> UUID:
    return town.staff("Tess Triage", "triage east")


@pytest.mark.parametrize("role", sorted(ROLES - {"sysadmin"}))
def test_everybody_of_the_programme_reads_it_and_those_who_keep_it_are_offered_to(
    app: Flask, town: SmallTown, tess: UUID, role: str
) -> None:
    town.on_duty(tess, "east", MONDAY)
    browser = at_work(app, town.staff("Some Body", f"{role} east" if role in CARE_ROLES else role))
    page, keeps = browser.get(EAST), role in PERMISSIONS["rota.keep"]
    assert page.status_code == 200
    assert ("Name them" in page.text) == ("Remove" in page.text) == keeps
    assert browser.post(EAST, WEEK).status_code == (422 if keeps else 403)


def test_somebody_is_named_ended_and_removed(app: Flask, town: SmallTown, tess: UUID) -> None:
    keeper = at_work(app, town.staff("Ifa", "coordinator east"))
    assert "Nobody is named: the triage clinicians are told instead" in said(keeper.get(EAST))
    wrong = keeper.post(EAST, {**WEEK, "last_day[day]": "31", "staff": str(tess)})
    assert (wrong.status_code, f'"{tess}" selected' in wrong.text) == (422, True)
    assert "Enter a real date" in wrong.text
    assert keeper.post(EAST, {**WEEK, "staff": str(tess)}).status_code == 303
    page = keeper.get(EAST)
    assert "Tuesday to Wednesday: Tess Triage" in said(page)
    end = page.text.partition("/programme/duty/")[2].partition("/")[0]
    assert "Choose a day from" in keeper.post(f"/programme/duty/{end}/end", {**LAST, "last_day[day]": "30"}).text
    keeper.post(f"/programme/duty/{end}/end", LAST)
    assert "Tuesday: Tess Triage" in said(keeper.get(EAST))
    assert keeper.post(f"/programme/duty/{end}/remove").status_code == 303
    assert "Tess Triage" not in said(keeper.get(EAST)).partition("Name somebody")[0]


def test_a_gap_says_what_happens_then(app: Flask, town: SmallTown, tess: UUID) -> None:
    town.on_duty(tess, "east", MONDAY, days=7)
    town.on_leave(tess)
    town.on_duty(town.staff("Pru Pharmacist", "pharmacist north"), "", MONDAY)
    page = said(at_work(app, tess).get(EAST))
    away = "Tess Triage is away and nobody covers who may"
    assert f"Monday: {away}. For the whole programme: Pru Pharmacist" in page
    assert f"Tuesday to Friday: {away}: the triage clinicians are told instead" in page
    assert "Saturday to Sunday: Tess Triage" in page


def test_the_weeks_to_come_stand_in_the_address(app: Flask, town: SmallTown, tess: UUID) -> None:
    town.on_duty(tess, "", MONDAY + timedelta(days=35), days=7)
    browser = at_work(app, town.staff("Nia", "nurse east"))
    assert "Tess Triage" not in said(browser.get(ALL)).partition("Earlier weeks")[0]
    assert 'href="/programme/acm/duty?from=2026-12-14"' in browser.get(ALL).text
    for late in ("2026-12-14", "2026-12-16"):
        assert "Tess Triage" in said(browser.get(f"{ALL}?from={late}")).partition("Earlier weeks")[0]
    for odd in ("soon", "0001-01-01", "9999-12-31"):
        assert browser.get(f"{ALL}?from={odd}").status_code == 200


def test_whoever_is_on_duty_reads_it_in_the_inbox_and_on_their_account(app: Flask, town: SmallTown, tess: UUID) -> None:
    town.on_duty(tess, "east", MONDAY, days=2)
    browser = at_work(app, tess)
    assert "You are on duty today" in browser.get("/inbox").text
    assert "16 November 2026 to 17 November 2026: East team" in said(browser.get("/account"))


def test_the_duty_days_of_somebody_who_leaves_are_listed_where_they_are_handed_on(
    app: Flask, town: SmallTown, tess: UUID
) -> None:
    town.on_duty(tess, "north", MONDAY, days=2)  # where she works no more
    assert "named on duty on these days" in at_work(app, tess).get("/handing-on/own", follow_redirects=True).text
    ending = at_work(app, town.staff("Rob", "sysadmin")).get(f"/staff/{tess}").text
    assert "They are on duty on days to come: a manager or coordinator has to name somebody else." in ending
    keeper = at_work(app, town.staff("Ifa", "coordinator north"))
    assert "To hand on: Tess Triage is named on duty for North" in said(keeper.get("/inbox"))
    assert "Holds no clinical role here on all these days" in keeper.get("/programme/acm/teams/north/duty").text


def test_the_ladders_say_who_is_on_duty(app: Flask, town: SmallTown, tess: UUID) -> None:
    page = at_work(app, tess).get("/programme/acm/reminders").text
    assert "Whoever is on duty is whom the" in page
    assert f'href="{ALL}"' in page
