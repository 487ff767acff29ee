"""Another system that fetches the steps of a case and gives them up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.builders.walked_case import Town
from tests.builders.worker_processes import OPERATOR
from workflows.actions import diagrams, outside_work, taking_on
from workflows.actions.told_answers import as_typed
from workflows.desk import Desk

DRAWN = Path(__file__).parents[1] / "api" / "diagrams" / "asks_another_system.bpmn"
ADA = {"given_name": "Ada", "family_name": "Example", "dob": "1941-03-27", "nhs_available": "no"}
WANTED = outside_work.Wanted(["risk-score"], "a scorer", timedelta(minutes=1), 1)


def published(town: Town, *changes: tuple[str, str]) -> int:
    """Publish the diagram whose step another system does, with words of it changed; returns the release."""
    drawn = DRAWN.read_text("utf-8")
    for was, now in changes:
        drawn = drawn.replace(was, now)
    return diagrams.publish_files(town.office.desk(OPERATOR), {DRAWN.name: drawn.encode()}, "to try").number


def opened(town: Town) -> str:
    """Open a case whose step waits for the other system; returns its number."""
    system = scorer(town)
    person = as_typed(system.forms.form("F01"), {**ADA, "nhs_number_reason": "Not told"})
    wanted = taking_on.Wanted("acm", "asks_another_system", "east", person, {"age": 84})
    return taking_on.take_on(system, wanted).number


def given_up(town: Town, *changes: tuple[str, str]) -> str:
    """Open a case at a step that the other system gives up; returns its number."""
    published(town, *changes)
    number = opened(town)
    gives_up(town)
    return number


def scorer(town: Town) -> Desk:
    """The other system, in the name of the service manager."""
    return town.office.desk(town.who("Malik"))


def fetched(town: Town) -> outside_work.FetchedJob:
    """Let it fetch the step that has waited longest."""
    (job,) = outside_work.fetch(scorer(town), WANTED)
    return job


def gives_up(town: Town, tries_left: int | None = 0) -> None:
    """Let it fetch a step and fail."""
    job = fetched(town)
    outside_work.fail(scorer(town), job.id, job.fence, outside_work.Failure("no connection", tries_left))
