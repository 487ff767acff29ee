"""Changing the process: what is taken into a change, saved, kept beside, and sent for approval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from tests.builders.walked_case import Town
from workflows.actions import diagrams, process_changes, process_saves
from workflows.actions.change_check import check_change
from workflows.actions.process_changes import MINE, THEIRS
from workflows.casework.access import Actor, Post
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, OutOfDate, RuleBroken
from workflows.casework.process_change import (
    DRAFTING,
    HOLD,
    KEPT_SAVES,
    SENT,
    SENT_BACK,
    WITHDRAWN,
    ChangedMeanwhile,
    InOtherHands,
    Place,
)
from workflows.casework.staff import StaffMember
from workflows.clock import FixedClock
from workflows.desk import Desk
from workflows.engine.blank import blank
from workflows.questions import process_changes as changes

OPERATOR = Actor(None, "an operator", (Post("sysadmin", None, None),))
ACTION = (diagrams.SHIPPED["bpmn"] / "action.bpmn").read_bytes()


@pytest.fixture
def desks(town: Town) -> Callable[[str], Desk]:
    """The desk of somebody, by their first name: Joanna edits, Priya approves."""

    def desk(name: str, role: str) -> Desk:
        found = town.ask(lambda session: session.query(StaffMember).filter(StaffMember.name.contains(name)).one())
        return town.office.desk(Actor(found.id, found.name, (Post(role, None, None),)))

    return lambda name: desk(
        name, {"Joanna": "process_editor", "Priya": "process_approver"}.get(name, "service_manager")
    )


@pytest.fixture
def editor(desks: Callable[[str], Desk]) -> Desk:
    """The desk of Joanna Whitworth, a process editor."""
    return desks("Joanna")


@pytest.fixture
def other(desks: Callable[[str], Desk]) -> Desk:
    """The desk of a colleague who edits as well."""
    return desks("Kelly")


@pytest.fixture
def approver(desks: Callable[[str], Desk]) -> Desk:
    """The desk of a process approver."""
    return desks("Priya")


@pytest.fixture
def place(editor: Desk) -> Place:
    """The diagram “action”, taken into a change."""
    change_id = process_changes.open_change(editor, "Pharmacist’s step")
    process_changes.take_in(editor, Place(change_id, "bpmn", "action"))
    return Place(change_id, "bpmn", "action")


def named(name: str) -> bytes:
    """The diagram “action” by another name."""
    return ACTION.replace(b'name="Action"', f'name="{name}"'.encode(), 1)


def kept(desk: Desk, place: Place) -> bytes:
    return changes.content(desk, place).xml


def status(desk: Desk, change_id: UUID) -> str:
    return changes.change_page(desk, change_id).row.status


def test_a_model_begins_as_it_is_published(editor: Desk, place: Place) -> None:
    assert kept(editor, place) == ACTION
    [model] = changes.change_page(editor, place.change_id).models
    assert (model.differs, model.news, model.base is not None) == (False, None, True)


def test_taken_in_twice_it_stays_as_it_is(editor: Desk, place: Place) -> None:
    process_saves.save_model(editor, place, named("Ours"), 1)
    process_changes.take_in(editor, place)
    assert kept(editor, place) == named("Ours")


def test_what_is_not_published_cannot_be_taken_in(editor: Desk, place: Place) -> None:
    with pytest.raises(NotFound):
        process_changes.take_in(editor, place._replace(key="nothing"))


@pytest.mark.parametrize("kind", ["bpmn", "dmn"])
def test_a_new_one_begins_as_the_smallest_that_runs(editor: Desk, kind: str) -> None:
    change_id = process_changes.open_change(editor, "Something new")
    process_changes.begin_new(editor, Place(change_id, kind, "pharmacy_check"), "Is it “safe” & <sound>?")
    process_changes.send(editor, change_id, "to try")
    assert status(editor, change_id) == SENT


@pytest.mark.parametrize("key", ["action", "Über", "", "a b"])
def test_a_new_one_needs_a_name_of_its_own(editor: Desk, place: Place, key: str) -> None:
    with pytest.raises(AnswersRefused) as refused:
        process_changes.begin_new(editor, place._replace(key=key), "New")
    assert list(refused.value.errors) == ["key"]


def test_only_who_drafts_may_change_anything(approver: Desk, place: Place) -> None:
    with pytest.raises(NotAllowed):
        process_saves.save_model(approver, place, named("Mine"), 1)
    with pytest.raises(NotAllowed):
        process_changes.open_change(approver, "Mine")


def test_everybody_who_had_a_hand_in_it_is_an_editor(editor: Desk, other: Desk, approver: Desk, place: Place) -> None:
    process_saves.hold_model(other, place)
    page = changes.change_page(other, place.change_id)
    assert page.had_a_hand
    assert len(page.row.editors) == 2
    assert not changes.change_page(approver, place.change_id).had_a_hand


def test_each_save_has_the_next_mark_and_saved_again_nothing_happens(editor: Desk, place: Place) -> None:
    assert process_saves.save_model(editor, place, named("One"), 1) == 2
    assert process_saves.save_model(editor, place, named("One"), 1) == 2
    assert [save.mark for save in changes.saves(editor, place)] == [2, 1]


def test_a_save_from_an_older_one_is_kept_beside_and_says_whose_stands(
    editor: Desk, other: Desk, place: Place, clock: FixedClock
) -> None:
    process_saves.save_model(editor, place, named("Theirs"), 1)
    clock.advance(HOLD)
    with pytest.raises(ChangedMeanwhile) as meanwhile:
        process_saves.save_model(other, place, named("Mine"), 1)
    assert (meanwhile.value.by, meanwhile.value.mark, meanwhile.value.saved) == (editor.actor.name, 2, True)
    assert kept(editor, place) == named("Theirs")
    assert changes.save_content(other, place, meanwhile.value.copy_id)[1] == named("Mine")


def test_what_is_sent_again_from_there_takes_the_place_of_the_copy(editor: Desk, other: Desk, place: Place) -> None:
    process_saves.save_model(editor, place, named("Theirs"), 1)
    for mine in ("Mine", "Mine still"):
        with pytest.raises(ChangedMeanwhile):
            process_saves.save_model(other, place, named(mine), 1)
    [copy] = changes.model_row(other, place).copies
    assert changes.save_content(other, place, copy.id)[1] == named("Mine still")


@pytest.mark.parametrize("taken", [True, False])
def test_of_two_versions_one_is_taken_and_both_can_be_had(editor: Desk, other: Desk, place: Place, taken: bool) -> None:
    process_saves.save_model(editor, place, named("Theirs"), 1)
    with pytest.raises(ChangedMeanwhile) as meanwhile:
        process_saves.save_model(other, place, named("Mine"), 1)
    if taken:
        process_saves.restore_save(other, place, meanwhile.value.copy_id, seen=2, over=True)
    else:
        process_saves.drop_copy(other, place, meanwhile.value.copy_id)
    assert kept(editor, place) == named("Mine" if taken else "Theirs")
    assert changes.model_row(other, place).copies == ()
    assert 2 in [save.mark for save in changes.saves(editor, place)]


def test_who_edits_keeps_it_in_hand_for_some_minutes(
    editor: Desk, other: Desk, place: Place, clock: FixedClock
) -> None:
    process_saves.save_model(editor, place, named("Theirs"), 1)
    with pytest.raises(InOtherHands) as held:
        process_saves.hold_model(other, place)
    assert held.value.by == editor.actor.name
    clock.advance(HOLD)
    assert process_saves.hold_model(other, place) == clock.now() + HOLD


def test_whoever_is_taken_over_from_is_told_and_loses_nothing(editor: Desk, other: Desk, place: Place) -> None:
    process_saves.hold_model(editor, place)
    process_saves.hold_model(other, place, over=True)
    with pytest.raises(ChangedMeanwhile) as meanwhile:
        process_saves.save_model(editor, place, named("Mine"), 1)
    assert (meanwhile.value.by, meanwhile.value.saved) == (other.actor.name, False)
    assert [copy.mine for copy in changes.model_row(editor, place).copies] == [True]


def test_what_is_let_go_is_free_at_once(editor: Desk, other: Desk, place: Place) -> None:
    process_saves.hold_model(editor, place)
    process_saves.let_go(other, place)
    assert changes.model_row(other, place).held_by
    process_saves.let_go(editor, place)
    assert not changes.model_row(other, place).held_by


def test_an_earlier_save_can_stand_again(editor: Desk, place: Place) -> None:
    process_saves.save_model(editor, place, named("One"), 1)
    first = changes.saves(editor, place)[-1]
    assert process_saves.restore_save(editor, place, first.id, seen=2) == 3
    assert kept(editor, place) == ACTION


def test_only_so_many_saves_are_kept(editor: Desk, place: Place) -> None:
    for mark in range(1, KEPT_SAVES + 3):
        process_saves.save_model(editor, place, named(str(mark)), mark)
    marks = [save.mark for save in changes.saves(editor, place)]
    assert (len(marks), marks[0]) == (KEPT_SAVES, KEPT_SAVES + 3)


@pytest.mark.parametrize("xml", [b"", b"no xml", b"<!DOCTYPE a><a/>"])
def test_what_is_no_document_is_refused_and_nothing_is_lost(editor: Desk, place: Place, xml: bytes) -> None:
    with pytest.raises(AnswersRefused) as refused:
        process_saves.save_model(editor, place, xml, 1)
    assert "action.bpmn" in refused.value.errors["file"]
    assert kept(editor, place) == ACTION


def test_a_model_can_be_left_out_unless_somebody_else_edits_it(editor: Desk, other: Desk, place: Place) -> None:
    process_saves.hold_model(editor, place)
    with pytest.raises(InOtherHands):
        process_changes.leave_out(other, place)
    process_changes.leave_out(editor, place)
    assert changes.change_page(editor, place.change_id).models == ()


def publish(town: Town, **files: bytes) -> None:
    """Let somebody else publish meanwhile."""
    sent = {f"{key}.bpmn": xml for key, xml in files.items()}
    diagrams.publish_files(town.office.desk(OPERATOR), sent, "meanwhile")


def test_what_others_published_since_is_said_and_taken_where_nothing_was_edited(
    town: Town, editor: Desk, place: Place
) -> None:
    publish(town, action=named("News"))
    page = changes.change_page(editor, place.change_id)
    assert page.behind
    assert [model.news.why for model in page.models if model.news] == ["meanwhile"]
    process_changes.bring_up(editor, place.change_id, {})
    assert kept(editor, place) == named("News")
    assert not changes.change_page(editor, place.change_id).behind


@pytest.mark.parametrize(("choice", "stands"), [(MINE, "Mine"), (THEIRS, "News")])
def test_where_both_changed_it_the_person_decides(
    town: Town, editor: Desk, place: Place, choice: str, stands: str
) -> None:
    process_saves.save_model(editor, place, named("Mine"), 1)
    publish(town, action=named("News"))
    with pytest.raises(AnswersRefused) as refused:
        process_changes.bring_up(editor, place.change_id, {})
    assert list(refused.value.errors) == [place.name]
    process_changes.bring_up(editor, place.change_id, {place.name: choice})
    assert kept(editor, place) == named(stands)
    assert changes.model_row(editor, place).news is None


def test_it_is_sent_with_a_reason_and_then_nobody_changes_it(editor: Desk, place: Place) -> None:
    process_saves.save_model(editor, place, named("Ours"), 1)
    with pytest.raises(AnswersRefused):
        process_changes.send(editor, place.change_id, " ")
    process_changes.send(editor, place.change_id, "the pharmacist checks first")
    with pytest.raises(RuleBroken):
        process_saves.save_model(editor, place, named("Later"), 2)
    process_changes.take_back(editor, place.change_id)
    assert status(editor, place.change_id) == DRAFTING


def test_what_would_not_run_is_not_sent(editor: Desk, place: Place) -> None:
    process_saves.save_model(editor, place, ACTION.replace(b"bpmn:userTask", b"bpmn:scriptTask"), 1)
    with pytest.raises(AnswersRefused) as refused:
        process_changes.send(editor, place.change_id, "to try")
    assert list(refused.value.errors) == ["check"]
    checked = check_change(editor, place.change_id)
    assert {answer.file for answer in checked.answers if not answer.runnable} == {"action.bpmn"}


def test_nothing_changed_is_not_sent(editor: Desk, place: Place) -> None:
    with pytest.raises(RuleBroken):
        process_changes.send(editor, place.change_id, "to try")


def test_what_is_behind_is_not_sent(town: Town, editor: Desk, place: Place) -> None:
    process_saves.save_model(editor, place, named("Ours"), 1)
    publish(town, pharmacy_check=blank("bpmn", "pharmacy_check", "Pharmacy"))
    with pytest.raises(OutOfDate):
        process_changes.send(editor, place.change_id, "to try")


def test_the_approver_sends_it_back_with_a_comment(editor: Desk, approver: Desk, place: Place) -> None:
    process_saves.save_model(editor, place, named("Ours"), 1)
    process_changes.send(editor, place.change_id, "to try")
    with pytest.raises(NotAllowed):
        process_changes.send_back(editor, place.change_id, "No")
    with pytest.raises(AnswersRefused):
        process_changes.send_back(approver, place.change_id, " ")
    process_changes.send_back(approver, place.change_id, "Name the step")
    page = changes.change_page(editor, place.change_id)
    assert (page.row.status, page.comment, page.may_edit) == (SENT_BACK, "Name the step", True)


def test_a_change_that_is_withdrawn_stays_to_be_read(editor: Desk, place: Place, clock: FixedClock) -> None:
    clock.advance(timedelta(days=1))
    process_changes.withdraw(editor, place.change_id, "not needed")
    assert status(editor, place.change_id) == WITHDRAWN
    assert changes.changes(editor) == ()
    with pytest.raises(RuleBroken):
        process_changes.take_in(editor, place)
