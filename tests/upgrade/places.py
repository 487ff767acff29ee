"""Where a case can wait, as the shipped diagrams say, and where the cases of a service stand."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Select, func, select

from tests.builders.walked_case import Town
from tests.diagrams.reading import BPMN, Drawing, drawings, said
from workflows.actions.by_hand import standing
from workflows.casework.base import Base
from workflows.casework.diagram import CaseRun, Waiting

MANAGER = "Shabana"  # of the service: may lay a hand on a process
WAITS = ("userTask", "receiveTask", "intermediateCatchEvent", "boundaryEvent", "eventBasedGateway", "callActivity")


@cache
def drawn() -> dict[str, Drawing]:
    """Return each diagram by the name of its process."""
    return {drawing.process.get("id", ""): drawing for drawing in drawings()}


@cache
def places() -> dict[str, str]:
    """Return every place where a case can wait, with the process that draws it: no name of a shape is used twice.

    They are what people are asked, the dates and messages, what other systems do, and processes that are called.
    """
    found = {}
    for process, drawing in drawn().items():
        others = [element for element in drawing.nodes("serviceTask") if "topic" in said(element)]
        found |= {element.get("id", ""): process for element in (*drawing.nodes(*WAITS), *others)}
    return found


def stood_at(town: Town, number: str = "") -> set[str]:
    """Return the places at which the cases of a service stand, or one of them."""
    return {place for run in running(town, number) for place in _places_of(town, run)}


def running(town: Town, number: str = "") -> list[CaseRun]:
    """Return the processes under way, in a case or in all of them, the oldest first."""
    query = select(CaseRun).where(CaseRun.status == "running").order_by(CaseRun.started_at, CaseRun.id)
    mine = query.where(CaseRun.case_id == town.case(number).id) if number else query
    found: list[CaseRun] = town.ask(lambda session: list(session.scalars(mine)))
    return found


def _places_of(town: Town, run: CaseRun) -> set[str]:
    tokens = standing(town.office.desk(town.who(MANAGER)), run.id).tokens
    watched: list[str] = town.ask(lambda session: list(session.scalars(_waits_of(run))))
    return {token.key for token in tokens} | set(watched)


def _waits_of(run: CaseRun) -> Select[tuple[str]]:
    return select(Waiting.key).where(Waiting.run_id == run.id)


def empty_tables(town: Town) -> set[str]:
    """Return the tables that hold no row."""
    return {
        table.name
        for table in Base.metadata.sorted_tables
        if not town.ask(lambda session, table=table: session.scalar(select(func.count()).select_from(table)))
    }


def ways_to(place: str) -> list[str]:
    """Return a place and the shapes that lie before it in its diagram, the nearest first."""
    drawing, found = drawn()[places()[place]], [place]
    edges = {one.get("id", ""): one.get("attachedToRef", "") for one in drawing.nodes("boundaryEvent")}
    for shape in found:
        before = [flow.get("sourceRef", "") for flow in drawing.flows() if flow.get("targetRef") == shape]
        found += [one for one in (*before, edges.get(shape, "")) if one and one not in found]
    return found


def splits_before(place: str) -> list[str]:
    """Return the gateways before a place at which a case goes on in several branches, the nearest first."""
    together = {one.get("id", "") for one in drawn()[places()[place]].nodes("parallelGateway")}
    return [shape for shape in ways_to(place) if shape in together]


def decided_by(place: str) -> dict[str, bool]:
    """Return the decisions by which branches come to a place and to those beside it, where it is one of several."""
    drawing = drawn()[places()[place]]
    some = {one.get("id", "") for one in drawing.nodes("inclusiveGateway")}
    split = some.intersection(ways_to(place)[1:2])
    asked = [flow.findtext(f"{BPMN}conditionExpression") for flow in drawing.flows() if flow.get("sourceRef") in split]
    return {one: True for one in asked if one}


def called_from(process: str) -> list[tuple[str, str]]:
    """Return which processes call this one, and the shapes that do; the way of every case first."""
    found = [
        (caller, call.get("id", ""))
        for caller, drawing in drawn().items()
        for call in drawing.nodes("callActivity")
        if call.get("calledElement") == process
    ]
    return sorted(found, key=lambda one: one[0] not in ("acm_case", "acm_episode"))
