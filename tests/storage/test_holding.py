from __future__ import annotations

from sqlalchemy import update

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.storage import cases


def test_a_case_that_is_held_is_seen_as_it_is_now(office: Office) -> None:
    town = SmallTown(office)
    case_id, session = town.case(stage="triage"), town.session()
    seen = cases.by_number(session, "ACM-000001")
    # As another machine does it: this session hears nothing of it.
    session.execute(update(Case).values(stage="closed").execution_options(synchronize_session=False))
    assert seen.stage == "triage"
    assert cases.held(session, case_id).stage == "closed"
    session.close()
