"""Two records that may be of one person, side by side: for whoever asks to join them, and for whoever agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workflows.casework.access import may_see_case, may_see_sensitive
from workflows.casework.case import Case
from workflows.casework.errors import NotFound
from workflows.casework.hidden import NO_SUCH_CASE
from workflows.casework.message import Message
from workflows.casework.person import Person
from workflows.desk import Desk
from workflows.duties.told_details import SUBJECTS, in_words, record_of
from workflows.storage import cases, identities
from workflows.storage.lookups import lookups_for


@dataclass(frozen=True)
class Line:
    """One thing that both records may say, in words; empty where one says nothing."""

    label: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        """Whether both say something, and not the same."""
        return bool(self.one and self.other) and self.one.casefold() != self.other.casefold()


@dataclass(frozen=True)
class Compared:
    """Two records by the numbers of a case in each, and what they say line by line."""

    one: str
    other: str
    lines: tuple[Line, ...]
    open_now: bool  # whether the case of the first is open


def compare(desk: Desk, number: str, other_number: str) -> Compared:
    """Set the records of two cases side by side; NotFound unless the actor may see both."""
    with desk.looking() as session:
        one, other = (cases.by_number(session, wanted.strip().upper()) for wanted in (number, other_number))
        if not (_seen(session, desk, one) and _seen(session, desk, other)):
            raise NotFound(NO_SUCH_CASE)
        return _compared(session, desk, one, other)


def compared_by(session: Session, desk: Desk, message: Message) -> Compared | None:
    """Set the two records side by side that a message names; None unless the actor may see a case of both."""
    named = [message.payload.get(name) for name in ("case_number", "other_case")]
    records = identities.records_named(session, message)
    found = [_case_to_show(session, desk, person, named) for person in records]
    if len(found) != 2 or found[0] is None or found[1] is None:
        return None
    one, other = sorted((found[0], found[1]), key=lambda case: (not case.open, case.number))
    return _compared(session, desk, one, other)


def _case_to_show(session: Session, desk: Desk, person: Person, named: Sequence[object]) -> Case | None:
    """The case of a record that the message names, otherwise an open one, otherwise the newest."""
    seen = [case for case in identities.cases_of(session, person) if _seen(session, desk, case)]
    return max(seen, key=lambda case: (case.number in named, case.open, case.number), default=None)


def _seen(session: Session, desk: Desk, case: Case) -> bool:
    return may_see_case(desk.actor, case.programme_id, case.team_id, cases.circle_of(session, case))


def _compared(session: Session, desk: Desk, one: Case, other: Case) -> Compared:
    form = desk.forms.form("F01")
    said = [record_of(case.person) for case in (one, other)]
    lists = [lookups_for(session, case.programme, desk.today, case, form) for case in (one, other)]
    lines = [
        Line(subject.label, *(in_words(form, key, answers, names) for answers, names in zip(said, lists, strict=True)))
        for key, subject in SUBJECTS.items()
        if not subject.sensitive or may_see_sensitive(desk.actor)
    ]
    lines += [
        Line("Open cases", *(_numbers(session, desk, case.person, open_now=True) for case in (one, other))),
        Line("Earlier cases", *(_numbers(session, desk, case.person, open_now=False) for case in (one, other))),
    ]
    return Compared(one.number, other.number, tuple(line for line in lines if line.one or line.other), one.open)


def _numbers(session: Session, desk: Desk, person: Person, *, open_now: bool) -> str:
    found = [case for case in identities.cases_of(session, person) if case.open is open_now]
    return ", ".join(f"{case.number} ({case.programme.name})" for case in found if _seen(session, desk, case))
