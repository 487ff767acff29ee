"""Publishing diagrams and tables from files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.builders.walked_case import Town
from workflows.actions import diagrams
from workflows.casework.access import Actor, Post
from workflows.casework.diagram import ModelVersion, Release
from workflows.casework.errors import AnswersRefused, NotAllowed, OutOfDate
from workflows.desk import Desk

FOLDER = Path(__file__).parent.parent / "bench" / "diagrams"
WEEKLY = (FOLDER / "weekly_contact.bpmn").read_bytes()
OPERATOR = Actor(None, "an operator", (Post("sysadmin", None, None),))


@pytest.fixture
def desk(town: Town) -> Desk:
    """An operator's desk."""
    return town.office.desk(OPERATOR)


def contents(town: Town) -> dict[str, str]:
    newest = town.ask(lambda session: session.query(Release).order_by(Release.number.desc()).first())
    return dict(newest.contents)


def test_a_published_diagram_stands_beside_the_lifecycle(town: Town, desk: Desk) -> None:
    before = contents(town)
    done = diagrams.publish_files(desk, {"weekly_contact.bpmn": WEEKLY}, "to try weekly contact")
    assert done.changed == ("bpmn:weekly_contact",)
    assert set(contents(town)) == {*before, "bpmn:weekly_contact"}


def test_published_again_unchanged_nothing_happens(town: Town, desk: Desk) -> None:
    diagrams.publish_files(desk, {"weekly_contact.bpmn": WEEKLY}, "to try")
    before = contents(town)
    assert diagrams.publish_files(desk, {"weekly_contact.bpmn": WEEKLY}, "to try").changed == ()
    assert contents(town) == before


def test_the_next_start_keeps_what_was_published_here(town: Town, desk: Desk) -> None:
    case = (diagrams.SHIPPED["bpmn"] / "action.bpmn").read_bytes()
    mine = case.replace(b'name="Action"', b'name="Our action"', 1) + b"<!-- ours -->"
    diagrams.publish_files(desk, {"action.bpmn": mine, "weekly_contact.bpmn": WEEKLY}, "our own words")
    published = contents(town)
    assert not diagrams.publish_shipped(desk)
    assert contents(town) == published


def test_a_shipped_diagram_that_is_no_longer_shipped_goes(town: Town, desk: Desk) -> None:
    with desk.work() as work:
        old = diagrams.keep_version(work, "bpmn", "gone", WEEKLY, diagrams.WITH_THIS_VERSION)
        diagrams.make_release(work, {**contents(town), "bpmn:gone": old.id.hex}, "an older version of Roundtable")
        work.commit()
    assert diagrams.publish_shipped(desk)
    assert "bpmn:gone" not in contents(town)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b'value="F36"', b'value="F99"', "There is no form “F99”"),
        (b'name="coordinator"', b'name="captain"', "“captain” is not a role"),
        (b'value="due.action"', b'value="due.never"', "No programme has the time “due.never”"),
        (b'value="due.action"', b'value="due.{again.__class__}"', "and nothing else"),
        (b'value="due.action"', b'value="due.{again:&gt;99999999}"', "and nothing else"),
        (b'value="again"', b'value="whether"', "does not ask “whether”"),
        (b'value="B"', b'value="a +"', "escalation class"),
        (b"again == 'yes'", b"__import__('os')", "weekly_contact.bpmn"),
        (b"<bpmn:endEvent", b"<bpmn:scriptTask", "weekly_contact.bpmn"),
        (b"<bpmn:definitions", b"<!DOCTYPE a><bpmn:definitions", "document type"),
    ],
)
def test_a_diagram_that_does_not_fit_is_refused_with_the_reason(
    town: Town, desk: Desk, before: bytes, after: bytes, said: str
) -> None:
    kept = contents(town)
    with pytest.raises(AnswersRefused) as refused:
        diagrams.publish_files(desk, {"weekly_contact.bpmn": WEEKLY.replace(before, after)}, "to try")
    assert said in " ".join(refused.value.errors.values())
    assert contents(town) == kept


