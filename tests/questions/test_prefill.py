"""What a form begins with: what is on the record already, in words somebody can read out at a meeting."""

from __future__ import annotations

import re

import pytest

from tests.builders.walked_case import Town
from workflows.casework.task import Task
from workflows.questions.prefill import starting_inputs


@pytest.fixture
def summary(town: Town) -> str:
    """The drafted summary of a case whose assessment several people filled in."""
    number = town.refer()
    town.walk_until(number, "assess_whole_person")
    town.do(number, "assess_whole_person", hopes="To walk to the shop again.", falls_12m=3, falls_fear="yes")
    town.walk_until(number, "prepare_mdt")
    (task,) = [one for one in town.open_tasks(number) if one.key == "prepare_mdt"]
    desk = town.office.desk(town.who("Farah"))
    with desk.looking() as session:
        asked = session.get_one(Task, task.id)
        return starting_inputs(desk, session, asked, desk.forms.form("F15"))["summary"][0]


def test_the_summary_tells_what_was_found(summary: str) -> None:
    assert "To walk to the shop again" in summary
    assert re.search(r"Falls\. .*3", summary)


def test_the_summary_tells_nothing_about_the_form_itself(summary: str) -> None:
    assert "does not apply" not in summary
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", summary), "an identifier is not for people"
    assert ".." not in summary
    assert "Who " not in summary
