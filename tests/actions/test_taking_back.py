"""Whoever completed a task takes it back while nothing irreversible followed; otherwise is told what followed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.builders.everything import everything
from tests.builders.soundness import faults
from tests.builders.walked_case import Town, walked_to
from tests.builders.ways_in import a_message
from workers.jobs import remind, send_notices, tidy, wake_cases
from workflows.actions import attachments, drafts, programmes, tasks
from workflows.actions.letters import mark_sent
from workflows.actions.messages import receive
from workflows.actions.taking_back import OPEN, TakenBack, take_back
from workflows.casework.completion import Completion
from workflows.casework.document import Attachment
from workflows.casework.errors import NotAllowed, NotFound, StandsInTheWay
from workflows.casework.notice import Letter, Notice
from workflows.casework.staff import StaffMember
from workflows.casework.task import Draft, Task
from workflows.desk import Desk, Work
from workflows.questions.taking_back import may_be_asked_for, taking_back
from workflows.questions.timeline import timeline
from workflows.storage.in_the_way import GONE_ON, OVER

# Half of the way to an agreed plan: referral, consent, assessment, the meeting and its decision (F16), the plan.
PATH = (
    "triage_referral", "allocate_coordinator", "first_contact", "assess_visit_risk", "assess_whole_person",
    "measure_wellbeing", "assess_physical", "assess_function", "review_medicines", "sign_assessment", "prepare_mdt",
    "invite_to_mdt", "record_mdt_decision", "check_outcome_letters", "draft_plan", "plan_conversation",
)  # fmt: skip


@pytest.fixture
def number(town: Town) -> str:
    """A case that waits for triage."""
    return str(town.once(Town.refer))


def newest(town: Town, key: str) -> Task:
    """The task of a step, the newest of its kind."""
    query = select(Task).where(Task.key == key).order_by(Task.id.desc()).limit(1)
    found: Task = town.ask(lambda session: session.scalars(query).one())
    return found


def done(town: Town, number: str, key: str = "triage_referral", **answers: Any) -> tuple[Desk, UUID]:
    """Complete a step; returns the desk of whoever did, and the task."""
    town.do(number, key, **answers)
    task = newest(town, key)
    return desk_of(town, task.ended_by_id), task.id


def desk_of(town: Town, staff_id: UUID | None) -> Desk:
    return town.office.desk(town.who(town.ask(lambda s: s.get_one(StaffMember, staff_id).name)))


def there_and_back(town: Town, number: str, key: str, **answers: Any) -> None:
    """Complete a step and take it back: nothing is other than before."""
    before = everything(town.office)
    desk, task_id = done(town, number, key, **answers)
    assert everything(town.office) != before
    take_back(desk, task_id)
    assert everything(town.office) == before, key


def refusal(desk: Desk, task_id: UUID) -> str:
    """What stands in the way; the page says the same as the verb, and nothing is changed."""
    with pytest.raises(StandsInTheWay) as refused:
        take_back(desk, task_id)
    assert taking_back(desk, task_id).why_not == str(refused.value)
    return str(refused.value)


def test_every_step_of_the_way_to_a_plan_returns_exactly_as_it_was(town: Town, number: str) -> None:
    for key in PATH:
        there_and_back(town, number, key)
        town.do(number, key)
    assert faults(town.office) == []


@pytest.mark.parametrize(
    ("button", "key"),
    [("urgent", "acknowledge_urgent"), ("withdrawal", "confirm_withdrawal"), ("death", "confirm_death")],
)
def test_steps_of_companions_and_endings_return_too(town: Town, button: str, key: str) -> None:
    number = str(town.once(walked_to, "assess_whole_person"))
    town.press(number, button, "Siobhan")
    there_and_back(town, number, key)
    town.do(number, key)
    assert faults(town.office) == []


def test_both_acts_stand_in_the_history_and_a_paper_that_went_leads_nowhere(town: Town, number: str) -> None:
    desk, task_id = done(town, number)
    take_back(desk, task_id)
    town.office.clock.advance(timedelta(minutes=5))
    town.do(number, "triage_referral")
    told = timeline(desk, number).entries
    assert [entry.act for entry in told if entry.act in {"task completed", "task taken back"}] == [
        "task completed", "task taken back", "task completed",
    ]  # fmt: skip
    triage = [entry for entry in told if entry.act == "document filed" and entry.detail["form"] == "F03"]
    assert [(entry.title, entry.document_id is None) for entry in triage] == [
        ("Triage", False), ("taken back since", True),
    ]  # fmt: skip


def test_what_went_is_kept_as_the_record_of_what_was_taken_back(town: Town, number: str) -> None:
    desk, task_id = done(town, number)
    take_back(desk, task_id)
    kept = town.ask(lambda s: s.scalars(select(Completion)).one())
    removed = town.ask(lambda s: s.scalar(select(Completion.removed)))
    assert kept.taken_back_at == town.office.clock.now()
    (paper,) = [row for row in removed if row["table"] == "document"]
    assert paper["answers"]["verdict"] == "accept"


def test_twice_is_once(town: Town, number: str) -> None:
    desk, task_id = done(town, number)
    assert take_back(desk, task_id) == TakenBack("Triage the referral", number, again=False)
    before = everything(town.office)
    assert take_back(desk, task_id) == TakenBack("Triage the referral", number, again=True)
    assert everything(town.office) == before


def test_only_whoever_completed_it_takes_it_back(town: Town, number: str) -> None:
    desk, task_id = done(town, number)
    for name in ("Blessing", "Adaeze"):
        if town.who(name).id != desk.actor.id:
            with pytest.raises(NotAllowed, match=f"Only whoever completed a task can take it back: {desk.actor.name}"):
                take_back(town.office.desk(town.who(name)), task_id)
            assert taking_back(town.office.desk(town.who(name)), task_id).why_not == ""


def test_an_open_task_is_not_taken_back(town: Town, number: str) -> None:
    (task,) = town.open_tasks(number)
    with pytest.raises(StandsInTheWay, match=OPEN):
        take_back(town.office.desk(town.who("Siobhan")), task.id)


def test_it_can_be_taken_back_for_a_day_and_not_longer(town: Town, number: str) -> None:
    desk, task_id = done(town, number)
    town.office.clock.advance(timedelta(hours=24))
    assert taking_back(desk, task_id).possible
    assert may_be_asked_for(desk, [task_id]) == {task_id}
    town.office.clock.advance(timedelta(minutes=1))
    assert refusal(desk, task_id) == "It could be taken back until 09:00."
    assert not may_be_asked_for(desk, [task_id])


def test_what_was_kept_for_taking_back_goes_when_its_time_is_over(town: Town, number: str) -> None:
    desk, task_id = done(town, number)
    take_back(desk, task_id)
    _, again = done(town, number)
    town.office.clock.advance(timedelta(hours=25))
    tidy.work(town.office)
    left = town.ask(lambda s: s.scalars(select(Completion.taken_back_at)).all())
    assert len(left) == 1
    assert left[0] is not None
    assert refusal(desk, again) == OVER


def test_a_programme_may_let_nothing_be_taken_back(town: Town, number: str) -> None:
    programmes.change_setting(town.office.desk(town.who("Shabana")), "acm", "undo_within", "0H")
    desk, task_id = done(town, number)
    assert town.ask(lambda s: s.scalar(select(func.count()).select_from(Completion))) == 0
    assert refusal(desk, task_id) == OVER


def test_a_colleague_who_went_on_stands_in_the_way(town: Town, number: str) -> None:
    desk, task_id = done(town, number)
    town.do(number, "allocate_coordinator")
    other = town.ask(lambda s: s.get_one(Task, newest(town, "allocate_coordinator").id).ended_by.name)
    assert other != desk.actor.name
    assert refusal(desk, task_id) == f"{other} has completed “Name a care coordinator” since, at 09:00."


def test_a_later_step_of_ones_own_is_taken_back_first(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    desk, first = done(town, number, "first_contact")
    _, second = done(town, number, "assess_whole_person")
    assert newest(town, "assess_whole_person").ended_by_id == desk.actor.id
    assert refusal(desk, first).endswith("since, at 09:00: take that back first.")
    take_back(desk, second)
    drafts.discard_draft(desk, tasks.draft_key(second))
    take_back(desk, first)
    assert faults(town.office) == []


def test_a_task_that_a_colleague_took_in_hand_stands_in_the_way_ones_own_does_not(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    desk, first = done(town, number, "first_contact")
    pharmacist, theirs = town.office.desk(town.who("Rajesh")), newest(town, "review_medicines")
    tasks.claim_task(pharmacist, theirs.id)
    assert refusal(desk, first) == f"Rajesh Patel has “{theirs.name}” in hand since."
    tasks.release_task(pharmacist, theirs.id)
    tasks.claim_task(desk, newest(town, "assess_whole_person").id)
    take_back(desk, first)


def test_what_somebody_has_begun_to_type_stands_in_the_way(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    desk, first = done(town, number, "first_contact")
    following = newest(town, "review_medicines")
    for who, words in ((desk, "You have"), (town.office.desk(town.who("Rajesh")), "Rajesh Patel has")):
        about = tasks.draft_key(following.id)
        drafts.save_draft(who, about, following.form_key, 1, {"note": ["Half a"]})
        assert refusal(desk, first).startswith(f"{words} begun to fill in “{following.name}”")
        drafts.discard_draft(who, about)
    take_back(desk, first)


def test_news_from_outside_stands_in_the_way(town: Town, number: str) -> None:
    desk, task_id = done(town, number)
    assert receive(town.office.desk(town.who("Ifeoma")), a_message("person_died")).status == "delivered"
    assert "gone on with this case since" in refusal(desk, task_id)


def test_a_date_that_came_stands_in_the_way(town: Town, number: str) -> None:
    programmes.change_setting(town.office.desk(town.who("Shabana")), "acm", "undo_within", "8760H")
    desk, task_id = done(town, number)
    town.office.clock.advance(timedelta(weeks=27))
    wake_cases.work(town.office)
    assert refusal(desk, task_id) == ("The case has gone on by itself since, at 10:00: Open for long.")


def test_a_letter_that_went_out_stands_in_the_way(town: Town, number: str) -> None:
    town.do(number, "triage_referral")
    desk, task_id = done(town, number, "allocate_coordinator")
    letter = town.ask(lambda s: s.scalars(select(Letter).order_by(Letter.id.desc()).limit(1)).one())
    assert letter.status == "ready"
    mark_sent(town.office.desk(town.who("Ifeoma")), letter.id)
    assert refusal(desk, task_id) == f"“{letter.title}” to {letter.recipient} was sent at 09:00."


@pytest.mark.parametrize("colleague", [True, False])
def test_an_e_mail_that_left_the_house_stands_in_the_way_one_to_a_colleague_does_not(
    town: Town, number: str, colleague: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = town.who("Ifeoma").id if colleague else None

    def and_tell(work: Work) -> None:
        """The step tells somebody, as `notices.tell` does."""
        notice = Notice(
            case_id=town.case(number).id, staff_id=to, address="practice@example.org", kind="no_contact", once="x",
            words={"case_number": number, "programme_name": "ACM"}, made_at=work.now, next_attempt_at=work.now,
        )  # fmt: skip
        notice.happened("notice written", kind=notice.kind, to="somebody")
        work.session.add(notice)

    send_notices.work(town.office)  # what was written before goes out whatever is taken back
    before = everything(town.office)
    monkeypatch.setattr(tasks, "follow_up", and_tell)
    desk, task_id = done(town, number)
    assert taking_back(desk, task_id).possible
    send_notices.work(town.office)
    if not colleague:
        assert refusal(desk, task_id) == "An email to practice@example.org was sent at 09:00."
        return
    take_back(desk, task_id)
    assert everything(town.office) == before


def test_reminders_of_a_task_that_goes_go_with_it(town: Town, number: str) -> None:
    programmes.change_setting(town.office.desk(town.who("Shabana")), "acm", "undo_within", "8760H")
    desk, task_id = done(town, number)
    before = everything(town.office)
    town.office.clock.advance(timedelta(days=9))
    remind.daily_digest(town.office)
    assert everything(town.office) != before
    take_back(desk, task_id)
    assert faults(town.office) == []


def test_whoever_shut_themselves_out_by_a_slip_takes_it_back(town: Town) -> None:
    number = str(town.once(walked_to_consent))
    before = everything(town.office)
    desk, task_id = done(town, number, "record_consent", choice="refused")
    with pytest.raises((NotFound, NotAllowed)):
        tasks.claim_task(desk, task_id)
    take_back(desk, task_id)
    assert everything(town.office) == before


def walked_to_consent(town: Town) -> str:
    """A case in which the person is to be asked."""
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.")
    town.walk_until(number, "record_consent")
    return number


def test_whom_a_concern_names_is_not_told_what_others_did_about_it(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    desk, task_id = done(town, number, "first_contact")
    named = [{"colleague": str(desk.actor.id)}]
    town.press(number, "safeguarding", "Adaeze", alleged_colleagues=named)
    town.do(number, "track_safeguarding")
    assert refusal(desk, task_id) == GONE_ON


def test_what_was_typed_is_a_draft_again_with_its_files(town: Town) -> None:
    number = str(town.once(walked_to, "prepare_mdt"))
    (task,) = [one for one in town.open_tasks(number) if one.key == "prepare_mdt"]
    desk, form = desk_of(town, task.assignee_id), town.office.desk().forms.form(task.form_key)
    about, raw = tasks.draft_key(task.id), town.answers(form, town.case(number), {}, task.run_id)
    letter = attachments.looked_at("letter.pdf", b"%PDF-1.7 a letter")
    filled = attachments.keep_with_draft(desk, about, form, dict(raw), {"documents": [letter]})
    before = everything(town.office)
    tasks.complete_task(desk, task.id, filled)
    assert drafts.draft_for(desk, about) is None
    drafts.save_draft(desk, about, form.key, form.version, {"late": ["typed after it was sent"]})
    take_back(desk, task.id)
    assert everything(town.office) == before  # the file lies with its draft again
    kept = {draft.about: draft for draft in town.ask(lambda s: s.scalars(select(Draft)).all())}
    assert kept.pop(about).raw == {"late": ["typed after it was sent"]}
    (given_back,) = kept.values()
    assert given_back.raw == filled
    assert town.ask(lambda s: s.scalars(select(Attachment.draft_id)).one()) == given_back.id
    assert given_back.about in {f"{about}~{window}" for window in drafts.drafts_apart(desk, about)}


def test_nothing_is_half_taken_back(town: Town, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, task_id = done(town, number)
    before = everything(town.office)

    def break_down(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("workflows.actions.taking_back._other_cases", break_down)
    with pytest.raises(RuntimeError):
        take_back(desk, task_id)
    assert everything(town.office) == before
