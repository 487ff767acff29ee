"""What comes in from outside: a referral's answers, a file of candidates, a message, a system with a token."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders.filled_forms import filled
from tests.builders.walked_case import PRACTICE_IN_EAST, Town
from workflows.actions import api_access, lists
from workflows.casework.message import Envelope
from workflows.casework.programme import Programme
from workflows.storage.lookups import lookups_for

HEADINGS = ("nhs_number", "family_name", "given_name", "dob", "gp_practice")
SOMEBODY = {"family_name": "Example", "given_name": "Ada", "dob": "27/03/1941", "gp_practice": PRACTICE_IN_EAST}
COORDINATOR = "Ifeoma"


def nhs_numbers() -> Iterator[str]:
    """Valid numbers of the test range, one after the other."""
    for middle in itertools.count(200_000):
        first_nine = f"999{middle}"
        check = -sum(int(digit) * (10 - place) for place, digit in enumerate(first_nine)) % 11
        if check < 10:
            yield f"{first_nine}{check}"


def referral(town: Town, **said: Any) -> dict[str, list[str]]:
    """What the referral page sends, everything answered; a practice in East unless said otherwise."""
    desk = town.office.desk()
    programme = town.ask(lambda session: session.query(Programme).filter_by(key="acm").one())
    lookups = town.ask(lambda session: lookups_for(session, programme, desk.today))
    usual = {"gp_practice": PRACTICE_IN_EAST, "source": "gp", "message_safe": "yes", "attachments": None}
    return filled(desk.forms.form("F01"), today=desk.today, lookups=lookups, **{**usual, **said})


def referral_answers(town: Town, **said: Any) -> dict[str, Any]:
    """The same referral as another system tells it: answers by question."""
    desk = town.office.desk()
    programme = town.ask(lambda session: session.query(Programme).filter_by(key="acm").one())
    lookups = town.ask(lambda session: lookups_for(session, programme, desk.today))
    reading = desk.forms.form("F01").read(
        referral(town, **said), today=desk.today, now=desk.clock.now(), lookups=lookups, demonstration=True
    )
    assert not reading.errors, reading.errors
    return dict(reading.answers)


def triage_answers(town: Town, number: str, **said: Any) -> dict[str, Any]:
    """What the triage form says, as a system tells it."""
    desk, case = town.office.desk(), town.case(number)
    lookups = town.ask(lambda s: lookups_for(s, case.programme, desk.today, case))
    form = desk.forms.form("F03")
    raw = filled(form, today=desk.today, lookups=lookups, verdict="accept", priority="standard", **said)
    return dict(form.read(raw, today=desk.today, now=desk.clock.now(), lookups=lookups, demonstration=True).answers)


def csv_file(*rows: dict[str, str], headings: tuple[str, ...] = HEADINGS, separator: str = ",") -> bytes:
    """A file of candidates; each row is somebody with another NHS number unless it says otherwise."""
    numbers = nhs_numbers()
    lines = [separator.join(headings)]
    for row in rows:
        cells = {"nhs_number": next(numbers), **SOMEBODY, **row}
        lines.append(separator.join(cells.get(heading, "") for heading in headings))
    return "\r\n".join(lines).encode()


def a_list(town: Town, content: bytes) -> UUID:
    """A list that was uploaded by the coordinator and looked through."""
    desk = town.office.desk(town.who(COORDINATOR))
    return lists.upload_list(desk, "acm", "efi_search", "found.csv", content)


def take_in(town: Town, list_id: UUID, batch: int = 50) -> int:
    """Take a list in as the worker does; returns the number of batches."""
    desk, batches = town.office.desk(), 0
    while lists.import_next_rows(desk, list_id, batch):
        batches += 1
    return batches


def a_message(kind: str, **given: Any) -> Envelope:
    """A message about the person of the quiet case."""
    usual: dict[str, Any] = {
        "message_id": uuid4().hex,
        "nhs_number": "9990000018",
        "dob": date(1941, 3, 27),
        "occurred_at": datetime(2026, 11, 16, 8, 30, tzinfo=UTC),
        "source": "a hospital",
        "payload": {},
    }
    return Envelope(type=kind, **{**usual, **given})


class System:
    """Another system with a token, speaking JSON."""

    def __init__(self, client: FlaskClient, secret: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {secret}"}

    def get(self, address: str, **given: Any) -> TestResponse:
        """Read."""
        return self.client.get(f"/api/v1{address}", headers=self.headers, **given)

    def post(self, address: str, body: Any = None, key: str | None = None, **given: Any) -> TestResponse:
        """Change something, each time with a new key unless one is named."""
        headers = {**self.headers, "Idempotency-Key": key or uuid4().hex}
        return self.client.post(f"/api/v1{address}", json=body, headers=headers, **given)


def a_system(app: Flask, town: Town, *scopes: str, owner: str = COORDINATOR) -> System:
    """A system in the name of a member of staff, with these scopes; all the person may give without any."""
    desk = town.office.desk(town.who(owner))
    made = api_access.make_token(desk, "a system", scopes or tuple(api_access.scopes_of(desk.actor)), 30)
    return System(app.test_client(), made.secret)
