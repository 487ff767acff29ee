"""A case in a real office: the demonstration's programmes, people and diagrams, walked step by step by its staff."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from forms import Form
from tests.beginnings import Beginnings
from tests.builders.filled_forms import filled
from workers.jobs import wake_cases
from workflows.actions import buttons, companions, tasks
from workflows.actions.diagrams import publish_shipped
from workflows.actions.paperwork import Raw, known_days
from workflows.actions.programmes import load_programme
from workflows.actions.referrals import submit_referral
from workflows.assembly import Office
from workflows.casework import access
from workflows.casework.access import Actor
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.diagram import CaseRun
from workflows.casework.programme import Programme
from workflows.casework.roles import each_of
from workflows.casework.signing import signature
from workflows.casework.staff import Membership, StaffMember
from workflows.casework.task import Task
from workflows.demonstration import loading
from workflows.duties.open_promises import open_promises
from workflows.storage import cases, people
from workflows.storage.lookups import lookups_for

PRACTICE_IN_EAST = "ZZ003"
# What the quiet case says at steps that would otherwise lead elsewhere.
QUIET = {
    "first_contact": {"outcome": "spoke"},
    "triage_referral": {"verdict": "accept", "priority": "standard"},
    "record_consent": {"choice": "given", "capacity_doubt": "no"},
}


@dataclass(frozen=True)
class Town:
    """The office with its staff; people are named by a part of their name.

    beginnings: keeps how far a case was walked, for the other tests that begin there; without it each walks itself.
    """

    office: Office
    beginnings: Beginnings | None = None

    def once(self, walk: Callable[..., Any], *told: str) -> Any:
        """Walk a case, or copy what the walk led to the first time in a run; returns what it said.

        It has to be the first thing that a test does.
        """
        if self.beginnings is None:
            return walk(self, *told)

        @wraps(walk)
        def step(office: Office, *told: str) -> Any:
            return walk(Town(office), *told)

        return self.beginnings.once(self.office, step, *told)

    def who(self, name: str) -> Actor:
        """Return a member of staff as an actor, by a part of the name."""
        desk = self.office.desk()
        with desk.looking() as session:
            found = session.scalars(select(StaffMember).where(StaffMember.name.contains(name))).one()
            return people.actor_for(session, found, desk.today)

    def ask(self, question: Callable[[Session], Any]) -> Any:
        """Look something up."""
        with self.office.desk().looking() as session:
            return question(session)

    def case(self, number: str) -> Case:
        """Return the case as it stands."""
        return self.ask(lambda session: session.scalars(select(Case).where(Case.number == number)).one())

    def refer(self, **answers: Any) -> str:
        """Refer somebody to the East team; returns the case number."""
        desk = self.office.desk(self.who("Ifeoma"))
        said = {"gp_practice": PRACTICE_IN_EAST, "source": "gp", "message_safe": "yes", **answers}
        raw = self.answers(desk.forms.form("F01"), None, said)
        return submit_referral(desk, "acm", raw).case_number

    def open_tasks(self, number: str) -> list[Task]:
        """Return the open tasks, in the order in which they are due."""
        query = select(Task).join(Case).where(Case.number == number, Task.status == "open").order_by(Task.due_sort)
        found: list[Task] = self.ask(lambda session: session.scalars(query).all())
        return found

    def do(self, number: str, key: str, **answers: Any) -> None:
        """Let somebody who may do so complete the open step of this key."""
        task = next(one for one in self.open_tasks(number) if one.key == key)
        doer = self._doer(task)
        form = self.office.desk().forms.form(task.form_key)
        begun = {"promises": self._not_needed(number)} if key == "settle_promises" else {}
        raw = self.answers(
            form, self.case(number), {**QUIET.get(key, {}), **signature(doer, key), **begun, **answers}, task.run_id
        )
        tasks.complete_task(self.office.desk(doer), task.id, raw)

    def walk(self, number: str, *keys: str) -> None:
        """Complete these steps one after the other."""
        for key in keys:
            self.do(number, key)

    def walk_until(self, number: str, key: str) -> None:
        """Complete whatever is open until a step of this key is asked."""
        for _ in range(60):
            waiting = self.open_tasks(number)
            if any(task.key == key for task in waiting):
                return
            self.do(number, waiting[0].key)
        raise AssertionError(f"{key} was never asked; open: {[task.key for task in self.open_tasks(number)]}")

    def press(self, number: str, button: str, by: str, **answers: Any) -> None:
        """Press a button of the case."""
        form = self.office.desk().forms.form(buttons.BY_KEY[button].form)
        raw = self.answers(form, self.case(number), answers)
        companions.press(self.office.desk(self.who(by)), number, button, raw)

    def shut_out(self, number: str, name: str) -> None:
        """The person does not want this member of staff to see the case."""
        desk, staff = self.office.desk(), self.who(name)
        with desk.work() as work:
            left_out = Exclusion(case_id=self.case(number).id, staff_id=staff.id, who=staff.name, since=work.now)
            left_out.happened("somebody left out")
            work.session.add(left_out)
            work.commit()

    def answers(self, form: Form, case: Case | None, said: dict[str, Any], run_id: UUID | None = None) -> Raw:
        """Return what the page of this form sends, with the choices and the days of this case."""
        desk = self.office.desk()
        with desk.looking() as session:
            programme = case.programme if case else people_programme(session)
            lookups = lookups_for(session, programme, desk.today, case, form)
            began = session.get_one(CaseRun, run_id).started_at if run_id else None
            known = known_days(session, case, began, form.days_asked) if case else None
        return filled(form, today=desk.today, lookups=lookups, known=known, **said)

    def _not_needed(self, number: str) -> list[dict[str, str]]:
        """Say of everything promised that it is no longer needed."""
        lines = self.ask(lambda session: [one.line for one in open_promises(session, self.case(number))])
        usual = {"becomes": "not_needed", "why_not": "Not wanted any more."}
        return [{"what": line, **usual} for line in lines]

    def _doer(self, task: Task) -> Actor:
        desk = self.office.desk()
        everybody = select(StaffMember).order_by(StaffMember.name.desc())
        own_post = StaffMember.posts.any(Membership.role.in_(each_of(task.role)))
        likely = or_(own_post, StaffMember.id == task.assignee_id)  # looked through first, for they are few

        def find(session: Session) -> Actor:
            circle = cases.circle_of(session, session.get_one(Case, task.case_id))
            for staff in (everybody.where(likely), everybody):
                for _, actor in people.actors(session, session.scalars(staff), desk.today):
                    able = access.may_do_task(actor, task.role, task.programme_id, task.team_id, task.assignee_id)
                    if able and access.may_be_asked(actor, task.programme_id, circle):
                        return actor
            raise AssertionError(f"nobody can do {task.key} ({task.role})")

        found: Actor = self.ask(find)
        return found


def people_programme(session: Session) -> Any:
    """Return the programme of the tests."""
    return session.scalars(select(Programme).where(Programme.key == "acm")).one()


def walked_to(town: Town, key: str, **said: Any) -> str:
    """Refer somebody, and walk the case until a step of this key is asked: `town.once(walked_to, "draft_plan")`."""
    number = town.refer(**said)
    town.walk_until(number, key)
    return number


def advised(town: Town) -> str:
    """Walk a case until only its last letters are to be checked: the meeting gave advice."""
    number = walked_to(town, "record_mdt_decision")
    town.do(number, "record_mdt_decision", decision="advice_to_referrer", actions=None)
    town.do(number, "check_outcome_letters")
    return number


def stepping_down(town: Town, **said: Any) -> str:
    """Walk a case until its last contact is asked, with nothing promised so far."""
    number = walked_to(town, "draft_plan", **said)
    towards_the_end = {"decide_after_review": {"decision": "discharge"}, "sign_discharge": {"chair_decision": "agree"}}
    while not any(task.key == "step_down_contact" for task in town.open_tasks(number)):
        waiting = town.open_tasks(number)
        if waiting:
            town.do(number, waiting[0].key, **towards_the_end.get(waiting[0].key, {}))
        else:
            town.office.clock.advance(timedelta(weeks=1))
            wake_cases.work(town.office)
    return number


def load_one_programme(office: Office) -> None:
    """Load the demonstration of one programme into an office."""
    desk = office.desk(loading.OFFICE)
    load_programme(desk, json.loads((loading.FOLDER / "acm.json").read_text(encoding="utf-8")))
    publish_shipped(desk)
    staff = json.loads(loading.STAFF.read_text(encoding="utf-8"))["staff"]
    loading.load_staff(desk, [row for row in staff if all(post["programme"] == "acm" for post in row["posts"])])
