"""Everything a service has written down, row by row as the database holds it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from workflows.assembly import Office
from workflows.casework.base import Base

# What goes on whatever is taken back, and how often a row was written.
GOES_ON = frozenset({"audit_entry", "audit_head", "completion", "draft", "idempotency_key", "sent_page"})
UNTOLD = frozenset({"version"})
Rows = dict[tuple[str, str], dict[str, Any]]


def everything(office: Office, *but: str) -> Rows:
    """Return each row by its table and its key; but: tables that are left out."""
    found: Rows = {}
    with office.desk().looking() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in {*GOES_ON, *but}:
                continue
            names = ", ".join(f'"{column.name}"' for column in table.columns if column.name not in UNTOLD)
            keys = [column.name for column in table.primary_key]
            for row in session.execute(text(f'SELECT {names} FROM "{table.name}"')).mappings():
                found[table.name, str([row[key] for key in keys])] = dict(row)
    return found
