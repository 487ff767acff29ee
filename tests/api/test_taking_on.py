"""Another system opens cases on a diagram of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.conftest import Systems
from tests.builders.walked_case import Town
from workflows.actions import diagrams
from workflows.casework.access import Actor, Post

WEEKLY = Path(__file__).parent.parent / "bench" / "diagrams" / "weekly_contact.bpmn"
OPERATOR = Actor(None, "an operator", (Post("sysadmin", None, None),))
ADA = {"given_name": "Ada", "family_name": "Example", "dob": "1941-03-27"}


@pytest.fixture(autouse=True)
def published(town: Town) -> None:
    """A diagram that is not the lifecycle."""
    diagrams.publish_files(town.office.desk(OPERATOR), {WEEKLY.name: WEEKLY.read_bytes()}, "to try")


@pytest.mark.both_databases
def test_a_system_opens_a_case_on_a_published_diagram_and_works_on_it(system: Systems) -> None:
    sender = system()
    made = sender.post("/cases", {"programme": "acm", "process": "weekly_contact", "team": "east", "person": ADA})
    assert made.status_code == 201, made.get_json()
    (task,) = made.get_json()["tasks"]
    done = sender.post(f"/tasks/{task['id']}/complete", {"answers": {"note": "Rang; all well.", "again": "yes"}})
    following = done.get_json()["next_task_id"]
    done = sender.post(f"/tasks/{following}/complete", {"answers": {"note": "Rang again.", "again": "no"}})
    assert done.get_json()["next_task_id"] is None


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"process": "nowhere"}, "process"),
        ({"process": "acm_death"}, "process"),
        ({"team": "moon"}, "team"),
        ({"person": {**ADA, "dob": "1941-13-01"}}, "dob"),
        ({"person": {**ADA, "nhs_number": "9990000019"}}, "nhs_number"),
    ],
)
def test_what_is_wrong_with_a_new_case_is_said(system: Systems, wrong: dict[str, object], named: str) -> None:
    body = {"programme": "acm", "process": "weekly_contact", "team": "east", "person": ADA, **wrong}
    answer = system().post("/cases", body)
    assert answer.status_code == 422
    assert named in answer.get_json()["errors"]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("half a character: \ud800", "half a character"),
        ("a NUL: \0", "NUL"),
        ("x" * 8_000, "more than 8,000 bytes"),
        (["x"] * 2_000, "more than 8,000 bytes"),
        (10**400, "number too great"),
        ([[[[[[[[[[[1]]]]]]]]]]], "10 levels"),
    ],
)
def test_variables_that_no_process_can_carry_are_refused_in_words(system: Systems, told: object, said: str) -> None:
    body = {"programme": "acm", "process": "weekly_contact", "person": ADA, "variables": {"score": told}}
    answer = system().post("/cases", body)
    assert answer.status_code == 422, answer.get_json()
    assert said in answer.get_json()["errors"]["variables"]


def test_a_person_with_an_open_case_gets_no_second_one(town: Town, system: Systems) -> None:
    town.refer()
    body = {"programme": "acm", "process": "weekly_contact", "person": {**ADA, "nhs_number": "9990000018"}}
    answer = system().post("/cases", body)
    assert (answer.status_code, "already has an open case" in answer.get_json()["detail"]) == (422, True)


def test_who_works_elsewhere_opens_no_case_here(system: Systems) -> None:
    body = {"programme": "acm", "process": "weekly_contact", "person": ADA}
    assert system("cases:write", owner="Iqbal").post("/cases", body).status_code == 403