def test_two_files_that_draw_one_process_are_refused(town: Town, desk: Desk) -> None:
    with pytest.raises(AnswersRefused) as refused:
        diagrams.publish_files(desk, {"weekly_contact.bpmn": WEEKLY, "another.bpmn": WEEKLY}, "to try")
    assert "drawn 2 times" in refused.value.errors["the release"]


@pytest.mark.parametrize("file", ["weekly.txt", "9.bpmn", "../../x y!.bpmn"])
def test_a_file_needs_a_name_that_says_what_it_is(desk: Desk, file: str) -> None:
    with pytest.raises(AnswersRefused) as refused:
        diagrams.publish_files(desk, {file: WEEKLY}, "to try")
    assert file in refused.value.errors


def test_why_must_be_said(desk: Desk) -> None:
    with pytest.raises(AnswersRefused) as refused:
        diagrams.publish_files(desk, {"weekly_contact.bpmn": WEEKLY}, " ")
    assert "reason" in refused.value.errors


def test_only_who_may_publish_does(town: Town) -> None:
    with pytest.raises(NotAllowed):
        diagrams.publish_files(town.office.desk(town.who("Kelly")), {"weekly_contact.bpmn": WEEKLY}, "to try")


def test_a_check_without_publishing_keeps_nothing(town: Town, desk: Desk) -> None:
    versions = town.ask(lambda session: session.query(ModelVersion).count())
    diagrams.try_files(desk, {"weekly_contact.bpmn": WEEKLY})
    assert town.ask(lambda session: session.query(ModelVersion).count()) == versions


def test_a_table_may_come_together_with_the_diagram_that_asks_it(town: Town, desk: Desk) -> None:
    asks = b"""targetRef="decide" /><bpmn:businessRuleTask id="decide"><bpmn:extensionElements>
        <spiffworkflow:calledDecisionId>how_often</spiffworkflow:calledDecisionId></bpmn:extensionElements>
        </bpmn:businessRuleTask><bpmn:sequenceFlow id="decided" sourceRef="decide" targetRef="ended" />"""
    asking = WEEKLY.replace(b'targetRef="ended" />', asks)
    table = (diagrams.SHIPPED["dmn"] / "routing.dmn").read_bytes().replace(b"routing", b"how_often")
    with pytest.raises(AnswersRefused) as refused:
        diagrams.publish_files(desk, {"weekly_contact.bpmn": asking}, "to try")
    assert "There is no decision table “how_often”" in refused.value.errors["weekly_contact.bpmn"]
    done = diagrams.publish_files(desk, {"weekly_contact.bpmn": asking, "how_often.dmn": table}, "to try")
    assert done.changed == ("bpmn:weekly_contact", "dmn:how_often")


def test_a_table_that_is_written_wrongly_is_refused_with_rule_and_column(town: Town, desk: Desk) -> None:
    routing = (diagrams.SHIPPED["dmn"] / "routing.dmn").read_bytes()
    with pytest.raises(AnswersRefused) as refused:
        diagrams.publish_files(desk, {"routing.dmn": routing.replace(b'"FIRST"', b'"FRIST"')}, "to try")
    assert "did you mean FIRST?" in refused.value.errors["routing.dmn"]


def test_a_file_that_hurts_its_reader_is_refused_and_nothing_is_published(town: Town, desk: Desk) -> None:
    kept = contents(town)
    deep = b"<a>" * 300_000
    with pytest.raises(AnswersRefused) as refused:
        diagrams.publish_files(desk, {"deep.bpmn": deep, "weekly_contact.bpmn": WEEKLY}, "to try")
    assert list(refused.value.errors) == ["deep.bpmn"]
    assert contents(town) == kept


def test_what_was_checked_against_an_older_release_is_not_published(
    town: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = diagrams.check

    def somebody_is_faster(*given: Any) -> Any:
        looked = reading(*given)
        monkeypatch.setattr(diagrams, "check", reading)
        diagrams.publish_files(desk, {"weekly_contact.bpmn": WEEKLY}, "to be first")
        return looked

    monkeypatch.setattr(diagrams, "check", somebody_is_faster)
    with pytest.raises(OutOfDate, match="published by somebody else"):
        diagrams.publish_files(desk, {"weekly_contact.bpmn": WEEKLY + b"\n"}, "to try")
