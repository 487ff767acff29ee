"""What was typed when nothing could be kept stands on the page that says so, and can be sent again from there."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.builders.walked_case import Town
from tests.webapp.conftest import Browser
from tests.webapp.referral_work import application, signed_in
from workflows.casework.errors import CannotBeKept
from workflows.storage.unit_of_work import NO_ROOM, UnitOfWork

WORDS = "She said “not now”,\nand <thinks> about it & hopes."


@pytest.fixture
def at_triage(town: Town) -> tuple[Browser, str, dict[str, str]]:
    """The clinician at the form of a task, with what its page carries unseen."""
    (task,) = town.open_tasks(town.refer())
    nurse, address = signed_in(application(town), town, "Siobhan"), f"/tasks/{task.id}"
    found = re.findall(r'name="(draft_token|draft_page|page_mark)" value="([^"]+)"', nurse.get(address).text)
    return nurse, address, dict(found)


def test_a_full_disk_leaves_what_was_typed_on_the_page_and_it_can_be_sent_from_there(
    at_triage: tuple[Browser, str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse, address, unseen = at_triage
    with monkeypatch.context() as full:

        def no_room(_unit: UnitOfWork) -> None:
            raise CannotBeKept(NO_ROOM)

        full.setattr(UnitOfWork, "commit", no_room)
        answer = nurse.post(f"{address}/save", {**unseen, "override_reason": WORDS})
    assert answer.status_code == 503
    assert WORDS.replace("\n", " ") in " ".join(unescape(answer.text).split())
    assert "Why" in answer.text  # the question, in its own words
    form = answer.text[answer.text.index(f'action="{address}/save') :]
    again = {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)}
    assert again["override_reason"] == WORDS
    assert nurse.client.post(f"{address}/save", data=again).status_code == 303
    assert WORDS.splitlines()[1] in unescape(nurse.get(address).text)


def test_a_password_is_never_said_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    nurse = signed_in(application(town), town, "Siobhan")

    def broken(_unit: UnitOfWork) -> None:
        raise CannotBeKept(NO_ROOM)

    monkeypatch.setattr(UnitOfWork, "commit", broken)
    answer = nurse.post("/sign-in", {"email": "siobhan.kelly@example.org", "password": "three otters"})
    assert answer.status_code == 503
    assert "otters" not in answer.text
