"""Another system does steps of cases: it fetches them for a while, and only the last who fetched one may answer."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.api.conftest import Systems
from tests.api.test_metrics import scraped
from tests.builders.soundness import faults
from tests.builders.walked_case import Town
from tests.builders.ways_in import System
from webapp.api import outside as outside_routes
from webapp.cases.presenters import date_sentence
from workflows.actions import diagrams, mending, outside_work
from workflows.casework.access import Actor, Post
from workflows.casework.notice import Notice
from workflows.casework.person import Person
from workflows.clock import FixedClock
from workflows.questions.case import case_page
from workflows.questions.incidents import queue

DRAWN = Path(__file__).parent / "diagrams" / "asks_another_system.bpmn"
OPERATOR = Actor(None, "an operator", (Post("sysadmin", None, None),))
ADA = {"given_name": "Ada", "family_name": "Example", "dob": "1941-03-27"}
HERE = {"programme": "acm", "process": "asks_another_system", "team": "east", "person": ADA}
WANTED = {"topics": ["risk-score"], "worker": "scorer 1", "lease_seconds": 60}


@pytest.fixture
def number(town: Town, system: Systems) -> str:
    """A case that waits for another system to work out a score."""
    diagrams.publish_files(town.office.desk(OPERATOR), {DRAWN.name: DRAWN.read_bytes()}, "to try")
    told = {**HERE, "variables": {"age": 84, "secret": "not for others"}}
    return str(system().post("/cases", told).get_json()["number"])


@pytest.fixture
def scorer(system: Systems, number: str) -> System:
    """The other system, in the name of the service manager."""
    return system("outside:work", owner="Malik")


def fetched(scorer: System) -> dict[str, Any]:
    (job,) = scorer.post("/outside/fetch", WANTED).get_json()["items"]
    return dict(job)


def answer(scorer: System, job: dict[str, Any], verb: str, key: str | None = None, **told: Any) -> Any:
    return scorer.post(f"/outside/{job['id']}/{verb}", {"fence": job["fence"], **told}, key=key)


@pytest.mark.both_databases
def test_a_job_is_fetched_once_and_the_case_goes_on_with_its_answer_once(
    town: Town, scorer: System, number: str
) -> None:
    job = fetched(scorer)
    assert (job["case_number"], job["variables"], job["may_decide"]) == (number, {"age": 84}, ["risk_score"])
    assert scorer.post("/outside/fetch", WANTED).get_json()["items"] == []
    told = [answer(scorer, job, "complete", "the-same-key", variables={"risk_score": 7}) for _ in range(2)]
    assert [one.get_json() for one in told] == [told[0].get_json()] * 2
    assert answer(scorer, job, "complete", variables={"risk_score": 7}).get_json()["again"]
    refused = answer(scorer, job, "complete", variables={"risk_score": 8})
    assert (refused.status_code, refused.mimetype) == (409, "application/problem+json")
    (task,) = town.open_tasks(number)
    assert (task.key, task.variables["risk_score"]) == ("read_score", 7)
    assert faults(town.office) == []


@pytest.mark.parametrize("verb", ["complete", "error"])
def test_an_answer_that_no_process_can_carry_is_refused_in_words(scorer: System, verb: str) -> None:
    job = fetched(scorer)
    also = {"code": "no_score"} if verb == "error" else {}
    told = answer(scorer, job, verb, variables={"risk_score": "7" * 100_000}, **also)
    assert told.status_code == 422
    assert "more than 8,000 bytes" in told.get_json()["errors"]["variables"]


@pytest.mark.both_databases
def test_many_who_fetch_at_once_get_each_job_once(town: Town, system: Systems, number: str, scorer: System) -> None:
    opener = system()
    for _ in range(11):
        opener.post("/cases", HERE)
    desk = town.office.desk(town.who("Malik"))
    got: list[Any] = []

    def work() -> None:
        for _ in range(6):
            got.extend(outside_work.fetch(desk, outside_work.Wanted(["risk-score"], "one", timedelta(minutes=1), 1)))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (len(got), len({job.id for job in got})) == (12, 12)


@pytest.mark.both_databases
def test_when_a_lease_ran_out_another_takes_the_job_and_the_first_may_write_no_more(
    town: Town, scorer: System, clock: FixedClock
) -> None:
    first = fetched(scorer)
    clock.advance(timedelta(seconds=50))
    assert answer(scorer, first, "extend", lease_seconds=60).status_code == 200
    clock.advance(timedelta(seconds=50))
    assert scorer.post("/outside/fetch", WANTED).get_json()["items"] == []
    clock.advance(timedelta(seconds=10))
    second = fetched(scorer)
    for verb, told in (("complete", {}), ("extend", {}), ("fail", {"why": "late"}), ("error", {"code": "not_found"})):
        refused = answer(scorer, first, verb, **told)
        assert (refused.status_code, "by another worker" in refused.get_json()["detail"]) == (409, True)
    assert answer(scorer, second, "complete").status_code == 200


def test_a_job_that_fails_is_free_again_after_growing_waits_until_a_person_has_to_look(
    town: Town, scorer: System, clock: FixedClock
) -> None:
    assert answer(scorer, fetched(scorer), "fail", why="no connection").get_json()["status"] == "open"
    assert scorer.post("/outside/fetch", WANTED).get_json()["items"] == []
    clock.advance(timedelta(minutes=1))
    job = fetched(scorer)
    assert (job["failures"], job["tries_left"]) == (1, 1)
    assert answer(scorer, job, "fail", why="no connection").get_json()["status"] == "failed"
    clock.advance(timedelta(days=1))
    assert scorer.post("/outside/fetch", WANTED).get_json()["items"] == []
    desk = town.office.desk(town.who("Malik"))
    (given_up,) = queue(desk).rows
    assert (given_up.asks, given_up.why, given_up.fault, given_up.tries) == (
        "risk-score",
        "no connection",
        "scorer 1",
        2,
    )
    town.shut_out(given_up.number, "Robin")
    left_out = town.office.desk(town.who("Robin"))
    assert [(one.number, one.why) for one in queue(left_out).rows] == [("", "")]
    assert [one.said for one in mending.try_again(left_out, [given_up.id])] == [mending.KEPT]
    assert [one.said for one in mending.try_again(desk, [given_up.id])] == [mending.GIVEN_BACK]
    assert fetched(scorer)["tries_left"] == 2


@pytest.mark.both_databases
@pytest.mark.usefixtures("number")
def test_a_monitor_reads_how_many_steps_wait_are_held_wait_again_and_were_given_up(
    scorer: System, system: Systems, clock: FixedClock
) -> None:
    monitor = system("metrics:read", owner="Robin")

    def stand() -> dict[str, float]:
        return {key[1]: value for key, value in scraped(monitor).items() if key[0] == "roundtable_outside_tasks"}

    assert stand() == {"to_fetch": 1}
    job = fetched(scorer)
    assert stand() == {"held": 1}
    answer(scorer, job, "fail", why="no connection")
    assert stand() == {"waiting_again": 1}
    clock.advance(timedelta(minutes=1))
    answer(scorer, fetched(scorer), "fail", why="no connection")
    assert stand() == {"given_up": 1}


def test_whoever_runs_the_service_is_told_once_what_was_given_up_and_nothing_about_the_person(
    town: Town, scorer: System, number: str
) -> None:
    with town.office.desk().work() as work:
        person = work.session.get_one(Person, town.case(number).person_id)
        person.details = {"address": "12 High Street, Hulme", "phone": "07700 900123"}
        person.happened("details corrected")
        work.commit()
    answer(scorer, fetched(scorer), "fail", why="Ada Example of 12 High Street (07700 900123): no score", tries_left=0)
    told = town.ask(lambda s: s.scalars(select(Notice.address).where(Notice.kind == "incident")).all())
    assert sorted(address.partition("@")[0] for address in told) == ["robin.marsh", "shabana.malik"]
    (given_up,) = queue(town.office.desk(town.who("Robin"))).rows
    assert (given_up.why, given_up.inputs) == ("… of … (…): no score", {"age": 84})
    page = case_page(town.office.desk(town.who("Ifeoma")), number)
    assert [date_sentence(one) for one in page.awaited] == [
        "Another system could not do this: work out the risk score. Whoever runs the service has been told."
    ]
    assert page.held_up == ()


def test_an_error_the_diagram_knows_takes_its_own_way(town: Town, scorer: System, number: str) -> None:
    job = fetched(scorer)
    assert answer(scorer, job, "error", code="asleep").status_code == 422
    assert answer(scorer, job, "error", code="not_found").status_code == 200
    assert [task.key for task in town.open_tasks(number)] == ["score_by_hand"]


def test_what_a_step_may_not_decide_is_refused_by_name(scorer: System) -> None:
    job = fetched(scorer)
    refused = answer(scorer, job, "complete", variables={"stage": "closed"})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["variables.stage"])
    refused = answer(scorer, job, "complete", variables={"error": "Ada Example of 12 High Street"})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["variables.error"])


def test_who_waits_for_a_job_gets_it_as_soon_as_there_is_one(
    scorer: System, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside_routes, "LOOK_EVERY", 0.05)
    fetched(scorer)
    free = threading.Timer(0.3, lambda: clock.advance(timedelta(seconds=61)))
    free.start()
    began = time.monotonic()
    (job,) = scorer.post("/outside/fetch", {**WANTED, "wait_seconds": 10}).get_json()["items"]
    assert (job["fence"], time.monotonic() - began < 5) == (2, True)
    free.join()


def test_only_who_may_work_on_the_case_is_given_its_step(town: Town, system: Systems, number: str) -> None:
    assert system("outside:work", owner="Fraser").post("/outside/fetch", WANTED).get_json()["items"] == []
    scorer = system("outside:work", owner="Malik")
    job = fetched(scorer)
    town.shut_out(number, "Malik")
    assert answer(scorer, job, "complete").status_code == 404


def test_the_check_lists_the_steps_of_other_systems() -> None:
    assert diagrams.outside_steps({DRAWN.name: DRAWN.read_bytes()}) == (("risk-score", "score_risk"),)


def test_the_page_of_the_case_says_that_another_system_is_awaited(app: Flask, town: Town, number: str) -> None:
    page = case_page(town.office.desk(town.who("Ifeoma")), number)
    (one,) = page.awaited
    assert date_sentence(one) == "Waiting for another system: work out the risk score, since 16 November 2026."
