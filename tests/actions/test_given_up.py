"""A step that other systems give up: an incident of its case, given back to them by hand, and over with its step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.everything import everything
from tests.builders.given_up import fetched, given_up, gives_up, opened, published, scorer
from tests.builders.soundness import faults
from tests.builders.walked_case import Town
from tests.builders.worker_processes import OPERATOR
from workers.jobs import try_again
from workflows.actions import by_hand, mending, moving_cases, outside_work
from workflows.actions.journey import follow_up
from workflows.actions.taking_back import take_back
from workflows.casework.audit import AuditEntry
from workflows.casework.backoff import LONGEST
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import NotAllowed, StandsInTheWay
from workflows.casework.incident import OUTSIDE, Incident
from workflows.casework.intervention import CANCEL, MOVE
from workflows.casework.outside import OutsideTask
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.desk import Desk
from workflows.duties.ending_runs import cancel_run, take_up_again
from workflows.duties.register import Asking
from workflows.questions.by_hand import process
from workflows.questions.figures import figures
from workflows.questions.incidents import TRIED, progress, queue
from workflows.questions.operations import board

AFTER = (
    ('sourceRef="asks_begun" targetRef="score_risk"', 'sourceRef="asks_begun" targetRef="score_by_hand"'),
    ('sourceRef="score_by_hand" targetRef="asks_ended"', 'sourceRef="score_by_hand" targetRef="score_risk"'),
)
BESIDE = (
    ('sourceRef="asks_begun" targetRef="score_risk"', 'sourceRef="asks_begun" targetRef="asks_both"'),
    ('sourceRef="nobody_known" targetRef="score_by_hand"', 'sourceRef="nobody_known" targetRef="asks_ended"'),
    (
        "</bpmn:process>",
        """<bpmn:parallelGateway id="asks_both" />
        <bpmn:sequenceFlow id="asks_6" sourceRef="asks_both" targetRef="score_risk" />
        <bpmn:sequenceFlow id="asks_7" sourceRef="asks_both" targetRef="score_by_hand" /></bpmn:process>""",
    ),
    (
        "<bpmn:flowNodeRef>asks_begun</bpmn:flowNodeRef>",
        "<bpmn:flowNodeRef>asks_begun</bpmn:flowNodeRef><bpmn:flowNodeRef>asks_both</bpmn:flowNodeRef>",
    ),
)


@pytest.fixture
def number(town: Town) -> str:
    """A case at a step that another system has just given up."""
    return given_up(town)


@pytest.fixture
def mender(town: Town) -> Desk:
    return town.office.desk(town.who("Robin"))


def incidents(town: Town) -> list[Incident]:
    found: list[Incident] = town.ask(lambda session: session.scalars(select(Incident).order_by(Incident.id)).all())
    return found


def said(town: Town, desk: Desk) -> list[str]:
    return [one.said for one in mending.try_again(desk, [one.id for one in incidents(town)])]


def run_of(town: Town) -> UUID:
    found: UUID = town.ask(lambda session: session.scalars(select(CaseRun.id)).one())
    return found


def test_it_waits_for_somebody_at_once_and_is_told_where_the_process_is_mended(
    town: Town, number: str, mender: Desk, clock: FixedClock
) -> None:
    (one,) = queue(mender).rows
    assert (one.kind, one.number, one.step, one.asks, one.next_at) == (
        OUTSIDE, number, "Work out the risk score", "risk-score", None,
    )  # fmt: skip
    assert process(mender, run_of(town)).failed == [(one.id, "Work out the risk score")]
    counted = {figure.name: figure.values for figure in figures(mender)}
    assert (counted["incidents"]["somebody"], counted["processes_failing"][""]) == (1, 1)
    clock.advance(LONGEST)
    assert try_again.work(town.office) == (0, 0)  # it is not for our own worker
    assert faults(town.office) == []


def test_a_step_that_nobody_fetches_is_told_after_a_quarter_of_an_hour(
    town: Town, number: str, mender: Desk, clock: FixedClock
) -> None:
    said(town, mender)
    clock.advance(timedelta(minutes=15))
    assert board(mender).unfetched == 0
    clock.advance(timedelta(seconds=1))
    assert board(mender).unfetched == 1
    fetched(town)
    assert board(mender).unfetched == 0


def test_given_back_it_has_its_tries_again_and_twice_is_once(town: Town, number: str, mender: Desk) -> None:
    assert said(town, mender) == [mending.GIVEN_BACK]
    before = everything(town.office)
    assert said(town, mender) == [mending.WAITS_THERE]
    assert everything(town.office) == before
    assert town.ask(lambda session: session.scalars(select(OutsideTask.tries_left)).one()) == 2
    assert [one.number for one in queue(mender, TRIED).rows] == [number]
    acts = town.ask(lambda s: s.scalars(select(AuditEntry.actor).where(AuditEntry.act.contains("by hand"))).all())
    assert acts == ["Robin Marsh"]
    assert faults(town.office) == []
    with pytest.raises(NotAllowed):
        said(town, town.office.desk(town.who("Siobhan")))


def test_what_fails_again_is_the_same_incident(town: Town, number: str, mender: Desk, clock: FixedClock) -> None:
    said(town, mender)
    gives_up(town, tries_left=1)
    (one,) = incidents(town)
    assert (one.tries, one.needs_somebody, one.next_at) == (2, False, clock.now() + timedelta(minutes=2))
    assert faults(town.office) == []
    clock.advance(timedelta(minutes=2))
    gives_up(town)
    (one,) = incidents(town)
    assert (one.tries, one.needs_somebody) == (3, True)
    assert faults(town.office) == []


def test_all_of_one_step_are_given_back_at_once_and_the_page_shows_how_far_they_are(
    town: Town, number: str, mender: Desk, clock: FixedClock
) -> None:
    opened(town)
    gives_up(town)
    (group,) = queue(mender).groups
    assert (group.step, group.many) == ("Work out the risk score", 2)
    alike, since = mending.Alike(group.process, group.step_key), clock.now()
    assert [mending.try_all_again(mender, alike) for _ in range(2)] == [2, 0]
    job = fetched(town)
    outside_work.complete(scorer(town), job.id, job.fence, {"risk_score": 7})
    gives_up(town)
    far = progress(mender, group.process, group.step_key, since)
    assert (far.over, far.failed, far.waiting, [one.why for one in far.rows]) == (1, 1, 0, ["no connection"])
    assert faults(town.office) == []


def completed(town: Town, number: str) -> None:
    said(town, town.office.desk(town.who("Robin")))
    job = fetched(town)
    outside_work.complete(scorer(town), job.id, job.fence, {"risk_score": 7})


def broken_off(town: Town, number: str) -> None:
    said(town, town.office.desk(town.who("Robin")))
    job = fetched(town)
    outside_work.break_off(scorer(town), job.id, job.fence, "not_found", {})


def closed(town: Town, number: str) -> None:
    town.press(number, "error", "Shabana")


def moved_on(town: Town, number: str) -> None:
    laid(town, MOVE, "read_score")


def taken_away(town: Town, number: str) -> None:
    laid(town, CANCEL)


def laid(town: Town, kind: str, to: str = "") -> None:
    admin, run_id = town.office.desk(town.who("Robin")), run_of(town)
    stands = by_hand.standing(admin, run_id)
    token = next(one.id for one in stands.tokens if one.key == "score_risk")
    by_hand.carry_out(admin, run_id, by_hand.Hand(kind, token, to), "Done by phone.", stands.version)


@pytest.mark.parametrize(
    ("end", "how"),
    [(completed, "done"), (broken_off, "gone"), (closed, "gone"), (moved_on, "gone"), (taken_away, "gone")],
)
def test_it_is_over_with_its_step(town: Town, end: Callable[[Town, str], None], how: str) -> None:
    number = given_up(town, *(BESIDE if end is taken_away else ()))
    end(town, number)
    assert [one.closed_how for one in incidents(town)] == [how]
    assert town.ask(lambda session: session.scalars(select(CaseRun.failures)).first()) == 0
    assert faults(town.office) == []


def test_an_ending_that_is_taken_back_asks_the_other_system_anew(town: Town, number: str) -> None:
    with town.office.desk().work() as work:  # as an ending does, and as it is taken back
        case = work.session.scalars(select(Case)).one()
        run = work.session.scalars(select(CaseRun)).one()
        asking = Asking(work, case, run, {})
        cancel_run(asking, run, "the case ends")
        work.session.flush()
        take_up_again(asking)
        follow_up(work)
        work.commit()
    assert [one.closed_how for one in incidents(town)] == ["gone"]
    assert fetched(town).tries_left == 2
    assert faults(town.office) == []


def test_on_another_release_it_stands_as_before_with_the_tries_drawn_there(
    town: Town, number: str, mender: Desk
) -> None:
    newer = published(town, ('name="tries" value="2"', 'name="tries" value="5"'), ("score_risk", "rate_risk"))
    wanted = moving_cases.Wanted(newer, {"score_risk": "rate_risk"})
    assert moving_cases.move_case(town.office.desk(OPERATOR), number, wanted).verdict is moving_cases.MOVES
    assert [one.needs_somebody for one in incidents(town)] == [True]
    assert said(town, mender) == [mending.GIVEN_BACK]
    assert town.ask(lambda session: session.scalars(select(OutsideTask.tries_left)).one()) == 5
    assert faults(town.office) == []


def test_what_another_system_has_taken_is_not_taken_back_and_one_sentence_says_so(town: Town) -> None:
    published(town, *AFTER)
    number = opened(town)
    (task,) = town.open_tasks(number)
    town.do(number, "score_by_hand")
    desk = town.office.desk(town.who(town.ask(lambda s: s.get_one(Task, task.id).ended_by.name)))
    fetched(town)
    with pytest.raises(StandsInTheWay) as refused:
        take_back(desk, task.id)
    assert str(refused.value) == "Another system has taken “Work out the risk score” since."


def test_a_completion_that_ended_it_is_taken_back_with_it(town: Town) -> None:
    number = given_up(town, *BESIDE)
    before, (task,) = everything(town.office), town.open_tasks(number)
    town.do(number, "score_by_hand")
    assert [one.closed_how for one in incidents(town)] == ["gone"]
    done_by = town.ask(lambda s: s.get_one(Task, task.id).ended_by.name)
    take_back(town.office.desk(town.who(done_by)), task.id)
    assert everything(town.office) == before
    assert faults(town.office) == []
