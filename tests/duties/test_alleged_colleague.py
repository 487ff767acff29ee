"""A colleague whom a safeguarding concern names learns nothing of it from the case they work on."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from workflows.actions.seeing import note_seen
from workflows.actions.tasks import claim_task
from workflows.casework.document import Document
from workflows.casework.errors import NotFound
from workflows.casework.notice import Notice
from workflows.casework.task import Task
from workflows.questions import api, documents, process
from workflows.questions.case import case_page
from workflows.questions.caseload import caseload
from workflows.questions.handover import handover_for
from workflows.questions.inbox import inbox
from workflows.questions.looked import who_looked
from workflows.questions.task_page import task_page
from workflows.questions.timeline import timeline
from workflows.storage.doers import could_take

ACCUSED, OTHER = "Goldstein", "Nwosu"  # the safeguarding lead, whom the concern is about, and the team's manager


def naming(town: Town, *names: str) -> list[dict[str, str]]:
    """What a concern says that names these colleagues."""
    return [{"colleague": str(town.who(name).id)} for name in names]


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def raised(town: Town) -> str:
    """A case with a concern about the safeguarding lead."""
    number = str(town.once(walked_to, "first_contact"))
    town.press(number, "safeguarding", by="Siobhan", alleged_colleagues=naming(town, ACCUSED))
    return number


def told(town: Town, number: str, who: str) -> str:
    """All that the pages and the API tell somebody of a case and of what is to be done, in one text."""
    desk = town.office.desk(town.who(who))
    pages = (
        case_page(desk, number), documents.documents(desk, number), timeline(desk, number), api.case(desk, number),
        api.tasks(desk, api.TaskWanted()), process.process_page(desk, number).runs, inbox(desk, "pool").rows,
        caseload(desk),
    )  # fmt: skip
    return repr(pages)


@pytest.mark.both_databases
def test_nothing_of_a_concern_is_told_to_the_colleague_it_names(town: Town) -> None:
    number = raised(town)
    for word in (
        "track_safeguarding",
        "safeguarding_open",
        "'button': 'Safeguarding concern'",
        "'F23'",
        "local authority",
    ):
        assert word in told(town, number, OTHER), word
        text = told(town, number, ACCUSED)
        assert word not in text, (word, text[max(0, text.find(word) - 300) : text.find(word) + 100])
    mailed = town.ask(lambda s: s.scalars(select(Notice.address).where(Notice.kind == "safeguarding")).all())
    assert mailed == ["adaeze.nwosu@example.org"], "a manager, in the place of the lead"


@pytest.mark.both_databases
def test_the_colleague_named_can_neither_read_the_concern_nor_answer_it(town: Town) -> None:
    number = raised(town)
    desk = town.office.desk(town.who(ACCUSED))
    concern = town.ask(lambda s: s.scalars(select(Document.id).where(Document.form_key == "F23")).one())
    task = next(task for task in town.open_tasks(number) if task.key == "track_safeguarding")
    with pytest.raises(NotFound):
        documents.document(desk, number, concern)
    with pytest.raises(NotFound):
        task_page(desk, task.id)
    with pytest.raises(NotFound):
        claim_task(desk, task.id)
    with town.office.desk().looking() as session:
        able = could_take(session, session.get_one(Task, task.id), desk.today)
    assert able
    assert desk.actor.id not in [staff.id for staff in able]


@pytest.mark.both_databases
def test_a_manager_named_is_not_told_who_has_looked_at_the_concern(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    town.press(number, "safeguarding", by="Siobhan", alleged_colleagues=naming(town, OTHER))
    case_id = town.case(number).id
    for task in ("Follow up the safeguarding concern", "First contact"):
        note_seen(town.office.desk(town.who("Siobhan")), "task seen", "Task", case_id, task=task)

    def looks(who: str) -> list[str]:
        return [look.detail["task"] for look in who_looked(town.office.desk(town.who(who)), number).looks]

    assert looks(OTHER) == ["First contact"]
    assert looks("Emeka") == ["First contact", "Follow up the safeguarding concern"]


@pytest.mark.both_databases
def test_each_of_several_colleagues_named_learns_nothing_and_what_nobody_else_can_do_is_handed_on(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    town.press(number, "safeguarding", by="Siobhan", alleged_colleagues=naming(town, ACCUSED, "Ifeoma"))
    for name in (ACCUSED, "Ifeoma"):
        assert "track_safeguarding" not in told(town, number, name), name
    task = next(task for task in town.open_tasks(number) if task.key == "track_safeguarding")
    assert [row.id for row in inbox(town.office.desk(town.who(OTHER)), "stuck").rows] == [task.id]
    assert task.name not in {row.name for row in inbox(town.office.desk(town.who("Ifeoma")), "stuck").rows}


@pytest.mark.both_databases
def test_a_manager_named_who_is_asked_to_take_the_case_over_learns_nothing_of_the_concern(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    town.press(number, "safeguarding", by="Siobhan", alleged_colleagues=naming(town, "Fraser"))
    town.press(number, "transfer", by=OTHER, kind="team", to_team="west")
    town.do(number, "release_case", released="yes")
    (task,) = [one for one in town.open_tasks(number) if one.key == "accept_case"]
    asked = handover_for(town.office.desk(town.who("Fraser")), task.id)
    assert asked is not None
    assert "first_contact" in repr(asked)
    assert "afeguarding" not in repr(asked)


@pytest.mark.parametrize("named", [False, True])
def test_a_concern_still_to_be_sent_is_for_the_care_coordinator_unless_it_names_them(town: Town, named: bool) -> None:
    number = str(town.once(walked_to, "first_contact"))
    coordinator = town.case(number).coordinator_id
    about = [{"colleague": str(coordinator)}] if named else None
    town.press(number, "safeguarding", by="Siobhan", sent="no", alleged_colleagues=about)
    (sending,) = [task for task in town.open_tasks(number) if task.key == "send_safeguarding_concern"]
    assert sending.assignee_id == (None if named else coordinator)


def test_a_new_care_coordinator_whom_a_concern_names_is_not_handed_what_follows_it(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    said = {"sent": "no", "alleged_colleagues": naming(town, "Siobhan")}
    town.press(number, "safeguarding", by="Adaeze", **said)
    town.press(number, "coordinator", "Adaeze", coordinator=str(town.who("Siobhan").id))
    assert town.case(number).coordinator_id == town.who("Siobhan").id
    (sending,) = [task for task in town.open_tasks(number) if task.key == "send_safeguarding_concern"]
    assert sending.assignee_id is None
