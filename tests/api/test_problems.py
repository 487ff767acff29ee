"""Every error is a problem in JSON; every changing request is done once."""

from __future__ import annotations

import json
import tracemalloc
from io import RawIOBase
from threading import Event, Thread, current_thread
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from tests.api.conftest import Systems
from tests.builders.walked_case import Town
from tests.builders.ways_in import System, referral_answers, triage_answers
from webapp.api import keys
from workflows.actions.api_access import Answering
from workflows.casework.referral import Referral

MEMBERS = {"type", "title", "status", "detail", "errors", "request_id"}


@pytest.mark.parametrize("address", ["/api/v1/nowhere", "/api/v1/", "/api/v1"])
def test_an_unknown_address_is_a_problem(app: Flask, address: str) -> None:
    answer = app.test_client().get(address)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert set(answer.get_json()) == MEMBERS


def test_a_wrong_method_names_the_right_ones(app: Flask) -> None:
    answer = app.test_client().delete("/api/v1/cases")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.get_json()["status"] == 405


def test_other_pages_keep_their_own_error_pages(app: Flask) -> None:
    answer = app.test_client().get("/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_whatever_is_refused_is_a_problem(app: Flask, system: Systems) -> None:
    sender, reader, client = system(), system("cases:read"), app.test_client()
    headers = {**sender.headers, "Idempotency-Key": "a-new-key"}

    def send(body: str, media: str = "application/json") -> TestResponse:
        return client.post("/api/v1/messages", data=body, headers=headers, content_type=media)

    refused = {
        400: send("{"),
        401: client.get("/api/v1/cases"),
        403: reader.get("/tasks"),
        404: sender.get("/cases/ACM-999999"),
        405: client.put("/api/v1/messages"),
        413: send(json.dumps({"message_id": "x" * 1024 * 1024})),
        415: send("a=b", "text/plain"),
        422: sender.post("/messages", {}),
    }
    app.config["API_RATE"] = "1 per minute"
    refused[429] = [reader.get("/cases") for _ in range(2)][-1]
    told = {status: (answer.status_code, answer.mimetype) for status, answer in refused.items()}
    assert told == {status: (status, "application/problem+json") for status in refused}
    assert {frozenset(answer.get_json()) for answer in refused.values()} == {frozenset(MEMBERS)}


def test_a_wrong_value_is_told_by_field(system: Systems) -> None:
    answer = system().get("/cases?limit=many&stage=moon")
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == {"limit", "stage"}


@pytest.mark.parametrize("address", ["/cases?sta=triage", "/tasks?views=pool"])
def test_a_misspelt_filter_is_told(system: Systems, address: str) -> None:
    answer = system().get(address)
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [address.partition("?")[2].partition("=")[0]]


def test_a_misspelt_field_is_told(system: Systems) -> None:
    answer = system().post("/referrals", {"programe": "acm", "answers": {}})
    assert set(answer.get_json()["errors"]) == {"programe", "programme"}


def test_a_referral_that_is_not_right_is_told_by_question(town: Town, system: Systems) -> None:
    answers = {**referral_answers(town), "nhs_number": "9990000019", "gp_practice": "P84001", "dob": "2027-01-01"}
    answer = system().post("/referrals", {"programme": "acm", "answers": answers})
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == {"nhs_number", "gp_practice", "dob"}


@pytest.mark.parametrize("body", ["{", "[" * 100_000, '{"answers": NaN}', "1" * 5000])
def test_what_is_not_json_is_refused(system: Systems, body: str) -> None:
    sender = system()
    headers = {**sender.headers, "Idempotency-Key": "a-new-key"}
    answer = sender.client.post("/api/v1/referrals", data=body, content_type="application/json", headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.mimetype == "application/problem+json"


def test_another_media_type_is_refused(system: Systems) -> None:
    sender = system()
    headers = {**sender.headers, "Idempotency-Key": "a-new-key"}
    answer = sender.client.post("/api/v1/referrals", data="a=b", content_type="text/plain", headers=headers)
    assert answer.status_code == 415


class Endless(RawIOBase):
    """A body of 200 MB that is made while it is read; nobody should read much of it."""

    def __init__(self, size: int) -> None:
        self.left = self.size = size

    def readable(self) -> bool:
        return True

    def readinto(self, room: memoryview) -> int:  # type: ignore[override]
        given = min(len(room), self.left)
        room[:given] = b"x" * given
        self.left -= given
        return given


def test_two_hundred_megabytes_are_refused_at_once(system: Systems) -> None:
    sender, body = system(), Endless(200 * 1024 * 1024)
    headers = {**sender.headers, "Idempotency-Key": "a-new-key"}
    environ = create_environ("/api/v1/messages", method="POST", content_type="application/json", headers=headers)
    tracemalloc.start()
    _, status, _ = run_wsgi_app(
        sender.client.application, {**environ, "wsgi.input": body, "CONTENT_LENGTH": str(body.size)}
    )
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert status.startswith("413")
    assert body.left > body.size - 1024 * 1024
    assert most < 8 * 1024 * 1024


def test_a_broken_program_says_nothing_of_its_inside(app: Flask, system: Systems, monkeypatch: object) -> None:
    reader = system("cases:read")
    app.view_functions["api.list_cases"] = _keeps_marks(app.view_functions["api.list_cases"])
    answer = reader.get("/cases")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.get_json()["detail"] == "Something broke here. Nothing was half saved."


def _keeps_marks(view):  # type: ignore[no-untyped-def]
    def broken(**_given: object) -> None:
        raise ZeroDivisionError("a secret")

    vars(broken).update(vars(view))
    return broken


@pytest.mark.parametrize("key", ["", "short", "with spaces in it", "x" * 101])
def test_a_changing_request_needs_a_key(system: Systems, key: str) -> None:
    sender = system()
    headers = {**sender.headers, **({"Idempotency-Key": key} if key else {})}
    answer = sender.client.post("/api/v1/referrals", json={"programme": "acm", "answers": {}}, headers=headers)
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["Idempotency-Key"]


def test_the_same_request_gets_the_same_answer(town: Town, system: Systems) -> None:
    sender, body = system(), {"programme": "acm", "answers": referral_answers(town)}
    first = sender.post("/referrals", body, key="the-same-key")
    second = sender.post("/referrals", body, key="the-same-key")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()


def test_a_key_with_another_request_is_refused(town: Town, system: Systems) -> None:
    sender, answers = system(), referral_answers(town)
    sender.post("/referrals", {"programme": "acm", "answers": answers}, key="the-same-key")
    other = sender.post("/referrals", {"programme": "mcm", "answers": answers}, key="the-same-key")
    assert other.status_code == 422
    assert "Idempotency-Key" in other.get_json()["detail"]


def test_another_system_may_use_the_same_key(town: Town, system: Systems) -> None:
    body = {"programme": "acm", "answers": referral_answers(town)}
    assert system().post("/referrals", body, key="the-same-key").status_code == 201
    assert system().post("/referrals", body, key="the-same-key").status_code == 200


def test_a_refused_request_gives_its_key_back(town: Town, system: Systems) -> None:
    sender = system()
    assert sender.post("/referrals", {"programme": "acm", "answers": {}}, key="the-same-key").status_code == 422
    body = {"programme": "acm", "answers": referral_answers(town)}
    assert sender.post("/referrals", body, key="the-same-key").status_code == 201


def test_the_same_request_twice_at_once_is_done_once_and_answered_twice(
    app: Flask, town: Town, system: Systems, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender, body = system(), {"programme": "acm", "answers": referral_answers(town)}
    begun = Event()
    from webapp.api import referrals

    real = referrals.submit_referral

    def slowly(*given: Any) -> Any:
        begun.set()
        if current_thread() is not other:
            other.join(0.5)  # the other one is on its way by now, and has to wait
        return real(*given)

    def send() -> int:
        return (
            System(app.test_client(), sender.headers["Authorization"].partition(" ")[2])
            .post("/referrals", body, key="the-same-key")
            .status_code
        )

    monkeypatch.setattr(referrals, "submit_referral", slowly)
    answers: list[int] = []
    other = Thread(target=lambda: begun.wait(10) and answers.append(send()))
    other.start()
    answers.append(send())
    other.join(20)
    assert answers == [201, 201]
    assert town.ask(lambda session: session.query(Referral).count()) == 1


@pytest.mark.parametrize("act", ["release", "complete"])  # what is refused a second time, and what is answered anew
def test_a_request_answered_while_the_same_one_was_let_in_gets_that_answer(
    app: Flask, town: Town, system: Systems, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    number, sender = town.refer(), system(owner="Kelly")
    (task,) = sender.get("/tasks?view=pool").get_json()["items"]
    sender.post(f"/tasks/{task['id']}/claim")
    body = {"answers": triage_answers(town, number)} if act == "complete" else {}
    faster: list[TestResponse] = []
    real = keys.known_by_token

    def while_another_is_answered(*given: Any) -> Any:
        known = real(*given)
        if not faster:
            faster.append(known)  # the faster one is let in by this door as well
            with app.app_context():
                faster[0] = System(app.test_client(), sender.headers["Authorization"].partition(" ")[2]).post(
                    f"/tasks/{task['id']}/{act}", body, key="the-same-key"
                )
        return known

    monkeypatch.setattr(keys, "known_by_token", while_another_is_answered)
    slower = sender.post(f"/tasks/{task['id']}/{act}", body, key="the-same-key")
    assert (slower.status_code, faster[0].status_code) == (200, 200)
    assert slower.get_json() == faster[0].get_json()


def test_a_request_that_died_in_the_middle_left_nothing_and_is_done_when_sent_again(
    app: Flask, town: Town, system: Systems, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender, body = system(), {"programme": "acm", "answers": referral_answers(town)}

    def dies(*given: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Answering, "keep", dies)
        with pytest.raises(KeyboardInterrupt):
            sender.post("/referrals", body, key="the-same-key")
    assert town.ask(lambda session: session.query(Referral).count()) == 0
    assert sender.post("/referrals", body, key="the-same-key").status_code == 201


def test_the_description_is_complete_json(app: Flask) -> None:
    described = app.test_client().get("/api/v1/openapi.json").get_json()
    assert set(described["paths"]) == {
        "/api/v1/health", "/api/v1/forms/{key}", "/api/v1/referrals", "/api/v1/referrals/{reference}",
        "/api/v1/cases", "/api/v1/cases/{number}", "/api/v1/tasks", "/api/v1/tasks/{task_id}",
        "/api/v1/tasks/{task_id}/claim", "/api/v1/tasks/{task_id}/release", "/api/v1/tasks/{task_id}/complete",
        "/api/v1/tasks/{task_id}/take-back", "/api/v1/messages", "/api/v1/outside/fetch",
        *(f"/api/v1/outside/{{job_id}}/{act}" for act in ("complete", "error", "extend", "fail")),
    }  # fmt: skip
    assert json.dumps(described)


def test_the_description_is_a_page_without_scripts_from_elsewhere(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/docs")
    assert answer.status_code == 200
    assert "http://" not in answer.text
    assert "https://" not in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
