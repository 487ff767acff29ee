"""One piece of work, one transaction. Leaving without commit changes nothing; a change nobody explained is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Insert, event, insert, inspect
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import LoaderCallableStatus, Mapper, Session
from sqlalchemy.orm.exc import StaleDataError

from workflows.casework.access import Actor
from workflows.casework.audit import chain_of, chain_of_lists
from workflows.casework.base import SPEAKING, Base, Happening, Witnessed
from workflows.casework.errors import CannotBeKept, OutOfDate, RuleBroken
from workflows.clock import Clock, london_day
from workflows.storage import remembering, trail
from workflows.storage.database import Database

Noun = TypeVar("Noun")

# Columns whose content is kept elsewhere (documents, diagrams) or says nothing to a reader.
UNTOLD = frozenset(
    {
        "state",
        "xml",
        "answers",
        "raw",
        "password_hash",
        "token_hash",
        "version",
        "text",
        "content",
        "rows",
        "words",
        "told",
        "answer",
        "mobile",
        "ladder_number",
        "url",
    }
)


SAME_MOMENT = "Somebody else changed this at the same moment. Look again and repeat."
NO_ROOM = "This machine cannot keep anything just now. Nothing was changed. Tell your administrator."
WAITED_IN_VAIN = ("serialize", "deadlock", "database is locked", "lock timeout")
FULL = ("disk is full", "no space left", "could not extend", "disk i/o error", "readonly database")


class Unwitnessed(RuleBroken):
    """A noun changed and nobody said why: a mistake in the program, stopped before it is kept."""


class UnitOfWork:
    """The transaction at the desk: its session, its actor, and the audit it owes."""

    def __init__(self, session: Session, actor: Actor, clock: Clock, database: Database) -> None:
        self.session = session
        self.actor = actor
        self._database = database
        self.now: datetime = clock.now()
        self._changes: dict[Witnessed, dict[str, list[Any]]] = {}
        self._told: list[tuple[Happening, str]] = []
        self._with_trail: list[tuple[str, type[Base], Callable[[int], Mapping[str, Any]]]] = []
        event.listen(session, "before_flush", self._notice_changes)

    @property
    def today(self) -> date:
        """Today's date in London."""
        return london_day(self.now)

    @property
    def changed(self) -> bool:
        """Whether anything was changed that is not kept yet."""
        session = self.session
        return bool(self._changes or self._told or session.new or session.deleted or session.dirty or speaking(session))

    def touched(self, kind: type[Noun]) -> list[Noun]:
        """Return the nouns of a kind that this act has made or changed, or to which something happened, so far."""
        nouns = dict.fromkeys((*self._changes, *self.session.new, *self.session.dirty, *speaking(self.session)))
        return [noun for noun in nouns if isinstance(noun, kind)]

    def tell(self, act: str, subject: str, case_id: UUID | None, **detail: Any) -> None:
        """Write into a trail something that changes no noun, such as that a record was seen."""
        self._told.append((Happening(act, case_id, detail), subject))

    def tell_of_list(self, act: str, subject: str, **detail: Any) -> None:
        """Write down that the actor saw a list, which belongs to no one case."""
        self._told.append((Happening(act, None, detail, chain_of_lists(self.actor.id)), subject))

    def keep_with_trail(self, case_id: UUID, noun: type[Base], row: Callable[[int], Mapping[str, Any]]) -> None:
        """Keep one more row with the trail, which knows the number of the last entry that tells of this act."""
        self._with_trail.append((chain_of(case_id), noun, row))

    def put_down(self, noun: type[Base], *rows: Mapping[str, Any]) -> None:
        """Keep rows that nobody has in hand, and of which the trail says nothing."""
        if rows:
            self.session.connection().execute(_into(noun), [dict(row) for row in rows])
            remembering.put_down(self.session, noun, rows)

    def commit(self) -> None:
        """Write the audit, hand out what is now for the worker to do, and keep everything."""
        self.session.flush()
        self._hand_out_errands()
        self._write_audit()
        self.session.commit()

    def _hand_out_errands(self) -> None:
        """Where workers share a queue, what this act left to do is in it with the act; otherwise a round finds it."""
        queue = self._database.queue
        if queue is None:
            return
        errands: dict[str, list[UUID]] = {}
        for noun, changes in self._changes.items():
            job = noun.errand(self.now, changes)
            if job is not None:
                errands.setdefault(job, []).append(noun.id)  # type: ignore[attr-defined] # all of these have such a key
        for job, ids in errands.items():
            queue.hand_out(self.session, job, ids)

    def _notice_changes(self, session: Session, _context: Any, _instances: Any) -> None:
        for noun in (*session.new, *session.dirty, *session.deleted):
            if not isinstance(noun, Witnessed):
                continue
            told = _differences(noun)
            if told or noun not in session.dirty or session.is_modified(noun):
                self._changes.setdefault(noun, {}).update(told)

    def _write_audit(self) -> None:
        entries: list[tuple[Happening, str]] = list(self._told)
        for noun in speaking(self.session):
            self._changes.setdefault(noun, {})
        for noun, changes in self._changes.items():
            if not noun.happenings and changes:
                raise Unwitnessed(f"{type(noun).__name__} changed {sorted(changes)} and nothing says why.")
            for first, happening in enumerate(noun.happenings):
                if first == 0 and changes:
                    happening.detail["changed"] = changes
                # A new noun may have said what happened before it was told its case's id.
                happening.case_id = happening.case_id or noun.audited_case()
                entries.append((happening, type(noun).__name__))
            noun.happenings.clear()
        self._changes.clear()
        self._told.clear()
        self.session.info.pop(SPEAKING, None)
        chains: dict[str, list[tuple[Happening, str]]] = {}
        for happening, subject in entries:
            chain = happening.chain or chain_of(happening.case_id)
            chains.setdefault(chain, []).append((happening, subject))
        last = trail.append(self.session.connection(), self.actor, self.now, chains)
        for chain, kind, row in self._with_trail:
            self.put_down(kind, row(last[chain]))
        self._with_trail.clear()


