"""The demonstration's office for the tests that need all of it: loaded once a run, then copied for each test."""

from __future__ import annotations

import pytest

from tests.beginnings import Beginnings
from tests.builders.walked_case import Town, load_one_programme
from workflows import demonstration
from workflows.assembly import Office

DELIVERING = "ACM-000001"  # the case of the fixture `delivering`


def _load(office: Office) -> None:
    demonstration.load(office.desk())


@pytest.fixture
def town(office: Office, beginnings: Beginnings) -> Town:
    """The demonstration's programmes, people and diagrams, and nobody's case."""
    beginnings.once(office, _load)
    return Town(office, beginnings)


@pytest.fixture
def one_programme(office: Office, beginnings: Beginnings) -> Town:
    """The first programme of the demonstration, with its people and diagrams alone."""
    beginnings.once(office, load_one_programme)
    return Town(office, beginnings)


@pytest.fixture
def delivering(town: Town) -> Town:
    """The demonstration with one quiet case, `DELIVERING`, whose plan has just been agreed."""
    town.once(_agree_a_plan)
    return town


def _agree_a_plan(town: Town) -> None:
    town.refer()
    while town.case(DELIVERING).stage != "active":
        town.do(DELIVERING, town.open_tasks(DELIVERING)[0].key)
