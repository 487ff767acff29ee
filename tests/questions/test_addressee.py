"""To whom a letter is addressed: name and address where they are known, and said clearly where they are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.builders.walked_case import PRACTICE_IN_EAST, Town
from workflows.actions.practices import change_address
from workflows.casework.notice import Letter
from workflows.duties import Asking
from workflows.duties.correspondence import write_letter
from workflows.duties.papers import file_paper
from workflows.questions.letters import Addressee, letter_page
from workflows.storage import cases, runs

SURGERY = "3 Kettle Lane\nBury\nZZ99 3VZ"
LARK_HILL = ("14 Lark Hill", "Radcliffe", "M13 9PL")


def quiet_case(town: Town) -> str:
    return town.refer(
        given_name="Edith", family_name="Barrow", address="14 Lark Hill, Radcliffe", source="gp",
        referrer_name="Aoife Brennan", referrer_org="Somewhere Surgery",
        has_carer="yes", carer={"name": "Ada Barrow", "lives_with": "yes"},
    )  # fmt: skip


@pytest.fixture
def number(one_programme: Town) -> str:
    return str(one_programme.once(quiet_case))


@pytest.fixture
def addressed(one_programme: Town, number: str) -> Callable[..., Addressee]:
    """To whom a letter to somebody is addressed, with papers (form, answers) that were filed before."""

    def find(recipient: str, template: str = "L08", **papers: dict[str, object]) -> Addressee:
        with one_programme.office.desk().work() as work:
            case = cases.by_number(work.session, number)
            asking = Asking(work, case, runs.running(work.session, case.id)[0], {})
            for form, said in papers.items():
                file_paper(asking, case, form, said, "Ada")
            write_letter(asking, template, recipient)
            work.commit()
        newest = one_programme.ask(lambda s: s.scalars(select(Letter.id).order_by(Letter.id.desc())).first())
        return letter_page(one_programme.office.desk(one_programme.who("Ifeoma")), newest).addressee

    return find


def test_a_practice_is_addressed_as_the_register_says(one_programme: Town, addressed: Callable[..., Addressee]) -> None:
    manager = one_programme.office.desk(one_programme.who("Shabana"))
    change_address(manager, "acm", PRACTICE_IN_EAST, "")
    assert addressed("gp") == Addressee(("Copper Kettle Lane Surgery",), (), practice=PRACTICE_IN_EAST)
    change_address(manager, "acm", PRACTICE_IN_EAST, SURGERY)
    assert addressed("gp") == Addressee(("Copper Kettle Lane Surgery",), tuple(SURGERY.split("\n")))
    same = addressed("referrer", F01={"referrer_name": "Aoife Brennan", "referrer_org": "copper kettle lane surgery"})
    assert same == Addressee(("Aoife Brennan", "copper kettle lane surgery"), tuple(SURGERY.split("\n")))


def test_the_practice_of_somebody_who_has_moved_is_the_new_one(addressed: Callable[..., Addressee]) -> None:
    assert addressed("gp", "L11", F26={"new_practice": "Elm Street"}) == Addressee(("Elm Street",), ())


def test_a_referrer_from_elsewhere_is_named_and_their_address_is_not_known(addressed: Callable[..., Addressee]) -> None:
    assert addressed("referrer") == Addressee(("Aoife Brennan", "Somewhere Surgery"), ())
    assert addressed("referrer").missing


def test_somebody_who_referred_themselves_is_written_to_at_home(addressed: Callable[..., Addressee]) -> None:
    assert addressed("referrer", F01={"source": "self"}) == Addressee(("Edith Barrow",), LARK_HILL)


def test_who_lives_with_the_person_is_written_to_there_and_the_record_says_who(
    one_programme: Town, number: str, addressed: Callable[..., Addressee]
) -> None:
    assert addressed("carer", "L12") == Addressee(("Ada Barrow",), LARK_HILL)
    with one_programme.office.desk().work() as work:
        person = cases.by_number(work.session, number).person
        person.details = {**person.details, "carer": {"name": "Ruth Hale", "lives_with": "no"}}
        person.happened("details taken over", what="Carer")
        work.commit()
    assert addressed("carer", "L12") == Addressee(("Ruth Hale",), ())


def test_a_ward_and_a_service_are_named_as_the_forms_name_them(addressed: Callable[..., Addressee]) -> None:
    stay = {"hospital": "Fairfield", "ward": "Ward 9"}
    assert addressed("ward", "L09", F24=stay) == Addressee(("Ward 9", "Fairfield"), ())
    assert addressed("service", F25={"handover_service": "befriending"}).name == ("Befriending",)
    assert addressed("service", F25={"handover_to": "The day centre"}) == Addressee(("The day centre",), ())


@pytest.mark.parametrize("recipient", ["social_care", "ambulance_111"])
def test_who_has_no_name_in_the_case_is_named_by_what_they_are(
    addressed: Callable[..., Addressee], recipient: str
) -> None:
    assert addressed(recipient) == Addressee((), ())


def test_our_own_team_needs_no_address(addressed: Callable[..., Addressee]) -> None:
    assert not addressed("team").missing
