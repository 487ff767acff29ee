"""Which message is the same one told again, and who is told which case took it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from tests.builders.walked_case import Town
from tests.builders.ways_in import COORDINATOR, a_message
from workflows.actions import messages
from workflows.actions.messages import Received
from workflows.casework.care import ServiceUse
from workflows.casework.message import Envelope
from workflows.questions import messages as asked

CALLED = a_message("nhs111_contact", message_id="M-1", source="EPR A")


@pytest.fixture
def number(town: Town) -> str:
    """The case of the quiet person, who called 111."""
    return str(town.once(Town.refer))


def send(town: Town, envelope: Envelope, name: str = COORDINATOR) -> Received:
    return messages.receive(town.office.desk(town.who(name)), envelope)


def uses(town: Town) -> int:
    return town.ask(lambda s: s.scalar(select(func.count()).select_from(ServiceUse))) or 0


@pytest.mark.both_databases
def test_the_number_of_another_source_is_another_message(town: Town, number: str) -> None:
    assert [send(town, replace(CALLED, source=source)).again for source in ("EPR A", "Spine", "Spine")] == [
        False, False, True,
    ]  # fmt: skip
    assert uses(town) == 2


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "other",
    [
        {"type": "person_died"},
        {"nhs_number": "9990001383"},
        {"dob": None},
        {"payload": {"case_number": "ACM-000002"}},
    ],
)
def test_another_content_under_a_number_that_was_used_is_looked_at(
    town: Town, number: str, other: dict[str, object]
) -> None:
    send(town, CALLED)
    answers = [send(town, replace(CALLED, **other)) for _ in range(2)]  # type: ignore[arg-type] # any field
    assert [(one.status, one.again, one.case_number) for one in answers] == [
        ("parked", False, None), ("parked", True, None),
    ]  # fmt: skip
    assert "used this number" in (answers[0].parked_why or "")
    assert uses(town) == 1
    assert send(town, CALLED).case_number == number


def test_a_death_under_a_number_that_was_used_is_delivered_once_somebody_looked(town: Town, number: str) -> None:
    other = town.refer(nhs_number="999 000 1383", dob="1950-05-05", family_name="Else")
    send(town, CALLED)
    send(town, replace(CALLED, type="person_died", nhs_number="9990001383", dob=date(1950, 5, 5)))
    coordinator = town.office.desk(town.who(COORDINATOR))
    row = asked.parked(coordinator).rows[0]
    assert messages.deliver_again(coordinator, row.id).case_number == other
    assert town.case(other).outbound_stopped
    assert not town.case(number).outbound_stopped


def test_the_case_that_took_a_message_is_named_to_those_who_may_see_it(town: Town, number: str) -> None:
    assert send(town, CALLED).case_number == number
    town.shut_out(number, COORDINATOR)
    for stranger in (COORDINATOR, "Mohammed Iqbal"):  # whom the person does not want, and of another programme
        said = [send(town, replace(CALLED, message_id=stranger), stranger) for _ in range(2)]
        assert {(one.status, one.case_number) for one in said} == {("delivered", None)}
