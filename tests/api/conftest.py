"""The API of the demonstration's office, and systems that speak to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.builders.walked_case import Town
from tests.builders.ways_in import System, a_system
from webapp import create_app

Systems = Callable[..., System]


@pytest.fixture
def app(town: Town) -> Flask:
    """The application."""
    return create_app(town.office)


@pytest.fixture
def system(app: Flask, town: Town) -> Systems:
    """A system with scopes in somebody's name: system("cases:read", owner="Rao")."""

    def begin(*scopes: str, owner: str = "Ifeoma") -> System:
        return a_system(app, town, *scopes, owner=owner)

    return begin
