"""The office in which chance acts: made once, copied for each story."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders.walked_case import Town, load_one_programme
from tests.builders.ways_in import referral
from tests.conftest import MONDAY_MORNING
from tests.crash.killing import Databases
from tests.crash.stage import office_on
from tests.model.errand import LATE, REPLY, drawing
from workflows.actions import diagrams
from workflows.actions.paperwork import Raw
from workflows.assembly import Office
from workflows.casework.access import Actor, Post
from workflows.casework.programme import Programme
from workflows.clock import london_day
from workflows.working_time import Calendar, Duration

OPERATOR = Actor(None, "an operator", (Post("sysadmin", None, None),))


class Stage:
    """A programme with its people and the first version of the diagram, on one kind of database."""

    def __init__(self, databases: Databases, folder: Path, people: tuple[str, ...]) -> None:
        self._databases, self._folder = databases, folder
        self._template = databases.empty()
        office = office_on(self._template, folder, MONDAY_MORNING)
        office.migrate()
        load_one_programme(office)
        diagrams.publish_files(office.desk(OPERATOR), {"errand.bpmn": drawing(1)}, "to try")
        town = Town(office)
        self.staff: dict[str, Actor] = {name: town.who(name) for name in people}
        self.person: Raw = referral(town)
        self._calendar, self._lengths = town.ask(_times)
        office.close()

    def dates(self, now: datetime, setting: str) -> datetime:
        """When a setting of the programme, counted from now, comes; working time is proved elsewhere."""
        return self._calendar.due(now, Duration.parse(self._lengths[setting]))

    def office(self) -> Office:
        """The office on a new copy."""
        return office_on(self._databases.copy(self._template), self._folder, MONDAY_MORNING)

    def reopened(self, office: Office) -> Office:
        """The same office after everybody went home: nothing remembered but what is written down."""
        office.close()
        return office_on(office.database.url, self._folder, office.clock.now())


def _times(session: Session) -> tuple[Calendar, dict[str, str]]:
    programme = session.scalars(select(Programme).where(Programme.key == "acm")).one()
    return programme.calendar, {key: programme.setting(key, london_day(MONDAY_MORNING)) for key in (LATE, REPLY)}
