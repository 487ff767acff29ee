"""What the pages say and do where a case is not shared with whoever asks, or only a part of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from tests.builders.small_town import SmallTown
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import SPOKE, at_work, said
from webapp import create_app
from workflows.actions import drafts
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.consent import Consent
from workflows.casework.document import Attachment

NUMBER = "ACM-000001"


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


@pytest.fixture
def pages(town: SmallTown) -> Flask:
    """The application on it."""
    return create_app(town.office)


@pytest.fixture
def enter(town: SmallTown, pages: Flask) -> Callable[..., Browser]:
    """Somebody new with these posts at work."""
    return lambda *posts: at_work(pages, town.staff(f"Colleague {posts[0]}", *posts))


def share(town: SmallTown, case_id: UUID, scope: str, *sectors: str) -> None:
    """The case is shared otherwise from now on."""
    session = town.session()
    session.get_one(Case, case_id).share(scope, sectors)
    session.commit()
    session.close()


def test_a_colleague_is_told_how_far_a_case_is_shared_and_not_whose_it_is(
    town: SmallTown, enter: Callable[..., Browser]
) -> None:
    town.case(given="Ada", family="Khan", sharing_scope="limited", sectors=("gp", "community_health"))
    answer = enter("social_worker east").get(f"/cases/{NUMBER}")
    assert answer.status_code == 403
    assert "This is not shared with you" in said(answer)
    assert "The person agreed to share with GP practice and community health services only." in said(answer)
    assert "Ada" not in answer.text
    assert "Khan" not in answer.text
    assert enter("social_worker north").get(f"/cases/{NUMBER}").status_code == 404


def test_the_case_says_whether_the_person_was_asked_with_whom_to_share(
    town: SmallTown, enter: Callable[..., Browser]
) -> None:
    case = town.case()
    told = {"basis": "explicit", "may_proceed": "full", "share_with": ["gp", "vcse"], "valid_from": town.now}
    town.add(Consent(case_id=case, **told))
    referral = town.paper(case, "F01", {"consent_stage": "yes", "consent_date": "2026-11-10", "consent_by": "Dr Ash"})
    nurse = enter("nurse east")
    page = nurse.get(f"/cases/{NUMBER}")
    assert "Agreed to the referral on 10 November 2026 (told Dr Ash)." in said(page)
    assert "With whom to share has not been asked yet" in said(page)
    assert "The person agreed." not in said(page)
    assert f'href="/cases/{NUMBER}/documents/{referral}"' in page.text
    assert f'href="/cases/{NUMBER}/do/consent"' in page.text
    town.paper(case, "F05", {"choice": "given", "valid_from": "2026-11-12"})
    page = nurse.get(f"/cases/{NUMBER}")
    assert "With: GP practice, Voluntary and community organisations." in said(page)
    assert "The person chose this on 12 November 2026 with Sam Reed" in said(page)
    assert "not been asked yet" not in said(page)


def test_a_case_of_which_nothing_is_shared_any_more_says_so(town: SmallTown, pages: Flask) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    share(town, town.case(coordinator_id=nurse), "none")
    page = said(at_work(pages, nurse).get(f"/cases/{NUMBER}"))
    assert "The person has not agreed, or not any more. Nothing is shared beyond those who look after the case." in page


def test_a_change_that_nobody_has_recorded_yet_is_not_told_as_what_was_agreed_before(
    town: SmallTown, pages: Flask
) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    case = town.case(coordinator_id=nurse)
    before = {"basis": "explicit", "may_proceed": "full", "share_with": ["gp"], "valid_from": town.now}
    town.add(Consent(case_id=case, **before))
    share(town, case, "limited")
    page = said(at_work(pages, nurse).get(f"/cases/{NUMBER}"))
    talk = "Not settled: somebody has to talk with the person. Nothing is shared beyond those who look after the case."
    assert (talk in page, "With: GP practice" in page) == (True, False)


def test_what_somebody_typed_before_sharing_was_narrowed_is_kept_and_shown_to_them_alone(
    town: SmallTown, pages: Flask
) -> None:
    case_id = town.case(family="Khan")
    nurse = town.staff("Nia Nurse", "nurse east")
    task = town.task(case_id, role="nurse", assignee_id=nurse)
    window = at_work(pages, nurse)
    assert window.get(f"/tasks/{task}").status_code == 200
    share(town, case_id, "limited", "adult_social_care")
    answer = window.post(f"/tasks/{task}/complete", SPOKE)
    assert answer.status_code == 409
    assert "She is glad of the call." in said(answer)
    assert "The person agreed to share with adult social care only." in said(answer)
    assert "Khan" not in answer.text
    kept = drafts.draft_for(town.desk(nurse), f"task:{task}")
    assert kept is not None
    assert kept.raw["notes"] == ["She is glad of the call."]
    assert "She is glad of the call." in said(window.get(f"/tasks/{task}"))
    other = window.get(f"/cases/{NUMBER}")
    assert other.status_code == 403
    assert "glad" not in other.text


@pytest.mark.both_databases
def test_whoever_runs_a_case_finds_and_hands_on_what_nobody_else_may_know_of(
    town: SmallTown, enter: Callable[..., Browser]
) -> None:
    case_id = town.case(sharing_scope="minimum")
    town.staff("Nia Nurse", "nurse east")
    task = town.task(case_id, role="nurse", name="Assess capacity")
    chair = enter("gp_lead east")
    inbox = chair.get("/inbox?view=stuck")
    assert "To hand on 1" in said(inbox)
    assert "Assess capacity" in said(inbox)
    page = chair.get(f"/tasks/{task}")
    assert "Nobody is here who could do this and may know of this case." in said(page)
    offered = chair.get(f"/inbox/hand-over?task={task}")
    assert "Colleague gp_lead east" in said(offered)
    assert "Nia Nurse" not in said(offered)
    assert "To hand on" not in said(enter("nurse east").get("/inbox"))


@pytest.mark.both_databases
def test_what_somebody_on_leave_left_in_hand_is_found_and_handed_on_by_whoever_runs_the_case(
    town: SmallTown, enter: Callable[..., Browser]
) -> None:
    case_id, nurse, analyst = town.case(), town.staff("Nia Nurse", "nurse east"), town.staff("Ana List", "analyst")
    safety = town.task(case_id, role="nurse", name="Contact after hospital", assignee_id=nurse, escalation="S")
    town.task(case_id, role="nurse", name="Call back", assignee_id=nurse, due="+2d")
    town.task(case_id, role="nurse", name="Repeat the measures", assignee_id=nurse, due="+9d")
    chair = enter("gp_lead east")
    assert "Nothing has to be handed on." in said(chair.get("/inbox?view=stuck"))
    town.on_leave(nurse, analyst)  # as leave could be entered before
    inbox = said(chair.get("/inbox?view=stuck"))
    assert ("To hand on 2" in inbox, "Repeat the measures" in inbox) == (True, False)
    assert "Nia Nurse, away until 20 November 2026 ·" in inbox
    assert "Nia Nurse is away, and nobody who could do this covers." in said(chair.get(f"/tasks/{safety}"))
    case = said(chair.get(f"/cases/{NUMBER}"))
    assert "Nia Nurse is away, and nobody covers who could do “Contact after hospital”" in case
    offered = chair.get(f"/inbox/hand-over?task={safety}")
    assert offered.status_code == 200


def test_whoever_is_asked_about_a_case_of_another_team_is_led_to_no_page_that_is_closed_to_them(
    town: SmallTown, enter: Callable[..., Browser]
) -> None:
    task = town.task(town.case(team="east"), role="team_manager", team_id=town.teams["north"], name="Accept the case")
    theirs, ours = enter("team_manager north"), enter("team_manager east", "team_manager north")
    for address in ("/inbox?view=pool", f"/tasks/{task}"):
        assert "Accept the case" in said(theirs.get(address))
        assert f"/cases/{NUMBER}" not in theirs.get(address).text
        assert "Nobody has been in contact yet" not in theirs.get(address).text, "they are not told who was"
        assert f"/cases/{NUMBER}" in ours.get(address).text


def test_the_case_page_says_why_a_task_does_not_move(town: SmallTown, enter: Callable[..., Browser]) -> None:
    town.task(town.case(sharing_scope="minimum"), role="pharmacist", name="Review medicines")
    page = said(enter("team_manager east").get(f"/cases/{NUMBER}"))
    assert "nobody is here who could do “Review medicines” and may know of this case" in page


def test_files_and_corrections_of_a_case_are_not_for_whoever_is_shown_a_part_of_it(
    town: SmallTown, enter: Callable[..., Browser]
) -> None:
    case_id = town.case()
    file = Attachment(case_id=case_id, name="letter.pdf", media_type="application/pdf", size=4, content=b"%PDF")
    file.added_at = town.now
    town.add(file)
    paper = town.paper(case_id, "F20", {"notes": "She is well."})
    partner, nurse = enter("vcse_partner east"), enter("nurse east")
    assert partner.get(f"/cases/{NUMBER}").status_code == 200
    assert partner.get(f"/attachments/{file.id}").status_code == 404
    assert nurse.get(f"/attachments/{file.id}").status_code == 200
    sent = {"why": "A mistake", **SPOKE}
    assert partner.post(f"/cases/{NUMBER}/documents/{paper}/amend", sent).status_code in (403, 404)


def test_a_partner_may_still_open_the_file_they_sent(town: SmallTown, pages: Flask) -> None:
    partner = town.staff("Peg Partner", "vcse_partner east")
    case_id = town.case()
    file = Attachment(case_id=case_id, name="letter.pdf", media_type="application/pdf", size=4, content=b"%PDF")
    file.added_at = town.now
    town.add(file)
    town.paper(case_id, "F15", {"documents": str(file.id)}, author_id=partner)
    assert at_work(pages, partner).get(f"/attachments/{file.id}").status_code == 200
