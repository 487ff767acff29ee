"""When a team meets, as its page says it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from workflows.casework.agenda import takes_part
from workflows.casework.calendar_change import may_change_calendar
from workflows.casework.errors import NotFound
from workflows.casework.meeting_days import AHEAD, Rhythm, Sitting, rhythms_of, sittings
from workflows.desk import Desk
from workflows.questions.programmes import seen_programme

SHOWN = 4  # of the meetings to come


@dataclass(frozen=True)
class MeetingDays:
    """A team, how it meets (the last one said counts last), and its next meetings. takes_part: its reader does."""

    programme: str
    programme_key: str
    team_id: UUID
    team: str
    team_key: str
    rhythms: tuple[Rhythm, ...]
    coming: tuple[Sitting, ...]
    takes_part: bool
    may_change: bool


def meeting_days(desk: Desk, programme_key: str, team_key: str) -> MeetingDays:
    """Return when a team of a programme that the actor may see meets."""
    with desk.looking() as session:
        programme = seen_programme(session, desk.actor, programme_key)
        team = next((one for one in programme.teams if one.key == team_key), None)
        if team is None:
            raise NotFound("There is no such team in this programme.")
        coming = sittings(team.content, team.calendar, desk.today, desk.today + AHEAD)
        return MeetingDays(
            programme.name, programme.key, team.id, team.name, team.key, rhythms_of(team.content), coming[:SHOWN],
            takes_part(desk.actor, programme.id, team.id), may_change_calendar(desk.actor, programme.id, team.id),
        )  # fmt: skip
