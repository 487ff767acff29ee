"""The API does what its own description says: requests made from it, sound and unsound, hold every promise.

Bounded and always the same: a failure here can be repeated.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.openapi import from_wsgi
from schemathesis.schemas import BaseSchema

from tests.builders.walked_case import Town
from tests.builders.ways_in import System, a_system
from webapp import create_app
from workflows import demonstration
from workflows.assembly import open_office
from workflows.clock import FixedClock
from workflows.settings import Settings

DESCRIPTION = "/api/v1/openapi.json"
OPERATIONS = (
    "GET /api/v1/health",
    "GET /api/v1/forms/{key}",
    "POST /api/v1/referrals",
    "GET /api/v1/referrals/{reference}",
    "GET /api/v1/cases",
    "GET /api/v1/cases/{number}",
    "POST /api/v1/cases",
    "GET /api/v1/tasks",
    "GET /api/v1/tasks/{task_id}",
    "POST /api/v1/tasks/{task_id}/claim",
    "POST /api/v1/tasks/{task_id}/release",
    "POST /api/v1/tasks/{task_id}/complete",
    "POST /api/v1/tasks/{task_id}/take-back",
    "POST /api/v1/messages",
    "POST /api/v1/outside/fetch",
    "POST /api/v1/outside/{job_id}/extend",
    "POST /api/v1/outside/{job_id}/complete",
    "POST /api/v1/outside/{job_id}/fail",
    "POST /api/v1/outside/{job_id}/error",
)
# Nothing in these can be unsound: no parameter, or any word.
ALWAYS_SOUND = ("GET /api/v1/health", "GET /api/v1/forms/{key}")
EXAMPLES = 12
# A description cannot say which answers a form takes, so well-shaped ones may still be refused.
NOT_PROMISED = ("positive_data_acceptance",)


@pytest.fixture(scope="module")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One office for all operations, with a case to be found."""
    folder = tmp_path_factory.mktemp("described")
    url = f"sqlite:///{shutil.copy(sqlite_template, folder / 'roundtable.db')}"
    given = {"DATA": str(folder), "DATABASE": url, "SECRET": "a secret for tests only"}
    office = open_office(
        Settings.from_environment({f"ROUNDTABLE_{name}": value for name, value in given.items()}),
        FixedClock(datetime(2026, 11, 16, 9, 0, tzinfo=UTC)),
    )
    demonstration.load(office.desk())
    opened = Town(office)
    opened.refer()
    yield opened
    office.close()


@pytest.fixture(scope="module")
def app(town: Town) -> Flask:
    """The application, without its limit on requests."""
    made = create_app(town.office)
    made.config["API_RATE"] = "1000000 per minute"
    made.config["LONGEST_POLL"] = 0
    return made


@pytest.fixture(scope="module")
def system(app: Flask, town: Town) -> System:
    """A system with every scope its owner may give."""
    return a_system(app, town, owner="Malik")  # a service manager may do all of it


@pytest.fixture(scope="module")
def described(app: Flask) -> BaseSchema:
    """The description as the application serves it."""
    load_all_checks()
    schema: BaseSchema = from_wsgi(DESCRIPTION, app)
    return schema


def test_every_operation_of_the_description_is_tried(described: BaseSchema) -> None:
    assert sorted(found.ok().label for found in described.get_all_operations()) == sorted(OPERATIONS)


@pytest.mark.parametrize("label", OPERATIONS)
def test_sound_requests_get_what_is_promised(described: BaseSchema, system: System, label: str) -> None:
    hold(described, system, label, GenerationMode.POSITIVE)


@pytest.mark.parametrize("label", [label for label in OPERATIONS if label not in ALWAYS_SOUND])
def test_unsound_requests_are_refused_as_promised(described: BaseSchema, system: System, label: str) -> None:
    hold(described, system, label, GenerationMode.NEGATIVE)


def hold(described: BaseSchema, system: System, label: str, mode: GenerationMode) -> None:
    method, path = label.split()
    unpromised = CHECKS.get_by_names(NOT_PROMISED)

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=described[path][method].as_strategy(generation_mode=mode))
    def holds(case: Case) -> None:
        case.call_and_validate(headers=system.headers, excluded_checks=unpromised)

    holds()
