"""Attempts to reach somebody are counted as they happened: a correction is not another attempt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workflows.actions.amending import amend_document
from workflows.casework.care import Contact
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.clock import FixedClock


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def tried(town: Town, number: str, clock: FixedClock, route: str) -> None:
    """Try in vain to reach the person, and let some days pass."""
    step = "first_contact" if "first_contact" in keys(town, number) else "try_again"
    at = clock.now().strftime("%Y-%m-%dT%H:%M")
    town.do(number, step, outcome="no_reply", route=route, at=at, safe_and_well="unknown")
    clock.advance(timedelta(days=4))


def correct_last(town: Town, number: str, **change: Any) -> None:
    """Correct what was written of the last attempt."""
    query = select(Document).join(Case).where(Case.number == number, Document.form_key == "F10")
    paper: Document = town.ask(lambda session: session.scalars(query.order_by(Document.number)).all()[-1])
    form, desk = town.office.desk().forms.form("F10"), town.office.desk(town.who(paper.author))
    amend_document(desk, paper.id, form.inputs({**paper.answers, **change}), "Mistyped")


def keys(town: Town, number: str) -> list[str]:
    return [task.key for task in town.open_tasks(number)]


def contacts(town: Town, number: str) -> list[tuple[str, str]]:
    query = select(Contact.route, Contact.outcome).join(Case, Case.id == Contact.case_id).where(Case.number == number)
    return [(row.route, row.outcome) for row in town.ask(lambda session: session.execute(query).all())]


@pytest.mark.both_databases
def test_a_correction_stands_in_the_place_of_the_attempt_it_corrects(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.walk_until(number, "first_contact")
    tried(town, number, clock, "phone")
    tried(town, number, clock, "phone")
    correct_last(town, number, route="text", at=clock.now().isoformat())
    assert contacts(town, number) == [("phone", "no_reply"), ("text", "no_reply")]
    correct_last(town, number, route="letter")
    assert contacts(town, number) == [("phone", "no_reply"), ("letter", "no_reply")]
    tried(town, number, clock, "phone")
    assert len(contacts(town, number)) == 3


def test_attempts_that_are_too_few_do_not_become_enough_by_a_correction(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.walk_until(number, "first_contact")
    tried(town, number, clock, "phone")
    tried(town, number, clock, "phone")
    correct_last(town, number, route="letter", at=clock.now().isoformat())
    tried(town, number, clock, "phone")  # the third, on the same day as the second
    assert "try_again" in keys(town, number)
