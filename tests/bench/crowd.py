"""A crowd: as many cases, tasks and timers as a large city has, put down as rows: only reading is measured."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Insert, String, Uuid, bindparam, cast, func, insert, literal, select, text, update

from tests.bench.rig import Rig
from workflows.casework.base import UtcDateTime, new_id
from workflows.casework.case import Case, StageEntry
from workflows.casework.diagram import CaseRun, Release, Waiting
from workflows.casework.person import Person
from workflows.casework.programme import Programme, Team
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task

BATCH = 20_000
TASKS_A_CASE = 50
COPIED_AT_ONCE = 100_000
STEPS = ("Risk assessment", "First contact", "Plan conversation", "Review with the person", "Weekly contact")


def people_with_tasks(rig: Rig, tasks: int, open_tasks: int) -> None:
    """Put down cases with tasks, most of them done; the open ones are spread over all teams, roles and people."""
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


def on_a_rung(rig: Rig, due: int, now: datetime, later: datetime) -> None:
    """Let the next rung of so many open tasks come now, at which they are due, and that of all others later."""
    first = select(Task.id).where(Task.open).order_by(Task.id).limit(due)
    with rig.office.database.engine.begin() as connection:
        connection.execute(update(Task).values(remind_at=later, due_at=later))
        connection.execute(update(Task).where(Task.id.in_(first)).values(remind_at=now, due_at=now))
    _analyse(rig)


def a_year_of_tasks(rig: Rig, tasks: int) -> None:
    """Spread so many tasks over the year that ends now, of every class, each done a little early or late."""
    with rig.office.desk().looking() as session:
        there = session.scalar(select(func.count(Task.id))) or 0
    if there < tasks:  # an office that many figures share has its crowd already
        people_with_tasks(rig, tasks, tasks // TASKS_A_CASE)
    with rig.office.database.engine.begin() as connection:
        rows = connection.execute(select(Task.id).order_by(Task.id)).scalars().all()
        acm = connection.scalar(select(Programme.id).where(Programme.key == "acm"))
        now = rig.office.clock.now()
        spread = [{**_of_the_year(now, one, number), "programme_id": acm} for number, one in enumerate(rows)]
        connection.execute(update(Task.__table__).where(Task.__table__.c.id == bindparam("one")), spread)
    _analyse(rig)


def _of_the_year(now: datetime, one: UUID, number: int) -> dict[str, Any]:
    opened = now - timedelta(hours=number * 7 % (365 * 24), minutes=1)
    due, late = opened + timedelta(days=3), timedelta(days=(-1, -1, -1, 1, 4, 9)[number % 6])
    return {
        "one": one, "opened_at": opened, "due_at": due, "ended_at": due + late,
        "escalation": "SABC"[number % 4], "properties": {"ladder": "review"} if number % 5 == 0 else {},
    }  # fmt: skip


def copies(rig: Rig, case_id: UUID, numbers: range, **due: datetime) -> None:
    """Put a case down again and again, as the database itself copies it: its rows, and what it waits for.

    `due_at`: what all of them wait for, where it is another date than that of the one they are copied from; such a case
    is not meant to be woken. Their trails begin with what happens to them.
    """
    changed = {"next_due_at": due["due_at"], **due} if due else {}
    for start in range(numbers.start, numbers.stop, COPIED_AT_ONCE):
        these = range(start, min(start + COPIED_AT_ONCE, numbers.stop))
        with rig.office.database.engine.begin() as connection:
            for noun in (Person, Case, CaseRun, Waiting) if due else (Person, Case, StageEntry, CaseRun, Task, Waiting):
                connection.execute(_copied(noun.__table__, case_id, these, changed, rig.database))
    _analyse(rig)


def _copied(table: Any, case_id: UUID, numbers: range, changed: dict[str, datetime], database: str) -> Insert:
    counted = select(literal(numbers.start).label("number")).cte("counted", recursive=True)
    counted = counted.union_all(select(counted.c.number + 1).where(counted.c.number < numbers.stop - 1))
    key: Any = func.printf("%032x", counted.c.number)
    if database == "postgresql":
        key = cast(func.lpad(func.to_hex(counted.c.number), 32, "0"), Uuid)
    its = {**dict.fromkeys(("id", "case_id", "run_id", "person_id"), key)}
    its["number"] = literal("BEN-").concat(cast(counted.c.number, String))
    its |= {name: literal(value, UtcDateTime()) for name, value in changed.items()}
    columns = [column for column in table.c if column.computed is None and not column.info]
    whose = table.c.case_id == case_id if "case_id" in table.c else table.c.id == case_id
    if table is Person.__table__:
        whose = table.c.id == select(Case.person_id).where(Case.id == case_id).scalar_subquery()
    rows = select(*(its.get(column.name, column) for column in columns)).select_from(table).join(counted, whose)
    return insert(table).from_select([column.name for column in columns], rows)


def _analyse(rig: Rig) -> None:
    with rig.office.database.engine.begin() as connection:  # what is not committed is not seen by anybody else
        connection.execute(text("ANALYZE"))


class _Crowd:
    """Makes rows; everything but what is measured is as plain as the database allows."""

    def __init__(self, rig: Rig) -> None:
        self.now = rig.office.clock.now()
        doer = rig.doer()
        with rig.office.desk().looking() as session:
            self.teams = session.execute(select(Team.programme_id, Team.id).order_by(Team.id)).all()
            self.colleagues = session.scalars(select(StaffMember.id).where(StaffMember.id != doer.id)).all()
            self.release = session.scalars(select(Release.id).order_by(Release.number.desc())).first()
        self.mine = next(post.team_id for post in doer.posts if post.team_id)
        self.doer = doer.id

    def case(self, number: int) -> dict[str, dict[str, Any]]:
        person, case, run = new_id(), new_id(), new_id()
        programme, team = self.teams[number % len(self.teams)]
        carrying = self.colleagues[number % len(self.colleagues)]
        return {
            "person": {
                "id": person, "family_name": f"Example{number % 5000}", "given_name": f"Person{number % 300}",
                "dob": None, "confirmed": False, "preferred_name": "", "practice_code": "", "details": {},
            },
            "case": {
                "id": case, "number": f"BEN-{number + 1:07}", "programme_id": programme, "person_id": person,
                "team_id": team, "coordinator_id": carrying, "source": "referral", "stage": "active",
                "flags": [], "priority": "standard",
                "risk_level": "medium", "sharing_scope": "full", "partners_in_scope": True, "opened_at": self.now,
                "outbound_stopped": False, "version": 1,
            },
            "run": {
                "id": run, "case_id": case, "process": "weekly_contact", "release_id": self.release, "state": "",
                "status": "running", "started_at": self.now, "failures": 0, "version": 1,
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
                    "role": ("coordinator", "nurse", "triage")[number % 3], "programme_id": case["programme_id"],
                    "team_id": case["team_id"], "assignee_id": self.doer if mine and still_open else None,
                    "escalation": "B",
                    "opened_at": self.now, "due_at": self.now + timedelta(hours=number * 3), "due_unit": "WD",
                    "level": 0, "status": "open" if still_open else "completed", "version": 1,
                    "ended_at": ended_at, "ended_by_id": ended_by,
                }
            )  # fmt: skip
        return made
