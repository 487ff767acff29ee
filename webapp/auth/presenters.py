"""The demonstration's people, in the order in which somebody looks for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from workflows.questions.people import Member

WHOLE_PROGRAMME = "Whole programme"
NO_TEAM = "Administration"
NO_PROGRAMME = "The system itself"


@dataclass(frozen=True)
class Face:
    """Somebody one can be: their name, their address and what they are in this team."""

    id: UUID
    name: str
    email: str
    roles: str


@dataclass
class Group:
    """The people of a team, or of a whole programme."""

    name: str
    faces: list[Face] = field(default_factory=list)


@dataclass
class Neighbourhoods:
    """A programme with its teams."""

    name: str
    groups: list[Group] = field(default_factory=list)

    @property
    def to_begin_with(self) -> list[Group]:
        """One team and those who work across teams: enough to walk through a case."""
        return [group for place, group in enumerate(self.groups) if place == 0 or group.name == WHOLE_PROGRAMME]

    @property
    def others(self) -> list[Group]:
        """The other teams."""
        return [group for group in self.groups if group not in self.to_begin_with]


def grouped(members: Sequence[Member]) -> list[Neighbourhoods]:
    """Group people by programme and team; somebody in two teams stands in both, with the roles held there."""
    roles: dict[tuple[str, str], dict[UUID, list[str]]] = {}
    for member in members:
        for post in member.posts:
            if post.today:
                place = (post.programme, post.team or WHOLE_PROGRAMME) if post.programme else (NO_PROGRAMME, NO_TEAM)
                roles.setdefault(place, {}).setdefault(member.id, []).append(post.named)
    return _programmes(roles, {member.id: member for member in members})


def _programmes(roles: dict[tuple[str, str], dict[UUID, list[str]]], known: dict[UUID, Member]) -> list[Neighbourhoods]:
    shown: list[Neighbourhoods] = []
    for programme, team in sorted(roles, key=_order):
        if not shown or shown[-1].name != programme:
            shown.append(Neighbourhoods(programme))
        held = roles[programme, team]
        faces = [
            Face(staff_id, known[staff_id].name, known[staff_id].email, ", ".join(sorted(held[staff_id])))
            for staff_id in held
        ]
        shown[-1].groups.append(Group(team, sorted(faces, key=lambda face: face.roles)))
    return shown


def _order(place: tuple[str, str]) -> tuple[bool, str, bool, str]:
    """Programmes by name with the system last; the whole programme after its teams."""
    programme, team = place
    return (programme == NO_PROGRAMME, programme, team == WHOLE_PROGRAMME, team)
