"""A crowd: as many cases, tasks and timers as a large city has, put down as rows: only reading is measured."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text

from tests.bench.rig import Rig
from workflows.casework.base import new_id
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, Release, Waiting
from workflows.casework.person import Person
from workflows.casework.programme import Programme, Team
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task

BATCH = 20_000
TASKS_A_CASE = 50
STEPS = ("Risk assessment", "First contact", "Plan conversation", "Review with the person", "Weekly contact")


def people_with_tasks(rig: Rig, tasks: int, open_tasks: int) -> None:
    """Put down cases with tasks, most of them done; the open ones are spread over teams, roles and people."""
    made = _Crowd(rig)
    cases = tasks // TASKS_A_CASE
    with rig.office.database.engine.begin() as connection:
        for start in range(0, cases, BATCH // TASKS_A_CASE):
            rows = [made.case(number) for number in range(start, min(start + BATCH // TASKS_A_CASE, cases))]
            connection.execute(insert(Person), [row["person"] for row in rows])
            connection.execute(insert(Case), [row["case"] for row in rows])
            connection.execute(insert(CaseRun), [row["run"] for row in rows])
            each = tasks // open_tasks
            connection.execute(insert(Task), [task for row in rows for task in made.tasks(row, each)])
    _analyse(rig)


def timers(rig: Rig, waiting: int) -> None:
    """Put down processes that wait for a far date: a sweep must not look at any of them."""
    made = _Crowd(rig)
    with rig.office.database.engine.begin() as connection:
        for start in range(0, waiting, BATCH):
            rows = [
                made.case(start + number, due_in=timedelta(days=30)) for number in range(min(BATCH, waiting - start))
            ]
            connection.execute(insert(Person), [row["person"] for row in rows])
            connection.execute(insert(Case), [row["case"] for row in rows])
            connection.execute(insert(CaseRun), [row["run"] for row in rows])
            connection.execute(insert(Waiting), [made.waiting(row) for row in rows])
    _analyse(rig)


def _analyse(rig: Rig) -> None:
    with rig.office.database.engine.begin() as connection:  # what is not committed is not seen by anybody else
        connection.execute(text("ANALYZE"))


class _Crowd:
    """Makes rows; everything but what is measured is as plain as the database allows."""

    def __init__(self, rig: Rig) -> None:
        self.now = rig.office.clock.now()
        doer = rig.doer()
        with rig.office.desk().looking() as session:
            self.programme: UUID = session.scalars(select(Programme.id).where(Programme.key == "acm")).one()
            self.teams = session.scalars(select(Team.id).where(Team.programme_id == self.programme)).all()
            self.colleagues = session.scalars(select(StaffMember.id).where(StaffMember.id != doer.id)).all()
            self.release = session.scalars(select(Release.id).order_by(Release.number.desc())).first()
        self.mine = next(post.team_id for post in doer.posts if post.team_id)
        self.doer = doer.id

    def case(self, number: int, due_in: timedelta | None = None) -> dict[str, dict[str, Any]]:
        person, case, run = new_id(), new_id(), new_id()
        team = self.teams[number % len(self.teams)]
        return {
            "person": {
                "id": person, "family_name": f"Example{number % 5000}", "given_name": f"Person{number % 300}",
                "dob": None, "confirmed": False, "preferred_name": "", "practice_code": "", "details": {},
            },
            "case": {
                "id": case, "number": f"BEN-{number + 1:07}", "programme_id": self.programme, "person_id": person,
                "team_id": team, "source": "referral", "stage": "active", "flags": [], "priority": "standard",
                "risk_level": "medium", "sharing_scope": "full", "partners_in_scope": True, "opened_at": self.now,
                "outbound_stopped": False, "version": 1,
            },
            "run": {
                "id": run, "case_id": case, "process": "weekly_contact", "release_id": self.release, "state": "",
                "status": "running", "started_at": self.now, "failures": 0, "version": 1,
                "next_due_at": self.now + due_in if due_in else None,
            },
        }  # fmt: skip

    def tasks(self, row: dict[str, dict[str, Any]], each: int) -> list[dict[str, Any]]:
        """Fifty tasks of a case, every `each`-th of them open; in one team some are the doer's own, open and done."""
        case, made = row["case"], []
        for number in range(TASKS_A_CASE):
            still_open = number % each == 0
            mine = case["team_id"] == self.mine and number < 2
            ended_at = None if still_open else self.now - timedelta(hours=number)
            ended_by = None if still_open else self.doer if mine else self.colleagues[number % len(self.colleagues)]
            made.append(
                {
                    "id": new_id(), "case_id": case["id"], "run_id": row["run"]["id"], "step_id": f"{number:032x}",
                    "key": f"step_{number}", "name": STEPS[number % len(STEPS)], "process": "weekly_contact",
                    "why": "To be measured.", "form_key": "F36", "properties": {}, "variables": {},
                    "role": ("coordinator", "nurse", "triage")[number % 3], "programme_id": self.programme,
                    "team_id": case["team_id"], "assignee_id": self.doer if mine and still_open else None,
                    "escalation": "B",
                    "opened_at": self.now, "due_at": self.now + timedelta(hours=number * 3), "due_unit": "WD",
                    "level": 0, "status": "open" if still_open else "completed", "version": 1,
                    "ended_at": ended_at, "ended_by_id": ended_by,
                }
            )  # fmt: skip
        return made

    def waiting(self, row: dict[str, dict[str, Any]]) -> dict[str, Any]:
        run = row["run"]
        return {
            "id": new_id(), "run_id": run["id"], "case_id": run["case_id"], "step_id": "0" * 32, "key": "later",
            "name": "Later", "kind": "timer", "since": self.now, "due_at": run["next_due_at"],
        }  # fmt: skip
