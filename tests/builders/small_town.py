"""A small service with a few teams, for tests of lists and pages: rows are put down as they are, no diagram runs.

Defaults are valid; say only what the test is about: `town.task(town.case(team="east"), role="nurse", due="+2h")`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from workflows.assembly import Office
from workflows.casework.access import Actor
from workflows.casework.base import new_id
from workflows.casework.case import Case, spelled
from workflows.casework.consent import RECEIVES, Exclusion, NamedInOverride, SharingOverride
from workflows.casework.diagram import CaseRun, DecisionRecord, ModelVersion, Release, Waiting
from workflows.casework.document import Document
from workflows.casework.duty_rota import DutyDays
from workflows.casework.escalation import Escalation
from workflows.casework.meeting_days import Rhythm, meeting_by
from workflows.casework.person import Person
from workflows.casework.programme import Programme, ProgrammeSetting, Team
from workflows.casework.sectors import CARE_SECTORS, TEAM_SECTORS
from workflows.casework.staff import Absence, Membership, StaffMember, Watch
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties.rungs import set_next_rung
from workflows.storage import people

# Unless a test says otherwise, whoever agreed did so to the whole team, the voluntary sector included.
REACHED = {"full": TEAM_SECTORS, "limited": TEAM_SECTORS, "minimum": frozenset[str]()} | dict.fromkeys(
    ("none", "care_professionals", "held_back"), CARE_SECTORS
)
PARKED = {"due.parked_message": "1WD", "due.parked_pressing": "2UH"}
LIMITS = PARKED | {
    "caseload_limit": "30",
    "caseload_weight_limit": "75",
    "assessment_reuse_months": "6",
    "put_off_days": "10",
    "agenda_capacity": "2",
}
_STEP = re.compile(r"([+-])(\d+)([hd])")


@dataclass
class SmallTown:
    """Programme ACM with the teams North and East, and whoever the test adds."""

    office: Office
    programme_id: UUID = field(init=False)
    teams: dict[str, UUID] = field(init=False)
    release_id: UUID = field(init=False)
    cases: int = 0

    def __post_init__(self) -> None:
        programme = Programme(key="acm", name="Active Case Management", consent_model="consent", content={})
        programme.settings = [ProgrammeSetting(key=key, value=value) for key, value in LIMITS.items()]
        programme.teams = [Team(key=key, name=key.capitalize()) for key in ("north", "east")]
        release = Release(number=1, contents={}, published_at=self.now, published_by="a test", why="to try")
        self.add(programme, release)
        self.programme_id, self.release_id = programme.id, release.id
        self.teams = {team.key: team.id for team in programme.teams}

    @property
    def now(self) -> datetime:
        """The office's time."""
        return self.office.clock.now()

    def at(self, step: str) -> datetime | None:
        """An instant counted from now: "+2h", "-1d"; "" is none."""
        found = _STEP.fullmatch(step)
        if found is None:
            return None
        amount = int(found[2]) * (1 if found[1] == "+" else -1)
        return self.now + (timedelta(hours=amount) if found[3] == "h" else timedelta(days=amount))

    def add(self, *nouns: Any) -> None:
        """Keep rows as they are."""
        session = self.session()
        session.add_all(nouns)
        session.commit()
        session.close()

    def session(self) -> Session:
        """A session that may change things."""
        return self.office.database.writing()

    def staff(self, name: str, *posts: str, works_for: str = "") -> UUID:
        """Somebody with posts such as "nurse east", "service_manager" (in the whole programme)."""
        address = f"{name.replace(' ', '.').lower()}@example.org"
        member = StaffMember(name=name, email=address, works_for=works_for)
        for post in posts:
            role, _, team = post.partition(" ")
            member.posts.append(
                Membership(role=role, programme_id=self.programme_id, team_id=self.teams.get(team) if team else None)
            )
        self.add(member)
        return member.id

    def actor(self, staff_id: UUID) -> Actor:
        """The same person as an actor today."""
        session = self.office.database.reading()
        try:
            found = people.actor_for(session, session.get_one(StaffMember, staff_id), self.now.date())
        finally:
            session.close()
        return found

    def desk(self, staff_id: UUID) -> Desk:
        """The desk of somebody."""
        return self.office.desk(self.actor(staff_id))

    def case(self, team: str = "east", given: str = "Ada", family: str = "Khan", **given_fields: Any) -> UUID:
        """A case with its person and its running process."""
        self.cases += 1
        person = Person(given_name=given, family_name=family, dob=date(1942, 3, 1), nhs_number=None)
        usual = {
            "programme_id": self.programme_id, "team_id": self.teams.get(team), "stage": "active",
            "sharing_scope": "full", "opened_at": self.now - timedelta(days=20),
        }  # fmt: skip
        usual["shared_with"] = spelled(given_fields.pop("sectors", REACHED[given_fields.get("sharing_scope", "full")]))
        case = Case(number=f"ACM-{self.cases:06d}", person=person, **{**usual, **given_fields})
        self.add(case)
        self.add(
            CaseRun(
                case_id=case.id, process="acm_case", release_id=self.release_id, started_at=case.opened_at, state="{}"
            )
        )
        return case.id

    def task(self, case_id: UUID, role: str = "nurse", due: str = "+2d", **given: Any) -> UUID:
        """An open task of a case in the case's team, in nobody's hands."""
        session = self.session()
        case = session.get_one(Case, case_id)
        run = session.query(CaseRun).filter_by(case_id=case_id).first()
        assert run is not None
        task = Task(
            case_id=case_id,
            run_id=run.id,
            step_id=new_id().hex,
            programme_id=case.programme_id,
            role=role,
            due_at=self.at(due),
            team_id=given.pop("team_id", case.team_id),
            **{"opened_at": self.now - timedelta(days=1), **WHAT, **given},
        )
        session.add(task)
        session.flush()
        task.ladder_number = given.get("ladder_number", case.programme.ladder_number)
        if "remind_at" not in given:
            set_next_rung(task, task.opened_at)
        session.commit()
        found = task.id
        session.close()
        return found

    def came_to(self, task_id: UUID, shown: str, fired: str = "-1d", turn: int = 0, **given: Any) -> None:
        """A task has come to a rung that is shown somewhere, such as " agenda report "."""
        session = self.session()
        task = session.get_one(Task, task_id)
        at = {"due_at": task.due_at or self.now, "came_at": self.at(fired), "fired_at": self.at(fired)}
        rung = {"ladder": "review", "level": 6, "slot": "L4", "shown": shown, "turn": turn}
        session.add(Escalation(task_id=task_id, case_id=task.case_id, **{**rung, **given}, **at))
        session.commit()
        session.close()

    def meets(self, team: str, first: date, weeks: int = 1, at: str = "14:00", where: str = "") -> None:
        """A team meets every so many weeks from a day on."""
        session = self.session()
        found = session.get_one(Team, self.teams[team])
        found.content = dict(meeting_by(found.content, Rhythm(first, weeks, time.fromisoformat(at), where)))
        session.commit()
        session.close()

    def waits_for(self, case_id: UUID, message: str, status: str = "running") -> None:
        """The case waits for a message, in a process of its own."""
        run = CaseRun(
            id=new_id(), case_id=case_id, process="acm_mdt", release_id=self.release_id, started_at=self.now,
            state="{}", status=status,
        )  # fmt: skip
        self.add(run)
        self.add(
            Waiting(
                run_id=run.id, case_id=case_id, step_id=new_id().hex, key="wait", name="Wait", kind="message",
                message=message, since=self.now - timedelta(days=3),
            )
        )  # fmt: skip

    def shut_out(self, case_id: UUID, staff_id: UUID) -> None:
        """The person does not want this member of staff to see the record."""
        self.add(Exclusion(case_id=case_id, staff_id=staff_id, who="somebody", since=self.now))

    def name_in_override(self, case_id: UUID, staff_id: UUID, part: str = RECEIVES) -> None:
        """Something is shared without consent; this member of staff receives it, or asked for it."""
        override = SharingOverride(
            id=new_id(), case_id=case_id, status="approved", requested_at=self.now, items=[{"item": "No heating"}],
            recipients=[], expires_at=self.now + timedelta(days=14),
        )  # fmt: skip
        self.add(override)
        self.add(
            NamedInOverride(
                case_id=case_id, override_id=override.id, staff_id=staff_id, part=part, since=self.now
            )
        )  # fmt: skip

    def on_leave(self, staff_id: UUID, cover_id: UUID | None = None) -> None:
        """Away this week, perhaps covered by a colleague."""
        today = self.now.date()
        self.add(Absence(staff_id=staff_id, cover_id=cover_id, first_day=today, last_day=today + timedelta(days=4)))

    def on_duty(self, staff_id: UUID, team: str, first: date, days: int = 1) -> None:
        """Named on duty for a team (or, with none, for the whole programme) from a day on."""
        team_id, last = self.teams[team] if team else None, first + timedelta(days=days - 1)
        place = {"programme_id": self.programme_id, "team_id": team_id}
        self.add(DutyDays(**place, staff_id=staff_id, first_day=first, last_day=last))

    def watches(self, staff_id: UUID, case_id: UUID) -> None:
        """Somebody keeps an eye on a case."""
        self.add(Watch(staff_id=staff_id, case_id=case_id))

    def decided(self, task_id: UUID, table: str, outcome: str, explain: str) -> None:
        """What a decision table said in the process of a task."""
        session = self.session()
        task = session.get_one(Task, task_id)
        version = ModelVersion(
            kind="dmn", key=table, number=1, xml=b"", sha256="", author="a test", why="to try", made_at=self.now
        )
        session.add(version)
        session.flush()
        session.add(
            DecisionRecord(
                case_id=task.case_id, run_id=task.run_id, table=table, table_version_id=version.id, inputs={},
                outputs={table: outcome}, rules=[1], reason_code="", explain=explain, at=self.now,
            )
        )  # fmt: skip
        session.commit()
        session.close()

    def paper(self, case_id: UUID, form_key: str, answers: dict[str, Any], **given: Any) -> UUID:
        """A completed form on the case, a day old."""
        form = self.office.desk().forms.form(form_key)
        document = Document(
            case_id=case_id, form_key=form_key, form_version=form.version, title=form.title,
            answers=answers,
            **{"number": 1, "author": "Sam Reed", "completed_at": self.now - timedelta(days=1), **given},
        )  # fmt: skip
        self.add(document)
        return document.id


WHAT = {
    "key": "review_plan",
    "name": "Review the care plan",
    "process": "acm_delivery",
    "why": "The plan is looked at together with the person at the agreed time.",
    "form_key": "F10",
    "properties": {},
    "variables": {},
    "escalation": "B",
}
