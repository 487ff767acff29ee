"""Letters: those of a case with how they stand, those a team has to send, and one to be read before it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from workflows.casework.access import may
from workflows.casework.case import Case
from workflows.casework.errors import NotFound
from workflows.casework.notice import Letter
from workflows.casework.person import Person
from workflows.casework.programme import Team
from workflows.desk import Desk
from workflows.duties.contact_wishes import not_by_post, read_before_sending
from workflows.duties.letter_text import fingerprint, parts_of
from workflows.duties.person_first import persons_letter_waits
from workflows.duties.wording import headings_of
from workflows.questions import reach
from workflows.questions.addressee import Addressee, addressee_of
from workflows.questions.case_head import Head, head_of
from workflows.questions.sight import opened

WAITING = ("draft", "ready")
PAGE = 50


@dataclass(frozen=True)
class LetterRow:
    """A letter in a list."""

    id: UUID
    case_number: str
    person: str
    team: str
    template: str
    title: str
    audience: str
    recipient: str
    format: str
    status: str
    withheld_why: str
    route: str  # post, tell (by phone or post), by_hand, email, carer
    written_at: datetime
    send_by: date | None
    late: bool
    sent_at: datetime | None
    sent_how: str
    not_by_post: bool  # the person does not want post: it is told, or handed over
    read_first: bool  # how to contact the person safely, such as who must not read the post


@dataclass(frozen=True)
class ToCheck:
    """A draft with its words, for whoever has to say that it is right."""

    letter: LetterRow
    subject: str
    text: str

    @property
    def headings(self) -> frozenset[str]:
        """The lines of the text that head a part of it."""
        return headings_of(self.letter.template, self.letter.recipient)


@dataclass(frozen=True)
class LettersOfCase:
    """All letters of a case, the newest first."""

    head: Head
    letters: tuple[LetterRow, ...]


@dataclass(frozen=True)
class ToSend:
    """The letters that wait to be checked or sent, by the day by which they go; `total` may be more than are shown."""

    letters: tuple[LetterRow, ...]
    total: int
    late: int
    teams: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LetterPage:
    """A letter as it goes out: its lines, and what may be done with it.

    `seen` names the text as it was read, so that nobody changes another text than the one before their eyes.
    """

    head: Head
    letter: LetterRow
    addressee: Addressee
    programme_key: str
    subject: str
    text: str
    seen: str
    may_send: bool
    may_change: bool
    silent: str  # why nothing goes to the person any more, if so
    person_first: bool  # the person's own letter, which tells them the same, has not gone

    @property
    def headings(self) -> frozenset[str]:
        """The lines of the text that head a part of it."""
        return headings_of(self.letter.template, self.letter.recipient)


def letters_of_case(desk: Desk, number: str) -> LettersOfCase:
    """List the letters of a case; whoever is shown a part of it only sees none."""
    with desk.looking() as session:
        found = opened(session, desk, number)
        if found.sight.partner:
            raise NotFound("The letters of this case are not shared with you.")
        query = _rows().where(Letter.case_id == found.case.id).order_by(Letter.written_at.desc(), Letter.id.desc())
        return LettersOfCase(head_of(session, desk, found), _read(session, query, desk.today))


def letters_to_send(desk: Desk, team: str = "") -> ToSend:
    """List the letters of the actor's cases that wait, of one team (by key) or of all."""
    with desk.looking() as session:
        waiting = _waiting(desk)
        teams = select(Team.key, Team.name).join(Case, Case.team_id == Team.id).join(Letter, Letter.case_id == Case.id)
        offered = session.execute(teams.where(*waiting).distinct().order_by(Team.name)).all()
        if team:
            waiting.append(Team.key == team)
        query = _rows().where(*waiting).order_by(Letter.send_by.is_(None), Letter.send_by, Letter.written_at, Letter.id)
        total, late = session.execute(_counted(desk).where(*waiting)).one()
        teams_of = tuple((key, name) for key, name in offered)
        return ToSend(_read(session, query.limit(PAGE), desk.today), total, late or 0, teams_of)


def waiting_count(desk: Desk) -> int:
    """Return how many letters wait to be checked or sent, for the menu; none for those who may not send them."""
    if not may(desk.actor, "letter.send"):
        return 0
    with desk.looking() as session:
        total, _late = session.execute(_counted(desk).where(*_waiting(desk))).one()
        return int(total)


def _waiting(desk: Desk) -> list[ColumnElement[bool]]:
    return [Letter.status.in_(WAITING), reach.works_on(desk.actor)]


def _counted(desk: Desk) -> Any:
    """Count letters, and those of them that should have gone by now."""
    past = case((and_(Letter.status == "ready", Letter.send_by < desk.today), 1), else_=0)
    counted = select(func.count(Letter.id), func.sum(past)).join(Case, Letter.case_id == Case.id)
    return counted.outerjoin(Team, Case.team_id == Team.id)


def letters_to_check(session: Session, case_id: UUID, today: date) -> tuple[ToCheck, ...]:
    """Return the drafts of a case with their words, the oldest first."""
    drafts = (Letter.case_id == case_id, Letter.status == "draft")
    rows = _read(session, _rows().where(*drafts).order_by(Letter.written_at, Letter.id), today)
    texts = {found.id: found.text for found in session.scalars(select(Letter).where(*drafts))}
    return tuple(ToCheck(row, *parts_of(texts[row.id])) for row in rows)


def letter_page(desk: Desk, letter_id: UUID) -> LetterPage:
    """Return one letter as it goes out."""
    with desk.looking() as session:
        letter = session.get(Letter, letter_id)
        case_number = session.scalar(select(Case.number).where(Case.id == letter.case_id)) if letter else None
        if letter is None or case_number is None:
            raise NotFound("There is no such letter, or it is not yours to see.")
        found = opened(session, desk, case_number)
        if found.sight.partner:
            raise NotFound("There is no such letter, or it is not yours to see.")
        subject, text = parts_of(letter.text)
        sends = may(desk.actor, "letter.send")
        return LetterPage(
            head=head_of(session, desk, found),
            addressee=addressee_of(session, found.case, letter),
            programme_key=found.case.programme.key,
            letter=_read(session, _rows().where(Letter.id == letter.id), desk.today)[0],
            subject=subject,
            text=text,
            seen=fingerprint(letter.text),
            may_send=sends and letter.status == "ready",
            may_change=sends and letter.status == "draft",
            silent="the person has died" if found.case.person.dead else "",
            person_first=persons_letter_waits(session, letter),
        )


def _rows() -> Any:
    return (
        select(Letter, Case.number, Person, Team.name)
        .join(Case, Letter.case_id == Case.id)
        .join(Person, Case.person_id == Person.id)
        .outerjoin(Team, Case.team_id == Team.id)
    )


def _read(session: Session, query: Any, today: date) -> tuple[LetterRow, ...]:
    found = session.execute(query).all()
    letters = [letter for letter, *_ in found]
    otherwise, with_care = not_by_post(session, letters), read_before_sending(session, letters)
    return tuple(
        LetterRow(
            letter.id, number, person.name, team or "", letter.template, letter.title, letter.audience,
            letter.recipient, letter.format, letter.status, letter.withheld_why or "", letter.route,
            letter.written_at, letter.send_by, letter.past_its_day(today), letter.sent_at, letter.sent_how or "",
            letter.id in otherwise, letter.id in with_care,
        )
        for letter, number, person, team in found
    )  # fmt: skip
