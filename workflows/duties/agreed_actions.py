"""Actions: handed out as the meeting agreed, and brought up to date with what their owner says."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from workflows.casework.care import Action
from workflows.clock import at_london
from workflows.duties.onward_referrals import unanswered_referrals
from workflows.duties.outcomes import open_actions
from workflows.duties.papers import Answers, newest
from workflows.duties.register import Asking, Variables, duty
from workflows.storage import cases


@duty("mdt.create_actions")
def create_actions(asking: Asking) -> Variables:
    """Turn the actions of the newest meeting record into tasks, each with one owner and a date."""
    paper = newest(asking, "F16")
    for row in paper.answers.get("actions", []) if paper else []:
        add_action(asking, row)
    return {"open_actions": open_actions(asking)}


def add_action(asking: Asking, row: Answers) -> Action:
    """Write an action down and start its own small process."""
    due_on = date.fromisoformat(row["due"]) if row.get("due") else None
    action = Action(
        case_id=asking.case.id,
        what=str(row["what"]),
        owner_id=UUID(str(row["owner"])) if row.get("owner") else None,
        due_on=due_on,
        promised=row.get("tell_person") == "yes",
    )
    action.happened("action agreed", what=action.what)
    asking.work.session.add(action)
    asking.work.session.flush()
    asking.start_later("acm_action", {"action_id": action.id.hex, **_action_variables(asking, action)})
    return action


def _action_variables(asking: Asking, action: Action) -> Variables:
    work, case = asking.work, asking.case
    counted = None if action.due_on else work.time_of(case, "due.action", work.now)
    due = case.calendar.counted(counted) if counted else at_london(action.due_on or work.today, time(17))
    return {
        "action_status": action.status,
        "postponements": action.postponed,
        "postponed_too_often": action.postponed > asking.case.programme.number("postponement_limit", asking.work.today),
        "owner": str(action.owner_id or ""),
        "action_due_at": due.isoformat(),
        "action_due_at_counted": counted.written if counted else None,
        "promised": action.promised,
    }


@duty("actions.refresh")
def refresh(asking: Asking) -> Variables:
    """Bring the action of this process up to date with its newest form; in the main process count what is open."""
    action_id = asking.variables.get("action_id")
    if not action_id:
        return {"open_actions": open_actions(asking) + unanswered_referrals(asking)}
    action = asking.work.session.get_one(Action, UUID(str(action_id)))
    action.run_id = asking.run.id
    papers = [p for p in cases.documents_of(asking.work.session, asking.case.id, "F17") if p.run_id == asking.run.id]
    if papers:
        _apply(action, papers[-1].answers)
    action.happened("action updated", status=action.status)
    return _action_variables(asking, action)


def _apply(action: Action, said: Answers) -> None:
    action.status = str(said.get("status", action.status))
    action.outcome = str(said.get("outcome", action.outcome))
    action.impact = str(said.get("impact", action.impact))
    if said.get("transferred_to"):
        action.owner_id = UUID(str(said["transferred_to"]))
    if said.get("new_due"):
        action.due_on = date.fromisoformat(said["new_due"])
        action.postponed += 1
