"""A death that was only reported: everybody reads the same words, and a second report begins nothing anew."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.builders.walked_case import Town
from tests.builders.ways_in import COORDINATOR, a_message
from tests.webapp.desk_work import at_work, said
from webapp import create_app
from workflows.actions.messages import receive
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import RuleBroken

NURSE, MANAGER, GUARDIAN, PARTNER = "Siobhan Kelly", "Adaeze", "Emeka", "Peggy"
WORDS = "a death was reported and is not yet confirmed"


@pytest.fixture
def app(town: Town) -> Flask:
    """The application on the demonstration's office."""
    return create_app(town.office)


def a_reported_death(town: Town) -> str:
    number = town.refer(comm_needs=["none"])
    town.walk_until(number, "first_contact")
    town.press(number, "death", NURSE, known_by="A neighbour")
    return number


@pytest.fixture
def number(town: Town) -> str:
    """A case in its assessment, with an invitation to the person ready, of which the nurse reports that they died."""
    return str(town.once(a_reported_death))


def read(app: Flask, town: Town, name: str, address: str) -> str:
    """What somebody reads there."""
    staff_id = town.who(name).id
    assert staff_id is not None
    return said(at_work(app, staff_id).get(address))


@pytest.mark.parametrize("name", [NURSE, MANAGER, GUARDIAN, PARTNER])
@pytest.mark.parametrize("page", ["", "/timeline", "/documents", "/plan", "/people"])
def test_the_strip_says_the_same_to_everybody_on_every_page(
    app: Flask, town: Town, number: str, name: str, page: str
) -> None:
    shown = read(app, town, name, f"/cases/{number}{page}")
    assert WORDS.capitalize() in shown
    assert "Died on" not in shown
    assert "at death" not in shown


def test_page_and_timeline_tell_of_a_report_and_nothing_more(app: Flask, town: Town, number: str) -> None:
    page, told = (read(app, town, NURSE, f"/cases/{number}{part}") for part in ("", "/timeline"))
    assert f"have been stopped: {WORDS}." in page
    assert "to confirm the death" in page
    assert "The case began to end: a death was reported" in told
    assert "Cut off by the ending: the case" in told
    assert "Why: the case is ending: a death was reported" in told
    assert "died)" not in told


def test_whoever_looks_the_person_up_reads_it_before_opening_the_case(app: Flask, town: Town, number: str) -> None:
    assert WORDS.capitalize() in read(app, town, NURSE, "/caseload")
    staff_id = town.who(NURSE).id
    assert staff_id is not None
    assert WORDS.capitalize() in said(at_work(app, staff_id).post("/find", {"q": number}))


def test_a_letter_to_the_home_says_why_it_is_held_back(app: Flask, town: Town, number: str) -> None:
    letters = read(app, town, NURSE, f"/cases/{number}/letters")
    assert "Invitation to the person" in letters
    assert "L02" not in letters
    assert "the case is ending: a death was reported" in letters


def test_what_was_reported_is_not_offered_again(app: Flask, town: Town, number: str) -> None:
    page = read(app, town, NURSE, f"/cases/{number}")
    assert "The person has died" not in page
    assert "Log contact" in page
    with pytest.raises(RuleBroken, match="a death was reported"):
        town.press(number, "death", NURSE)


def test_the_national_record_confirms_nothing_and_begins_nothing_anew(town: Town, number: str) -> None:
    said = receive(town.office.desk(town.who(COORDINATOR)), a_message("person_died", payload={"date": "2026-11-15"}))
    assert said.status == "delivered"
    runs = town.ask(lambda session: session.query(CaseRun).filter_by(process="acm_death").all())
    assert [run.status for run in runs] == ["running"]
    assert [task.key for task in town.open_tasks(number)] == ["confirm_death"]
