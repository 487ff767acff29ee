"""What every noun stands on: table names, keys, times, and the duty to say what happened."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, object_session
from sqlalchemy.types import TypeDecorator
from uuid_utils.compat import uuid7

from workflows.clock import as_utc

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

COPIED = {"copied": True}  # what a column's info says when the database itself copies it from another row
SPEAKING = "speaking"  # in a session's info: the nouns to which something happened


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, kept as UTC. A naive time is refused on the way in; what comes out is always aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into what the database keeps (SQLite drops the zone)."""
        if value is None:
            return None
        instant = as_utc(value)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The root of all nouns."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        list[str]: JSON(),
    }


def new_id() -> UUID:
    """Make a key that sorts by the time it was made."""
    return uuid7()


class Happening:
    """One thing that happened to a noun, in a word and a few details, for the audit trail."""

    __slots__ = ("act", "case_id", "chain", "detail")

    def __init__(self, act: str, case_id: UUID | None, detail: Mapping[str, Any], chain: str = "") -> None:
        self.act = act
        self.case_id = case_id
        self.detail = dict(detail)
        self.chain = chain  # where it is written when that is not the trail of its case


class Witnessed:
    """A noun that may not change without saying why: the commit refuses it otherwise."""

    def happened(self, act: str, **detail: Any) -> None:
        """Record what happened, be it without a change; the commit turns it into an audit entry of the case."""
        self.happenings.append(Happening(act, self.audited_case(), detail))
        session = object_session(self)
        if session is not None:  # the session forgets what did not change and nobody holds: this holds it
            session.info.setdefault(SPEAKING, {})[self] = None

    @property
    def happenings(self) -> list[Happening]:
        """What happened in this transaction so far."""
        kept: list[Happening] = self.__dict__.setdefault("_happenings", [])
        return kept

    def errand(self, now: datetime, changed: Collection[str]) -> str | None:
        """Return the job of the worker that this noun waits for at once, now that these columns have changed."""
        return None

    def audited_case(self) -> UUID | None:
        """Return the case whose trail tells of this noun; None for the office's own trail."""
        found: UUID | None = getattr(self, "case_id", None)
        return found
