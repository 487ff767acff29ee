"""What a team has on paper: today's tasks, meetings and contacts, and nobody whom not every reader may know of."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from tests.builders.walked_case import Town, walked_to
from workflows.assembly import Office
from workflows.casework.case import Case, spelled
from workflows.casework.person import Person
from workflows.downtime.page import team_page
from workflows.downtime.table import tasks_table
from workflows.questions.downtime import Pack, pack_of, places
from workflows.questions.downtime_contacts import NOT_AGREED

CARER = {"name": "Joan Khan", "relationship": "sister", "phone": "0161 496 0001"}


@pytest.fixture
def small(office: Office) -> SmallTown:
    town = SmallTown(office)
    town.staff("Nia Nurse", "nurse east")
    town.staff("Sol Social", "social_worker east")
    return town


def pack(town: SmallTown, team: str = "east") -> Pack:
    desk = town.office.desk()
    return pack_of(desk, next(one for one in places(desk) if one.team_key == team))


def names(found: Pack) -> list[str]:
    return [one.name for one in found.tasks]


def tell_of(town: SmallTown, case_id: UUID, **details: Any) -> None:
    session = town.session()
    session.get_one(Person, session.get_one(Case, case_id).person_id).details = details
    session.commit()
    session.close()


def test_a_pack_holds_what_is_overdue_or_due_today_and_nothing_else(small: SmallTown) -> None:
    nurse = small.staff("Nell", "nurse east")
    case = small.case()
    tell_of(small, case, phone="0161 496 0009")
    small.task(case, name="Tomorrow", due="+1d")
    small.task(case, name="Any day", due="")
    small.task(case, name="Stands still", due="-1d", paused_at=small.now)
    small.task(small.case(team="north"), name="Another team’s", due="-1d")
    small.task(case, name="Tonight", due="+14h", assignee_id=nurse)
    small.task(case, name="Yesterday", due="-1d")
    found = pack(small)
    assert names(found) == ["Yesterday", "Tonight"]
    late, today = found.tasks
    assert (late.late, late.holder, late.whose) == (True, "", "district nurse")
    assert (today.late, today.holder) == (False, "Nell")
    assert (today.person, today.dob, today.phone) == ("Ada Khan", date(1942, 3, 1), "0161 496 0009")


def test_whom_not_every_colleague_who_may_read_it_may_know_is_left_out_and_counted(small: SmallTown) -> None:
    nurse = small.staff("Nell", "nurse east")
    shut = small.case()
    small.shut_out(shut, nurse)
    for case in (shut, small.case(sharing_scope="minimum"), small.case(sectors=["gp", "community_health"])):
        small.task(case, name="Kept off", due="-1d")
    small.task(small.case(), name="On it", due="-1d")
    found = pack(small)
    assert names(found) == ["On it"]
    assert found.left_out == {"tasks": 3, "meetings": 0, "people": 0}


def test_of_what_is_held_back_there_is_not_even_a_count(small: SmallTown) -> None:
    small.task(small.case(sharing_scope="held_back"), due="-1d")
    found = pack(small)
    assert (found.tasks, found.left_out["tasks"]) == ((), 0)


def test_partner_organisations_are_no_readers_and_keep_nobody_off_the_paper(small: SmallTown) -> None:
    small.staff("Val Volunteer", "vcse_partner east")
    small.staff("Hal Housing", "wellbeing_adviser east", works_for="housing")
    small.task(small.case(sectors=["gp", "community_health", "adult_social_care"]), due="-1d")
    assert len(pack(small).tasks) == 1


def test_a_team_without_readers_has_nobody_on_its_paper(small: SmallTown) -> None:
    small.task(small.case(team="north"), due="-1d")
    assert pack(small, "north").left_out["tasks"] == 1


def test_what_has_no_team_yet_stands_in_a_pack_of_its_own(small: SmallTown) -> None:
    small.staff("Tia Triage", "triage")
    small.task(small.case(team=""), name="Triage the referral", due="-1d")
    assert names(pack(small, "no-team-yet")) == ["Triage the referral"]
    assert names(pack(small)) == []


def test_a_safeguarding_concern_is_on_no_paper_that_it_names_a_reader_of(small: SmallTown) -> None:
    nurse = small.staff("Nell", "nurse east")
    case = small.case(risk_level="very_high", flags=["safeguarding_open"])
    small.paper(case, "F23", {"alleged_colleagues": [{"who": str(nurse)}]})
    small.task(case, name="Hear from the local authority", form_key="F23b", due="-1d")
    small.task(case, name="Visit", due="-1d")
    found = pack(small)
    assert names(found) == ["Visit"]
    assert found.contacts == ()
    assert found.left_out == {"tasks": 1, "meetings": 0, "people": 1}


def test_who_is_at_the_highest_risk_can_be_reached_safely(small: SmallTown) -> None:
    case = small.case(risk_level="very_high")
    tell_of(
        small, case, phone="0161 496 0009", safe_contact="Her son must not answer", message_safe="no",
        alt_contact="Ray next door", carer=CARER, key_safe="4711",
    )  # fmt: skip
    small.case(risk_level="high")
    (found,) = pack(small).contacts
    assert (found.phone, found.other_contact) == ("0161 496 0009", "Ray next door")
    assert found.safe_contact == "Her son must not answer"
    assert "Do not leave a message" in found.alerts
    assert found.carer == "Joan Khan, sister, 0161 496 0001"
    assert "4711" not in str(found)


@pytest.mark.parametrize("said", [{"safe_contact": "Her son must not answer"}, {"message_safe": "no"}])
def test_nobody_is_rung_from_a_pack_without_what_the_person_said_about_it(
    small: SmallTown, said: dict[str, str]
) -> None:
    case = small.case(coordinator_id=small.staff("Cora Lead", "coordinator east"))
    tell_of(small, case, phone="0161 496 0009", **said)
    small.task(case, due="-1d")
    found = pack(small)
    assert (found.tasks[0].phone, found.tasks[0].ask_first) == ("", "Cora Lead")
    for paper in (team_page(found), tasks_table(found)):
        assert b"Ask Cora Lead before you ring" in paper
        assert b"0009" not in paper


def test_whom_nobody_rings_now_has_no_number_in_a_pack(small: SmallTown) -> None:
    case = small.case(outbound_stopped=True)
    tell_of(small, case, phone="0161 496 0009")
    small.task(case, due="-1d")
    assert pack(small).tasks[0].phone == "nobody rings them now"


def test_an_agreed_action_says_what_was_agreed(small: SmallTown) -> None:
    small.task(small.case(), name="Do what was agreed", why="“Ring the “Green” office”. Say how it stands.", due="-1d")
    assert names(pack(small)) == ["Do what was agreed: Ring the “Green” office"]


def test_a_carer_with_whom_sharing_was_not_agreed_is_not_named(small: SmallTown) -> None:
    agreed_to = spelled(["gp", "community_health", "adult_social_care"])
    case = small.case(risk_level="palliative", sharing_scope="limited", shared_with=agreed_to)
    tell_of(small, case, carer=CARER)
    (found,) = pack(small).contacts
    assert found.carer == NOT_AGREED


def test_a_meeting_of_today_stands_on_it_with_who_comes(town: Town) -> None:
    number: str = town.once(walked_to, "invite_to_mdt")
    falls = {"name": "Nia Falls", "organisation": "Falls team", "sector": "community_health"}
    said = {"needed_roles": ["nurse"], "person_attends": "person", "invite_referrer": "no", "invite": [falls]}
    today = town.office.desk().today.isoformat()
    town.do(number, "invite_to_mdt", **said, meeting_at=f"{today}T14:00", meeting_where="Room 2")
    desk = town.office.desk()
    team = town.ask(lambda session: session.scalars(select(Case).where(Case.number == number)).one().team.key)
    (meeting,) = pack_of(desk, next(one for one in places(desk) if one.team_key == team)).meetings
    assert (meeting.case_number, meeting.where) == (number, "Room 2")
    assert {"Siobhan Kelly", "the person", "Nia Falls, Falls team"} <= set(meeting.who)
