"""What other systems gave up in an installation from before: it is an incident, and nobody loses sight of it."""

from __future__ import annotations

from datetime import timedelta

from alembic import command
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from tests.storage.test_sharing_worked_out import migrate
from workflows.assembly import Office
from workflows.casework.diagram import CaseRun
from workflows.casework.incident import OUTSIDE, Incident
from workflows.casework.outside import OutsideTask


def test_what_was_given_up_is_an_incident_and_what_is_tried_is_none(office: Office) -> None:
    town = SmallTown(office)
    for status, left in (("failed", 0), ("open", 1)):
        town.add(given(town, status=status, failures=2, tries_left=left, failed_why="no connection"))
    migrate(office, command.downgrade, "0037")
    migrate(office, command.upgrade, "head")
    with office.desk().looking() as session:
        (one,) = session.scalars(select(Incident))
        jobs = {job.status: job for job in session.scalars(select(OutsideTask))}
        run = session.get_one(CaseRun, one.run_id)
    assert (one.kind, one.step_id, one.tries, one.needs_somebody) == (OUTSIDE, jobs["failed"].step_id, 2, True)
    assert (run.failures, run.failed_why) == (2, "no connection")
    assert {status: job.tries for status, job in jobs.items()} == {"failed": 2, "open": 3}


def given(town: SmallTown, **how: object) -> OutsideTask:
    """A step of a new case, in the hands of another system."""
    case_id = town.case()
    session = town.session()
    run = session.query(CaseRun).filter_by(case_id=case_id).one()
    session.close()
    drawn = {"key": "score", "name": "Work out the score", "process": run.process, "topic": "risk-score"}
    when = {"opened_at": town.now - timedelta(hours=1), "free_at": town.now}
    return OutsideTask(case_id=case_id, run_id=run.id, step_id=f"at {how['status']}", **drawn, **when, **how)
