"""Taking somebody on directly: a case on a named diagram, for another system that already knows who and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.actions.diagrams import is_shipped
from workflows.actions.incidents import leaving_out_what_fails
from workflows.actions.journey import follow_up, start_process
from workflows.actions.paperwork import Occasion, Raw, read_form
from workflows.actions.referrals import open_case_for, programme_by_key, provisional_person
from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, NotAllowed, RuleBroken
from workflows.casework.person import Person
from workflows.casework.programme import Programme, Team
from workflows.desk import Desk, Work
from workflows.engine.refusals import DiagramRefused
from workflows.storage import runs

WHO = ("person",)  # the section of the referral form that says who somebody is


@dataclass(frozen=True)
class Wanted:
    """What is asked for: the programme, the process to begin, whose case it is, and what the diagram is told."""

    programme: str
    process: str
    team: str
    person: Raw
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class TakenOn:
    """The case that was opened."""

    id: UUID
    number: str


@leaving_out_what_fails
def take_on(desk: Desk, wanted: Wanted) -> TakenOn:
    """Open a case for a person and begin the named process; who they are is checked as on the referral form."""
    if not access.may(desk.actor, "case.start"):
        raise NotAllowed("Your role does not include starting a case on a diagram.")
    with desk.work() as work:
        programme = programme_by_key(work, wanted.programme)
        if not any(post.programme_id == programme.id for post in desk.actor.posts):
            raise NotAllowed("You do not work in this programme.")
        _must_stand_alone(work, wanted.process)
        answers = read_form(work, desk.forms.form("F01"), wanted.person, programme, Occasion(sections=WHO))
        _must_be_new(work, programme, answers)
        case = open_case_for(work, programme, provisional_person(answers), "system", "referred")
        if wanted.team:
            case.join_team(_team(programme, wanted.team))
        start_process(work, case, wanted.process, wanted.variables, desk.actor.id)
        follow_up(work)
        work.commit()
        return TakenOn(case.id, case.number)


def _must_stand_alone(work: Work, process: str) -> None:
    """Refuse a name that no diagram has, and the lifecycle's own processes: those follow a referral or a button."""
    release = runs.current_release(work.session)
    try:
        drawn = work.desk.library.spec(release.id.hex, process).diagram_xml()
    except DiagramRefused as unknown:
        raise AnswersRefused({"process": f"No published diagram draws a process “{process}”"}) from unknown
    if is_shipped(work, drawn):
        raise AnswersRefused(
            {"process": f"“{process}” belongs to the lifecycle: it begins with a referral, or from an open case"}
        )


def _must_be_new(work: Work, programme: Programme, answers: Mapping[str, Any]) -> None:
    number = answers.get("nhs_number")
    known = select(Case.number).join(Person, Case.person_id == Person.id)
    known = known.where(Case.programme_id == programme.id, Case.closed_at.is_(None), Person.nhs_number == number)
    if number and work.session.scalar(known.limit(1)):
        raise RuleBroken("This person already has an open case here.")


def _team(programme: Programme, key: str) -> Team:
    for team in programme.teams:
        if team.key == key:
            return team
    raise AnswersRefused({"team": f"The programme has no team “{key}”"})
