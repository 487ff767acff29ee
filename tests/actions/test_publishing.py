"""Publishing a change: a second person approves it, cases go over one by one, and all of it can be taken back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.errands import APPROVER, EDITOR, Street, errand
from tests.builders.everything import everything
from tests.builders.soundness import faults
from tests.builders.walked_case import Town
from workers.jobs import move_cases
from workflows.actions import diagrams, drafts, going_back, process_changes, publication_moves, publishing, tasks
from workflows.actions.publishing import Start
from workflows.casework.access import Actor, Post
from workflows.casework.diagram import CaseRun, Release, hundredth
from workflows.casework.errors import AnswersRefused, NotAllowed, OutOfDate, RuleBroken
from workflows.casework.programme import Team
from workflows.casework.publication import MOVED, STAYS, WAITS, CaseMove
from workflows.desk import Desk
from workflows.questions.task_form import task_form

NOTE = {"note": ["What was done."]}
BETTER = errand("visit", "write", "phone", role="nurse")


@pytest.fixture
def street(town: Town) -> Street:
    town.once(_publish_the_errand)
    return Street(town)


def _publish_the_errand(town: Town) -> None:
    Street(town).publish(errand("visit", "phone"))


@pytest.fixture
def approver(street: Street) -> Desk:
    """The desk of whoever approves."""
    return street.by(APPROVER)


def sent(street: Street, drawn: bytes = BETTER) -> UUID:
    """A change of the errand that waits for approval."""
    change_id = street.draft(drawn)
    process_changes.send(street.by(EDITOR), change_id, "the pharmacist has to know")
    return change_id


def published(street: Street, drawn: bytes = BETTER, team: UUID | None = None, share: int | None = None,
              **chosen: dict[str, str]) -> UUID:  # fmt: skip
    """A change that is published; chosen: the numbers of the open cases that go over, with a choice each."""
    cases = {street.town.case(number.replace("_", "-")).id: how for number, how in chosen.items()}
    return publishing.approve(street.by(APPROVER), sent(street, drawn), Start(team, share, cases))


def release_of(street: Street, number: str) -> int:
    """The release on which the errand of a case runs."""
    case_id = street.town.case(number).id
    query = select(Release.number).join(CaseRun, CaseRun.release_id == Release.id).where(CaseRun.case_id == case_id)
    found: int = street.town.ask(lambda session: session.scalars(query).one())
    return found


def moves(street: Street, back: bool = False) -> dict[str, tuple[str, str]]:
    """What became of each case that was to move: by number, its status and why."""
    numbers = {one.id: one.number for one in street.cases()}
    rows = street.town.ask(lambda s: s.scalars(select(CaseMove).where(CaseMove.back.is_(back))).all())
    return {numbers[one.case_id]: (one.status, one.why) for one in rows}


def under(number: str) -> str:
    return number.replace("-", "_")


@pytest.mark.both_databases
def test_a_second_person_approves_and_new_cases_begin_on_it(street: Street, approver: Desk) -> None:
    old = street.begin()
    before = release_of(street, old)
    change_id = sent(street)
    publication = publishing.approve(approver, change_id, Start(), "well done")
    assert publishing.approve(approver, change_id, Start()) == publication
    new = street.begin()
    assert (release_of(street, old), release_of(street, new)) == (before, before + 1)
    assert street.task(new).role == "nurse"
    change = street.town.ask(lambda s: process_changes.change_of(s, change_id))
    assert (change.status, change.released_as, change.comment) == ("published", before + 1, "well done")


def test_whoever_had_a_hand_in_it_does_not_approve_it(street: Street) -> None:
    change_id, editor = sent(street), street.town.who(EDITOR)
    both = Actor(editor.id, editor.name, (Post("process_approver", None, None),))
    with pytest.raises(NotAllowed) as refused:
        publishing.approve(street.town.office.desk(both), change_id, Start())
    assert str(refused.value) == publishing.YOUR_OWN
    for nobody in (street.by("Marta"), street.operator):
        with pytest.raises(NotAllowed):
            publishing.approve(nobody, change_id, Start())


def test_what_was_not_sent_or_has_been_overtaken_is_not_published(street: Street, approver: Desk) -> None:
    drafted = street.draft(BETTER)
    with pytest.raises(RuleBroken):
        publishing.approve(approver, drafted, Start())
    process_changes.send(street.by(EDITOR), drafted, "why")
    street.publish(errand("visit", "look", "phone", late=""))
    with pytest.raises(OutOfDate):
        publishing.approve(approver, drafted, Start())


@pytest.mark.both_databases
def test_the_chosen_open_cases_go_over_with_everything_they_have(street: Street) -> None:
    goes, stays = street.begin(), street.begin()
    marta, task = street.by("Marta"), street.task(goes)
    tasks.claim_task(marta, task.id)
    drafts.save_draft(marta, f"task:{task.id}", "F36", 1, {"note": ["half a sentence"]})
    task, before = street.task(goes), release_of(street, goes)
    published(street, **{under(goes): {}})
    street.town.office.clock.advance(timedelta(hours=2))
    assert move_cases.ITEMS.work(street.town.office) == (1, 0)
    assert (release_of(street, goes), release_of(street, stays)) == (before + 1, before)
    assert street.kept(street.task(goes)) == street.kept(task)
    assert task_form(marta, task.id).raw == {"note": ["half a sentence"]}
    assert moves(street) == {goes: (MOVED, "")}
    assert faults(street.town.office) == []


def test_a_case_that_cannot_go_over_stays_and_is_told_of_and_goes_with_a_choice(street: Street, approver: Desk) -> None:
    chosen, not_chosen = street.begin(), street.begin()
    how = {"visit": "call_on", "late": ""}
    publication = published(street, errand("call_on", "phone"), **{under(chosen): how, under(not_chosen): {}})
    move_cases.ITEMS.work(street.town.office)
    why = "The step “visit” is no longer there. The date “late” is no longer there."
    assert moves(street) == {chosen: (MOVED, ""), not_chosen: (STAYS, why)}
    assert street.task(not_chosen).key == "visit"
    publication_moves.ask_to_move(approver, publication, {street.town.case(not_chosen).id: how})
    move_cases.ITEMS.work(street.town.office)
    assert moves(street)[not_chosen] == (MOVED, "")


def test_a_move_made_twice_is_made_once_and_a_killed_worker_goes_on(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [street.begin() for _ in range(3)]
    published(street, **{under(number): {} for number in numbers})
    office, pass_over = street.town.office, publication_moves.pass_over

    def killed(work, case, *rest):  # type: ignore[no-untyped-def]
        done = pass_over(work, case, *rest)
        if case.number == numbers[1]:
            raise KeyboardInterrupt
        return done

    with monkeypatch.context() as patched:
        patched.setattr(publication_moves, "pass_over", killed)
        with pytest.raises(KeyboardInterrupt):
            move_cases.ITEMS.work(office)
    assert [moves(street)[number][0] for number in numbers] == [MOVED, WAITS, WAITS]
    assert move_cases.ITEMS.work(office) == (2, 0)
    before = everything(office, "heartbeat")
    for one in street.town.ask(lambda s: s.scalars(select(CaseMove.id)).all()):
        publication_moves.make_move(office.desk(), one)
    assert everything(office, "heartbeat") == before


@pytest.mark.both_databases
def test_a_team_tries_it_first_then_it_counts_for_all(street: Street, approver: Desk) -> None:
    teams = {one.key: one.id for one in street.town.ask(lambda s: s.scalars(select(Team)).all())}
    elsewhere = next(its for key, its in teams.items() if key != "east")
    before = release_of(street, street.begin())
    publication = published(street, team=elsewhere)
    assert release_of(street, street.begin()) == before
    with pytest.raises(RuleBroken):
        diagrams.publish_files(street.operator, {"errand.bpmn": errand("visit")}, "to hurry")
    publishing.widen(approver, publication)
    publishing.widen(approver, publication)
    assert release_of(street, street.begin()) == before + 1


def test_the_team_that_tries_it_begins_on_it(street: Street) -> None:
    before = release_of(street, street.begin())
    east = street.town.ask(lambda s: s.scalars(select(Team.id).where(Team.key == "east")).one())
    published(street, team=east)
    assert release_of(street, street.begin()) == before + 1


def test_of_a_share_always_the_same_cases_begin_on_it(street: Street) -> None:
    before = release_of(street, street.begin())
    published(street, share=50)
    begun = [street.begin() for _ in range(8)]
    on_it = {number: release_of(street, number) == before + 1 for number in begun}
    assert on_it == {number: hundredth(street.town.case(number).id) < 50 for number in begun}


def test_a_canary_says_with_whom(street: Street) -> None:
    for share in (0, 100):
        with pytest.raises(AnswersRefused):
            published(street, share=share)
        process_changes.withdraw(street.by(EDITOR), street.town.ask(_last_change))


def _last_change(session):  # type: ignore[no-untyped-def]
    from workflows.casework.process_change import ProcessChange

    return session.scalars(select(ProcessChange.id).order_by(ProcessChange.id.desc())).first()


@pytest.mark.both_databases
def test_going_back_is_one_act_and_the_cases_that_moved_return_with_their_clocks(
    street: Street, approver: Desk
) -> None:
    numbers = [street.begin() for _ in range(2)]
    before, was = release_of(street, numbers[0]), [street.kept(street.task(number)) for number in numbers]
    publication = published(street, **{under(number): {} for number in numbers})
    move_cases.ITEMS.work(street.town.office)
    street.town.office.clock.advance(timedelta(hours=1))
    going_back.take_back_release(approver, publication, "too early")
    going_back.take_back_release(approver, publication, "too early")
    assert move_cases.ITEMS.work(street.town.office) == (2, 0)
    assert [release_of(street, number) for number in numbers] == [before, before]
    assert [street.kept(street.task(number)) for number in numbers] == was
    assert street.task(numbers[0]).role == "care_coordinator"
    assert release_of(street, street.begin()) == before
    assert faults(street.town.office) == []
    assert street.publish(errand("visit", "phone", "look", late="")) == before + 2


def test_a_case_that_did_a_step_only_the_new_diagrams_know_does_not_come_back_and_is_named(
    street: Street, approver: Desk
) -> None:
    far, near = street.begin(), street.begin()
    publication = published(street, **{under(far): {}, under(near): {}})
    move_cases.ITEMS.work(street.town.office)
    for number, keys in ((far, ("visit", "write")), (near, ("visit",))):
        street.town.walk(number, *keys)
    going_back.take_back_release(approver, publication, "too early")
    move_cases.ITEMS.work(street.town.office)
    found = moves(street, back=True)
    assert found[far] == (STAYS, "“write” was done on Mon 16 Nov, 09:00; the diagrams before do not know that step.")
    assert found[near][0] == STAYS  # it stands at “write”, which the diagrams before do not draw
    assert "write" in found[near][1]


def test_what_had_not_moved_stays_and_nothing_goes_over_any_more(street: Street, approver: Desk) -> None:
    number = street.begin()
    publication = published(street, **{under(number): {}})
    going_back.take_back_release(approver, publication, "at once")
    assert move_cases.ITEMS.work(street.town.office) == (0, 0)
    assert moves(street)[number][0] == STAYS
    with pytest.raises(RuleBroken):
        publication_moves.ask_to_move(approver, publication, {street.town.case(number).id: {}})
    with pytest.raises(RuleBroken):
        publishing.widen(approver, publication)


def test_what_a_later_release_was_made_from_is_not_taken_back(street: Street, approver: Desk) -> None:
    publication = published(street)
    street.publish(errand("visit", "write", "look", late=""))
    with pytest.raises(RuleBroken):
        going_back.take_back_release(approver, publication, "too late")
    with pytest.raises(AnswersRefused):
        going_back.take_back_release(approver, publication, " ")
