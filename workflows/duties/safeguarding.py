"""Safeguarding concerns, and handing a case to another team."""

from __future__ import annotations

from sqlalchemy import select

from workflows.casework.care import SafeguardingConcern
from workflows.casework.errors import RuleBroken
from workflows.casework.programme import Team
from workflows.casework.safeguarding import NOT_SENT
from workflows.casework.task import Task
from workflows.duties.coordinators import give_up
from workflows.duties.papers import answers, newest
from workflows.duties.register import Asking, Variables, duty
from workflows.storage import cases


@duty("safeguarding.open")
def open_concern(asking: Asking) -> Variables:
    """Mark the case as having an open safeguarding concern; say whether the concern itself is written down and sent."""
    mine = _concern(asking)
    if mine is None:
        paper = newest(asking, "F23")
        mine = SafeguardingConcern(
            case_id=asking.case.id,
            run_id=asking.run.id,
            document_id=paper.id if paper else None,
            opened_at=asking.work.now,
        )
        mine.happened("safeguarding concern opened")
        asking.work.session.add(mine)
    asking.case.raise_flag("safeguarding_open")
    papers = cases.documents_of(asking.work.session, asking.case.id, "F23")
    started_with = asking.variables.get("document_id")
    mine_said = [one.answers for one in papers if one.run_id == asking.run.id or one.id.hex == started_with]
    return {"concern_recorded": any(said.get("sent") != NOT_SENT for said in mine_said)}


@duty("safeguarding.close")
def close_concern(asking: Asking) -> None:
    """Close this concern; the flag comes down with the last one."""
    mine = _concern(asking)
    if mine is not None and mine.closed_at is None:
        mine.close(asking.work.now)
    open_ones = [c for c in cases.of_case(asking.work.session, SafeguardingConcern, asking.case.id) if not c.closed_at]
    if not open_ones:
        asking.case.lower_flag("safeguarding_open")


def _concern(asking: Asking) -> SafeguardingConcern | None:
    found = cases.of_case(asking.work.session, SafeguardingConcern, asking.case.id)
    return next((one for one in found if one.run_id == asking.run.id), None)


@duty("team.transfer")
def transfer(asking: Asking, to_team: str = "") -> None:
    """Hand the case to the team named (in the handover); its open tasks move along, the process goes on."""
    key = to_team or answers(asking, "F27").get("to_team")
    query = select(Team).where(Team.programme_id == asking.case.programme_id, Team.key == key)
    team = asking.work.session.scalar(query)
    if team is None:
        raise RuleBroken("The handover does not name a team of this programme.")
    before = asking.case.team_id
    asking.case.join_team(team)
    for task in asking.work.session.scalars(select(Task).where(Task.case_id == asking.case.id, Task.status == "open")):
        if task.team_id == before:
            task.team_id, task.assignee = team.id, None
            task.happened("task moved with the case", to=team.name)
    give_up(asking.work, asking.case, "the case went to another team")
