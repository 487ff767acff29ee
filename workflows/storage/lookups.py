"""The choices that a form cannot know by itself: practices, teams, colleagues, services, as they are today."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from forms import FILES, Choice, Form, Lookups
from forms.days import long_date
from workflows.casework.access import CARE_ROLES, KEY_WORKER, MAY_COORDINATE
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.programme import Practice, Programme, Service, Team
from workflows.casework.staff import Membership, StaffMember
from workflows.clock import london_day
from workflows.storage import files, people
from workflows.storage.doers import may_carry, may_open
from workflows.storage.identities import joined_records, known_records
from workflows.storage.routes import route_of_case

WRITTEN_DOWN_WITHIN = timedelta(days=14)  # after a meeting; a decision that is older is told with the day it is written


def lookups_for(
    session: Session, programme: Programme, today: date, case: Case | None = None, form: Form | None = None
) -> Lookups:
    """Return the lists of choices of a programme, and for a case those that depend on it.

    With a form only what it offers: who asks neither for a practice nor for a colleague reads no register of them.
    """
    on_case = cache(lambda: _on_case(session, programme.id, today, case))
    readers: dict[str, Callable[[], Sequence[Choice]]] = {
        "practice": lambda: practices_of(session, programme.id, today)["practice"],
        "practice_gone": lambda: practices_of(session, programme.id, today)["practice_gone"],
        "team": lambda: _teams(session, programme.id, today, case),
        "staff": lambda: _named(_staff(session, programme.id, today)),
        "staff_on_case": lambda: on_case()[0],
        "staff_on_case_gone": lambda: on_case()[1],
        "care_coordinator": lambda: _coordinators(session, programme.id, case, today),
        "service": lambda: _services(session, programme.id, today),
        "role": lambda: _roles(programme.role_names),
        "meeting": lambda: _meetings(case, today),
        "previous_episode": lambda: _episodes(session, case),
        "joined_record": lambda: joined_records(session, case) if case else [],
        "known_record": lambda: known_records(session, case) if case else [],
        "left_out": lambda: _left_out(session, case),
        FILES: lambda: files.named(session, files.of_case(case.id)) if case else [],
    }
    return {name: read() for name, read in readers.items() if form is None or name in form.picks_from}


def with_own_files(session: Session, lookups: Lookups, staff_id: UUID | None) -> Lookups:
    """Return the lists of choices with the files that somebody chose in forms they have not completed."""
    return {**lookups, FILES: [*lookups.get(FILES, ()), *files.named(session, files.of_own_drafts(staff_id))]}


def _dated(
    start: InstrumentedAttribute[date | None], end: InstrumentedAttribute[date | None], today: date
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return or_(start.is_(None), start <= today), or_(end.is_(None), end >= today)


def practices_of(session: Session, programme_id: UUID, today: date) -> dict[str, Sequence[Choice]]:
    """Return the practices of today, and apart from them those that have closed or are still to open, in words."""
    found = session.scalars(select(Practice).where(Practice.programme_id == programme_id).order_by(Practice.name)).all()
    now = [one for one in found if one.counts_on(today)]
    return {
        "practice": [Choice(one.code, one.name) for one in now],
        "practice_gone": [Choice(one.code, _told(one, today)) for one in found if one not in now],
    }


def _told(practice: Practice, today: date) -> str:
    """Say of a practice that it has closed, or that it is still to open."""
    closed = practice.valid_to is not None and practice.valid_to < today
    day = practice.valid_to if closed else practice.valid_from
    return f"{practice.name} {'closed' if closed else 'opens'} on {long_date(day) if day else 'another day'}"


def _teams(session: Session, programme_id: UUID, today: date, case: Case | None) -> list[Choice]:
    """Return the teams by name; for a case those of its practice first, and said to be so."""
    query = select(Team).where(Team.programme_id == programme_id, *_dated(Team.valid_from, Team.valid_to, today))
    theirs = route_of_case(session, case, today).teams if case else ()
    others = (team for team in session.scalars(query.order_by(Team.name)) if team not in theirs)
    named = [Choice(team.key, f"{team.name}, team of this practice") for team in theirs]
    return named + [Choice(team.key, team.name) for team in others]


def _services(session: Session, programme_id: UUID, today: date) -> list[Choice]:
    query = select(Service).where(
        Service.programme_id == programme_id, *_dated(Service.valid_from, Service.valid_to, today)
    )
    return [Choice(service.key, service.name) for service in session.scalars(query.order_by(Service.name))]


def _staff(session: Session, programme_id: UUID, today: date) -> Sequence[StaffMember]:
    query = _posted(programme_id, CARE_ROLES, today).order_by(StaffMember.name).distinct()
    return session.scalars(query).unique().all()


def _on_case(session: Session, programme_id: UUID, today: date, case: Case | None) -> tuple[list[Choice], list[Choice]]:
    """Return who may open the case, and in words who may not because it is another team's.

    Whoever is given something to do in a case has to be able to read it.
    """
    everybody = _staff(session, programme_id, today)
    inside, elsewhere = may_open(session, everybody, case, today) if case else (everybody, ())
    return _offered(session, inside, today), [
        Choice(str(one.id), f"{one.name} cannot open this case") for one in elsewhere
    ]


def _roles(names: Mapping[str, str]) -> list[Choice]:
    return [Choice(role, names[role]) for role in sorted(CARE_ROLES, key=names.__getitem__)]


def _coordinators(session: Session, programme_id: UUID, case: Case | None, today: date) -> list[Choice]:
    """Return who may coordinate a case: the team's key workers first, then its other professionals.

    Whoever may not know of the case is left out.
    """
    query = _posted(programme_id, MAY_COORDINATE, today)
    if case is not None and case.team_id is not None:
        query = query.where(or_(Membership.team_id == case.team_id, Membership.team_id.is_(None)))
    key_workers = set(session.scalars(query.where(Membership.role == KEY_WORKER).with_only_columns(StaffMember.id)))
    able = list(session.scalars(query.distinct()).unique())
    if case is not None:
        able = may_carry(session, able, case, today)
    return _offered(session, sorted(able, key=lambda staff: (staff.id not in key_workers, staff.name)), today)


def _posted(programme_id: UUID, roles: Collection[str], today: date) -> Select[StaffMember]:
    return (
        select(StaffMember)
        .join(Membership)
        .where(
            Membership.programme_id == programme_id,
            Membership.role.in_(roles),
            StaffMember.active.is_(True),
            *_dated(Membership.valid_from, Membership.valid_to, today),
        )
    )


def _offered(session: Session, staff: Iterable[StaffMember], today: date) -> list[Choice]:
    """Return colleagues who can be given something to do, and say who of them is away."""
    return [Choice(str(staff_id), name) for staff_id, name in people.called(session, staff, today)]


def _named(staff: Iterable[StaffMember]) -> list[Choice]:
    return [Choice(str(one.id), f"{one.name}, {one.profession}" if one.profession else one.name) for one in staff]


def _meetings(case: Case | None, today: date) -> list[Choice]:
    """Return the days on which the team may have met, the last first: it may also meet on a day it does not keep.

    What is written down a day or a week late still belongs to the day of its meeting.
    """
    team = case.team.name if case and case.team else "the team"
    first = max(london_day(case.opened_at), today - WRITTEN_DOWN_WITHIN) if case else today
    days = [today - timedelta(days=back) for back in range((today - first).days + 1)]
    return [Choice(day.isoformat(), f"Meeting of {team} on {day:%A} {long_date(day)}") for day in days]


def _episodes(session: Session, case: Case | None) -> list[Choice]:
    if case is None:
        return []
    query = select(Case).where(Case.person_id == case.person_id, Case.id != case.id, Case.closed_at.is_not(None))
    return [
        Choice(found.number, f"{found.number}, closed {london_day(found.closed_at)}")
        for found in session.scalars(query.order_by(Case.closed_at.desc()))
        if found.closed_at
    ]


def _left_out(session: Session, case: Case | None) -> list[Choice]:
    """Who must not see the case, by the name that was written down: a paper that ends it reads by itself."""
    if case is None:
        return []
    standing = select(Exclusion.who).where(Exclusion.case_id == case.id, Exclusion.ended_at.is_(None))
    return [Choice(who, who) for who in sorted(set(session.scalars(standing)))]
