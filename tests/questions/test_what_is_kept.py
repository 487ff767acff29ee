"""What is read once is kept with the office that read it, and goes with it."""

from __future__ import annotations

import gc
import weakref

from tests.builders.walked_case import Town
from workflows.assembly import open_office
from workflows.questions.case import case_page
from workflows.questions.process import process_page


def test_nothing_holds_on_to_an_office_that_was_closed(town: Town) -> None:
    number = town.once(Town.refer)
    other = open_office(town.office.settings, town.office.clock)
    desk = other.desk(town.who("Siobhan Kelly"))
    assert process_page(desk, number).runs
    assert case_page(desk, number)
    kept = weakref.ref(desk.library)
    other.close()
    del other, desk
    gc.collect()
    assert kept() is None
