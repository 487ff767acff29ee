"""Who holds which post in a programme today, read once: for questions about many tasks at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.dated import in_force
from workflows.casework.staff import Membership, StaffMember


class PostsNow:
    """The posts of a programme on one day, by role and team."""

    def __init__(self, session: Session, programme_id: UUID, today: date) -> None:
        query = (
            select(Membership.role, Membership.team_id, Membership.staff_id, StaffMember.name)
            .add_columns(Membership.valid_from, Membership.valid_to)
            .join(StaffMember, StaffMember.id == Membership.staff_id)
            .where(Membership.programme_id == programme_id, StaffMember.active.is_(True))
        )
        rows = [row for row in session.execute(query) if in_force(row.valid_from, row.valid_to, today)]
        self.names: dict[UUID, str] = {row.staff_id: row.name for row in rows}
        self._held: dict[str, list[tuple[UUID | None, UUID]]] = {}
        for row in rows:
            self._held.setdefault(row.role, []).append((row.team_id, row.staff_id))
        self._found: dict[tuple[str, UUID | None], tuple[UUID, ...]] = {}

    def holders(self, role: str, team_id: UUID | None) -> tuple[UUID, ...]:
        """Return who holds a role in a team or in the whole programme; without a team these alone, if there are any."""
        if (role, team_id) not in self._found:
            held = self._held.get(role, [])
            whole = tuple(dict.fromkeys(staff for team, staff in held if team is None or team == team_id))
            everybody = tuple(dict.fromkeys(staff for _, staff in held)) if team_id is None else ()
            self._found[role, team_id] = whole or everybody
        return self._found[role, team_id]

    def first(self, roles: Iterable[str], team_id: UUID | None) -> tuple[UUID, ...]:
        """Return the holders of the first of these roles that anybody holds."""
        return next((found for role in roles if (found := self.holders(role, team_id))), ())
