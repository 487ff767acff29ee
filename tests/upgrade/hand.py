"""An operator puts a case where the quiet way does not lead: a token is moved, and what a step needs to know is set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from uuid import UUID

from tests.builders.walked_case import Town
from tests.upgrade.places import MANAGER, decided_by, drawn, places, running, splits_before, stood_at, ways_to
from workflows.actions.by_hand import Hand, carry_out, sketch, standing
from workflows.actions.journey import follow_up
from workflows.casework.errors import CaseworkError
from workflows.casework.intervention import MOVE, SET
from workflows.duties import perform
from workflows.duties.register import on_behalf
from workflows.storage import cases

WHY = "So that a case stands here when the service is upgraded."


def put(town: Town, number: str, place: str) -> None:
    """Move a case to a place, by the nearest shape before it from which it gets there without a step that fails.

    Where branches that begin together have to meet again, it is moved to where they begin first.
    """
    say(town, number, decided_by(place), places()[place])
    if _moved(town, number, ways_to(place), _seen_at(place)):
        return
    for split in splits_before(place):
        if _moved(town, number, [split]) and _moved(town, number, ways_to(place), _seen_at(place)):
            return
    raise AssertionError(f"{number} cannot be put at {place}; it stands at {sorted(stood_at(town, number))}")


def _moved(town: Town, number: str, steps: Sequence[str], seen: Set[str] = frozenset()) -> bool:
    """Move a case to the first of these steps from which it gets where one of these keys is seen; False: nowhere."""
    desk = town.office.desk(town.who(MANAGER))
    for run_id, hand, version in _hands(town, number, steps):
        try:
            shown = sketch(desk, run_id, hand, version)
        except CaseworkError:
            continue
        if not shown.held and (not seen or seen & {token.key for token in shown.after}):
            carry_out(desk, run_id, hand, WHY, version)
            return True
    return False


def _hands(town: Town, number: str, steps: Sequence[str]) -> Iterator[tuple[UUID, Hand, int]]:
    desk = town.office.desk(town.who(MANAGER))
    stands = [(run.id, standing(desk, run.id)) for run in running(town, number)]
    for step in steps:
        for run_id, found in stands:
            for token in found.tokens:
                if step in dict(token.targets):
                    yield run_id, Hand(MOVE, token.id, step), found.version


def _seen_at(place: str) -> set[str]:
    """What is told of a case that stands at a place: itself, or the step or gateway that waits in its stead."""
    drawing = drawn()[places()[place]]
    kinds = {one.get("id", "") for one in drawing.nodes("eventBasedGateway")}
    edges = [one.get("attachedToRef", "") for one in drawing.nodes("boundaryEvent") if one.get("id") == place]
    return {place, *edges, *kinds.intersection(ways_to(place)[1:2])}


def say(town: Town, number: str, decided: Mapping[str, object], process: str = "") -> None:
    """Set decision variables of a case, in whichever of its processes a step of this one is under way."""
    desk = town.office.desk(town.who(MANAGER))
    for name, value in decided.items():
        for run in running(town, number):
            stands = standing(desk, run.id)
            if process in ("", *(token.process for token in stands.tokens)):
                carry_out(desk, run.id, Hand(SET, name=name, value=value), WHY, stands.version)


def start(town: Town, number: str, process: str, told: Mapping[str, object]) -> None:
    """Begin a process beside a case, as a diagram does."""
    with town.office.desk(town.who("Ifeoma")).work() as work:
        case = cases.held(work.session, town.case(number).id)
        perform(on_behalf(work, case), "case.start", {"process": process, **told})
        follow_up(work)
        work.commit()
