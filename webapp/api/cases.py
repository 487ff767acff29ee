"""Cases for other systems."""

from __future__ import annotations

import re
from typing import Any

from webapp.actor import desk
from webapp.api.once import once
from webapp.api.paging import next_link
from webapp.api.room import CHANGING, door, gives, route, takes
from webapp.api.schemas import CasePageSchema, CaseQuery, CaseSchema, NewCase
from workflows.actions.seeing import note_list_seen, note_seen
from workflows.actions.taking_on import Wanted, take_on
from workflows.actions.told_answers import as_typed
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
    note_list_seen(desk(), "cases (API)", (one.number for one in page.items))
    return {"items": page.items, "next": next_link(page.next_after)}


@route("/cases/<string:number>", "cases")
@door("cases:read", 404)
@gives(CaseSchema)
def one_case(number: str) -> Any:
    """Read one case with its person and open tasks; that it was seen goes into its audit trail."""
    if not NUMBER.fullmatch(number):
        raise NotFound("There is no such case, or it is not yours to see.")
    found = asked.case(desk(), number)
    note_seen(desk(), "record seen", "Case", found.id, page="case (API)")
    return found


@route("/cases", "cases", "POST")
@door("cases:write", 404, *CHANGING)
@once
@takes(NewCase)
@gives(CaseSchema, 201)
def start_case(told: dict[str, Any]) -> Any:
    """Open a case on a published diagram of your own; the lifecycle itself begins with a referral."""
    said = {"nhs_available": "yes" if told["person"].get("nhs_number") else "no", **told["person"]}
    if said["nhs_available"] == "no":
        said.setdefault("nhs_number_reason", "Not told by the system that opened the case")
    person = as_typed(desk().forms.form("F01"), said)
    wanted = Wanted(told["programme"], told["process"], told["team"], person, told["variables"])
    return asked.case(desk(), take_on(desk(), wanted).number)
