"""Why somebody does not get to see a case, and where it went if their team had it until a handover."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.days import long_date
from workflows.casework.access import Actor, Circle, may_see_case
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.errors import CaseworkError, NotFound, WentElsewhere
from workflows.casework.hidden import why_hidden
from workflows.casework.programme import Team
from workflows.clock import london_day


def why_hidden_now(session: Session, actor: Actor, case: Case, circle: Circle) -> CaseworkError:
    """Return the refusal for a case that the actor may not see.

    Whoever would see it if it were still their team's is told which team has it now, since when, and whom to turn to.
    Whoever the person left out, or does not share with, would not: to them there is no such case.
    """
    refusal = why_hidden(actor, case, circle)
    if not isinstance(refusal, NotFound) or case.team is None:
        return refusal
    given = _given_to(session, case)
    theirs = {team.key for team in _teams_before(session, case, given) if _saw_it(actor, case, team, circle)}
    if not theirs:
        return refusal
    since = max(one.at for one in given)
    gone = f"The {case.team.name} team has this case since {long_date(london_day(since))}."
    return WentElsewhere(f"{gone} {_turn_to(case)}")


def _given_to(session: Session, case: Case) -> Sequence[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.case_id == case.id, AuditEntry.act == "team assigned")
    return session.scalars(query).all()


def _teams_before(session: Session, case: Case, given: Sequence[AuditEntry]) -> Sequence[Team]:
    """The teams that had the case: by their key, or by their name in entries of an older version."""
    keys = {str(one.detail["key"]) for one in given if "key" in one.detail}
    names = {str(one.detail.get("team")) for one in given if "key" not in one.detail}
    query = select(Team).where(Team.programme_id == case.programme_id, Team.id != case.team_id)
    return [team for team in session.scalars(query) if team.key in keys or team.name in names]


def _saw_it(actor: Actor, case: Case, team: Team, circle: Circle) -> bool:
    return may_see_case(actor, case.programme_id, team.id, circle)


def _turn_to(case: Case) -> str:
    phone = case.programme.content.get("phone")
    by = case.team.mailbox if case.team and case.team.mailbox else f"telephone {phone}" if phone else ""
    return f"Turn to its MDT coordinator{f', {by}' if by else ''}."
