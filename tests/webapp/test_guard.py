"""Closed by default: each page names who may open it, and the guard keeps to that."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import Rule

from tests.builders.colleagues import administration, hire, set_up
from tests.webapp.conftest import Browser, SignedIn
from webapp import guard
from webapp.auth.routes import wanted
from webapp.navigation import home
from workflows.actions import accounts
from workflows.assembly import Office
from workflows.casework.access import PERMISSIONS, Actor, Post


def pages(app: Flask) -> list[tuple[str, str, str]]:
    """Every route as method, address and door; unknown parameters get a word."""
    found = []
    for rule in app.url_map.iter_rules():
        address = rule.build({name: _value(rule, name) for name in rule.arguments})
        assert address is not None, rule.rule
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            door = guard.door_of(app.view_functions[rule.endpoint], method)
            found.append((method, address[1], door or ""))
    return found


def _value(rule: Rule, name: str) -> object:
    converter = type(rule._converters[name]).__name__  # werkzeug has no public way to ask
    return {"UUIDConverter": uuid4(), "IntegerConverter": 1}.get(converter, "acm")


def test_each_route_names_a_permission_or_that_it_is_public(app: Flask) -> None:
    assert {door for _, _, door in pages(app)} <= {guard.PUBLIC, *PERMISSIONS}


def for_systems(address: str) -> bool:
    """Other systems bring a key; a person's session opens nothing for them."""
    return address.startswith("/api/")


def unknown_answer(method: str, address: str) -> int:
    """What somebody gets who is not known: the sign-in page, or a plain refusal where no page would be read."""
    return 302 if method == "GET" and not for_systems(address) else 401


def test_a_stranger_is_sent_to_sign_in_or_refused(app: Flask, visitor: Browser) -> None:
    answers = {
        (method, address): visitor.client.open(address, method=method).status_code
        for method, address, door in pages(app)
        if door != guard.PUBLIC
    }
    assert len(answers) > 15
    assert {key: status for key, status in answers.items() if status != unknown_answer(*key)} == {}


def test_somebody_without_the_role_is_refused(app: Flask, as_role: SignedIn) -> None:
    nobody = as_role("referrer")
    closed = [
        (method, address)
        for method, address, door in pages(app)
        if door != guard.PUBLIC and "referrer" not in PERMISSIONS[door]
    ]
    assert len(closed) > 5
    answers = {key: nobody.client.open(key[1], method=key[0]).status_code for key in closed}
    assert {key: status for key, status in answers.items() if status != (401 if for_systems(key[1]) else 403)} == {}


@pytest.mark.parametrize("address", ["/inbox", "/", "/account"])
def test_a_newcomer_without_a_role_is_told_so_and_whom_to_ask(
    app: Flask, office: Office, visitor: Browser, address: str
) -> None:
    hire(office, "Robin Marsh", "sysadmin")
    hire(office, "Nell New")
    visitor.sign_in("Nell New")
    page = visitor.get(address)
    assert page.status_code == 403
    assert "You have no role yet" in page.text
    assert "ask your manager or a system administrator (Robin Marsh)" in page.text
    assert '<a href="/">Look again</a>' in page.text


def test_who_begins_later_is_told_when(app: Flask, office: Office, visitor: Browser) -> None:
    new = hire(office, "Nell New")
    programme = set_up(office)
    east = next(team_id for team_id, name in programme.teams if name == "East")
    later = accounts.NewPost("nurse", programme.id, east, date(2026, 12, 1))
    accounts.give_post(administration(office), new, later)
    visitor.sign_in("Nell New")
    assert "Your role, District nurse in East, begins on 1 December 2026." in visitor.get("/inbox").text


def test_after_signing_in_one_is_where_one_wanted_to_be(visitor: Browser, as_role: SignedIn) -> None:
    as_role("nurse", "east")
    sent = visitor.get("/programme/acm/services?x=1")
    assert sent.headers["Location"].endswith("/sign-in?next=/programme/acm/services?x%3D1")
    assert visitor.sign_in("Anna Bell", next="/programme/acm/services").headers["Location"] == "/programme/acm/services"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.com/",
        "//example.com",
        "/\\example.com",
        "javascript:x",
        "/x\r\nSet-Cookie: a=b",
        "/\t/example.com",
    ],
)
def test_signing_in_never_leads_to_another_site(app: Flask, elsewhere: str) -> None:
    with app.test_request_context("/sign-in", query_string={"next": elsewhere}):
        assert wanted() == home()
    with app.test_request_context("/sign-in", query_string={"next": "/programme?x=1"}):
        assert wanted() == "/programme?x=1"


def test_a_form_without_its_token_is_refused(as_role: SignedIn) -> None:
    nurse = as_role("nurse", "east")
    answer = nurse.client.post("/account/sign-out-everywhere")
    assert answer.status_code == 400
    assert "open too long" in answer.text
    assert nurse.get("/account").status_code == 200


def test_an_application_with_an_unmarked_route_does_not_start() -> None:
    app = Flask("forgetful")
    app.secret_key = "x"
    app.add_url_rule("/records", "records", lambda: "everything")
    guard.stand(app, CSRFProtect(app))
    with pytest.raises(guard.UnguardedRoute, match="GET /records"):
        guard.check_every_door(app)


def test_a_permission_that_does_not_exist_is_found_at_once() -> None:
    with pytest.raises(guard.UnguardedRoute, match="case\\.sea"):
        guard.permission("case.sea")


def test_other_systems_enter_by_key_and_not_by_cookie() -> None:
    app = Flask("keyed")
    app.secret_key = "x"
    guard.stand(app, CSRFProtect(app))
    room = Blueprint("gate", __name__)
    room.add_url_rule("/cases", "cases", guard.permission("case.see")(lambda: "some"))
    app.register_blueprint(room)
    nurse = Actor(uuid4(), "a system", (Post("nurse", uuid4(), None),))
    guard.admit_by_key(app, "gate", lambda request: nurse if request.headers.get("Authorization") == "k" else None)
    guard.check_every_door(app)
    client = app.test_client()
    assert client.get("/cases").status_code == 401
    assert client.get("/cases", headers={"Authorization": "k"}).text == "some"
