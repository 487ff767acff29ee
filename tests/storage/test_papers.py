"""Finding the papers of a case, however many there are."""

from __future__ import annotations

from datetime import timedelta

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework.document import Document
from workflows.storage import cases


def test_the_newest_paper_is_found_without_reading_the_others_and_as_it_was_corrected(office: Office) -> None:
    town = SmallTown(office)
    case_id = town.case()
    for number in (1, 2, 3):
        town.paper(case_id, "F20", {"notes": f"week {number}"}, completed_at=town.now + timedelta(days=number))
    with town.session() as session:
        first, *_, last = cases.documents_of(session, case_id, "F20")
        first_id, last_id = first.id, last.id
    town.paper(
        case_id, "F20", {"notes": "week 3, corrected"}, completed_at=town.now + timedelta(days=4), amends_id=last_id
    )
    town.paper(
        case_id, "F20", {"notes": "week 1, corrected"}, completed_at=town.now + timedelta(days=5), amends_id=first_id
    )
    with town.session() as session:
        newest = cases.newest_document(session, case_id, "F20")
        assert newest is not None
        assert newest.answers["notes"] == "week 3, corrected"
        assert len([one for one in session.identity_map.values() if isinstance(one, Document)]) <= 2
        assert cases.next_number(session, case_id, "F21") == 1
