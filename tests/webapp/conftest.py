"""The web application on a test's own office, and browsers without a screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders.colleagues import PASSWORD, address_of, hire, set_up
from webapp import actor, create_app
from workflows.assembly import Office
from workflows.questions.people import signed_in


class Browser:
    """Sends forms as the pages would: with the token of a page it has opened."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, address: str, **given: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(address, **given)

    def post(self, address: str, answers: dict[str, Any] | None = None, **given: Any) -> TestResponse:
        """Send a form."""
        return self.client.post(address, data={"csrf_token": self.token(), **(answers or {})}, **given)

    def token(self) -> str:
        """The CSRF token of a fresh page."""
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.get("/privacy").text)
        assert found
        return found[1]

    def sign_in(self, name: str, password: str = PASSWORD, **given: Any) -> TestResponse:
        """Sign in with address and password."""
        return self.post("/sign-in", {"email": address_of(name), "password": password, **given})

    def forget_session(self) -> None:
        """Let the session run out."""
        self.client.delete_cookie("roundtable")


SignedIn = Callable[..., Browser]


@pytest.fixture
def app(office: Office) -> Flask:
    """The application, on a programme with two teams."""
    set_up(office)
    return create_app(office)


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """Somebody who has not signed in."""
    return Browser(app.test_client())


@pytest.fixture
def as_role(app: Flask, office: Office) -> SignedIn:
    """Somebody signed in who holds a role: as_role("nurse", "east")."""

    def enter(role: str, team: str = "", name: str = "Anna Bell") -> Browser:
        staff_id = hire(office, name, role, team)
        browser = Browser(app.test_client())
        assert browser.post(f"/sign-in/as/{staff_id}").status_code == 303
        return browser

    return enter


def staff_id_of(browser: Browser) -> UUID:
    """Who is signed in."""
    with browser.client.session_transaction() as session:
        session_id = UUID(session["_user_id"])
    with browser.client.application.app_context():
        who = signed_in(actor.office().desk(), session_id)
    assert who
    assert who.id
    return who.id
