"""A step in another system while the case goes on: its answer counts once, or the system is told why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.at_once.acts import OPERATOR
from tests.at_once.pairs import at_once
from tests.at_once.stage import Stage
from tests.builders.soundness import faults
from tests.builders.walked_case import Town
from workflows.actions import buttons, companions, diagrams, mending, outside_work, taking_on
from workflows.actions.told_answers import as_typed
from workflows.assembly import Office
from workflows.casework.incident import Incident
from workflows.casework.outside import TAKEN_SINCE, OutsideTask
from workflows.desk import Desk

DRAWN = Path(__file__).parents[1] / "api" / "diagrams" / "asks_another_system.bpmn"
ADA = {"given_name": "Ada", "family_name": "Example", "dob": "1941-03-27", "nhs_available": "no"}
ENDED, NOT_NEEDED = "This job has ended.", "The case has moved on; this job is no longer needed."
LEASE = timedelta(minutes=1)
Doing = Callable[[Office], object]
# What whoever comes second is told; of every other pair both are done.
REFUSED = {
    ("complete", "other answer"): ENDED,
    ("complete", "fail"): ENDED,
    ("complete", "error"): ENDED,
    ("error", "complete"): ENDED,
    ("fail", "complete"): TAKEN_SINCE,
    ("fail", "fail"): TAKEN_SINCE,
    ("close", "complete"): NOT_NEEDED,
    ("close", "fail"): NOT_NEEDED,
    ("close", "error"): NOT_NEEDED,
    ("close", "extend"): NOT_NEEDED,
    ("complete", "extend"): ENDED,
}
DONE_BOTH = [
    ("complete", "complete"),
    *((act, "close") for act in ("complete", "fail", "error", "extend")),
]


@dataclass(frozen=True)
class Fetched:
    """A case whose step another system has fetched."""

    number: str
    job: UUID
    fence: int


@pytest.mark.parametrize(("first", "second"), [*REFUSED, *DONE_BOTH])
def test_an_answer_and_another_act_at_once(
    stage: Stage, offices: tuple[Office, Office], first: str, second: str
) -> None:
    here, there = offices
    doing = acts(here, fetched(here))
    one, other = at_once(partial(doing[first], here), 1, partial(doing[second], there), there.database.engine)
    assert one.done
    assert (other.words, other.waited) == (REFUSED.get((first, second), ""), True)
    assert faults(here) == []


@pytest.mark.parametrize("first", ["fetch", "close"])
def test_who_fetches_a_step_and_who_ends_its_case_never_wait_in_a_ring(
    stage: Stage, offices: tuple[Office, Office], first: str
) -> None:
    here, there = offices
    number = opened(here)
    doing: dict[str, Doing] = {"fetch": fetch, "close": partial(closed, number)}
    second = "close" if first == "fetch" else "fetch"
    one, other = at_once(partial(doing[first], here), 1, partial(doing[second], there), there.database.engine)
    assert (one.words, other.words) == ("", "")
    with here.desk().looking() as session:
        assert session.scalars(select(OutsideTask.status)).all() == ["cancelled"]
    assert faults(here) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [("back", "back"), ("back", "close"), ("close", "back"), ("all back", "close"), ("close", "all back")],
)
def test_who_gives_a_step_back_and_another_act_never_wait_in_a_ring(
    stage: Stage, offices: tuple[Office, Office], first: str, second: str
) -> None:
    here, there = offices
    at = fetched(here)
    outside_work.fail(worker(here), at.job, at.fence, outside_work.Failure("no line", tries_left=0))
    with here.desk().looking() as session:
        one = session.scalars(select(Incident)).one()
    alike = mending.Alike(one.process, one.step_key)
    doing: dict[str, Doing] = {
        "back": lambda where: mending.try_again(where.desk(OPERATOR), [one.id]),
        "all back": lambda where: mending.try_all_again(where.desk(OPERATOR), alike),
        "close": partial(closed, at.number),
    }
    told = at_once(partial(doing[first], here), 1, partial(doing[second], there), there.database.engine)
    assert [each.words for each in told] == ["", ""]
    with here.desk().looking() as session:
        (status,) = session.scalars(select(OutsideTask.status))
    assert status == ("cancelled" if "close" in (first, second) else "open")
    assert faults(here) == []


def opened(office: Office) -> str:
    """A case whose step waits for another system."""
    operator = office.desk(OPERATOR)
    diagrams.publish_files(operator, {DRAWN.name: DRAWN.read_bytes()}, "to try")
    person = as_typed(operator.forms.form("F01"), {**ADA, "nhs_number_reason": "Not told"})
    wanted = taking_on.Wanted("acm", "asks_another_system", "east", person, {"age": 84})
    return taking_on.take_on(worker(office), wanted).number


def fetched(office: Office) -> Fetched:
    number = opened(office)
    (job,) = fetch(office)
    return Fetched(number, job.id, job.fence)


def worker(office: Office) -> Desk:
    """The other system, in the name of the service manager."""
    return office.desk(Town(office).who("Malik"))


def fetch(office: Office) -> tuple[outside_work.FetchedJob, ...]:
    return outside_work.fetch(worker(office), outside_work.Wanted(["risk-score"], "scorer", LEASE, 1))


def closed(number: str, office: Office) -> None:
    town = Town(office)
    button = buttons.BY_KEY["error"]
    answers = town.answers(office.desk().forms.form(button.form), town.case(number), {})
    companions.press(office.desk(town.who("Shabana")), number, "error", answers)


def acts(office: Office, at: Fetched) -> dict[str, Doing]:
    return {
        "complete": lambda where: outside_work.complete(worker(where), at.job, at.fence, {"risk_score": 7}),
        "other answer": lambda where: outside_work.complete(worker(where), at.job, at.fence, {"risk_score": 8}),
        "error": lambda where: outside_work.break_off(worker(where), at.job, at.fence, "not_found", {}),
        "fail": lambda where: outside_work.fail(worker(where), at.job, at.fence, outside_work.Failure("no line")),
        "extend": lambda where: outside_work.keep_longer(worker(where), at.job, at.fence, LEASE),
        "close": partial(closed, at.number),
    }
