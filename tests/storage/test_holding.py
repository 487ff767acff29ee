from __future__ import annotations

from threading import Thread

from sqlalchemy import update

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.person import Person
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


def test_whoever_waits_for_a_case_sees_what_became_of_the_person_meanwhile(office: Office) -> None:
    town = SmallTown(office)
    case_id = town.case()
    first, told = office.database.writing(), list[bool]()

    def wait_for_it() -> None:
        with office.database.writing() as second:
            told.append(cases.held(second, case_id).person.dead)

    cases.held(first, case_id)
    waits = Thread(target=wait_for_it)
    waits.start()
    waits.join(0.3)  # long enough to ask and to be kept waiting
    first.execute(update(Person).values(deceased_on=town.now.date()))
    first.commit()
    first.close()
    waits.join(20)
    assert told == [True]
