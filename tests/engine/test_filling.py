"""Keys of settings with decision variables in them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine import hostile
from tests.engine.effort import MOST_SECONDS, seconds_of
from workflows.engine import ExpressionRefused
from workflows.engine.filling import filled, holes

DATA: dict[str, Any] = {
    "priority": "urgent",
    "weeks": 12,
    "person": {"home": 1},
    "long": "x" * 300,
    "thing": hostile.make("object"),
}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("due.first_contact", "due.first_contact"),
        ("due.triage.{priority}", "due.triage.urgent"),
        ("{priority}.{weeks}.{priority}", "urgent.12.urgent"),
        ("", ""),
    ],
)
def test_variables_are_put_where_their_names_stand(text: str, key: str) -> None:
    assert filled(text, DATA) == key


def test_what_is_put_in_is_not_filled_again() -> None:
    assert filled("due.{a}", {"a": "{b}", "b": "no"}) == "due.{b}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{priority.__class__}", "nothing else"),
        ("{priority.upper}", "nothing else"),
        ("{person[home]}", "nothing else"),
        ("{priority!r}", "nothing else"),
        ("{priority:>999999999999}", "nothing else"),
        ("{weeks:{weeks}}", "nothing else"),
        ("{0}", "nothing else"),
        ("{}", "nothing else"),
        ("{", "nothing else"),
        ("}}", "nothing else"),
        ("{{priority}}", "nothing else"),
        ("{_private}", "nothing else"),
        ("{ｐriority}", "nothing else"),
        ("{missing}", "which nobody has decided yet"),
        ("{person}", "no word and no number"),
        ("{long}", "no word and no number"),
        ("{thing}", "not plain data"),
        ("x" * 201, "longer than 200"),
        ("{" * 100_000, "longer than 200"),
    ],
    ids=lambda text: text[:30],
)
def test_anything_else_is_refused_at_once(text: str, reason: str) -> None:
    def attempt() -> None:
        with pytest.raises(ExpressionRefused, match=reason):
            filled(text, DATA)

    hostile.ran.clear()
    assert seconds_of(attempt) < MOST_SECONDS
    assert hostile.ran == []


def test_the_names_are_found_without_data() -> None:
    assert holes("due.{priority}.{weeks}") == ("priority", "weeks")
