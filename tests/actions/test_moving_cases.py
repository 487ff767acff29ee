"""Open cases move to another release of the diagrams, each whole or not at all, and nothing of them is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.errands import OPERATOR, Street, errand
from tests.builders.everything import everything
from tests.builders.soundness import faults
from tests.builders.walked_case import Town, walked_to
from tests.engine import drawings as draw
from webapp.cases.timeline_words import SENTENCES
from workflows.actions import diagrams, drafts, journey, moving_cases, taking_back, tasks
from workflows.actions.moving_cases import THERE_ALREADY, Passage, Wanted, cases_elsewhere, move_case, move_cases
from workflows.actions.wakeups import wake_process
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import NotAllowed, NotFound, RuleBroken, StandsInTheWay
from workflows.engine.prospect import MOVES, NEEDS_A_CHOICE, STAYS
from workflows.questions.task_form import task_form
from workflows.questions.timeline import timeline

NOTE = {"note": ["What was done."]}


@pytest.fixture
def street(town: Town) -> Street:
    town.once(_publish_the_errand)
    return Street(town)


def _publish_the_errand(town: Town) -> None:
    Street(town).publish(errand("visit", "phone"))


@pytest.mark.both_databases
def test_a_case_moves_with_its_task_its_draft_and_its_clocks(street: Street) -> None:
    number = street.begin()
    before, marta = street.task(number), street.by("Marta")
    tasks.claim_task(marta, before.id)
    drafts.save_draft(marta, f"task:{before.id}", "F36", 1, {"note": ["half a sentence"]})
    before, waited = street.task(number), street.waiting(number)
    to = street.publish(errand("visit", "write", "phone"))
    street.town.office.clock.advance(timedelta(hours=3))
    assert street.move(number, to) == Passage(number, MOVES, processes=("errand",))
    after = street.task(number)
    assert street.kept(after) == street.kept(before)
    assert after.assignee is not None
    assert task_form(marta, after.id).raw == {"note": ["half a sentence"]}
    told = [(one.id, one.step_id, one.since, one.due_at) for one in street.waiting(number)]
    assert told == [(one.id, one.step_id, one.since, one.due_at) for one in waited]
    assert faults(street.town.office) == []
    tasks.complete_task(marta, after.id, NOTE)
    assert street.task(number).key == "write"


@pytest.mark.both_databases
def test_an_open_task_says_what_the_new_diagram_says_and_keeps_what_was_promised(street: Street) -> None:
    number = street.begin()
    before = street.task(number)
    to = street.publish(errand("visit", "phone", role="nurse", form="F20", due="due.choose_team", escalation="S"))
    street.move(number, to)
    after = street.task(number)
    assert (after.form_key, after.role, after.escalation) == ("F20", "nurse", "S")
    assert after.properties["due"] == "due.choose_team"
    assert after.remind_at is not None
    assert before.remind_at is not None
    assert after.remind_at < before.remind_at  # what is about safety climbs another ladder
    assert {**street.kept(after), "remind_at": None} == {**street.kept(before), "remind_at": None}
    assert faults(street.town.office) == []


def test_words_typed_into_another_form_are_shown_beside_the_new_one(street: Street) -> None:
    number = street.begin()
    task, marta = street.task(number), street.by("Marta")
    drafts.save_draft(marta, f"task:{task.id}", "F36", 1, {"note": ["a word"], "again": ["yes"]})
    street.move(number, street.publish(errand("visit", "phone", form="F20")))
    found = task_form(marta, task.id)
    assert found.form.key == "F20"
    assert {**found.raw, **found.left_over} == {"note": ["a word"], "again": ["yes"]}
    assert "again" in found.left_over


def test_what_a_colleague_holds_stays_theirs_when_the_step_goes_to_another_role(street: Street) -> None:
    number = street.begin()
    task, marta = street.task(number), street.by("Marta")
    tasks.claim_task(marta, task.id)
    street.move(number, street.publish(errand("visit", "phone", role="nurse")))
    tasks.complete_task(marta, task.id, NOTE)
    assert street.task(number).role == "nurse"


@pytest.mark.both_databases
def test_a_case_whose_step_is_gone_stays_until_somebody_chooses(street: Street) -> None:
    number = street.begin()
    task, to = street.task(number), street.publish(errand("call_on", "phone"))
    before = everything(street.town.office)
    asked = street.move(number, to)
    assert asked.verdict == NEEDS_A_CHOICE
    assert asked.why == "The step “visit” is no longer there. The date “late” is no longer there."
    assert everything(street.town.office) == before
    assert street.move(number, to, visit="call_on", late="").verdict == MOVES
    after = street.task(number)
    assert (after.key, after.name) == ("call_on", "call_on")
    assert street.kept(after) == street.kept(task)
    assert street.waiting(number) == []
    assert faults(street.town.office) == []


@pytest.mark.both_databases
def test_a_try_does_everything_and_keeps_nothing(street: Street) -> None:
    number, to = street.begin(), street.publish(errand("visit", "write"))
    before, trail = everything(street.town.office), street.trail()
    tried = move_case(street.operator, number, Wanted(to, keep=False))
    assert tried == Passage(number, MOVES, processes=("errand",))
    assert everything(street.town.office) == before
    assert street.trail() == trail


def test_one_case_that_fails_stays_where_it_was_and_is_told_of(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [street.begin() for _ in range(4)]
    to, go_over = street.publish(errand("visit", "write")), moving_cases.go_over

    def breaks_off(work: Any, case: Any, *rest: Any) -> Any:
        outcome = go_over(work, case, *rest)
        if case.number == numbers[1]:
            raise RuntimeError("the machine stumbles")
        if case.number == numbers[2]:
            raise RuleBroken("The diagram cannot go on here.")
        return outcome

    monkeypatch.setattr(moving_cases, "go_over", breaks_off)
    told = list(move_cases(street.operator, cases_elsewhere(street.operator, to), Wanted(to)))
    assert [one.number for one in told] == numbers
    assert [one.verdict for one in told] == [MOVES, STAYS, STAYS, MOVES]
    assert told[1].why == moving_cases.BROKE_OFF
    assert told[2].why == "The diagram cannot go on here."
    assert cases_elsewhere(street.operator, to) == tuple(numbers[1:3])
    assert faults(street.town.office) == []


def beside(phone_to: str) -> bytes:
    """A visit and a call side by side; after the visit the case may have to wait for the call, or not."""
    return draw.diagram(
        draw.lanes(care_coordinator=("visit", "phone")), draw.start(), draw.together("g"), draw.together("j"),
        draw.user("visit", properties={"form": "F36"}), draw.user("phone", properties={"form": "F36"}),
        draw.duty("write", "case.note", text="'done'"), draw.end("ended"),
        draw.end("rung") if phone_to == "rung" else "",
        draw.chain("s", "g", "visit", "j", "write", "ended"), draw.chain("g", "phone", phone_to), process="errand",
    )  # fmt: skip


@pytest.mark.parametrize("fault", [RuntimeError("a secret"), RuleBroken("The note cannot be written.")])
def test_a_case_at_which_the_next_step_fails_stays_and_says_where(
    street: Street, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fails(*_: object) -> None:
        raise fault

    street.publish(beside("j"))
    number = street.begin()
    street.town.do(number, "visit")
    to = street.publish(beside("rung"))
    before = everything(street.town.office)
    with monkeypatch.context() as patched:
        patched.setattr(journey, "perform", fails)
        (told,) = move_cases(street.operator, [number], Wanted(to))
    assert told.verdict == STAYS
    assert ("write" in told.why, "secret" in told.why) == (isinstance(fault, RuntimeError), False)
    assert everything(street.town.office) == before
    assert street.move(number, to).verdict == MOVES
    assert faults(street.town.office) == []


def test_moved_twice_is_moved_once(street: Street) -> None:
    number, to = street.begin(), street.publish(errand("visit", "write"))
    street.move(number, to)
    before = everything(street.town.office)
    assert street.move(number, to) == Passage(number, THERE_ALREADY)
    assert everything(street.town.office) == before


def test_a_clock_that_has_run_out_rings_after_the_move(street: Street) -> None:
    number = street.begin()
    (waiting,) = street.waiting(number)
    assert waiting.due_at is not None
    street.move(number, street.publish(errand("visit", "write")))
    street.town.office.clock.move_to(waiting.due_at)
    assert wake_process(street.town.office.desk(), waiting.run_id) == 1
    assert {task.key for task in street.town.open_tasks(number)} == {"visit", "look"}


def test_all_of_a_case_moves_or_nothing_and_one_process_may_move_alone(street: Street) -> None:
    number = street.begin()
    street.town.press(number, "action", "Marta", owner=street.by("Marta").actor.id)
    main, action = street.town.ask(lambda s: s.scalars(select(CaseRun).order_by(CaseRun.id)).all())
    drawn = (diagrams.SHIPPED["bpmn"] / "action.bpmn").read_bytes().replace(b"do_action", b"act_on_it")
    diagrams.publish_files(street.operator, {"action.bpmn": drawn}, "another key")
    to = street.publish(errand("visit", "write"))
    before = everything(street.town.office)
    assert street.move(number, to).verdict == NEEDS_A_CHOICE
    assert everything(street.town.office) == before
    assert move_case(street.operator, number, Wanted(to, only=main.id)).processes == ("errand",)
    assert street.move(number, to, do_action="act_on_it").processes == (action.process,)
    assert faults(street.town.office) == []


def test_a_process_that_the_release_does_not_draw_stays(street: Street) -> None:
    number = street.begin()
    to = street.publish(errand("visit").replace(b'id="errand"', b'id="another"'))
    stays = street.move(number, to)
    assert (stays.verdict, stays.why) == (STAYS, "The release draws no process “errand”.")


def test_what_was_completed_before_the_move_is_not_taken_back_after_it(street: Street) -> None:
    number = street.begin()
    visit, marta = street.task(number), street.by("Marta")
    tasks.complete_task(marta, visit.id, NOTE)
    street.move(number, street.publish(errand("visit", "write", "phone")))
    with pytest.raises(StandsInTheWay) as refused:
        taking_back.take_back(marta, visit.id)
    assert str(refused.value) == "The case was moved to another diagram since, at 09:00."
    phone = street.task(number)
    tasks.claim_task(marta, phone.id)
    assert street.task(number).assignee_id == marta.actor.id


@pytest.mark.both_databases
def test_what_was_completed_after_the_move_is_taken_back_as_ever(street: Street) -> None:
    number = street.begin()
    street.move(number, street.publish(errand("visit", "write", "phone")))
    before, visit, marta = everything(street.town.office), street.task(number), street.by("Marta")
    tasks.complete_task(marta, visit.id, NOTE)
    taking_back.take_back(marta, visit.id)
    assert everything(street.town.office) == before


def test_the_move_stands_in_the_trail_and_in_the_timeline(street: Street) -> None:
    number = street.begin()
    to = street.publish(errand("call_on", "phone", late=""))
    street.move(number, to, visit="call_on", late="")
    told = {one.act: SENTENCES[one.act] for one in timeline(street.by("Marta"), number).entries[:2]}
    assert set(told) == {"moved to another release", "task redrawn"}
    entries = {one.act: one.detail for one in timeline(street.by("Marta"), number).entries[:2]}
    said = [told[act](entries[act]) for act in sorted(told) if callable(told[act])]  # type: ignore[operator]
    assert said == [
        f"Follows the diagrams of release {to} from now: errand",
        "Asked with other words or by another form: call_on (was: visit)",
    ]


def test_only_who_may_publish_moves_cases(street: Street) -> None:
    number, to = street.begin(), street.publish(errand("visit", "write"))
    with pytest.raises(NotAllowed):
        next(move_cases(street.by("Marta"), [number], Wanted(to)))
    with pytest.raises(NotAllowed):
        cases_elsewhere(street.by("Marta"), to)
    with pytest.raises(NotFound):
        cases_elsewhere(street.operator, to + 1)


@pytest.mark.parametrize("key", ["first_contact", "assess_physical", "plan_conversation"])
def test_a_case_of_the_lifecycle_moves_and_goes_on(town: Town, key: str) -> None:
    number = town.once(walked_to, key)
    operator = town.office.desk(OPERATOR)
    before = [(task.id, task.due_at, task.remind_at) for task in town.open_tasks(number)]
    files = {path.name: path.read_bytes() + b"<!-- drawn anew -->" for path in diagrams.SHIPPED["bpmn"].glob("*.bpmn")}
    to = diagrams.publish_files(operator, files, "to try").number
    assert move_case(operator, number, Wanted(to)).verdict == MOVES
    assert [(task.id, task.due_at, task.remind_at) for task in town.open_tasks(number)] == before
    assert faults(town.office) == []
    town.do(number, key)
    assert faults(town.office) == []
