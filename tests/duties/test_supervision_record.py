"""The talk about a coordinator's work is nobody's record but theirs; what is decided about a case is filed there."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from workers.rounds import run_everything
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.clock import FixedClock
from workflows.questions import documents
from workflows.questions.timeline import timeline

NURSE, MANAGER, OTHER_NUMBER = "Siobhan", "Nwosu", "999 000 1383"


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def supervised(town: Town, clock: FixedClock) -> str:
    """A case whose coordinator's caseload is to be discussed."""
    number = str(town.once(walked_to, "agree_plan"))
    town.do(number, "agree_plan", agreement="agrees", agreed_by="person")
    clock.advance(timedelta(days=36))
    run_everything(town.office)
    return number


def decide(town: Town, number: str, *rows: tuple[str, str]) -> None:
    """Record a session in which something was decided about cases."""
    said = [{"case_number": case, "decision": decision, "note": "Two falls"} for case, decision in rows]
    coordinator = str(town.case(number).coordinator_id)
    town.do(
        number, "supervise_coordinator", coordinator=coordinator, cases=said, staff_wellbeing="Close to burning out"
    )


def the_talk(town: Town) -> UUID:
    """The record of the session."""
    found: UUID = town.ask(lambda s: s.scalars(select(Document.id).where(Document.form_key == "F28")).one())
    return found


def told(town: Town, number: str, who: str) -> list[str]:
    """The forms of which the timeline tells somebody, on all its pages."""
    desk = town.office.desk(town.who(who))
    pages = [timeline(desk, number)]
    while pages[-1].after:
        pages.append(timeline(desk, number, after=pages[-1].after))
    entries = [one for page in pages for one in page.entries]
    return [str(one.detail.get("form")) for one in entries if one.act == "document filed"]


@pytest.mark.both_databases
def test_the_talk_is_read_by_the_manager_and_the_colleague_it_is_about(town: Town, clock: FixedClock) -> None:
    number = supervised(town, clock)
    decide(town, number, (number, "continue"))
    colleague = town.ask(lambda s: s.get_one(Document, the_talk(town)).answers["coordinator"])
    page = town.office.desk(town.who(MANAGER))
    assert documents.document(page, number, the_talk(town)).paper.form_key == "F28"
    others = [name for name in (NURSE, "Patel", "Zielinski") if str(town.who(name).id) != colleague]
    for name in others:
        desk = town.office.desk(town.who(name))
        assert "F28" not in [group.form_key for group in documents.documents(desk, number).forms], name
        with pytest.raises(NotFound):
            documents.document(desk, number, the_talk(town))
    assert len(told(town, number, MANAGER)) == len(told(town, number, others[-1])) + 1


def test_what_is_decided_about_a_case_is_filed_and_begun_in_that_case(town: Town, clock: FixedClock) -> None:
    number = supervised(town, clock)
    other = town.refer(nhs_number=OTHER_NUMBER, family_name="Other", given_name="Two")
    with pytest.raises(AnswersRefused) as refused:
        decide(town, number, ("ACM-000777", "urgent"))
    assert list(refused.value.errors) == ["cases.0.case_number"]
    decide(town, number, (number, "bring_review_forward"), (other, "urgent"))
    assert "review_person" in [task.key for task in town.open_tasks(number)]
    assert "acknowledge_urgent" in [task.key for task in town.open_tasks(other)]
    acts = [entry.act for entry in timeline(town.office.desk(town.who(MANAGER)), other).entries]
    assert "discussed in supervision" in acts


def test_a_talk_begun_from_the_caseload_is_the_talk_that_was_due(town: Town, clock: FixedClock) -> None:
    number = str(town.once(walked_to, "agree_plan"))
    town.do(number, "agree_plan", agreement="agrees", agreed_by="person")
    clock.advance(timedelta(days=34))
    rows = [{"case_number": number, "decision": "urgent", "note": "Two falls"}]
    coordinator = str(town.case(number).coordinator_id)
    town.press(number, "supervision", MANAGER, coordinator=coordinator, cases=rows, next_date="2026-12-31")
    assert "acknowledge_urgent" in keys(town, number)
    clock.advance(timedelta(days=2))
    run_everything(town.office)
    assert "supervise_coordinator" not in keys(town, number)


def keys(town: Town, number: str) -> list[str]:
    return [task.key for task in town.open_tasks(number)]


def test_bringing_to_the_meeting_is_prepared_and_listed_once(town: Town, clock: FixedClock) -> None:
    number = supervised(town, clock)
    decide(town, number, (number, "re_mdt"))
    assert town.case(number).stage == "active"
    town.do(number, "prepare_mdt")
    assert "record_mdt_decision" in keys(town, number)
    other = town.refer(nhs_number=OTHER_NUMBER, family_name="Other", given_name="Two")
    town.walk_until(other, "prepare_mdt")
    clock.advance(timedelta(days=36))
    run_everything(town.office)
    decide(town, number, (number, "re_mdt"), (other, "re_mdt"))
    assert keys(town, number).count("prepare_mdt") == 0
    assert keys(town, other).count("prepare_mdt") == 1
    entries = timeline(town.office.desk(town.who(MANAGER)), number).entries
    assert [one.detail["why"] for one in entries if one.act == "discussed in supervision"] == ["Two falls", "Two falls"]


def test_preparing_the_discharge_brings_the_review_that_decides_it(town: Town, clock: FixedClock) -> None:
    number = supervised(town, clock)
    decide(town, number, (number, "discharge"))
    assert "review_person" in keys(town, number)
    town.do(number, "review_person", consent_still_valid="yes")
    town.do(number, "decide_after_review", decision="discharge")
    assert "discuss_discharge" in keys(town, number)


def test_before_a_review_is_set_it_is_an_action_and_nothing_can_be_brought_forward(
    town: Town, clock: FixedClock
) -> None:
    number = supervised(town, clock)
    other = town.refer(nhs_number=OTHER_NUMBER, family_name="Other", given_name="Two")
    town.walk_until(other, "first_contact")
    with pytest.raises(AnswersRefused) as refused:
        decide(town, number, (other, "bring_review_forward"))
    assert list(refused.value.errors) == ["cases.0.decision"]
    decide(town, number, (other, "discharge"))
    (action,) = [task for task in town.open_tasks(other) if task.process == "acm_action"]
    assert action.assignee_id == town.case(other).coordinator_id
    assert "prepare the discharge" in action.why
    assert "Two falls" in action.why


def test_giving_a_case_to_someone_else_asks_the_manager_once(town: Town, clock: FixedClock) -> None:
    number = supervised(town, clock)
    decide(town, number, (number, "reallocate"), (number, "reallocate"))
    assert keys(town, number).count("name_another_coordinator") == 1
