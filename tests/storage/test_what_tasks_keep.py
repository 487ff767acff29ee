"""What a task keeps of its case is what the case says, whoever writes to either; so lists read no case to count."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from tests.builders.small_town import SmallTown
from tests.builders.soundness import told_wrongly
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.task import Task
from workflows.questions.inbox_counts import counts_of_own_work, forms_of
from workflows.questions.inbox_views import BY_KEY, VIEWS, Glance


def test_a_task_is_told_by_its_case_when_it_opens_and_whenever_the_case_changes(office: Office) -> None:
    town = SmallTown(office)
    shared, held_back = town.case(sharing_scope="limited", sectors=("gp", "housing")), town.case("north")
    kept = [_kept(town, town.task(shared))]
    town.task(held_back)
    session = town.session()
    session.get_one(Case, shared).share("held_back", ())
    session.execute(update(Case).where(Case.id == held_back).values(shared_with=" gp ", priority="urgent"))
    session.commit()
    kept += [_kept(town, task) for task in session.scalars(select(Task.id).order_by(Task.id))]
    assert kept == [(" gp housing ", "standard"), (None, "standard"), (" gp ", "urgent")]
    assert [*told_wrongly(session, session.get_one(Case, held_back))] == []
    session.execute(text("UPDATE task SET case_priority = 'planned'"))
    assert [*told_wrongly(session, session.get_one(Case, held_back))] != []


@pytest.mark.parametrize("post", ["coordinator east", "nurse north", "care_coordinator", "vcse_partner east"])
def test_own_work_is_counted_without_reading_a_case(office: Office, post: str) -> None:
    town = SmallTown(office)
    glance = Glance(town.actor(town.staff("Nia Nurse", post)), town.now)
    own = [view for view in VIEWS if view.own_work]
    for asked in (counts_of_own_work(own, glance.actor), forms_of(BY_KEY["pool"], glance)):
        walked = str(asked).replace("named_in_override.case_id", "").split("WHERE task.status")
        assert len(walked) > 2
        assert all('JOIN "case"' not in part for part in walked)


@pytest.mark.postgres_only
def test_postgresql_compiles_no_question_of_the_inbox(office: Office) -> None:
    with office.desk().looking() as session:
        assert session.scalar(text("SHOW jit")) == "off"


def _kept(town: SmallTown, task_id: UUID) -> tuple[str | None, str | None]:
    with town.office.desk().looking() as session:
        row = session.execute(select(Task.case_shared_with, Task.case_priority).where(Task.id == task_id)).one()
        return row[0], row[1]
