"""Sending the agenda of a team's next meeting round: those who take part hear that it is ready, and of nobody on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from forms.days import human_day
from workflows.casework.agenda import AgendaRound, sends_round
from workflows.casework.base import new_id
from workflows.casework.calendars import calendar_of
from workflows.casework.errors import NotAllowed, NotFound, OutOfDate, RuleBroken
from workflows.casework.mornings import morning_after
from workflows.casework.notice import Notice
from workflows.casework.programme import Team
from workflows.clock import london_day
from workflows.desk import Desk, Work
from workflows.duties.outgoing import Told, put_out
from workflows.storage.rounds_sent import last_round, taking_part

# It waits for the morning where that comes before the meeting.
READY, READY_NOW = "agenda_ready", "agenda_ready_now"
NOT_YOURS = "Whoever chairs the meetings of the team, or coordinates them, sends the agenda round."
BEGUN = "This meeting has begun. The agenda of the next one can be sent round."
NOTHING = "Nothing stands on this agenda yet."
MEANWHILE = "This agenda was sent round meanwhile, or is past. Look at it again first."


@dataclass(frozen=True)
class Round:
    """What is sent round: when the meeting begins, and how often its agenda had been sent.

    items: how much stands on it for each who takes part. It is not the same for all: whom somebody left out, a number
    would tell of them, too.
    """

    at: datetime
    items: Mapping[UUID, int]
    times: int


def send_round(desk: Desk, team_id: UUID, asked: Round) -> int:
    """Tell those who take part that an agenda is ready, or how much stands on it by now; returns how many.

    Raises NotAllowed, RuleBroken where there is nothing to send, OutOfDate where somebody has sent it meanwhile.
    """
    with desk.work() as work:
        team, sender = _held(work, team_id)
        mine = asked.items.get(sender, 0)
        _must_be_sendable(work, team, asked, mine)
        sent = AgendaRound(
            id=new_id(), team_id=team.id, met_on=london_day(asked.at), turn=asked.times + 1, items=mine,
            sent_at=work.now, sent_by_id=sender,
        )  # fmt: skip
        sent.happened("team sends its agenda round", team=team.key, met_on=sent.met_on.isoformat(), turn=sent.turn)
        work.session.add(sent)
        whom = [one for one in taking_part(work.session, team, work.today) if one.id != sender]
        told = [put_out(work, _told(work, team, asked, one.id), one) for one in whom if asked.items.get(one.id)]
        work.commit()
        return len(told)


def _held(work: Work, team_id: UUID) -> tuple[Team, UUID]:
    """Hold a team; with whoever sends its agenda round."""
    team = work.session.get(Team, team_id, with_for_update=True)
    if team is None:
        raise NotFound("There is no such team.")
    sender = work.actor.id
    if sender is None or not sends_round(work.actor, team.programme_id, team.id):
        raise NotAllowed(NOT_YOURS)
    return team, sender


def _must_be_sendable(work: Work, team: Team, asked: Round, mine: int) -> None:
    before = last_round(work.session, team.id, london_day(asked.at))
    if asked.times != (before.turn if before else 0):
        raise OutOfDate(MEANWHILE)
    if asked.at <= work.now:
        raise RuleBroken(BEGUN)
    if mine < 1:
        raise RuleBroken(NOTHING)


def _told(work: Work, team: Team, asked: Round, staff_id: UUID) -> Told:
    calendar = calendar_of(team.programme.content, team.content)
    kind = READY if morning_after(work.now, calendar) < asked.at else READY_NOW
    number, before = asked.items[staff_id], _before(work, team, asked, staff_id)
    said = "1 item" if number == 1 else f"{number} items"
    if before:
        said += f" now, {before} when it was sent round before"
    when = f"{human_day(asked.at.isoformat())}, team {team.name}"
    link = f"{work.desk.settings.base_url}/agenda/{team.id}"
    once = _once(team, asked, asked.times + 1, staff_id)
    return Told(kind, once, {"when": when, "items": said, "link": link, "count": str(number)})


def _before(work: Work, team: Team, asked: Round, staff_id: UUID) -> str:
    """How much stood on it for somebody when they last heard of it; empty where they did not the last time."""
    last = select(Notice).where(Notice.once == _once(team, asked, asked.times, staff_id))
    notice = work.session.scalar(last) if asked.times else None
    return str(notice.words["count"]) if notice else ""


def _once(team: Team, asked: Round, turn: int, staff_id: UUID) -> str:
    return f"{READY}:{team.id.hex}:{london_day(asked.at).isoformat()}:{turn}:{staff_id.hex}"
