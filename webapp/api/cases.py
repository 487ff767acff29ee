"""Cases for other systems."""

from __future__ import annotations

import re
from typing import Any

from webapp.actor import desk
from webapp.api.paging import next_link
from webapp.api.room import door, gives, route, takes
from webapp.api.schemas import CasePageSchema, CaseQuery, CaseSchema
from workflows.actions.seeing import note_seen
from workflows.casework.errors import NotFound
from workflows.questions import api as asked

NUMBER = re.compile(r"[A-Z]{2,10}-[0-9]{6,9}")


@route("/cases", "cases")
@door("cases:read", 422)
@takes(CaseQuery, "query")
@gives(CasePageSchema)
def list_cases(query: dict[str, Any]) -> Any:
    """List the cases the token’s owner may see, in the order in which they were opened."""
    page = asked.cases(desk(), asked.CaseWanted(**query))
    return {"items": page.items, "next": next_link(page.next_after)}


@route("/cases/<string:number>", "cases")
@door("cases:read", 404)
@gives(CaseSchema)
def one_case(number: str) -> Any:
    """Read one case with its person and open tasks; that it was seen goes into its audit trail."""
    if not NUMBER.fullmatch(number):
        raise NotFound("There is no such case, or it is not yours to see.")
    found = asked.case(desk(), number)
    note_seen(desk(), "record seen", "Case", found.id, by="API")
    return found
