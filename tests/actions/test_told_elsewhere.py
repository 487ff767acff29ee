"""What one case tells another, or a system tells: whatever breaks, nothing is half done and somebody hears."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn

import pytest
from sqlalchemy import select

from tests.actions.test_other_programmes import in_both
from tests.builders.soundness import faults
from tests.builders.walked_case import Town, walked_to
from tests.builders.ways_in import COORDINATOR, a_message
from workers.jobs import deliver_messages
from workflows.actions import buttons, companions, handing_on, messages
from workflows.actions.delivery import Delivery, Park
from workflows.actions.incidents import trying
from workflows.actions.message_effects import EFFECTS
from workflows.actions.sent_pages import Answered, recorded_once
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.incident import Incident
from workflows.casework.message import Message
from workflows.casework.notice import Letter, Notice
from workflows.clock import FixedClock
from workflows.desk import Desk
from workflows.duties import REGISTER
from workflows.duties.register import Asking
from workflows.questions import operations, waiting
from workflows.questions.figures import figures

ADMITTED = {"hospital": "North", "planned": "emergency", "admitted_at": "2026-11-16T08:00"}


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def both(town: Town) -> tuple[str, str]:
    """A person with a case in each of two programmes."""
    here, there = town.once(in_both)
    return str(here), str(there)


def send_page(town: Town, number: str) -> None:
    """Say on the page of a case that its person is in hospital, as the browser does: once, and as one act."""
    form = town.office.desk().forms.form(buttons.BY_KEY["hospital"].form)
    raw = town.answers(form, town.case(number), ADMITTED)

    def page(desk: Desk) -> None:
        with recorded_once(desk, "k" * 64) as recording:
            companions.press(desk.within(recording.work), number, "hospital", raw)
            recording.keep(Answered("/", ()))

    trying(town.office.desk(town.who("Siobhan")), page)


def stands(town: Town) -> str:
    """How the one message stands."""
    return str(town.ask(lambda session: session.scalars(select(Message.status)).one()))


def told(town: Town, kind: str) -> list[str]:
    query = select(Notice.address).where(Notice.kind == kind)
    return [str(address) for address in town.ask(lambda session: session.scalars(query).all())]


def breaking(monkeypatch: pytest.MonkeyPatch, kind: str, fault: BaseException) -> None:
    """Let everything be done that a message asks for, and then something break."""
    real = EFFECTS[kind]

    def effect(delivery: Delivery) -> None:
        real(delivery)
        delivery.work.session.flush()
        raise fault

    monkeypatch.setitem(EFFECTS, kind, effect)


def failing_in(number: str, perform: Callable[..., Any]) -> Callable[..., Any]:
    """A duty that fails in one case only."""

    def fails(asking: Asking, **given: Any) -> Any:
        if asking.case.number == number:
            raise RuntimeError("a fault")
        return perform(asking, **given)

    return fails


@pytest.mark.both_databases
def test_a_step_that_fails_in_the_other_case_stands_there_and_an_incident_tells_of_it(
    town: Town, both: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = both
    for name, duty in list(REGISTER.items()):
        if name.startswith(("clocks", "case", "hospital", "letters")):
            monkeypatch.setitem(REGISTER, name, replace(duty, perform=failing_in(there, duty.perform)))
    send_page(town, here)
    where = select(Case.number).join(Incident, Incident.case_id == Case.id)
    assert set(town.ask(lambda session: session.scalars(where).all())) == {there}
    assert (town.case(here).in_hospital, stands(town)) == (True, "delivered")
    assert faults(town.office) == []


@pytest.mark.parametrize("fault", [Park("found out late"), KeyError("x")])
def test_what_breaks_off_in_the_other_case_is_undone_there_and_somebody_is_told(
    town: Town, both: tuple[str, str], monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    here, there = both
    breaking(monkeypatch, "hospital_admission", fault)
    send_page(town, here)
    assert (town.case(here).in_hospital, town.case(there).in_hospital, stands(town)) == (True, False, "parked")
    assert told(town, "message_unmatched")
    assert faults(town.office) == []


def test_the_other_case_is_not_told_who_wrote_it_down(town: Town, both: tuple[str, str]) -> None:
    here, there = both
    send_page(town, here)
    query = select(AuditEntry.actor).where(AuditEntry.case_id == town.case(there).id, AuditEntry.act == "message taken")
    assert town.ask(lambda session: session.scalars(query).all()) == ["the clock"]


def test_what_was_not_handed_on_when_the_service_died_is_delivered_a_moment_later(
    town: Town, both: tuple[str, str], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    here, there = both

    def dies(*_: Any) -> NoReturn:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(handing_on, "try_to_deliver", dies)
        with pytest.raises(Killed):
            send_page(town, here)
    assert (stands(town), town.case(there).in_hospital) == ("received", False)
    assert deliver_messages.work(town.office) == (0, 0)  # somebody may be delivering it
    clock.advance(timedelta(minutes=1))
    assert deliver_messages.work(town.office) == (1, 0)
    assert town.case(there).in_hospital
    assert deliver_messages.work(town.office) == (0, 0)


def test_operations_and_metrics_count_what_was_kept_and_is_not_delivered(town: Town, monkeypatch: Any) -> None:
    def dies(*_: Any) -> NoReturn:
        raise Killed

    monkeypatch.setattr(messages, "try_to_deliver", dies)
    with pytest.raises(Killed):
        messages.receive(town.office.desk(town.who(COORDINATOR)), a_message("ed_attendance"))
    desk = town.office.desk(town.who("Robin"))
    (figure,) = (one for one in figures(desk) if one.name == "messages_unmatched")
    assert (operations.board(desk).unmatched, waiting.parked(desk)[1], figure.values) == (1, 1, {"": 1})


def test_what_broke_after_it_was_delivered_does_not_park_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    number = str(town.once(walked_to, "first_contact"))

    faults, answer = [KeyError("x")], messages._answer

    def broken_once(*given: Any, **named: Any) -> messages.Received:
        if faults:
            raise faults.pop()
        return answer(*given, **named)

    monkeypatch.setattr(messages, "_answer", broken_once)
    done = messages.receive(town.office.desk(town.who(COORDINATOR)), a_message("ed_attendance"))
    assert (done.status, done.case_number, faults) == ("delivered", number, [])
    assert told(town, "message_unmatched") == []


def test_a_death_whose_delivery_breaks_off_holds_letters_back_and_is_told_at_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = str(town.once(walked_to, "first_contact"))
    to_the_home = select(Letter.status).where(Letter.case_id == town.case(number).id, Letter.audience == "person")
    before = town.ask(lambda session: session.scalars(to_the_home).all())
    assert "ready" in before
    breaking(monkeypatch, "person_died", KeyError("x"))
    desk = town.office.desk(town.who(COORDINATOR))
    assert messages.receive(desk, a_message("person_died")).parked_why == messages.BROKE_OFF
    assert set(town.ask(lambda session: session.scalars(to_the_home).all())) == {"withheld"}
    assert told(town, "message_pressing")
    message = town.ask(lambda session: session.scalars(select(Message.id)).one())
    messages.settle(desk, message, "Another person", mistaken=True)
    assert town.ask(lambda session: session.scalars(to_the_home).all()) == before
