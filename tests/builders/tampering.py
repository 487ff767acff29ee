"""What an owner of the database could do: take away its guard of the audit trail."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

GUARDS = {
    "sqlite": ("DROP TRIGGER audit_entry_no_update", "DROP TRIGGER audit_entry_no_delete"),
    "postgresql": ("DROP TRIGGER audit_entry_is_kept ON audit_entry",),
}


def unguard_the_audit(session: Session) -> None:
    """Let entries be changed and deleted, as only the chain can then show."""
    for act in GUARDS[session.get_bind().dialect.name]:
        session.execute(text(act))
