"""An operator's hand on a process: shown first and nothing kept, then done with a reason, on what was looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.everything import everything
from tests.builders.soundness import faults
from tests.builders.walked_case import Town, walked_to
from workflows.actions.by_hand import Hand, Sketch, carry_out, sketch, standing
from workflows.casework.audit import AuditEntry
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, OutOfDate, RuleBroken
from workflows.casework.incident import Incident
from workflows.casework.intervention import CANCEL, MOVE, RESTART, SET, Intervention
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties import REGISTER
from workflows.questions.timeline import timeline

WHY = "The letter was sent by hand."


@pytest.fixture
def number(town: Town) -> str:
    """A case whose coordinator is to be named."""
    return str(town.once(walked_to, "allocate_coordinator"))


@pytest.fixture
def admin(town: Town) -> Desk:
    return town.office.desk(town.who("Robin"))


def run_of(town: Town, number: str) -> UUID:
    found: UUID = town.ask(lambda session: session.scalars(select(CaseRun.id)).one())
    return found


def hand(admin: Desk, run_id: UUID, kind: str, key: str, to: str = "") -> tuple[Hand, int]:
    stands = standing(admin, run_id)
    return Hand(kind, next(one.id for one in stands.tokens if one.key == key), to), stands.version


def done(admin: Desk, run_id: UUID, kind: str, key: str, to: str = "") -> Sketch:
    laid, version = hand(admin, run_id, kind, key, to)
    return carry_out(admin, run_id, laid, WHY, version)


def kept(town: Town) -> list[Intervention]:
    found: list[Intervention] = town.ask(lambda session: session.scalars(select(Intervention)).all())
    return found


def keys(town: Town, number: str) -> list[str]:
    return [task.key for task in town.open_tasks(number)]


def test_what_would_come_of_it_is_shown_and_nothing_is_kept(town: Town, number: str, admin: Desk) -> None:
    run_id, before = run_of(town, number), everything(town.office)
    laid, version = hand(admin, run_id, MOVE, "allocate_coordinator", "invite_person")
    shown = sketch(admin, run_id, laid, version)
    assert "Write to the person" in shown.passed
    assert (len(shown.asked), len(shown.no_longer), shown.letters) == (2, 1, 1)
    assert everything(town.office) == before


def test_a_moved_case_goes_on_and_its_history_keeps_before_after_and_why(town: Town, number: str, admin: Desk) -> None:
    run_id = run_of(town, number)
    state = town.ask(lambda session: session.get_one(CaseRun, run_id).state)
    done(admin, run_id, MOVE, "allocate_coordinator", "begin_together")
    assert sorted(keys(town, number)) == ["assess_visit_risk", "first_contact"]
    town.walk(number, "assess_visit_risk", "first_contact")
    (one,) = kept(town)
    with town.office.desk().looking() as session:
        one = session.get_one(Intervention, one.id)
        assert (one.state_before, one.why, bool(one.images)) == (state, WHY, True)
        assert one.state_after != state
    nurse = town.office.desk(town.who("Siobhan"))
    (told,) = (entry for entry in timeline(nurse, number).entries if entry.act == "step moved by hand")
    assert (told.who, told.detail["why"]) == ("Robin Marsh", WHY)
    assert told.detail["before"] != told.detail["after"]
    assert faults(town.office) == []


def test_two_at_once_or_the_same_twice_is_done_once(town: Town, number: str, admin: Desk) -> None:
    run_id = run_of(town, number)
    laid, version = hand(admin, run_id, RESTART, "allocate_coordinator")
    carry_out(admin, run_id, laid, WHY, version)
    with pytest.raises(OutOfDate):
        carry_out(admin, run_id, laid, WHY, version)
    with pytest.raises(OutOfDate):
        sketch(admin, run_id, laid, version)
    assert len(kept(town)) == 1


def test_a_step_begun_again_is_asked_again(town: Town, number: str, admin: Desk) -> None:
    (before,) = town.open_tasks(number)
    done(admin, run_of(town, number), RESTART, "allocate_coordinator")
    (after,) = town.open_tasks(number)
    assert (after.key, after.id == before.id) == ("allocate_coordinator", False)
    assert town.ask(lambda session: session.get_one(Task, before.id).status) == "cancelled"
    town.do(number, "allocate_coordinator")
    assert faults(town.office) == []


def test_what_fails_is_passed_by_and_its_incident_is_over(
    town: Town, number: str, admin: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(asking: Any, **given: Any) -> None:
        raise KeyError("x")

    monkeypatch.setitem(REGISTER, "letters.send", replace(REGISTER["letters.send"], perform=fail))
    town.do(number, "allocate_coordinator")
    run_id = run_of(town, number)
    (held,) = (one for one in standing(admin, run_id).tokens if one.held)
    assert held.key == "invite_person"
    with pytest.raises(RuleBroken, match="wait for ever for the branch by “Risk assessment"):
        done(admin, run_id, MOVE, "invite_person", "first_contact")
    done(admin, run_id, MOVE, "invite_person", "begin_together")
    assert town.ask(lambda session: session.scalars(select(Incident.closed_how)).one()) == "gone"
    assert sorted(keys(town, number)) == ["assess_visit_risk", "first_contact"]


def test_a_variable_is_set_and_what_is_about_the_person_is_hidden(town: Town, number: str, admin: Desk) -> None:
    run_id = run_of(town, number)
    manager = town.office.desk(town.who("Shabana"))  # who may see the record
    stands = standing(manager, run_id)
    assert stands.variables["priority"] == "standard"
    priority = Hand(SET, name="priority", value="urgent")
    assert sketch(admin, run_id, priority, stands.version).what["value_before"] == "hidden: a code"
    carry_out(admin, run_id, priority, WHY, stands.version)
    assert standing(manager, run_id).variables["priority"] == "urgent"
    assert set(map(type, standing(admin, run_id).variables.values())) <= {str, type(None)}
    assert standing(admin, run_id).variables["priority"] == "hidden: a code"
    later = standing(admin, run_id)
    carry_out(admin, run_id, Hand(SET, name="owner", value="Ada Khan"), WHY, later.version)
    entries = town.ask(lambda s: s.scalars(select(AuditEntry).where(AuditEntry.act == "variable set by hand")).all())
    assert [(one.detail["value_before"], one.detail["value_after"]) for one in entries] == [
        ("standard", "urgent"), (None, "hidden: text of 8 characters"),
    ]  # fmt: skip
    assert kept(town)[1].what["value"] == "Ada Khan"


def test_it_needs_a_reason_and_leaves_no_case_without_a_way(town: Town, number: str, admin: Desk) -> None:
    run_id = run_of(town, number)
    laid, version = hand(admin, run_id, CANCEL, "allocate_coordinator")
    with pytest.raises(AnswersRefused):
        carry_out(admin, run_id, laid, " ", version)
    with pytest.raises(RuleBroken, match="all that this process does"):
        sketch(admin, run_id, laid, version)
    with pytest.raises(AnswersRefused):
        sketch(admin, run_id, Hand(SET, name="Not a name"), version)


def test_only_those_who_run_the_service_and_from_whom_the_case_is_not_kept(
    town: Town, number: str, admin: Desk
) -> None:
    run_id = run_of(town, number)
    with pytest.raises(NotAllowed):
        standing(town.office.desk(town.who("Siobhan")), run_id)
    town.shut_out(number, "Shabana")
    with pytest.raises(NotFound):
        standing(town.office.desk(town.who("Shabana")), run_id)
    assert standing(admin, run_id).running


def test_a_look_at_what_cannot_be_done_keeps_no_incident(town: Town, number: str, admin: Desk) -> None:
    run_id = run_of(town, number)
    laid, _ = hand(admin, run_id, MOVE, "allocate_coordinator", "invite_person")
    with town.office.desk().work() as work:
        run = work.session.get_one(CaseRun, run_id)
        run.state = "{}"
        run.happened("process went on")
        work.commit()
    before = everything(town.office)
    version = town.ask(lambda session: session.get_one(CaseRun, run_id).version)
    with pytest.raises(RuleBroken, match="Nothing was changed"):
        sketch(admin, run_id, laid, version)
    assert everything(town.office) == before
