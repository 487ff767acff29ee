"""What a form begins with: what is on the record already, in words somebody can read out at a meeting."""

from __future__ import annotations

import re

import pytest

from forms import Catalogue
from tests.builders.walked_case import Town
from tests.loaded_town import DELIVERING
from workflows.actions.diagrams import SHIPPED
from workflows.casework.task import Task
from workflows.questions.case_form import case_form
from workflows.questions.prefill import OCCASIONS, starting_inputs
from workflows.questions.summary import LONGEST_SUMMARY, summary_of
from workflows.storage import cases


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


@pytest.mark.parametrize(("language", "shown"), [("polish", ["Polish"]), ("unknown", None)])
def test_measures_begin_with_their_time_in_the_case_and_the_language_that_is_known(
    town: Town, language: str, shown: list[str] | None
) -> None:
    number = town.refer(language=language)
    town.walk_until(number, "measure_wellbeing")
    (task,) = [one for one in town.open_tasks(number) if one.key == "measure_wellbeing"]
    desk = town.office.desk(town.who("Farah"))
    with desk.looking() as session:
        begun = starting_inputs(desk, session, session.get_one(Task, task.id), desk.forms.form("F12"))
    assert begun["occasion"] == ["baseline"]
    assert begun.get("language") == shown


def test_every_step_that_measures_has_its_time_in_the_case() -> None:
    drawn = "".join(path.read_text("utf-8") for path in SHIPPED["bpmn"].glob("*.bpmn"))
    steps = re.findall(r'<bpmn:userTask id="(\w+)"(.*?)</bpmn:userTask>', drawn, re.DOTALL)
    assert {step for step, inside in steps if 'name="form" value="F12"' in inside} == OCCASIONS.keys()


def test_the_summary_tells_what_was_found(summary: str) -> None:
    assert "To walk to the shop again" in summary
    assert re.search(r"Falls\. .*3", summary)


def test_the_summary_tells_of_the_medicines_and_the_scores_too(summary: str) -> None:
    assert "Low mood (PHQ-2): " in summary
    assert "Feeling down" not in summary, "a score is told as a whole"
    assert "How many regular medicines" in summary
    assert len(summary) <= LONGEST_SUMMARY


@pytest.mark.parametrize("letters", [40, 900])
def test_a_summary_leaves_room_for_whoever_presents_and_says_where_more_stands(letters: int) -> None:
    said = {"F11": {"hopes": "h" * letters, "symptoms": "s" * letters}, "F13": {"other_problems": "m" * letters}}
    drafted = summary_of(Catalogue.shipped(), lambda key: said.get(key, {}))
    assert len(drafted) <= 1700
    assert drafted.endswith("… More stands in the case.") == (letters == 900)
    assert ("h" * 40) in drafted
    assert ("s" * 40) in drafted


def test_the_summary_tells_nothing_about_the_form_itself(summary: str) -> None:
    assert "does not apply" not in summary
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", summary), "an identifier is not for people"
    assert ".." not in summary
    assert "Who filled" not in summary


def begun_with(town: Town, number: str, key: str, who: str = "Farah") -> dict[str, list[str]]:
    """What the form of the open step of this key begins with."""
    (task,) = [one for one in town.open_tasks(number) if one.key == key]
    desk = town.office.desk(town.who(who))
    with desk.looking() as session:
        return starting_inputs(desk, session, session.get_one(Task, task.id), desk.forms.form(task.form_key))


@pytest.mark.parametrize("wants", ["To stay at home.", None])
def test_what_the_person_wants_is_not_what_a_good_day_is_like(town: Town, wants: str | None) -> None:
    number = town.refer(views_obtained="yes" if wants else "no", views=wants)
    town.walk_until(number, "assess_whole_person")
    town.do(number, "assess_whole_person", good_day="Sun in the garden.", hopes=None)
    for key, question in (("prepare_mdt", "person_view"), ("draft_plan", "important_to_me")):
        town.walk_until(number, key)
        assert begun_with(town, number, key).get(question, [None]) == [wants]


@pytest.mark.parametrize(("wish", "invited"), [("no", "no"), ("online", "yes")])
def test_a_referrer_who_wants_only_the_outcome_is_not_invited_unasked(town: Town, wish: str, invited: str) -> None:
    number = town.refer(referrer_attend=wish)
    town.walk_until(number, "invite_to_mdt")
    (task,) = [one for one in town.open_tasks(number) if one.key == "invite_to_mdt"]
    desk = town.office.desk(town.who("Ifeoma"))
    with desk.looking() as session:
        begun = starting_inputs(desk, session, session.get_one(Task, task.id), desk.forms.form("F15"))
    assert begun["invite_referrer"] == [invited]
    assert ("not_invited_why" in begun) == (invited == "no")


def test_a_meeting_asked_for_with_the_button_begins_like_any_but_for_its_question(delivering: Town) -> None:
    begun = case_form(delivering.office.desk(delivering.who("Ifeoma")), DELIVERING, "F15", "").raw
    assert {"summary", "person_view", "presenter", "invite_referrer"} <= begun.keys()
    assert "question" not in begun


def test_whom_the_button_names_is_not_asked_a_second_time(delivering: Town) -> None:
    wanted = {"needed_roles": ["nurse", "pharmacist"], "person_attends": "person", "invite_referrer": "no"}
    delivering.press(DELIVERING, "mdt", by="Ifeoma", **wanted)
    begun = begun_with(delivering, DELIVERING, "invite_to_mdt")
    assert begun["needed_roles"] == ["nurse", "pharmacist"]
    assert (begun["person_attends"], begun["invite_referrer"]) == (["person"], ["no"])
    assert "meeting_at[day]" not in begun


def test_where_nobody_referred_the_person_nobody_is_asked_to_invite_a_referrer(delivering: Town) -> None:
    desk = delivering.office.desk(delivering.who("Ifeoma"))
    with desk.work() as work:  # as if they had been found on a list
        case = cases.by_number(work.session, DELIVERING)
        case.source = "risk_list"
        case.happened("note", text="found on a list")
        for paper in cases.documents_of(work.session, case.id, "F01"):
            paper.answers = {name: said for name, said in paper.answers.items() if not name.startswith("referrer")}
            paper.happened("note", text="nobody referred them")
        work.commit()
    found = case_form(desk, DELIVERING, "F15", "")
    assert found.unasked == {"invite_referrer"}
    assert "invite_referrer" not in found.raw
    delivering.press(DELIVERING, "mdt", by="Ifeoma", invite_referrer=None)
    delivering.do(DELIVERING, "invite_to_mdt", invite_referrer=None)


def test_who_answers_an_urgent_concern_need_not_type_that_they_see_it_now(town: Town) -> None:
    number = town.refer()
    town.press(number, "urgent", "Siobhan")
    (task,) = [one for one in town.open_tasks(number) if one.key == "acknowledge_urgent"]
    desk = town.office.desk(town.who("Siobhan"))
    with desk.looking() as session:
        begun = starting_inputs(desk, session, session.get_one(Task, task.id), desk.forms.form("F22b"))
    assert (begun["ack_at[day]"], begun["ack_at[time]"]) == (["16"], ["09:00"])
