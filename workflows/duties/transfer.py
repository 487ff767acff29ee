"""Handing a case to another team: what its tasks become, and who keeps what they had begun."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from workflows.casework import access
from workflows.casework.care import Action
from workflows.casework.document import as_corrected
from workflows.casework.errors import RuleBroken
from workflows.casework.programme import Team
from workflows.casework.task import Task
from workflows.duties.coordinators import COORDINATOR, give_up
from workflows.duties.counting_anew import give_to_team
from workflows.duties.hand_overs import remind_anew
from workflows.duties.medicine_words import REVIEW, TO_THE_GP, asked_of_gp
from workflows.duties.papers import answers
from workflows.duties.register import Asking, duty
from workflows.duties.routes import asked_first
from workflows.duties.told_since import tell_of_the_team
from workflows.storage import cases, people

GP_LEAD = "gp_lead"
MOVED = "the case went to another team"


@duty("team.transfer")
def transfer(asking: Asking, to_team: str = "") -> None:
    """Hand the case to the team named (in the handover); its open tasks move along, the process goes on."""
    key = to_team or answers(asking, "F27").get("to_team")
    query = select(Team).where(Team.programme_id == asking.case.programme_id, Team.key == key)
    team = asking.work.session.scalar(query)
    if team is None:
        raise RuleBroken("The handover does not name a team of this programme.")
    before = asking.case.team_id
    give_to_team(asking, team)
    tell_of_the_team(asking, team)
    give_up(asking.work, asking.case, MOVED)
    for task in asking.work.session.scalars(select(Task).where(Task.case_id == asking.case.id, Task.open)):
        if task.team_id != before:
            continue
        task.team_id = team.id
        if not _goes_on_with(asking, task, team):
            task.lie_with(None)
            _give_to_the_gp(asking, task, team)
        remind_anew(asking.work, task)
        task.happened("task moved with the case", to=team.name)


def _give_to_the_gp(asking: Asking, task: Task, team: Team) -> None:
    """Give what a review of the medicines asked of the GP lead of one team to that of the next: they prescribe."""
    named = task.variables.get("action_id")
    action = asking.work.session.get(Action, UUID(str(named))) if named else None
    if action is None or action.what not in _asked_of_the_gp(asking):
        return
    for gp in asked_first(asking.work.session, (GP_LEAD,), asking.case, team.id, asking.work.today)[:1]:
        action.hand_to(gp)
        task.lie_with(gp)


def _asked_of_the_gp(asking: Asking) -> set[str]:
    papers = as_corrected(cases.documents_of(asking.work.session, asking.case.id, REVIEW))
    return {
        asked_of_gp(str(one.answers.get("changes", ""))) for one in papers if one.answers.get("outcome") == TO_THE_GP
    }


def _goes_on_with(asking: Asking, task: Task, team: Team) -> bool:
    """Whether whoever holds a task keeps it: they may still see the case, and it is still theirs to do.

    So it is with those who work for the whole programme. What waited for the care coordinator waits for the next one.
    """
    named = task.properties.get("assign")
    if task.assignee is None or named == COORDINATOR:
        return False
    case, actor = asking.case, people.actor_for(asking.work.session, task.assignee, asking.work.today)
    circle = cases.circle_of(asking.work.session, case)
    theirs = bool(named) or access.holds_role(actor, task.role, case.programme_id, team.id)
    return theirs and access.may_see_case(actor, case.programme_id, team.id, circle)
