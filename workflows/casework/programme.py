"""The programme of care: its teams, practices, services, times and thresholds, all with dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.calendars import calendar_of
from workflows.casework.dated import Dated, in_force
from workflows.casework.errors import SetUpWrong
from workflows.casework.ladder import Ladder
from workflows.casework.ladder_table import read_ladder, standard
from workflows.casework.roles import names_in
from workflows.working_time import Calendar

LADDER = "ladder"  # where a programme’s content keeps the ladders it has published last: their number and table
WEBHOOKS = "webhooks"  # and how many addresses of other systems are told of its rungs
_READ = "_settings_read"  # beside a programme's columns: the values of its settings as this session found them
ADDRESSES = "addresses"  # where letters to its practices (by code) and services (by key) go
SERVICE_SECTORS = "service_sectors"  # and there for which kind of organisation each service works, by its key


def ladder_in(content: Mapping[str, Any]) -> Ladder:
    """Return the ladders that a programme has published, or else the usual ones."""
    own = content.get(LADDER)
    return read_ladder(own["table"]) if own else standard()


class Programme(Base, Witnessed):
    """A service that people are referred to, such as Active Case Management."""

    __tablename__ = "programme"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    consent_model: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    last_case_number: Mapped[int] = mapped_column(default=0)
    settings: Mapped[list[ProgrammeSetting]] = relationship(back_populates="programme", lazy="select")
    teams: Mapped[list[Team]] = relationship(back_populates="programme", lazy="select")

    @property
    def calendar(self) -> Calendar:
        """When the service of this programme is open, where no team says otherwise."""
        return calendar_of(self.content)

    @property
    def ladder(self) -> Ladder:
        """Who is told when that a promise runs out: what the programme has published, or else what is usual."""
        return ladder_in(self.content)

    @property
    def ladder_number(self) -> int:
        """The version of its ladders; 0: nothing was published yet."""
        return int(self.content.get(LADDER, {}).get("number", 0))

    @property
    def tells_others(self) -> bool:
        """Whether any other system is told of its rungs; each rung asks, and mostly there is none."""
        return bool(self.content.get(WEBHOOKS))

    def tell_others(self, addresses: int) -> None:
        """Note how many addresses of other systems there are."""
        self.content = {**self.content, WEBHOOKS: addresses}
        self.happened("programme tells other systems", programme=self.key, addresses=addresses)

    @property
    def role_names(self) -> Mapping[str, str]:
        """What the roles are called here."""
        return names_in(self.content)

    def put_address(self, whose: str, lines: str) -> bool:
        """Keep where letters to a practice (its code) or a service (its key) go; False when that is how it is."""
        known: Mapping[str, str] = self.content.get(ADDRESSES, {})
        if known.get(whose, "") == lines:
            return False
        self.content = {**self.content, ADDRESSES: {**known, whose: lines}}
        return True

    def setting(self, key: str, on: date) -> str:
        """Return the value in force of a time or threshold, such as `due.triage` -> "2WD"."""
        found = self._in_force(on).get(key)
        if found is None:
            raise SetUpWrong(f"The programme {self.name} has no setting “{key}”.")
        return found

    def number(self, key: str, on: date) -> int:
        """Return a setting that is a whole number, such as `deferral_limit` -> 2."""
        return int(self.setting(key, on))

    def thresholds(self, on: date) -> dict[str, Any]:
        """Return every plain number among the settings, dots as underscores, as decision tables name them."""
        numbers = ((key, _number(value)) for key, value in self._in_force(on).items())
        return {key.replace(".", "_"): number for key, number in numbers if number is not None}

    def limits(self, on: date) -> dict[str, Any]:
        """Return every threshold and every time among the settings (8, "2WD"), as decision tables name them."""
        said = {key.replace(".", "_"): value for key, value in self._in_force(on).items()}
        return said | self.thresholds(on)

    def _in_force(self, on: date) -> Mapping[str, str]:
        """Return the value of every setting that counts on a day, by key.

        Read as plain values and once for this programme in hand: every act asks, and few need the settings themselves.
        """
        session = object_session(self)
        if session is None or "settings" not in inspect(self).unloaded:
            return _Read([(one.key, one.value, one.valid_from, one.valid_to) for one in self.settings]).on(on)
        known: _Read | None = self.__dict__.get(_READ)
        if known is None:
            rows = session.execute(_VALUES, {"programme": self.id})
            known = self.__dict__[_READ] = _Read([(key, value, start, end) for key, value, start, end in rows])
        return known.on(on)

    def know_settings(self, rows: Iterable[tuple[str, str, str | None, str | None]]) -> None:
        """Take the settings as they were read with something else: key, value, first and last day as they are kept."""
        self.__dict__[_READ] = _Read(
            [
                (key, value, date.fromisoformat(start) if start else None, date.fromisoformat(end) if end else None)
                for key, value, start, end in rows
            ]
        )

    def next_case_number(self) -> str:
        """Take the next case number, such as ACM-000017."""
        self.last_case_number += 1
        self.happened("case number taken", number=self.last_case_number)
        return f"{self.key.upper()}-{self.last_case_number:06d}"


class _Read:
    """The values of settings with their first and last days; an act asks for those of the same day several times."""

    def __init__(self, rows: Sequence[tuple[str, str, date | None, date | None]]) -> None:
        self._rows = rows
        self._days: dict[date, dict[str, str]] = {}

    def on(self, day: date) -> Mapping[str, str]:
        """Return what counts on a day, by key."""
        if day not in self._days:
            self._days[day] = {key: value for key, value, start, end in self._rows if in_force(start, end, day)}
        return self._days[day]


@lru_cache(maxsize=1024)  # hundreds for each form that is read, and nearly always the same
def _number(text: str) -> int | float | None:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return None


class ProgrammeSetting(Base, Witnessed, Dated):
    """One time or threshold, with where it comes from: a default is not national policy."""

    __tablename__ = "programme_setting"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    key: Mapped[str]
    value: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    programme: Mapped[Programme] = relationship(back_populates="settings")


_VALUES = select(
    ProgrammeSetting.key, ProgrammeSetting.value, ProgrammeSetting.valid_from, ProgrammeSetting.valid_to
).where(ProgrammeSetting.programme_id == bindparam("programme"))


class Team(Base, Witnessed, Dated):
    """A neighbourhood team. Boundaries move, so a team has a first and a last day."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("programme_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    key: Mapped[str]
    name: Mapped[str]
    mailbox: Mapped[str] = mapped_column(default="")
    suspended: Mapped[bool] = mapped_column(default=False)
    cover_team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    content: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # its own hours and closed days
    programme: Mapped[Programme] = relationship(back_populates="teams")

    @property
    def calendar(self) -> Calendar:
        """When the team is open: as its programme, where it does not say otherwise."""
        return calendar_of(self.programme.content, self.content)


PRACTICE_CODE = re.compile(r"[A-Z0-9]{3,10}")  # as national registers write them


class Practice(Base, Witnessed, Dated):
    """A GP practice in the programme's register."""

    __tablename__ = "practice"
    __table_args__ = (UniqueConstraint("programme_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    code: Mapped[str]
    name: Mapped[str]
    teams: Mapped[list[PracticeTeam]] = relationship(lazy="selectin")


class PracticeTeam(Base, Witnessed, Dated):
    """Which team looks after a practice's people, and since when."""

    __tablename__ = "practice_team"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("practice.id"), index=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), index=True)
    team: Mapped[Team] = relationship(lazy="joined")


class Service(Base, Witnessed, Dated):
    """A local service in the directory that people can be referred or signposted to."""

    __tablename__ = "service"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    key: Mapped[str]
    name: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
