"""The pages on which those who manage a programme register other systems' addresses, and see how they answer."""

from __future__ import annotations

import re

import pytest

from tests.webapp.conftest import Browser, SignedIn
from workers.calls import NotTaken
from workers.jobs import call_addresses
from workflows.assembly import Office

PAGE = "/programme/acm/webhooks"
HUB = {"name": "Hub", "address": "https://hooks.example.org/r?key=k7", "ladders": ["S", "review"], "from_level": "L2"}


@pytest.fixture
def manager(as_role: SignedIn) -> Browser:
    """The manager of the programme."""
    return as_role("service_manager", name="Max Orr")


def register(manager: Browser) -> str:
    """Register an address; returns the address of its page."""
    shown = manager.post(PAGE, HUB)
    found = re.search(rf'href="({PAGE}/[0-9a-f-]+)"', shown.text)
    assert found
    return found[1]


def test_an_address_is_registered_and_its_secret_shown_once(manager: Browser) -> None:
    assert "No other system is told" in manager.get(PAGE).text
    shown = manager.post(PAGE, HUB).text
    assert re.search(r"<code[^>]*>whsec_[\w+/=]{44}</code>", shown)
    page = manager.get(PAGE).text
    assert "1 address, by name" in page
    assert "Safety, Review of the plan; from L2 on" in page
    assert "whsec_" not in page


@pytest.mark.parametrize(
    ("changed", "place", "said"),
    [
        ({"name": " "}, "name", "Enter a name, such as the system it is for"),
        ({"address": "http://hooks.example.org"}, "address", "The address begins with https://"),
        ({"address": "https://10.0.0.7/"}, "address", "This address leads into this machine or a private network"),
        ({"ladders": []}, "ladders", "Select at least one thing of which it is told"),
        ({"from_level": "L9"}, "from_level", "Choose from when on it is told"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    manager: Browser, changed: dict[str, object], place: str, said: str
) -> None:
    answer = manager.post(PAGE, HUB | changed)
    assert answer.status_code == 422
    assert f'<a href="#{place}">{said}</a>' in answer.text
    assert ('value="Hub"' in answer.text) == ("name" not in changed)


def test_a_test_is_sent_and_what_was_answered_is_shown(
    manager: Browser, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise NotTaken("Answered 404")

    address = register(manager)
    assert "A test is on its way" in manager.post(f"{address}/test", follow_redirects=True).text
    monkeypatch.setattr(call_addresses, "make", refuse)
    call_addresses.work(office)
    assert "Given up after 1 try: Answered 404" in manager.get(address).text
    assert "A test (webhook)" in manager.get("/operations").text


def test_an_address_is_paused_goes_on_gets_another_secret_and_is_taken_away(manager: Browser) -> None:
    address = register(manager)
    assert "by Max Orr" in manager.post(f"{address}/pause", follow_redirects=True).text
    assert "It is told again" in manager.post(f"{address}/go-on", follow_redirects=True).text
    assert "whsec_" in manager.post(f"{address}/secret").text
    assert "No other system is told" in manager.post(f"{address}/end", follow_redirects=True).text
    assert manager.get(address).status_code == 404


def test_only_those_who_manage_the_programme_see_its_addresses(as_role: SignedIn) -> None:
    assert as_role("nurse", "east").get(PAGE).status_code == 403
    assert "Webhooks" not in as_role("nurse", "east", name="Nia Bell").get("/programme/acm").text
    assert as_role("sysadmin", name="Robin Marsh").get(PAGE).status_code == 200
