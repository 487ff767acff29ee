"""Who gets in: tokens, scopes, roles; and what everybody else is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.api.conftest import Systems
from tests.builders.walked_case import Town
from webapp.api.room import scope_of
from webapp.guard import PUBLIC, door_of
from workflows.actions import api_access
from workflows.casework.access import PERMISSIONS
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound
from workflows.casework.staff import ApiToken, StaffMember
from workflows.clock import FixedClock
from workflows.questions.api import own_tokens


def routes(app: Flask) -> list[tuple[str, object]]:
    found = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    return [(rule.endpoint, app.view_functions[rule.endpoint]) for rule in found]


def test_every_route_is_public_or_names_a_scope(app: Flask) -> None:
    for endpoint, view in routes(app):
        assert door_of(view) == PUBLIC or scope_of(view) in api_access.SCOPES, endpoint  # type: ignore[arg-type]


def test_every_scope_asks_for_a_permission_there_is() -> None:
    assert {scope.permission for scope in api_access.SCOPES.values()} <= set(PERMISSIONS)


@pytest.mark.parametrize("given", [None, "Bearer", "Bearer rt_nobody", "Basic YTpi", "rt_nobody"])
def test_without_a_token_that_counts_nobody_gets_in(app: Flask, given: str | None) -> None:
    answer = app.test_client().get("/api/v1/cases", headers={"Authorization": given} if given else {})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_session_does_not_open_the_api(app: Flask, town: Town) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{town.who('Ifeoma').id}:0"
    assert client.get("/api/v1/cases").status_code == 401


def test_a_token_can_do_what_its_scopes_name_and_no_more(system: Systems) -> None:
    reader = system("cases:read")
    assert reader.get("/cases").status_code == 200
    refused = reader.get("/tasks")
    assert refused.status_code == 403
    assert "tasks:read" in refused.get_json()["detail"]


def test_a_token_can_do_no_more_than_its_owner(town: Town, system: Systems) -> None:
    referrer = town.office.desk(town.who("Brennan"))
    assert set(api_access.scopes_of(referrer.actor)) == {"referrals:write", "referrals:read"}
    with pytest.raises(AnswersRefused):
        api_access.make_token(referrer, "too much", ["cases:read"], 30)


def test_a_token_loses_what_its_owner_loses(town: Town, system: Systems) -> None:
    reader = system("cases:read")
    session = town.office.database.writing()
    for post in session.get_one(StaffMember, town.who("Ifeoma").id).posts:
        post.valid_to = date(2026, 11, 1)
    session.commit()
    session.close()
    assert reader.get("/cases").status_code == 403


def test_a_token_is_held_by_its_owner_as_consent_knows_them(town: Town) -> None:
    session = town.office.database.writing()
    session.get_one(StaffMember, town.who("Ifeoma").id).works_for = "housing"
    session.commit()
    session.close()
    owner = town.who("Ifeoma")
    made = api_access.make_token(town.office.desk(owner), "feed", ["cases:read"], 30)
    known = api_access.known_by_token(town.office.desk(), made.secret)
    assert known is not None
    assert replace(known.actor, name=owner.name, scopes=owner.scopes) == owner


def test_an_account_that_has_ended_takes_its_tokens_along(town: Town, system: Systems) -> None:
    reader = system("cases:read")
    session = town.office.database.writing()
    session.get_one(StaffMember, town.who("Ifeoma").id).active = False
    session.commit()
    session.close()
    assert reader.get("/cases").status_code == 401


@pytest.mark.both_databases
def test_a_token_runs_out(system: Systems, clock: FixedClock) -> None:
    reader = system("cases:read")
    clock.advance(timedelta(days=30, seconds=1))
    assert reader.get("/cases").status_code == 401


def test_a_revoked_token_is_shut_out_at_once(town: Town, system: Systems) -> None:
    reader = system("cases:read")
    desk = town.office.desk(town.who("Ifeoma"))
    api_access.revoke_token(desk, own_tokens(desk)[0].id)
    assert reader.get("/cases").status_code == 401


def test_only_a_hash_of_the_secret_is_kept(town: Town) -> None:
    made = api_access.make_token(town.office.desk(town.who("Ifeoma")), "feed", ["cases:read"], 30)
    row = town.ask(lambda s: s.scalars(select(ApiToken)).one())
    assert made.secret not in str(vars(row))


def test_nobody_ends_a_colleagues_token(town: Town) -> None:
    made = api_access.make_token(town.office.desk(town.who("Ifeoma")), "feed", ["cases:read"], 30)
    with pytest.raises(NotFound):
        api_access.revoke_token(town.office.desk(town.who("Malik")), made.id)


def test_a_token_makes_no_tokens(town: Town) -> None:
    desk = town.office.desk(town.who("Ifeoma"))
    made = api_access.make_token(desk, "feed", ["cases:read"], 30)
    known = api_access.known_by_token(desk, made.secret)
    assert known is not None
    with pytest.raises(NotAllowed):
        api_access.make_token(town.office.desk(known.actor), "another", ["cases:read"], 30)


@pytest.mark.both_databases
def test_what_a_token_does_stands_in_its_name_in_the_trail(town: Town) -> None:
    desk = town.office.desk(town.who("Ifeoma"))
    known = api_access.known_by_token(desk, api_access.make_token(desk, "feed", ["cases:read"], 30).secret)
    assert known is not None
    assert known.actor.name == "Ifeoma Adeyemi, by “feed”"


def test_too_many_requests_are_told_to_wait(app: Flask, system: Systems) -> None:
    app.config["API_RATE"] = "2 per minute"
    reader, other = system("cases:read"), system("cases:read")
    assert [reader.get("/cases").status_code for _ in range(3)] == [200, 200, 429]
    assert reader.get("/cases").headers["Retry-After"]
    assert reader.get("/cases").mimetype == "application/problem+json"
    assert other.get("/cases").status_code == 200
