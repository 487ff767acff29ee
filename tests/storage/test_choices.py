"""The choices that a form is given: those it offers, as the whole list has them, and no others."""

from __future__ import annotations

import pytest

from forms import Catalogue
from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.storage.lookups import lookups_for


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


def test_a_form_is_given_what_it_offers_and_nothing_else_is_read(town: SmallTown) -> None:
    nurse = town.staff("Ann Nurse", "nurse east")
    case_id, desk, shipped = town.case(), town.desk(nurse), Catalogue.shipped()
    with desk.looking() as session:
        case = session.get_one(Case, case_id)
        everything = lookups_for(session, case.programme, desk.today, case)
        for form in map(shipped.form, shipped.keys()):
            given = lookups_for(session, case.programme, desk.today, case, form)
            assert given == {name: everything[name] for name in everything if name in form.picks_from}, form.key
            assert {name for name in form.picks_from if not name.endswith("_gone")} <= given.keys(), form.key
            if form.key == "F10":
                assert given == {}, "a contact asks for no practice and no colleague"
    assert everything["staff"]
