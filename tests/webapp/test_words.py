"""Settings and drawings are said in the words of the service, not in its codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from webapp.cases.outline_words import with_roles_named
from webapp.cases.presenters import how_pressing
from webapp.programme.presenters import in_words, sections
from webapp.tasks.presenters import what_happens_next
from webapp.wording import dialled, short_day
from workflows.casework.roles import in_a_sentence
from workflows.questions.programmes import SettingRow
from workflows.questions.task_page import Afterwards, AskedNext
from workflows.questions.waits import OpenTask
from workflows.working_time import ENGLAND


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1WD", "1 working day"),
        ("2WD", "2 working days"),
        ("0WD", "the same working day"),
        ("4WH", "4 working hours"),
        ("2UH", "2 hours between 8 in the morning and 8 in the evening"),
        ("24H", "24 hours"),
        ("12W", "12 weeks"),
        ("0.36", "0.36"),
    ],
)
def test_a_length_of_time_is_said_as_people_say_it(value: str, said: str) -> None:
    assert in_words(value) == said


def test_settings_stand_in_the_order_of_the_names_that_people_read() -> None:
    rows = [
        SettingRow("due.action", "10WD", "Do an action", "", None),
        SettingRow("due.zone", "1WD", "Assess", "", None),
    ]
    (section,) = sections(rows)
    assert [row.label for row in section.settings] == ["Assess", "Do an action"]


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("nurse", "district nurse"),
        ("gp_lead", "GP lead and MDT chair"),
        ("coordinator", "MDT coordinator"),
        ("unheard_of", "unheard of"),
    ],
)
def test_a_role_in_a_sentence_is_in_lower_case_but_for_its_abbreviations(role: str, said: str) -> None:
    assert in_a_sentence(role) == said


def test_the_lanes_of_a_drawing_bear_the_names_of_roles_and_nothing_else_is_touched() -> None:
    drawing = b'<bpmn:lane id="l" name="gp_lead"/><bpmn:userTask id="t" name="nurse"/><lane id="m" name="Elsewhere"/>'
    named = with_roles_named(drawing)
    assert named == drawing.replace(b'name="gp_lead"', b'name="GP lead and MDT chair"')


def test_a_day_is_said_shortly_where_there_is_little_room() -> None:
    assert (short_day(date(2026, 11, 3)), short_day(None)) == ("3 Nov 2026", "")


def test_a_telephone_dials_digits_and_the_plus_before_a_country() -> None:
    assert [dialled(number) for number in ("0161 496 0000", "+44 (161) 496-0000")] == ["01614960000", "+441614960000"]


def test_a_case_waits_for_safety_first_then_for_what_is_overdue_then_for_its_own_next_step() -> None:
    now = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)

    def task(key: str, days: int, *, escalation: str = "A", main: bool = False) -> OpenTask:
        due = now + timedelta(days=days)
        return OpenTask(
            uuid4(), key, key, "", "nurse", "", due, due < now, False, escalation, now, False, ENGLAND, main=main
        )  # fmt: skip

    tasks = [task("late", -3), task("next", 7, main=True), task("safety", 1, escalation="S"), task("beside", 2)]
    tasks += [replace(task("stands still", 5, main=True), paused=True)]
    in_order = ["safety", "late", "next", "beside", "stands still"]
    assert [one.key for one in sorted(tasks, key=how_pressing)] == in_order


def test_what_an_act_has_just_opened_is_named_before_what_was_due_earlier() -> None:
    now = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    sooner, opened = (AskedNext(name, "Farah", now, False, uuid4()) for name in ("Weigh", "Agree the plan"))
    after = Afterwards((sooner, opened), (), False, ENGLAND)
    named = [what_happens_next(after, now, which).split("”")[0] for which in ((), (opened.id,))]
    assert named == ["Next in this case: “Weigh", "Next in this case: “Agree the plan"]