@cache
def _into(noun: type[Base]) -> Insert:
    return insert(noun)


def speaking(session: Session) -> list[Witnessed]:
    """Return the nouns to which something happened that is not told yet, be it without a change of their own."""
    return [noun for noun in session.info.get(SPEAKING, ()) if noun.happenings]


def _differences(noun: Witnessed) -> dict[str, list[Any]]:
    """What was set since the noun was read or kept, before and after, as far as it says something to a reader."""
    state = inspect(noun)
    was, now = state.committed_state, state.dict  # what nobody has set is as it was, and not among what it was
    told: dict[str, list[Any]] = {}
    for name in _told_of(state.mapper):
        if name in was and (before := _known(was[name])) != (after := now.get(name)):
            told[name] = [_plain(before), _plain(after)]
    return told


def _known(value: Any) -> Any:
    """Nothing, where nothing was there or nobody has looked."""
    return None if isinstance(value, LoaderCallableStatus) else value


@cache
def _told_of(mapper: Mapper[Any]) -> tuple[str, ...]:
    names = (attribute.key for attribute in mapper.column_attrs)
    return tuple(name for name in names if name not in UNTOLD and name != "id")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)


def _in_words(failure: OperationalError) -> Exception:
    """Say what the database's trouble means for the person; what has no words stays a fault of the program."""
    told = str(failure.orig).lower()
    if any(sign in told for sign in FULL):
        return CannotBeKept(NO_ROOM)
    if any(sign in told for sign in WAITED_IN_VAIN):
        return OutOfDate(SAME_MOMENT)
    return failure


@contextmanager
def transaction(database: Database, actor: Actor, clock: Clock) -> Iterator[UnitOfWork]:
    """Open a unit of work. Unless `commit` was called, leaving rolls everything back.

    Raises OutOfDate when somebody else was faster, be it at the commit or before.
    """
    session = database.writing()
    try:
        yield UnitOfWork(session, actor, clock, database)
    except (StaleDataError, IntegrityError) as clash:
        raise OutOfDate(SAME_MOMENT) from clash
    except OperationalError as failure:
        raise _in_words(failure) from failure
    finally:
        session.close()  # whatever was not committed is rolled back
